"""Random connections: valid and invalid requests, randomly changed, in parts, half-closed, aborted.

Checked for each: every answer is complete and no 5xx but 503; the server closes what the sender has closed; every
acknowledged number is stored, with the bytes that were sent. A conversation depends on its seed only.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum

import aiohttp

from .wire import Wire, connect

HANGS_S = 20.0
TRIES, PAUSE_S = 20, 0.5
METHODS = b"GET POST HEAD PUT OPTIONS DELETE FOO CONNECT PATCH".split()
PAGES = b"/healthz / /bins /api/v1/bins /nowhere * /0123456789abcdef /%zz http://x/healthz".split()
TAILS = [b"", *b"/ /status /fallback/x ?a=1&b=%ff /\xc3\xa9 #x /..// /voice?Text=hi".split()]
HEADERS = b"""Host: 127.0.0.1
Host: x
Content-Type: application/json
Expect: 100-continue
Connection: close
Connection: keep-alive
Connection: Upgrade
Upgrade: websocket
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==
X-A: b
X-A:
X-Forwarded-For: 192.0.2.1
Accept: text/html
Content-Encoding: gzip""".splitlines()
LINES = [line + b"\r\n" for line in (*HEADERS, b"Content-Length: 5", b"Transfer-Encoding: chunked", b"", b"\r\n")]
TOKENS = [*LINES, *b"0 -1 % / ? { : GET HTTP/1.1 \x00 \xff".split(b" "), b"\r", b"\n", b" ", b"\t"]


class End(Enum):
    """How a sender ends."""

    WAITS = "half-closes and reads"
    RESETS = "is gone at once"
    CLOSES = "closes without reading"


@dataclass(slots=True)
class Conversation:
    """`pieces` are sent one by one; `whole`: nothing in them was changed. `wires`: the requests as they were
    generated, in order."""

    pieces: list[bytes]
    end: End
    whole: bool
    wires: list[bytes]
    must_be_kept: bool
    """Whether it is one valid request to a bin, from a sender that waits for the answer. (A sender that sends more
    than a connection accepts may lose answers to the reset that this causes.)"""

    @property
    def sent(self) -> bytes:
        return b"".join(self.pieces)


@dataclass(slots=True)
class Found:
    """The result. `problems` are sentences."""

    conversations: int = 0
    acknowledged: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def make(seed: int, key: str) -> Conversation:
    """The conversation of a seed."""
    rng = random.Random(seed)
    wires = [_request(rng, key.encode()) for _ in range(rng.choice((1, 1, 1, 2, 3, 6)))]
    data, whole = b"".join(wires), rng.random() < 0.4
    if not whole:
        for _ in range(rng.choice((1, 1, 2, 4, 12))):
            data = _change(rng, data)
    end = rng.choice((End.WAITS, End.WAITS, End.RESETS, End.CLOSES))
    must_be_kept = whole and len(wires) == 1 and end is End.WAITS and key.encode() in wires[0].partition(b"\r\n")[0]
    return Conversation(_cut(rng, data), end, whole, wires, must_be_kept)


def _request(rng: random.Random, key: bytes) -> bytes:
    target = b"/" + key + rng.choice(TAILS) if rng.random() < 0.75 else rng.choice(PAGES)
    if rng.random() < 0.1:
        target = target.replace(key, b"%%%02x" % key[0] + key[1:])
    version = rng.choice((b"1.1", b"1.1", b"1.1", b"1.0"))
    head = b"%s %s HTTP/%s\r\n" % (rng.choice(METHODS), target, version)
    head += b"".join(line + b"\r\n" for line in rng.sample(HEADERS, rng.randint(0, 4)))
    body = rng.randbytes(rng.choice((0, 1, 5, 40, 300, 9_000))) if rng.random() < 0.6 else b""
    match rng.choice(("none", "length", "length", "chunks", "huge")):
        case "length":
            return head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        case "chunks":
            return head + b"Transfer-Encoding: chunked\r\n\r\n" + _chunks(rng, body)
        case "huge" if rng.random() < 0.1:
            return head + b"X-A: %s\r\n\r\n" % (b"a" * rng.choice((9_000, 70_000, 270_000)))
        case _:
            return head + b"\r\n"


def _chunks(rng: random.Random, body: bytes) -> bytes:
    wire = b""
    while body:
        size = rng.randint(1, len(body))
        wire += b"%x%s\r\n%s\r\n" % (size, rng.choice((b"", b";a=b")), body[:size])
        body = body[size:]
    return wire + b"0\r\n%s\r\n" % rng.choice((b"", b"", b"X-T: 1\r\n"))


def _change(rng: random.Random, data: bytes) -> bytes:
    at = rng.randint(0, min(len(data), rng.choice((60, 400, 1 << 20))))
    size = rng.choice((1, 1, 2, 8, 100))
    match rng.randrange(6):
        case 0:
            return data[:at] + rng.choice(TOKENS) + data[at:]
        case 1:
            return data[:at] + data[at + size :]
        case 2:
            return data[:at] + rng.randbytes(size) + data[at + size :]
        case 3:
            return data[:at] + data[at : at + size] + data[at:]
        case 4:
            return data[:at]
        case _:
            return data.replace(*rng.choice(((b"\r\n", b"\n"), (b": ", b":"), (b"Content-Length", b"content-length"))))


def _cut(rng: random.Random, data: bytes) -> list[bytes]:
    places = sorted(rng.randint(0, len(data)) for _ in range(rng.choice((0, 0, 1, 2, 5, 20))))
    if len(data) < 300 and rng.random() < 0.1:
        places = list(range(1, len(data)))
    return [data[first:last] for first, last in zip([0, *places], [*places, len(data)], strict=True) if first < last]


async def hold(port: int, conversation: Conversation) -> bytes:
    """Send it; returns what was received. Raises TimeoutError when the server does not close the connection."""
    async with connect(port) as wire:
        answers = asyncio.ensure_future(_read(wire))
        try:
            for piece in conversation.pieces:
                wire.writer.write(piece)
                await wire.writer.drain()
                await asyncio.sleep(0)
            if conversation.end is End.WAITS:
                wire.half_close()
        except (OSError, RuntimeError):
            pass  # refused before everything was sent
        if conversation.end is End.RESETS:
            wire.reset()
        elif conversation.end is End.CLOSES:
            wire.writer.close()
        async with asyncio.timeout(HANGS_S):
            return await answers


async def _read(wire: Wire) -> bytes:
    found = b""
    try:
        while data := await wire.reader.read(65_536):
            found += data
    except OSError:
        pass
    return found


def acknowledged(answers: bytes) -> list[int]:
    """The capture numbers in the received bytes. Our answers repeat nothing of the input."""
    return [int(n) for n in re.findall(rb"\r\nX-Capture: (\d+)\r\n", answers)]


def check(conversation: Conversation, answers: bytes, stored: dict[int, bytes | None], found: Found) -> list[str]:
    """The problems. `stored`: the bytes of each acknowledged number as received, or None if it is missing."""
    statuses = [int(status) for status in re.findall(rb"(?:^|\n)HTTP/1\.[01] (\d{3}) ", answers)]
    found.conversations += 1
    found.acknowledged += len(stored)
    found.statuses.update(statuses)
    problems = []
    if any(status >= 500 and status != 503 for status in statuses):
        problems.append(f"answered {statuses}")
    if answers and not answers.startswith(b"HTTP/1."):
        problems.append(f"began an answer with {answers[:30]!r}")
    if conversation.must_be_kept and not stored:
        problems.append("a valid request to a bin was not acknowledged")
    at = 0
    for n, wire in stored.items():
        place = -1 if wire is None else conversation.sent.find(wire, at)
        if wire == b"":
            continue  # its framing is too long to be stored
        if wire is None:
            problems.append(f"#{n} was acknowledged and is not there")
        elif place < 0:
            problems.append(f"#{n} is not what was sent: {wire[:60]!r}")
        elif conversation.whole and not wire.startswith(tuple(conversation.wires)):
            problems.append(f"#{n} is not one of the requests: {wire[:60]!r}")
        else:
            at = place + len(wire)
    return problems


async def read_back(client: aiohttp.ClientSession, bin_api: str, n: int) -> bytes | None:
    """The bytes of a stored capture; empty if its framing is too long to be stored; None if it is missing. Retries
    on 503."""
    status = 503
    for _ in range(TRIES):
        async with client.get(f"{bin_api}/captures/{n}/raw?wire=1") as answer:
            status = answer.status
            if status == 200:
                return await answer.read()
        if status != 503:
            break
        await asyncio.sleep(PAUSE_S)
    if status not in (404, 409):
        raise RuntimeError(f"#{n} cannot be read back: {status}")
    return b"" if status == 409 else None


async def fuzz(
    port: int, key: str, seeds: range, wire_of: Callable[[int], Awaitable[bytes | None]], *, at_once: int = 8,
    goes_on: Callable[[], bool] = lambda: True,
) -> Found:  # fmt: skip
    """Send the conversations of these seeds, some concurrently. `wire_of` returns the bytes of a stored capture;
    empty if its framing is not stored."""
    found, left = Found(), iter(seeds)

    async def some() -> None:
        for seed in left:
            if not goes_on():
                return
            conversation, problems = make(seed, key), []
            try:
                answers = await hold(port, conversation)
            except TimeoutError:
                problems = ["the server does not end it"]
            else:
                stored = {n: await wire_of(n) for n in acknowledged(answers)}
                problems = check(conversation, answers, stored, found)
            found.problems += [f"seed {seed}: {problem}" for problem in problems]

    await asyncio.gather(*(some() for _ in range(at_once)))
    return found
