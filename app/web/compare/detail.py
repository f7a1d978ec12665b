"""The open pair: the verdict, the axis, and the differences of its two requests.

A pair is a stored pairing, or any two captures that the user chose.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...domain.bins import Bin
from ...domain.captures import Capture, CaptureRow, RawRequest
from ...domain.masking.policy import CREDENTIALS, MaskingPolicy
from ...domain.pairings.differences import METHOD, Difference
from ...domain.pairings.model import Pairing
from ...domain.roles import Role
from ...domain.units import ms_text
from ...parsing import Parsed, parse
from ...providers import sheet_of
from ...services.compare import differences, explain_verdict
from ..words.fields import Field, fields_of
from ..words.headlines import Headline
from ..words.pairings import lead_of
from .axis import PairingAxis, draw_pairing
from .differences import BodyDiff, HeaderDiff, MarkedText, body_difference, header_differences, part, plain
from .sides import ComparedRequest, Tried, hit_of, roles_of, side_of, tries_of, with_times

# The characters of a value in the table; the page of its request has all.
LONGEST = 600
# Two requests farther apart are not drawn on one axis.
FAR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    """A difference. None: not sent. `note` is shown below the fallback's value."""

    name: str
    primary: tuple[MarkedText, ...] | None
    fallback: tuple[MarkedText, ...] | None
    is_field: bool = True
    note: str = ""
    expected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDetail:
    """A pair and everything that its pane shows, masked, but for the captures of its sides. `body` None: hidden, or
    there is only one side. `unmasked`: a person has requested the values. `missing`: the role that got no request; then
    `second` is None."""

    bin: Bin
    pairing: Pairing | None
    lead: Headline
    row: CaptureRow
    first: ComparedRequest
    second: ComparedRequest | None
    missing: Role | None
    axis: PairingAxis | None
    gap: str
    rows: tuple[DifferenceRow, ...]
    same: tuple[Field, ...]
    headers: tuple[HeaderDiff, ...]
    body: BodyDiff | None
    tried: tuple[Tried, ...]
    is_masked: bool = False
    unmasked: bool = False

    @property
    def count(self) -> int:
        """The number of differences: the arrival, the answer, and the rows."""
        return 2 + len(self.rows)

    @property
    def raws(self) -> list[RawRequest]:
        """Its requests."""
        return [side.capture.raw for side in (self.first, self.second) if side is not None]

    @property
    def path(self) -> str:
        """The last segments of its path."""
        first, second = self.first.hit.n, self.second.hit.n if self.second else None
        if self.pairing is None:
            return f"{first}/{second}"
        hits = [*self.pairing.primary[:1], *self.pairing.fallback[:1]]
        usual = [hit.n for hit in hits] == [first, *([] if second is None else [second])]
        return str(first) if usual else f"{first}/{second}"

    @property
    def same_names(self) -> str:
        """The names of the equal fields, each once."""
        return ", ".join(dict.fromkeys(field.name for field in self.same))


def open_pairing(
    bin: Bin, pairing: Pairing, captures: Sequence[Capture], now: datetime, masking: MaskingPolicy = CREDENTIALS
) -> PairDetail:
    """A pairing with its two captures, or with the only one; `captures` are in the order of the URLs."""
    pairing = with_times(pairing, captures)
    hits = {hit.n: hit for hit in pairing.hits}
    roles = roles_of(pairing)
    shown = [(hits[capture.row.n], capture) for capture in captures]
    sides = [side_of(roles[hit.fallback], capture, hit, pairing) for hit, capture in shown]
    lanes = [(roles[0], pairing.primary), (roles[1], pairing.fallback)]
    missing = next((role for role, some in lanes if not some), None)
    found = _differences(sides)
    lead = lead_of(pairing, explain_verdict(pairing, found))
    axis = draw_pairing(lanes, now)
    return _detail(bin, masking.pairing(pairing), lead, sides, found, missing=missing, axis=axis, masking=masking)


def open_two(bin: Bin, captures: Sequence[Capture], now: datetime, masking: MaskingPolicy = CREDENTIALS) -> PairDetail:
    """Two captures that the user chose; the older one comes first."""
    first, second = sorted(captures, key=lambda capture: capture.row.n)
    sides = [side_of(capture.row.role, capture, hit_of(capture.row)) for capture in (first, second)]
    near = second.row.received_at - first.row.received_at <= FAR
    axis = draw_pairing([(side.role, [side.hit]) for side in sides], now) if near else None
    lead = Headline(
        title="Two requests you picked.",
        icon="compare",
        tone="",
        says=("smsbin does not count them as the primary and fallback request of one message.",),
    )
    return _detail(bin, None, lead, sides, _differences(sides), missing=None, axis=axis, masking=masking)


def _detail(
    bin: Bin,
    pairing: Pairing | None,
    lead: Headline,
    sides: Sequence[ComparedRequest],
    found: Sequence[Difference],
    *,
    missing: Role | None,
    axis: PairingAxis | None,
    masking: MaskingPolicy,
) -> PairDetail:
    first, second = sides[0], sides[1] if len(sides) > 1 else None
    raws = (first.capture.raw, second.capture.raw) if second else None
    views = (parse(raws[0]), parse(raws[1])) if raws else None
    return PairDetail(
        bin=bin,
        pairing=pairing,
        lead=lead,
        row=masking.row(first.capture.row),
        first=first,
        second=second,
        missing=missing,
        axis=axis,
        gap=_gap(second.hit.at - first.hit.at, first.role, pairing) if second else "",
        rows=tuple(_row(difference, pairing, first.capture.row.reading.provider, masking) for difference in found),
        same=_same(*views, masking) if views else (),
        headers=header_differences(*raws, masking) if raws else (),
        body=body_difference(raws, views) if raws and views and not masking.hides_bodies else None,
        tried=() if pairing is None else tries_of(pairing),
        is_masked=masking.hides_bodies,
    )


def _differences(sides: Sequence[ComparedRequest]) -> Sequence[Difference]:
    if len(sides) < 2:
        return ()
    one, other = (side.capture for side in sides)
    return differences(one.raw, other.raw, one.row.reading.provider)


def _gap(gap: timedelta, role: Role, pairing: Pairing | None) -> str:
    """ "15.206 s after the primary", exact as it was measured."""
    other = "the other" if pairing is None else "the voice URL" if pairing.voice else f"the {role.value}"
    seconds = gap.total_seconds()
    exact = f"{abs(seconds):.3f} s" if abs(seconds) < 600 else ms_text(round(abs(seconds) * 1_000))
    return f"{exact} {'after' if seconds >= 0 else 'before'} {other}"


def _row(
    difference: Difference, pairing: Pairing | None, provider: str | None, masking: MaskingPolicy
) -> DifferenceRow:
    whole = (difference.primary, difference.fallback)
    values = [_short(None if value is None else masking.value(difference.field, value)) for value in whole]
    both = part(values[0], values[1]) if values[0] is not None and values[1] is not None else None
    return DifferenceRow(
        name=masking.name(difference.field),
        primary=both[0] if both else _plain(values[0]),
        fallback=both[1] if both else _plain(values[1]),
        is_field=difference.field != METHOD,
        note=_note(difference, pairing, provider),
        expected=difference.expected,
    )


def _note(difference: Difference, pairing: Pairing | None, provider: str | None) -> str:
    if difference.field == METHOD:
        return "" if pairing is None else "set separately in the portal"
    sheet = sheet_of(provider)
    is_error = sheet is not None and difference.field.lower() == "errorcode"
    return sheet.errors.get(difference.fallback or "", "") if sheet and is_error else ""


def _same(one: Parsed, other: Parsed, masking: MaskingPolicy) -> tuple[Field, ...]:
    """Fields with equal values in both, in the order of the first."""
    fields, ours, theirs = fields_of(one), _values(one), _values(other)
    return tuple(
        replace(field, name=masking.name(field.name), value=masking.value(field.name, field.value))
        for field in fields
        if ours[field.name] == theirs.get(field.name)
    )


def _values(parsed: Parsed) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for field in fields_of(parsed):
        found.setdefault(field.name, []).append(field.value)
    return found


def _short(value: str | None) -> str | None:
    return value if value is None or len(value) <= LONGEST else value[:LONGEST] + "…"


def _plain(value: str | None) -> tuple[MarkedText, ...] | None:
    return None if value is None else plain(value)
