"""The differences of two requests: within values, in headers, and in bodies line by line.

Everything is bounded: a body may have five megabytes, and comparing takes quadratic time.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from ...domain.bins import KEY_PATTERN
from ...domain.captures import RawRequest
from ...domain.masking.policy import MaskingPolicy
from ...parsing import Parsed

# The limits of what is compared; the page of each request has the rest.
MOST_LINES = 400
MOST_BYTES = 4_096
LINE = 2_000
# Lines around a difference.
AROUND = 3
# In values that share fewer characters nothing is marked.
SHARED = 3

# A capture key at the start of a path segment; elsewhere ids of providers may look like one.
SECRET = re.compile(f"(?:(?<=/)|(?<=%2[Ff])){KEY_PATTERN}(?![0-9A-Za-z])")
_ORIGIN = re.compile(r"https?://[^/?#]+")


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A part of a value. `marked`: it differs; `secret`: a capture key, which is hidden in print."""

    text: str
    marked: bool = False
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderDiff:
    """A header that differs, with all its values in both; empty where it was not sent."""

    name: str
    primary: tuple[str, ...]
    fallback: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of the bodies: `side` is "both", "primary" or "fallback", or "gap" where equal lines are left out."""

    side: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyDiff:
    """Two bodies. `same` without lines: equal bytes. `note`: how they are shown; `cut`: they are larger than what is
    compared."""

    same: bool
    size: tuple[int, int]
    lines: tuple[DiffLine, ...] = ()
    hex: bool = False
    note: str = ""
    cut: bool = False


def part(one: str, other: str) -> tuple[tuple[MarkedText, ...], tuple[MarkedText, ...]]:
    """Two values with their differences marked, without the origin when both have the same."""
    host = _ORIGIN.match(one)
    if host and (found := _ORIGIN.match(other)) and found[0] == host[0]:
        one, other = "…" + one[host.end() :], "…" + other[host.end() :]
    head = _shared(one, other)
    tail = _shared(one[head:][::-1], other[head:][::-1])
    if head + tail < SHARED:
        head = tail = 0
    return _pieces(one, head, tail), _pieces(other, head, tail)


def plain(value: str) -> tuple[MarkedText, ...]:
    """A value with nothing to mark."""
    return _pieces(value, 0, 0)


def _shared(one: str, other: str) -> int:
    """The length of their common prefix."""
    return next(
        (at for at, (ours, theirs) in enumerate(zip(one, other, strict=False)) if ours != theirs),
        min(len(one), len(other)),
    )


def _pieces(value: str, head: int, tail: int) -> tuple[MarkedText, ...]:
    """`value` in parts: split where the difference starts and ends, and around capture keys."""
    end = len(value) - tail
    keys = [key.span() for key in SECRET.finditer(value)]
    cuts = sorted({0, len(value), head, end, *(edge for key in keys for edge in key)})
    return tuple(
        MarkedText(
            value[start:stop],
            marked=bool(head or tail) and head <= start < end,
            secret=any(first <= start < last for first, last in keys),
        )
        for start, stop in pairwise(cuts)
    )


def header_differences(primary: RawRequest, fallback: RawRequest, masking: MaskingPolicy) -> tuple[HeaderDiff, ...]:
    """Headers that differ, sorted by name, masked."""
    ours, theirs = _by_name(primary), _by_name(fallback)
    return tuple(
        HeaderDiff(
            name=name,
            primary=_shown(name, ours.get(name, ()), masking),
            fallback=_shown(name, theirs.get(name, ()), masking),
        )
        for name in sorted(ours.keys() | theirs.keys())
        if ours.get(name) != theirs.get(name)
    )


def body_difference(raws: tuple[RawRequest, RawRequest], views: tuple[Parsed, Parsed]) -> BodyDiff:
    """The bodies line by line: text as text, forms as one field a line, anything else as hex. `views` are the parsed
    requests."""
    primary, fallback = raws
    size = (len(primary.body), len(fallback.body))
    if primary.body == fallback.body:
        return BodyDiff(same=True, size=size)
    one, other = views
    texts = (_text(primary, one), _text(fallback, other))
    if texts[0] is None or texts[1] is None:
        dumps = (_hex(primary.body), _hex(fallback.body))
        return BodyDiff(same=False, size=size, lines=_lines(*dumps), hex=True, cut=max(size) > MOST_BYTES)
    split = [_split(text, parsed) for text, parsed in ((texts[0], one), (texts[1], other))]
    cut = any(len(lines) > MOST_LINES for lines in split)
    note = "Shown with one field per line; the body has them on one line." if one.form or other.form else ""
    if 0 in size:
        note = f"{note} For an empty body, the query is shown.".strip()
    return BodyDiff(same=False, size=size, lines=_lines(split[0], split[1]), note=note, cut=cut)


def _by_name(raw: RawRequest) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in raw.headers:
        key = name.decode("latin-1").lower()
        found[key] = (*found.get(key, ()), value.decode("latin-1"))
    return found


def _shown(name: str, values: tuple[str, ...], masking: MaskingPolicy) -> tuple[str, ...]:
    return tuple(masking.header(name.encode("latin-1"), value[:LINE]) for value in values)


def _text(raw: RawRequest, parsed: Parsed) -> str | None:
    if not raw.body:
        return raw.target.partition("?")[2]
    return parsed.text


def _split(text: str, parsed: Parsed) -> list[str]:
    """The lines of a text, or one line a field of a form, which is one line otherwise."""
    if parsed.form or (not parsed.is_json and parsed.xml is None and parsed.query and "\n" not in text):
        lines = [f"{field}&" for field in text.split("&")]
        lines[-1] = lines[-1][:-1]
    else:
        lines = text.splitlines()
    return [line[:LINE] for line in lines]


def _hex(body: bytes) -> list[str]:
    rows = (body[at : at + 16] for at in range(0, min(len(body), MOST_BYTES), 16))
    return [f"{row.hex(' '):<47}  {''.join(chr(byte) if 32 <= byte < 127 else '·' for byte in row)}" for row in rows]


def _lines(one: Sequence[str], other: Sequence[str]) -> tuple[DiffLine, ...]:
    one, other = one[:MOST_LINES], other[:MOST_LINES]
    found: list[DiffLine] = []
    seen = 0
    for group in SequenceMatcher(None, one, other, autojunk=False).get_grouped_opcodes(AROUND):
        if group[0][1] > seen:
            found.append(_left_out(group[0][1] - seen))
        for tag, start, end, from_, to in group:
            if tag == "equal":
                found += [DiffLine("both", line) for line in one[start:end]]
            else:
                found += [DiffLine("primary", line) for line in one[start:end]]
                found += [DiffLine("fallback", line) for line in other[from_:to]]
        seen = group[-1][2]
    if found and len(one) > seen:
        found.append(_left_out(len(one) - seen))
    return tuple(found)


def _left_out(count: int) -> DiffLine:
    return DiffLine("gap", f"{count} equal line{'' if count == 1 else 's'}")
