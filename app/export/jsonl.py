"""JSON Lines, the lossless export: the objects of the API, one on each line; a capture with its bytes."""

import msgspec

from .format import About, Format, Row


def begin(about: About) -> bytes:  # noqa: ARG001
    """Empty: JSON Lines has no header."""
    return b""


def row(about: About, values: Row) -> bytes:  # noqa: ARG001
    """One object on one line; JSON escapes line breaks."""
    return msgspec.json.encode(values) + b"\n"


FORMAT = Format(
    name="jsonl",
    title="JSON Lines",
    content_type="application/jsonl",
    takes=("captures", "messages"),
    whole=True,
    begin=begin,
    row=row,
)
