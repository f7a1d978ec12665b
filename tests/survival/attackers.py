"""All known attacks at once, from a process of its own: `python -m tests.survival.attackers PORT TOKEN BIN KEY`. It
ends when its standard input is closed.

Each kind has a limited rate, so that on two cores the server is tested and not the machine: 400 requests a second in
all, 100 silent connections and 10 large heads a second. Closed connections are opened again. `BIN` and `KEY` are
those of the bin that is attacked.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from .hostile import HOSTS

SILENT = 880
HEADS, HEAD_BYTES = 12, 15 << 20
OPENAPI = 30
SLOW = 40
SEARCHES = 3
# Requests a second, of each kind.
FLOOD = 100.0
OPENED = 100.0
LARGE = 10.0
UNKNOWN = "0" * 16
# Reads every word of every row that `tests/bench/million.py` creates, and finds none.
SEARCH = " ".join("-text~" + ",".join(f"z{i}{j}" for j in range(5)) for i in range(18)) + " order -way"
PATIENCE_S = 15.0

Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Pace:
    """Admits `rate` a second, over all callers."""

    def __init__(self, rate: float) -> None:
        self._every_s = 1 / rate
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next slot."""
        now = asyncio.get_running_loop().time()
        self._next = max(self._next + self._every_s, now)
        await asyncio.sleep(self._next - now)


class Attackers:
    """All kinds. `counts`: how much each of them did."""

    def __init__(self, port: int, token: str, bin_id: str, key: str) -> None:
        self._port, self._token, self._bin, self._key = port, token, bin_id, key
        self._silent, self._large = Pace(OPENED), Pace(LARGE)
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            for count, attack in (
                (SILENT, self._silent_sign_in), (HEADS, self._head), (SEARCHES, self._search), (SLOW, self._slow_body),
            ):  # fmt: skip
                for _ in range(count):
                    group.create_task(self._again(attack))
            for name, connections, make in (
                ("openapi", OPENAPI, lambda _: _get("/api/v1/openapi.json")),
                ("bad hosts", 4, lambda i: _get("/", HOSTS[i % len(HOSTS)])),
                ("readyz", 4, lambda _: _get("/readyz")),
                ("unknown keys", 4, lambda _: _get(f"/{UNKNOWN}")),
            ):
                pace = Pace(FLOOD)
                for _ in range(connections):
                    group.create_task(
                        self._again(lambda name=name, make=make, pace=pace: self._flood(name, make, pace))
                    )

    async def _again(self, attack: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await attack()
            except (OSError, EOFError, TimeoutError):
                await asyncio.sleep(0.2)

    async def _open(self, pace: Pace | None = None) -> Opened:
        if pace is not None:
            await pace.turn()
        return await asyncio.open_connection("127.0.0.1", self._port)

    async def _hold(self, opened: Opened) -> None:
        """Until the server closes it."""
        reader, writer = opened
        try:
            while await reader.read(65_536):
                pass
        finally:
            writer.transport.abort()

    async def _silent_sign_in(self) -> None:
        opened = await self._open(self._silent)
        self.counts["silent sign-ins"] += 1
        opened[1].write(
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 1000\r\n\r\na"
        )
        await self._hold(opened)

    async def _head(self) -> None:
        opened = await self._open(self._large)
        self.counts["heads"] += 1
        opened[1].write(f"POST /{UNKNOWN} HTTP/1.1\r\nHost: x\r\n".encode())
        line = b"X-A: " + b"a" * 60_000 + b"\r\n"
        for _ in range(HEAD_BYTES // len(line)):
            opened[1].write(line)
            await opened[1].drain()
        await self._hold(opened)

    async def _slow_body(self) -> None:
        reader, writer = await self._open()
        writer.write(f"POST /{self._key} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n".encode())
        self.counts["slow bodies"] += 1
        try:
            while not reader.at_eof():
                writer.write(b"a" * 64)
                await writer.drain()
                await asyncio.sleep(0.5)
        finally:
            writer.transport.abort()

    async def _search(self) -> None:
        query = f"/api/v1/bins/{self._bin}/captures?limit=50&q={quote(SEARCH, safe='')}"
        await self._ask("searches", await self._open(), _get(query, more=f"Authorization: Bearer {self._token}\r\n"))

    async def _flood(self, name: str, make: Callable[[int], bytes], pace: Pace) -> None:
        """On one connection, as long as it lasts."""
        opened = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            while not opened[0].at_eof():
                await pace.turn()
                await self._ask(name, opened, make(self.counts[name]), close=False)
        finally:
            opened[1].transport.abort()

    async def _ask(self, name: str, opened: Opened, request: bytes, *, close: bool = True) -> None:
        reader, writer = opened
        self.counts[name] += 1
        async with asyncio.timeout(PATIENCE_S):
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length or b"0"))
        if close or b"connection: close" in head:
            writer.transport.abort()
            if not close:
                raise EOFError


def _get(path: str, host: str = "localhost", more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host[:200]}\r\n{more}\r\n".encode("latin-1")


async def _main(port: int, token: str, bin_id: str, key: str) -> None:
    attackers = Attackers(port, token, bin_id, key)
    running = asyncio.ensure_future(attackers.run())
    ending = asyncio.ensure_future(asyncio.to_thread(sys.stdin.read))
    await asyncio.wait([running, ending], return_when=asyncio.FIRST_COMPLETED)
    print(", ".join(f"{count:,} {name}" for name, count in attackers.counts.items()), flush=True)
    running.cancel()
    await asyncio.wait([running])


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), *sys.argv[2:5]))
