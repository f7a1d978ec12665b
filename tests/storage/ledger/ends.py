"""The server's end of the ledger process, with a fake process and a fake log."""

import asyncio
from types import SimpleNamespace

from app.errors import StoreUnavailable
from app.storage.children import Program
from app.storage.ledger.client import LedgerClient
from app.storage.ledger.protocol import LedgerOpened, decode_from_server, encode
from app.storage.log.jobs import Job
from app.storage.log.results import LogPosition, Result


class FakeChild:
    """A process that does nothing by itself."""

    def __init__(self, *_: object, first: bytes | None) -> None:
        self.first = None if first is None else decode_from_server(first)
        self.sent: list[object] = []
        self.expected: list[tuple[float, str]] = []
        self.pid = 1
        self.is_closed = False

    def start(self) -> None:
        pass

    def send(self, data: bytes) -> bool:
        self.sent.append(decode_from_server(data))
        return True

    def expect(self, within_s: float, what: str) -> None:
        self.expected.append((within_s, what))

    async def close(self) -> None:
        self.is_closed = True


class FakeLog:
    """A log process that does every job; `refuses`: nothing can be written now."""

    run = "run"

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.refuses = False
        self.outcomes = SimpleNamespace(written=self._written)

    async def _written(self) -> None:
        pass

    def submit(self, job: Job) -> asyncio.Future[Result]:
        if self.refuses:
            raise StoreUnavailable("full")
        self.jobs.append(job)
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        future.set_result(Result(value=len(self.jobs)))
        return future


class Ends:
    """The client between a fake process and a fake log."""

    def __init__(self) -> None:
        self.log = FakeLog()
        self.changed: list[str] = []
        self.client = LedgerClient(Program("module", ["ledger", "log"]), self.log, (), self.changed.append)  # type: ignore[arg-type]
        self.child: FakeChild = self.client._child  # type: ignore[assignment]

    def tell(self, *frames: object) -> None:
        for frame in frames:
            self.client.received(encode(frame))

    async def open(self, *positions: LogPosition) -> None:
        asyncio.get_running_loop().call_soon(self.tell, LedgerOpened("file-1", "reader-1"))
        await self.client.start(positions, 5)


def mark(n: int, *, bin: int = 1, k: int = 0, d: int = 0, version: int = 0) -> LogPosition:
    return LogPosition(bin, n, k, d, version)
