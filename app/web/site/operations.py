"""How an operation of the API is described; each noun describes its own beside its handlers.

`web/openapi.py` makes the document from these descriptions. A test compares them with the route table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .parameters import Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """The response of an operation that succeeded: JSON of the type `shape`, or `media` types, or no content.
    `has_location`: it has the header Location, with the address of what was made."""

    status: int = 200
    shape: type | None = None
    media: tuple[str, ...] = ()
    has_location: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation. `id` is its operationId. `body` is the type of its input. `errors` are statuses that it can have
    besides those of all operations. `frames` are the types of what a WebSocket sends."""

    tag: str
    id: str
    summary: str
    description: str = ""
    success: Success = Success()
    query: tuple[Parameter, ...] = ()
    body: Any = None
    errors: tuple[int, ...] = ()
    is_public: bool = False
    frames: tuple[type, ...] = ()

    @property
    def statuses(self) -> list[int]:
        """The statuses of all its errors."""
        usual = () if self.is_public else (400, 401, 403, 422, 503)
        return sorted({*usual, *self.errors, *((408, 413, 415) if self.body else ())})

    @property
    def types(self) -> list[Any]:
        """All types that its description refers to."""
        found = (self.success.shape, self.body, *self.frames)
        return [each for each in found if each is not None]


Operations = Mapping[tuple[str, str], Operation]
"""By method and path. The names in braces in a path are those of `parameters.IN_PATH`."""
