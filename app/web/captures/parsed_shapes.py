"""The JSON of the parsed content of a request."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ...parsing import Parsed
from ..site.shapes import Pair


class PartShape(msgspec.Struct):
    """One part of a multipart body; `text` is null for what is not text."""

    name: str | None
    filename: str | None
    content_type: str | None
    size: int
    text: str | None


class CharsetShape(msgspec.Struct):
    """How the body became text. `source` "zeros": UTF-16 without a byte order mark, by its zero bytes; "suggested" is a
    guess."""

    name: str
    source: Literal["declared", "utf-8", "bom", "zeros", "suggested"]
    note: str | None


class ParsedShape(msgspec.Struct):
    """The parsed content, up to some limits. A wrong Content-Type is corrected from the content. `json` beside `form`
    or `parts` is the JSON that their fields contain, by name."""

    query: list[Pair]
    form: list[Pair] | None
    json: Any
    xml: Any
    parts: list[PartShape] | None
    charset: CharsetShape | None
    error: Annotated[str | None, Meta(description="What could not be parsed, in sentences; null: nothing.")]
    notes: Annotated[
        list[str],
        Meta(
            description="What was decompressed or taken apart although no header declares it, a sentence each: gzip "
            "without Content-Encoding, JSON in a form field or in a string, a JSON Web Token (not verified), JSON "
            "Lines, semicolons between fields. The kept bytes are as sent."
        ),
    ]


def show_parsed(parsed: Parsed) -> ParsedShape:
    """The parsed content of a request."""
    charset = parsed.charset
    return ParsedShape(
        query=list(parsed.query),
        form=None if parsed.form is None else list(parsed.form),
        json=parsed.json,
        xml=parsed.xml,
        parts=None
        if parsed.parts is None
        else [PartShape(part.name, part.filename, part.content_type, part.size, part.text) for part in parsed.parts],
        charset=None if charset is None else CharsetShape(charset.name, charset.source, charset.note),
        error=parsed.error,
        notes=list(parsed.notes),
    )
