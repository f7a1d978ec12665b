"""What all connections of one server share."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from .body import MemoryBudget
from .capture import CaptureContext
from .pages import Pages
from .paths import CapturePaths
from .reading import HeadReader
from .turns import Turns

# Memory budgets in bytes: for captures whose bodies are arriving, and for all other incomplete requests.
CAPTURES = 64 << 20
OTHERS = 16 << 20


class ConnectionLimit(Protocol):
    """Tracks all connections."""

    def opened(self, connection: Any) -> bool:
        """Register a connection; False if there are too many."""

    def closed(self, connection: Any) -> None:
        """Unregister a connection."""


@dataclass(slots=True)
class Serving:
    """Captures have a memory budget of their own, so that other requests cannot use it up."""

    paths: CapturePaths
    reader: HeadReader
    captures: CaptureContext
    pages: Pages
    slots: ConnectionLimit
    capture_memory: MemoryBudget = field(default_factory=lambda: MemoryBudget(CAPTURES))
    other_memory: MemoryBudget = field(default_factory=lambda: MemoryBudget(OTHERS))
    turns: Turns = field(default_factory=Turns)
    is_stopping: bool = False
    """Connections are closed after the current request."""
