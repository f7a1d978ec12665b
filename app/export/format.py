"""What a format is: how a file begins, how a row is written, and how the file ends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a file is about: the names of its columns in order, this smsbin's `version`, and the `origin` (scheme, host
    and port) in front of the captures' targets."""

    columns: Sequence[str]
    version: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """`takes`: what it can hold, of `WHATS`. `whole`: its captures need headers and body, not the summary alone.

    A file is `begin`, the rows with `between` between them, `end`; so it can be written while it is read.
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
