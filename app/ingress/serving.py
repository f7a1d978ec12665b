"""What all connections of one server share."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from .body import Budget
from .capture import Context
from .pages import Pages
from .paths import Paths
from .reading import Reader

# Bytes of captures whose bodies are still coming; and of everything else that has not come whole.
CAPTURES = 64 << 20
OTHERS = 16 << 20


class Slots(Protocol):
    """Knows all connections."""

    def opened(self, connection: Any) -> bool:
        """Whether there is room for it."""

    def closed(self, connection: Any) -> None:
        """It is gone."""


@dataclass(slots=True)
class Serving:
    """Captures have a budget of their own: filling the other one keeps none out."""

    paths: Paths
    reader: Reader
    captures: Context
    pages: Pages
    slots: Slots
    of_captures: Budget = field(default_factory=lambda: Budget(CAPTURES))
    of_others: Budget = field(default_factory=lambda: Budget(OTHERS))
    is_stopping: bool = False
    """Connections end with the request in hand."""
