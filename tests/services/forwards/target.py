"""A target of forwards that keeps the bytes of every request, and answers as a test says; and forwards that send to
it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from app import clock
from app.domain.bins import Bin
from app.domain.captures import CaptureRow, NewCapture, RawRequest, write_lines
from app.domain.forwards.answers import SCHEDULE
from app.domain.forwards.model import Dispatch, Forward, StoredForward
from app.domain.reader import ReaderContext
from app.domain.roles import Role
from app.egress import Network
from app.live.hub import Hub
from app.services.forwards.registry import Forwards
from app.services.secrets import Secrets
from app.storage.opening import open_store
from app.store import Store
from tests.storage.builders import a_bin

FORM = (b"Content-Type", b"application/x-www-form-urlencoded")


def answer_of(status: int, *headers: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in headers)
    return f"HTTP/1.1 {status} Said\r\n{lines}Content-Length: 2\r\n\r\nok".encode()


OK = answer_of(200)


@dataclass(frozen=True)
class Seen:
    """A request as it reached the target."""

    head: bytes
    body: bytes

    @property
    def lines(self) -> list[bytes]:
        return self.head.split(b"\r\n")[1:-2]

    def header(self, name: str) -> str | None:
        start = name.lower().encode() + b": "
        found = [line[len(start) :] for line in self.lines if line.lower().startswith(start)]
        return found[0].decode("latin-1") if found else None

    @property
    def n(self) -> int:
        return int((self.header("X-Smsbin-Id") or "/0").rpartition("/")[2])


@dataclass
class Target:
    """`say` gives the answer to a request; None: none at all, until the target is closed."""

    say: Callable[[Seen], bytes | None] = lambda _: OK
    seen: list[Seen] = field(default_factory=list)
    url: str = ""
    open: int = 0
    most_open: int = 0

    def __post_init__(self) -> None:
        self._changed = asyncio.Condition()

    @property
    def numbers(self) -> list[int]:
        return [each.n for each in self.seen]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            sizes = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
            body = await reader.readexactly(int(sizes[0][15:])) if sizes else b""
            self.most_open = max(self.open, self.most_open)
            seen = Seen(head, body)
            self.seen.append(seen)
            async with self._changed:
                self._changed.notify_all()
            said = self.say(seen)
            if said is None:
                await reader.read()
            else:
                writer.write(said)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the sender was killed
        finally:
            self.open -= 1
            writer.close()

    async def until(self, holds: Callable[[], object], within_s: float = 60) -> None:
        async with asyncio.timeout(within_s), self._changed:
            await self._changed.wait_for(holds)

    async def got(self, count: int) -> list[Seen]:
        await self.until(lambda: len(self.seen) >= count)
        return self.seen


@asynccontextmanager
async def a_target(say: Callable[[Seen], bytes | None] = lambda _: OK) -> AsyncIterator[Target]:
    target = Target(say)
    server = await asyncio.start_server(target.talk, "127.0.0.1", 0)
    target.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/sms"
    try:
        yield target
    finally:
        server.close()


@dataclass
class Forwarding:
    """A bin with forwards to a target."""

    store: Store
    hub: Hub
    secrets: Secrets
    forwards: Forwards
    bin: Bin

    async def capture(self, body: bytes = b"Text=hi", role: Role = Role.PRIMARY, **values: object) -> int:
        defaults = {
            "method": "POST", "target": f"/{self.bin.key}/{role.value}", "http_version": "1.1", "body_complete": True,
            "peer": "192.0.2.7", "received_at": clock.now(),
        }  # fmt: skip
        headers = values.pop("headers", (FORM, (b"Content-Length", b"%d" % len(body))))
        raw = RawRequest(head=write_lines(headers), body=body, **(defaults | values))
        return await self.store.add_capture(NewCapture(bin_id=self.bin.id, role=role, raw=raw))

    async def status_callback(self, message: str, status: str) -> int:
        return await self.capture(
            f"MessageSid={message}&MessageStatus={status}&AccountSid=AC1&From=%2B14155550123&To=%2B14155550100".encode(),
            Role.STATUS,
        )

    async def add(self, url: str, *, start: int | None = 0, **values: object) -> StoredForward:
        return await self.forwards.add(self.bin.id, Forward(name="F", url=url, **values), position=start)

    async def rows(self) -> Sequence[CaptureRow]:
        return await self.store.list_captures(self.bin.id, limit=500)

    async def stored(self, forward: StoredForward, n: int) -> Dispatch | None:
        found = await self.store.dispatches_with_numbers(forward.id, [n])
        return found[0] if found else None

    async def shown(self, n: int) -> str | None:
        """The state of a capture with the first forward."""
        rows = [row for row in await self.rows() if row.n == n]
        found = (await self.forwards.dispatches(self.bin.id, rows)).get(n, [])
        return found[0].state.value if found else None

    async def until(self, holds: Callable[[], Awaitable[object]], within_s: float = 60) -> None:
        """Wait for changes of the bin until the condition holds."""
        with self.hub.subscribe(self.bin.id) as subscription:
            async with asyncio.timeout(within_s):
                subscription.clear()
                while not await holds():
                    await subscription.wait(0.2)
                    subscription.clear()

    async def until_stored(self, forward: StoredForward, n: int, state: str) -> Dispatch:
        async def holds() -> bool:
            found = await self.stored(forward, n)
            return found is not None and found.state.value == state

        await self.until(holds)
        found = await self.stored(forward, n)
        assert found is not None
        return found


@asynccontextmanager
async def forwarding(
    folder: Path, *, schedule: Sequence[timedelta] = SCHEDULE, bin: Bin | None = None, public_url: str | None = None,
    allowed: Sequence[Network | str] = ("127.0.0.1",),
) -> AsyncIterator[Forwarding]:  # fmt: skip
    """A store with a bin, whose forwards may send to this machine."""
    async with open_store(folder) as store:
        hub = Hub()
        secrets = Secrets(store, hub, ReaderContext(public_url=public_url))
        forwards = Forwards(store, hub, secrets, allowed, "bin.example", schedule)
        store.on_change(hub.notify)
        store.on_change(forwards.bin_changed)
        await forwards.start()
        try:
            yield Forwarding(store, hub, secrets, forwards, bin or await a_bin(store))
        finally:
            await forwards.close()
