"""The geometry of a pairing's time axis: one lane a URL, with all its requests, to one scale.

Everything is in percent of the width, so that the template does not compute. The table below the drawing has all its
texts too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...domain.pairings.model import Hit, ended_at
from ...domain.pairings.wording import answer_text, disconnect_text, hit_text
from ...domain.roles import Role
from ...domain.units import ms_text
from ..words.titles import ROLE_TITLES

# The width of a label; where there is less room, it is left out.
LABEL_WIDTH = 34.0
# A narrower span is drawn as its dot only.
NARROW = 1.5
# The axis is longer than the last moment by this factor, so that it is not drawn at the edge.
AIR = 1.06
# The distance of ticks is the first of these that gives at most `MOST_TICKS`.
STEPS_MS = (
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
    1_800_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
)  # fmt: skip
MOST_TICKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A moment at `x` percent: an arrival in the lane's colour, or the sender leaving."""

    x: float
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time that the sender waited; `open`: it still waits."""

    x: float
    width: float
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisLabel:
    """Text at `x` percent and `dx` pixels, starting there (`start`) or ending there (`end`); `inside`: on a span."""

    x: float
    dx: int
    anchor: str
    text: str
    inside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The requests on one URL."""

    role: Role
    spans: tuple[Span, ...]
    dots: tuple[Dot, ...]
    labels: tuple[AxisLabel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingAxis:
    """The drawing; `ticks` are (x, text), `description` is its text alternative."""

    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[float, str], ...]
    description: str


def draw_pairing(lanes: Sequence[tuple[Role, Sequence[Hit]]], now: datetime) -> PairingAxis | None:
    """Requests by their URL, oldest first. None when there is nothing to see: no request, or a single one that was
    answered at once."""
    hits = [hit for _, some in lanes for hit in some]
    if not hits:
        return None
    zero = min(hit.at for hit in hits)
    scale = _Scale(zero, max(_ms(_end_of(hit, now) - zero) for hit in hits), now)
    if not scale.length or (len(hits) == 1 and not _waited(hits[0])):
        return None
    drawn = tuple(_lane(role, some, scale) for role, some in lanes)
    description = "; ".join(
        f"{ROLE_TITLES[role]}: "
        + (", ".join(f"{hit_text(hit)} at {scale.label(hit.at)}" for hit in some) or "no request")
        for role, some in lanes
    )
    return PairingAxis(lanes=drawn, ticks=scale.ticks(), description=description)


def _end_of(hit: Hit, now: datetime) -> datetime:
    return max(now, hit.at) if hit.ok is None else ended_at(hit)


@dataclass(frozen=True, slots=True)
class _Scale:
    zero: datetime
    length: float
    now: datetime

    def place(self, at: datetime) -> float:
        return round(100 * _ms(at - self.zero) / (self.length * AIR), 2)

    def label(self, at: datetime) -> str:
        return ms_text(round(_ms(at - self.zero))) if at > self.zero else "0 s"

    def ticks(self) -> tuple[tuple[float, str], ...]:
        step = next((step for step in STEPS_MS if self.length / step <= MOST_TICKS), STEPS_MS[-1])
        count = min(int(self.length / step), MOST_TICKS)
        marks = [(index * step, round(100 * index * step / (self.length * AIR), 2)) for index in range(count + 1)]
        size, unit = next((size, unit) for least, size, unit in _UNITS if step >= least)
        words = [f"{ms / size:g}" for ms, _ in marks]
        words[0], words[-1] = f"0 {unit}", f"{words[-1]} {unit}"
        return tuple((x, word) for (_, x), word in zip(marks, words, strict=True))


# The smallest step for a unit, the milliseconds in it, and its name.
_UNITS = ((3_600_000, 3_600_000, "h"), (60_000, 60_000, "min"), (200, 1_000, "s"), (1, 1, "ms"))


def _lane(role: Role, hits: Sequence[Hit], scale: _Scale) -> Lane:
    tone = "c-f" if role in (Role.FALLBACK, Role.VOICE_FALLBACK) else "c-p"
    spans, dots = [], []
    for hit in hits:
        start, end = scale.place(hit.at), scale.place(_end_of(hit, scale.now))
        if end - start >= NARROW:
            spans.append(Span(x=start, width=round(end - start, 2), open=hit.ok is None))
        dots.append(Dot(x=start, tone=tone))
        if hit.left_ms is not None:
            dots.append(Dot(x=end, tone="c-bad"))
    return Lane(role=role, spans=tuple(spans), dots=tuple(dots), labels=_labels(hits, scale))


def _labels(hits: Sequence[Hit], scale: _Scale) -> tuple[AxisLabel, ...]:
    """Labels inside a span that is wide enough, else next to the dot, on its free side. The last request gets its label
    first, because it decided the verdict; then from the left, as far as there is room."""
    used: list[tuple[float, float]] = []
    labels: list[AxisLabel] = []
    for hit in sorted(hits, key=lambda hit: (hit is not hits[-1], hit.n)):
        for label in _of_hit(hit, scale):
            begin, end = (
                (label.x, label.x + LABEL_WIDTH) if label.anchor == "start" else (label.x - LABEL_WIDTH, label.x)
            )
            dots = [scale.place(other.at) for other in hits if other is not hit]
            free = all(end <= left or begin >= right for left, right in used)
            if free and begin >= -1 and end <= 101 + LABEL_WIDTH / 4 and not any(begin < x < end for x in dots):
                used.append((begin, end))
                labels.append(label)
    return tuple(labels)


def _of_hit(hit: Hit, scale: _Scale) -> list[AxisLabel]:
    start, end = scale.place(hit.at), scale.place(_end_of(hit, scale.now))
    if end - start >= 2 * LABEL_WIDTH:
        last = f"sender disconnected{disconnect_text(hit)}" if hit.left_ms is not None else _answered(hit)
        inside = [
            AxisLabel(x=start, dx=12, anchor="start", text=_waiting(hit), inside=True),
            AxisLabel(x=end, dx=-10, anchor="end", text=last, inside=True),
        ]
        return [label for label in inside if label.text]
    if end - start >= LABEL_WIDTH:
        return [AxisLabel(x=start, dx=12, anchor="start", text=hit_text(hit), inside=True)]
    when = f", at {scale.label(hit.at)}" if hit.at > scale.zero else ""
    text = f"{_answered(hit)}{when}"
    if end + LABEL_WIDTH <= 100:
        return [AxisLabel(x=end, dx=12, anchor="start", text=text)]
    return [AxisLabel(x=start, dx=-12, anchor="end", text=text)]


def _waiting(hit: Hit) -> str:
    if hit.fault == "hold":
        return "held (fault), no response" if hit.status is None and hit.ok is not None else "held (fault)"
    if hit.fault == "slow":
        return "sent slowly (fault)"
    return "no response" if hit.status is None else "late response"


def _answered(hit: Hit) -> str:
    return answer_text(hit) if hit.left_ms is None or hit.status is not None else f"disconnected{disconnect_text(hit)}"


def _waited(hit: Hit) -> bool:
    return hit.ok is None or hit.left_ms is not None or (hit.after_ms or 0) >= 1_000


def _ms(gap: timedelta) -> float:
    return gap / timedelta(milliseconds=1)
