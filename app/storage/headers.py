"""Headers as a job carries them and their column keeps them: names and values in turns, a line each, and the bytes as
latin-1. As JSON where a line break in one of them would make that ambiguous, and where an older version wrote them.
"""

from collections.abc import Sequence
from itertools import chain

import msgspec

Headers = tuple[tuple[bytes, bytes], ...]

_JSON = b"["


def pack_headers(headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """For a job: by far the most requests cost no more than a join."""
    lines = b"\n".join(chain.from_iterable(headers))
    if lines.count(b"\n") == 2 * len(headers) - 1 and not lines.startswith(_JSON):
        return lines
    # None at all, or what no parser lets through.
    return msgspec.json.encode([(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])


def write_headers(packed: bytes) -> str:
    """A job's headers as the column's text."""
    return packed.decode() if packed.startswith(_JSON) else packed.decode("latin-1")


def read_headers(column: str) -> Headers:
    """The inverse of both, byte for byte."""
    if column.startswith("["):
        pairs = msgspec.json.decode(column, type=list[tuple[str, str]])
        return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs)
    lines = column.encode("latin-1").split(b"\n")
    return tuple(zip(lines[::2], lines[1::2], strict=True))
