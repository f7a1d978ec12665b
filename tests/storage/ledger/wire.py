"""The follower and its process in this process: a fake pipe that gives epochs, and closes when nothing is left to
do.
"""

from collections import deque

from app.storage.ledger.follower import Follower
from app.storage.ledger.protocol import (
    Epoch,
    FromProcess,
    FromServer,
    LedgerProgress,
    LogEvent,
    NeedEpoch,
    decode_from_process,
    encode,
)
from tests.storage.inside import Inside, Ledger


class Wire:
    """Replaces `Pipe`. `gives_epochs` false: the server cannot give one now."""

    def __init__(self, inside: Inside) -> None:
        self.inside = inside
        self.sent: list[FromProcess] = []
        self.gives_epochs = True
        self.is_open = True
        self._queue: deque[bytes] = deque()

    def put(self, frame: FromServer) -> None:
        self._queue.append(encode(frame))

    def of(self, kind: type) -> list:
        """All frames of a type that were sent."""
        return [frame for frame in self.sent if isinstance(frame, kind)]

    @property
    def changed(self) -> list[str]:
        return [id for frame in self.of(LedgerProgress) for id in frame.changed]

    @property
    def notes(self) -> list[str]:
        return [frame.event for frame in self.of(LogEvent)]

    # The methods of the pipe

    def send(self, data: bytes) -> None:
        frame = decode_from_process(data)
        self.sent.append(frame)
        if isinstance(frame, NeedEpoch) and self.gives_epochs:
            self.put(give_epoch(self.inside))

    def receive(self, timeout_s: float | None = None) -> bytes | None:
        if self._queue:
            return self._queue.popleft()
        if timeout_s is None or timeout_s > 0:
            self.is_open = False
        return None


def give_epoch(inside: Inside) -> FromServer:
    """An epoch that no other space of this log has."""
    return Epoch(next(inside._epochs))


def follower(wire: Wire, ledger: Ledger, careful: dict[int, int] | None = None) -> Follower:
    return Follower(wire, wire.inside.log, ledger.file, ledger.reader, careful or {})


def run(follower: Follower, wire: Wire) -> None:
    """Until nothing is left to do."""
    wire.is_open = True
    follower.run()
