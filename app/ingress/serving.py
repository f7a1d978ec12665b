"""What all connections of one server share."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from .body import MemoryBudget
from .capture import CaptureContext
from .pages import Pages
from .paths import CapturePaths
from .reading import HeadReader

# Bytes of captures whose bodies are still coming; and of everything else that has not come whole.
CAPTURES = 64 << 20
OTHERS = 16 << 20


class ConnectionLimit(Protocol):
    """Knows all connections."""

    def opened(self, connection: Any) -> bool:
        """Whether there is room for it."""

    def closed(self, connection: Any) -> None:
        """It is gone."""


@dataclass(slots=True)
class Serving:
    """Captures have a budget of their own: filling the other one keeps none out."""

    paths: CapturePaths
    reader: HeadReader
    captures: CaptureContext
    pages: Pages
    slots: ConnectionLimit
    capture_memory: MemoryBudget = field(default_factory=lambda: MemoryBudget(CAPTURES))
    other_memory: MemoryBudget = field(default_factory=lambda: MemoryBudget(OTHERS))
    is_stopping: bool = False
    """Connections end with the request in hand."""
