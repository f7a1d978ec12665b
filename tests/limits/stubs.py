"""The other end of a connection, without a network."""

from types import SimpleNamespace

from app.ingress.body import MemoryBudget
from app.ingress.paths import CapturePaths
from app.ingress.serving import CAPTURES, OTHERS


class Transport:
    """What asyncio gives a protocol. `unsent`: bytes that wait for the peer."""

    def __init__(self) -> None:
        self.written = b""
        self.unsent = 0
        self.is_aborted = self.is_closed = self.is_reading_paused = False

    def get_extra_info(self, _name: str) -> None:
        return None

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_aborted = True

    def is_closing(self) -> bool:
        return self.is_closed or self.is_aborted

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def pause_reading(self) -> None:
        self.is_reading_paused = True

    def resume_reading(self) -> None:
        self.is_reading_paused = False


def serving() -> SimpleNamespace:
    """What connections share, of a server without bins."""
    return SimpleNamespace(
        slots=SimpleNamespace(opened=lambda _: True, closed=lambda _: None),
        paths=CapturePaths(""),
        capture_memory=MemoryBudget(CAPTURES),
        other_memory=MemoryBudget(OTHERS),
        captures=SimpleNamespace(keyring=SimpleNamespace(known=lambda _: None)),
        is_stopping=False,
    )
