"""JSON Lines, the lossless export: exactly the objects of the API, one a line; a capture with its bytes."""

import msgspec

from .format import About, Format, Row


def begin(about: About) -> bytes:  # noqa: ARG001
    """Nothing: each line stands for itself."""
    return b""


def row(about: About, values: Row) -> bytes:  # noqa: ARG001
    """One object; JSON escapes line breaks."""
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
