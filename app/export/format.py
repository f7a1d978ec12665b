"""The interface of a format: the beginning of a file, a row, and the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The context of a file: the names of its columns in order, this smsbin's `version`, and the `origin` (scheme,
    host and port) of capture URLs."""

    columns: Sequence[str]
    version: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """`takes`: what it can hold, of `WHATS`. `whole`: its captures need headers and body, not only the summary.

    A file is `begin`, the rows with `between` between them, and `end`, so it can be written as a stream.
    """

    name: str
    title: str
    content_type: str
    takes: tuple[str, ...]
    whole: bool
    begin: Callable[[About], bytes]
    row: Callable[[About, Row], bytes]
    between: bytes = b""
    end: bytes = b""
