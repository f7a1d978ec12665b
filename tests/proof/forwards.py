"""`kill -9` of the whole server while a forward sends: everything arrives, the requests of a message in order, and byte
for byte; what is sent twice has the same id.

The target is in this process, so it does not forget anything that it has answered.
"""

import asyncio
import base64
import hashlib
import json
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path

import aiohttp

from tests.process import TOKEN, Process, answered, serving
from tests.services.forwards.target import Seen, a_target

MESSAGES = 50
WITHIN_S = 120.0
ALLOWED = ("--allow-targets", "127.0.0.0/8")


@dataclass(slots=True)
class ForwardCounts:
    """What was reached. `repeats`: requests that arrived more than once."""

    captures: int = 0
    kills: int = 0
    repeats: int = 0
    problems: list[str] = field(default_factory=list)


def body_of(number: int) -> bytes:
    """A callback; the numbers of one message rise."""
    message = number % MESSAGES
    text = f"MessageSid=SM{message}&MessageStatus=sent&AccountSid=AC1&Number={number}&Odd=%00%FF+"
    return text.encode() + b"x" * (number % 97)


def problems_of(bodies: dict[int, bytes], seen: Sequence[Seen]) -> list[str]:
    """What is wrong with the requests that arrived, where these were acknowledged by their numbers."""
    problems: list[str] = []
    first: dict[int, Seen] = {}
    last_of: dict[str, int] = {}
    for each in seen:
        if each.n in first:
            if each.header("X-Smsbin-Id") != first[each.n].header("X-Smsbin-Id") or each.body != first[each.n].body:
                problems.append(f"#{each.n} arrived with another id or body")
            continue
        first[each.n] = each
        message = each.body.partition(b"&")[0].decode()
        if each.n < last_of.get(message, 0):
            problems.append(f"#{each.n} of {message} arrived after #{last_of[message]}")
        last_of[message] = max(each.n, last_of.get(message, 0))
    lost = sorted(set(bodies) - set(first))
    if lost:
        problems.append(f"{len(lost)} did not arrive: {lost[:5]}")
    for n, body in bodies.items():
        if n in first and hashlib.sha256(first[n].body).digest() != hashlib.sha256(body).digest():
            problems.append(f"#{n} arrived with other bytes")
        if n in first and [line.split(b":")[0] for line in first[n].lines[1:3]] != [b"x-B", b"X-a"]:
            problems.append(f"#{n} arrived with other headers: {first[n].lines[:4]!r}")
    return problems


def unwrapped(seen: Seen) -> Seen:
    """The request that an event contains, as if it had arrived itself. Its id is that of the event."""
    data = json.loads(seen.body)["data"]
    assert seen.header("webhook-id") == f"{data['bin']}.{data['n']}.{data['event']}"
    pairs = [*data["raw"]["headers"], ["X-Smsbin-Id", f"{data['bin']}/{data['n']}"]]
    lines = ["POST / HTTP/1.1", "Host: t", *(f"{name}: {value}" for name, value in pairs)]
    return Seen("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n", base64.b64decode(data["raw"]["body_base64"]))


async def forward_through_kills(
    folder: Path, captures: int, kills: int, seed: int, *, events: bool = False
) -> ForwardCounts:
    """Store captures while the server is killed this often, and wait until the target has all of them."""
    counts, rng = ForwardCounts(), random.Random(seed)
    bodies: dict[int, bytes] = {}
    numbers = count(1)
    async with a_target() as target:
        for run in range(kills + 1):
            with serving(folder, *ALLOWED) as server:
                if run == 0:
                    await _add_forward(server, target.url, events=events)
                share = captures - len(bodies) if run == kills else captures // (kills + 1)
                sending = asyncio.ensure_future(_send(server, list(islice(numbers, max(share, 0))), bodies))
                if run < kills:
                    await asyncio.sleep(rng.uniform(0.05, 0.8))
                    server.kill_all()
                    counts.kills += 1
                    await sending
                    continue
                await sending
                await target.until(lambda: {each.n for each in target.seen} >= set(bodies), WITHIN_S)
                server.stop()
        counts.captures = len(bodies)
        counts.repeats = sum(times - 1 for times in Counter(target.numbers).values())
        counts.problems = problems_of(bodies, [unwrapped(each) if events else each for each in target.seen])
    return counts


async def _add_forward(server: Process, url: str, *, events: bool) -> None:
    # After minutes the messages are stuck, which is no event of a request.
    as_events = {"mode": "event", "event_content": "raw", "follow_ups": False}
    wanted = {"name": "F", "url": url} | (as_events if events else {})
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        async with client.post(f"{server.bin_api}/forwards", json=wanted) as answer:
            assert answer.status == 201, await answer.text()


async def _send(server: Process, numbers: Sequence[int], bodies: dict[int, bytes]) -> None:
    """One after the other, on one connection, until the server is gone."""
    with suppress(OSError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        try:
            await _send_on(reader, writer, server, numbers, bodies)
        finally:
            writer.transport.abort()


async def _send_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: Process, numbers: Sequence[int],
    bodies: dict[int, bytes],
) -> None:  # fmt: skip
    for number in numbers:
        body = body_of(number)
        head = b"POST /%s/status HTTP/1.1\r\nx-B: 1\r\nX-a: 2\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % (server.key.encode(), len(body)) + body)
        status, n = await answered(reader)
        if status == 200 and n is not None:
            bodies[n] = body
