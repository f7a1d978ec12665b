"""The open capture: what each tab needs, worked out once. A new tab is a line in `TABS` and a partial."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..domain.captures import Capture
from ..domain.curl import SECRET_HEADERS, as_curl
from ..domain.phones import region_of
from ..domain.sms import SmsFacts, describe_sms
from ..parsing import Parsed, Part, flatten, parse

TABS = {
    "summary": "Summary",
    "fields": "Fields",
    "headers": "Headers",
    "raw": "Raw",
    "timing": "Timing",
    "answer": "Answer",
}
HEX_BYTES = 16_384
TEXT_CHARACTERS = 128_000


@dataclass(frozen=True, slots=True)
class HexLine:
    """Sixteen bytes: where they stand, as numbers, as characters."""

    offset: str
    numbers: str
    characters: str


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter. `where`: query, form, JSON (its name is the path), XML or part.

    A repeated one is the `nth` of the `of` that share its name there.
    """

    where: str
    name: str
    value: str
    nth: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A capture and everything that its tabs show."""

    capture: Capture
    tabs: dict[str, str]
    tab: str
    parsed: Parsed
    sms: SmsFacts | None
    regions: tuple[str | None, str | None]
    fields: tuple[Field, ...]
    fields_json: str
    headers: tuple[tuple[str, str, bool], ...]
    headers_text: str
    text: str | None
    hexdump: tuple[HexLine, ...]
    curl: str


def open_detail(capture: Capture, address: str, tab: str) -> Detail:
    """Read a capture for people. `address` is the bin's own URL of its role, for the curl line."""
    reading, raw = capture.row.reading, capture.raw
    parsed = parse(raw)
    fields = _fields(parsed)
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"), name.lower() in SECRET_HEADERS) for name, value in raw.headers
    )
    return Detail(
        capture=capture,
        tabs=TABS,
        tab=tab if tab in TABS else "summary",
        parsed=parsed,
        sms=None if reading.text is None else describe_sms(reading.text),
        regions=(region_of(reading.sender), region_of(reading.recipient)),
        fields=fields,
        fields_json=json.dumps([[field.name, field.value] for field in fields], ensure_ascii=False, indent=2),
        headers=headers,
        headers_text="\n".join(f"{name}: {'(hidden)' if secret else value}" for name, value, secret in headers),
        text=None if parsed.text is None else parsed.text[:TEXT_CHARACTERS],
        hexdump=tuple(_hexdump(raw.body[:HEX_BYTES])),
        curl=as_curl(raw, address),
    )


def _fields(parsed: Parsed) -> tuple[Field, ...]:
    found = [Field("query", name, value) for name, value in parsed.query]
    found += [Field("form", name, value) for name, value in parsed.form or ()]
    found += [Field("part", part.name or "", _part(part)) for part in parsed.parts or ()]
    if parsed.is_json:
        found += [Field("JSON", name, value) for name, value in flatten(parsed.json)]
    if parsed.xml is not None:
        found.append(Field("XML", "", json.dumps(parsed.xml, ensure_ascii=False, indent=2)))
    return tuple(_numbered(found))


def _numbered(fields: list[Field]) -> Iterator[Field]:
    """Repeated names told apart, in their order."""
    totals = Counter((field.where, field.name) for field in fields)
    seen: Counter[tuple[str, str]] = Counter()
    for field in fields:
        name = (field.where, field.name)
        seen[name] += 1
        yield replace(field, nth=seen[name], of=totals[name])


def _part(part: Part) -> str:
    if part.text is not None:
        return str(part.text)
    return f"{part.filename or 'a file'}, {part.content_type or 'unknown type'}, {part.size} bytes"


def _hexdump(body: bytes) -> list[HexLine]:
    lines = []
    for offset in range(0, len(body), 16):
        piece = body[offset : offset + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in piece)
        lines.append(HexLine(f"{offset:06x}", piece.hex(" "), shown))
    return lines
