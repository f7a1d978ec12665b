"""Texts in PostgreSQL, which cannot store U+0000: it is escaped when it is sent, and restored when it is read.

Requests may contain it anywhere, and what is read is exactly what was stored. The escape is a character of a private
use area, which is escaped itself.
"""

from psycopg.adapt import Buffer
from psycopg.types.string import StrBinaryDumper, StrDumperUnknown, TextBinaryLoader, TextLoader

ESCAPE = "\ue000"
_NUL, _ITSELF = f"{ESCAPE}0", f"{ESCAPE}1"


def escape(text: str) -> str:
    """The text as it is stored."""
    if "\0" not in text and ESCAPE not in text:
        return text
    return text.replace(ESCAPE, _ITSELF).replace("\0", _NUL)


def restore(text: str) -> str:
    """The text as it was before `escape`."""
    if ESCAPE not in text:
        return text
    return text.replace(_NUL, "\0").replace(_ITSELF, ESCAPE)


class EscapedDumper(StrDumperUnknown):
    """A text whose type is found by the server."""

    def dump(self, obj: str) -> Buffer | None:
        """The bytes to send."""
        return super().dump(escape(obj))


class EscapedBinaryDumper(StrBinaryDumper):
    """A text in a COPY."""

    def dump(self, obj: str) -> Buffer | None:
        """The bytes to send."""
        return super().dump(escape(obj))


class RestoringLoader(TextLoader):
    """A text in a result."""

    def load(self, data: Buffer) -> bytes | str:
        """The text as it was stored."""
        text = super().load(data)
        return restore(text) if isinstance(text, str) else text


class RestoringBinaryLoader(TextBinaryLoader):
    """The same in a binary result."""

    def load(self, data: Buffer) -> bytes | str:
        """The text as it was stored."""
        text = super().load(data)
        return restore(text) if isinstance(text, str) else text
