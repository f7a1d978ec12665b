"""Sends hostile requests one at a time to a server that watches its event loop, and finds those that blocked it."""

import asyncio
import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.web.routes import ROUTES
from app.web.routes.table import Route
from tests.process import TOKEN, Process

from .watched import BEAT_S, FILE

PATIENCE_S = 10.0
HOST = "127.0.0.1"
# A stall that is caused by the request occurs again; one that is caused by the machine does not.
TRIES, ENOUGH = 5, 3


@dataclass(slots=True)
class Trials:
    """Against one server. `faults` are sentences: what blocked the loop, was answered 500, or was not answered."""

    server: Process
    stalls: Path
    faults: list[str] = field(default_factory=list)
    count: int = 0
    longest_ms: float = 0.0
    _last: list[tuple[str, bytes]] = field(default_factory=list)
    _read: int = 0

    async def send(self, name: str, data: bytes) -> tuple[int, bytes]:
        """One request on a connection of its own: the status (0 without an answer), and all received bytes."""
        self.count += 1
        answer = await self._exchange(name, data)
        self._last = [*self._last[-1:], (name, data)]
        if self.stalls.exists() and self.stalls.stat().st_size > self._read:
            await self._find_out()
        return answer

    async def _exchange(self, name: str, data: bytes) -> tuple[int, bytes]:
        answer = b""
        try:
            async with asyncio.timeout(PATIENCE_S):
                reader, writer = await asyncio.open_connection(HOST, self.server.port)
                try:
                    writer.write(data)
                    writer.write_eof()
                    while piece := await reader.read(1 << 20):
                        answer += piece
                except OSError:
                    pass  # refused before everything was sent or read
                finally:
                    writer.transport.abort()
        except TimeoutError:
            if not answer:  # an export of all hostile captures takes long
                self._note(f"{name}: no answer")
        status = int(answer[9:12]) if re.match(rb"HTTP/1\.[01] \d{3}", answer) else 0
        if status == 500:
            self._note(f"{name}: 500")
        return status, answer

    def _note(self, fault: str) -> None:
        print(fault, flush=True)
        self.faults.append(fault)

    async def _find_out(self) -> None:
        """Which of the last requests it was: a line is written when the stall is over, possibly after the answer."""
        await self._new_stalls()
        for name, data in self._last:
            found = []
            for _ in range(TRIES):
                await self._exchange(name, data)
                found.append(max(await self._new_stalls(), key=lambda stall: stall["ms"], default=None))
            again = [stall for stall in found if stall]
            if len(again) >= ENOUGH:
                least = min(again, key=lambda stall: stall["ms"])
                self.longest_ms = max(self.longest_ms, least["ms"])
                where = " < ".join(reversed(least["where"][-6:]))
                self._note(f"{name}: {least['ms']:.0f} ms ({least['cpu_ms']:.0f} of the processor) {where}")
        self._last = []

    async def _new_stalls(self) -> list[dict[str, Any]]:
        await asyncio.sleep(0.04 + BEAT_S)
        if not self.stalls.exists():
            return []
        with self.stalls.open("rb") as file:
            file.seek(self._read)
            text = file.read()
        self._read += len(text)
        return [json.loads(line) for line in text.splitlines()]


def trials(server: Process, folder: Path) -> Trials:
    """For a server whose data directory is in `folder`."""
    return Trials(server, folder / FILE)


def request(
    method: str, path: str, body: bytes | None = None, *, content_type: str = "", headers: str = "", host: str = HOST,
    signed_in: bool = True,
) -> bytes:  # fmt: skip
    """The last request of a connection."""
    lines = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
    if signed_in:
        lines += f"Authorization: Bearer {TOKEN}\r\n"
    if content_type:
        lines += f"Content-Type: {content_type}\r\n"
    if body is not None:
        lines += f"Content-Length: {len(body)}\r\n"
    return f"{lines}{headers}\r\n".encode("latin-1") + (body or b"")


def routes(*methods: str) -> Iterator[Route]:
    """All of these methods."""
    return (route for route in ROUTES if route.method in methods)


def path_of(route: Route, bin_id: str, *, n: int = 1, m: int = 2, word: str = "primary") -> str:
    """A URL of the route. `word` replaces ids and roles."""
    values = {"bin": bin_id, "n": str(n), "m": str(m), "path": "app.css", "theirs": "%2B14155550123"}
    return re.sub(r"\{(\w+)(?::[^}]*\}?[^{}]*)?\}", lambda found: values.get(found[1], word), _plain(route.path))


def _plain(path: str) -> str:
    """Without the patterns, which contain braces too."""
    for pattern in (":[0-9]{1,18}", ":[^/]+", ":.+"):
        path = path.replace(pattern, "")
    return path


def websocket(path: str) -> bytes:
    """The beginning of one."""
    key = base64.b64encode(bytes(16)).decode()
    upgrade = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
    return request("GET", path, headers=upgrade).replace(b"Connection: close\r\n", b"")


def frame(kind: int, content: bytes) -> bytes:
    """A frame of a client, with a mask that changes nothing."""
    size = len(content)
    if size < 126:
        length = bytes((0x80 | size,))
    elif size < 1 << 16:
        length = bytes((0x80 | 126,)) + size.to_bytes(2, "big")
    else:
        length = bytes((0x80 | 127,)) + size.to_bytes(8, "big")
    return bytes((0x80 | kind,)) + length + bytes(4) + content
