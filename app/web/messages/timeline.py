"""The geometry of two drawings: the timeline of a message on two tracks, and the times to the final status over a day.

Everything is in percent of the width, or in units of the view box, so that the templates do not compute. The tracks
never merge: "sending" ends when the provider hands the message over, "delivery" is what the far end reports.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...domain.messages.model import Direction, Pace, Step
from ...domain.statuses import FAILURES, RANKS, Status
from ...domain.units import gap_text
from ..words.titles import look_of

# Labels closer than this, in percent of the width, would overlap; the table below has all.
LABEL_WIDTH = 13.0
# A stamp farther from its arrival is shown in the table only: drawn to scale, the rest would shrink to one point.
FAR = timedelta(seconds=60)
HOUR = timedelta(hours=1)
HOURS = 24
PLOT_WIDTH, PLOT_HEIGHT = 480, 120
TICKS = {
    0.1: "0.1 s", 1.0: "1 s", 10.0: "10 s", 60.0: "1 min", 600.0: "10 min", 3_600.0: "1 h", 86_400.0: "1 day",
}  # fmt: skip

_DELIVERY = frozenset({Status.DELIVERED, Status.READ, Status.UNDELIVERED, Status.EXPIRED})
_TONES = {"ok": "c-ok", "bad": "c-bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackMark:
    """A dot at `x` percent. `label` and `time` are empty where there is no room; `hollow`: the provider's stamp.
    `again`: a repeated request, whose label gives way to all others."""

    x: float
    tone: str = ""
    label: str = ""
    time: str = ""
    anchor: str = "middle"
    hollow: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One track: its marks, the line from `start` to `end`, dotted while waiting, and its text."""

    title: str
    marks: tuple[TrackMark, ...]
    start: float
    end: float
    dotted: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAxis:
    """The drawing of a message. `description`: its text alternative; `left_out`: stamps too far away
    to be drawn to scale; `to_minute`: stamps without seconds, which have no place on a scale of seconds."""

    tracks: tuple[Track, ...]
    description: str
    left_out: int
    to_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """The messages of one hour that became final; x and y in the plot's view box."""

    at: datetime
    count: int
    p50: float
    p95: float
    p99: float
    x: float
    y50: float
    y95: float
    y99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Times to the final status over the last day. `ticks` are (y, text)."""

    hours: tuple[Hour, ...]
    ticks: tuple[tuple[float, str], ...]
    width: int = PLOT_WIDTH
    height: int = PLOT_HEIGHT


def draw_axis(steps: Sequence[Step], direction: Direction, *, final: bool) -> MessageAxis | None:
    """The timeline of a message to scale; None without a step."""
    if not steps:
        return None
    moments = [step.at for step in steps] + [step.said_at for step in steps if step.said_at and _is_near(step)]
    drawing = _Drawing(min(moments), steps[0].at, (max(moments) - min(moments)).total_seconds())
    if direction is Direction.INBOUND:
        marks = tuple(drawing.mark(step) for step in steps)
        drawn = (*drawing.stamps(steps), *_labelled(marks))
        xs = [mark.x for mark in drawn]
        tracks: tuple[Track, ...] = (Track(title="Arrival", marks=drawn, start=min(xs), end=max(xs)),)
    else:
        tracks = _outbound(drawing, steps, final=final)
    description = ", ".join(f"{_word(step)} at {_since(step.at - drawing.zero)}" for step in steps)
    to_minute = sum(step.said_at is not None and step.said_to_minute for step in steps)
    left_out = sum(step.said_at is not None and not _is_near(step) for step in steps) - to_minute
    return MessageAxis(
        tracks=tracks,
        description=description[:1].upper() + description[1:],
        left_out=left_out,
        to_minute=to_minute,
    )


def is_delivery(step: Step, *, handed_over: bool) -> bool:
    """Whether a step is about delivery; a failure is once the message had been handed over."""
    return step.status in _DELIVERY or (handed_over and step.status in FAILURES)


def draw_pace(pace: Pace, now: datetime) -> Plot | None:
    """The last 24 hours by the hour in which a message began, on a logarithmic scale; None without a final message."""
    first = now.replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * HOUR
    by_hour: dict[int, list[tuple[datetime, float, bool]]] = {}
    for point in pace.points:
        if first <= point[0] <= now:
            by_hour.setdefault(int((point[0] - first) / HOUR), []).append(point)
    if not by_hour:
        return None
    parts = {index: Pace(points=tuple(points), outbound=len(points)) for index, points in by_hour.items()}
    longest = max(part.percentile(99) or 0.0 for part in parts.values())
    highest = next((tick for tick in TICKS if tick >= longest), longest)
    hours = tuple(_hour(first + index * HOUR, index, parts[index], highest) for index in sorted(parts))
    ticks = tuple((_y(tick, highest), words) for tick, words in TICKS.items() if tick <= highest)
    return Plot(hours=hours, ticks=ticks)


def _hour(at: datetime, index: int, part: Pace, highest: float) -> Hour:
    p50, p95, p99 = (part.percentile(percent) or 0.0 for percent in (50, 95, 99))
    x = round(PLOT_WIDTH * (index + 0.5) / HOURS, 1)
    return Hour(
        at=at, count=len(part.points), p50=p50, p95=p95, p99=p99, x=x,
        y50=_y(p50, highest), y95=_y(p95, highest), y99=_y(p99, highest),
    )  # fmt: skip


def _y(seconds: float, highest: float) -> float:
    """The height in the plot: the bottom is 0.01 seconds and less."""
    low, high = math.log10(0.01), math.log10(max(highest, 0.1))
    share = (math.log10(max(seconds, 0.01)) - low) / (high - low)
    return round(PLOT_HEIGHT * (1 - min(max(share, 0.0), 1.0)), 1)


@dataclass(slots=True)
class _Drawing:
    """Times are relative to `zero`, the first arrival; a stamp of the provider may be earlier."""

    begin: datetime
    zero: datetime
    length: float

    def mark(self, step: Step) -> TrackMark:
        tone = _TONES.get(look_of(step.status).tone, "") if step.status else ""
        return TrackMark(
            x=self.place(step.at),
            tone=tone,
            label=_word(step),
            time=_since(step.at - self.zero),
            again=step.repeats is not None,
        )

    def stamps(self, steps: Sequence[Step]) -> tuple[TrackMark, ...]:
        near = [step.said_at for step in steps if step.said_at is not None and _is_near(step)]
        return tuple(TrackMark(x=self.place(at), hollow=True) for at in dict.fromkeys(near))

    def place(self, at: datetime) -> float:
        return 0.0 if not self.length else round(100 * (at - self.begin).total_seconds() / self.length, 2)


def _is_near(step: Step) -> bool:
    return step.said_at is not None and not step.said_to_minute and abs(step.said_at - step.at) <= FAR


def _split(steps: Sequence[Step]) -> tuple[list[Step], list[Step]]:
    sending: list[Step] = []
    delivery: list[Step] = []
    highest = -1
    for step in steps:
        handed_over = highest >= RANKS[Status.SENT]
        (delivery if is_delivery(step, handed_over=handed_over) else sending).append(step)
        highest = max(highest, -1 if step.status is None else RANKS[step.status])
    return sending, delivery


def _outbound(drawing: _Drawing, steps: Sequence[Step], *, final: bool) -> tuple[Track, ...]:
    sending, delivery = _split(steps)
    tracks = []
    marks = tuple(drawing.mark(step) for step in sending)
    hollow = drawing.stamps(sending)
    if marks:
        waits = not final and not delivery
        xs = [mark.x for mark in (*marks, *hollow)]
        end = 100.0 if waits and max(xs) < 100 - LABEL_WIDTH else max(xs)
        dotted = waits and len(set(xs)) == 1
        drawn = (*hollow, *_labelled(marks))
        tracks.append(Track(title="Sending", marks=drawn, start=min(xs), end=end, dotted=dotted))
    if delivery:
        tracks.append(_delivery(drawing, sending, delivery))
    return tuple(tracks)


def _delivery(drawing: _Drawing, sending: Sequence[Step], delivery: Sequence[Step]) -> Track:
    marks = tuple(drawing.mark(step) for step in delivery)
    before = [step for step in sending if step.at <= delivery[0].at]
    start = drawing.place(before[-1].at) if before else marks[0].x
    wide = marks[0].x - start >= 3.5 * LABEL_WIDTH
    says = f"{gap_text(delivery[0].at - before[-1].at)} until the receipt" if before and wide else ""
    return Track(
        title="Delivery",
        marks=(*drawing.stamps(delivery), *_labelled(marks)),
        start=start,
        end=max(mark.x for mark in marks),
        dotted=True,
        says=says,
    )


def _labelled(marks: Sequence[TrackMark]) -> tuple[TrackMark, ...]:
    """The marks with labels where there is room: the last state first, because it is the news, then from the left;
    repeated requests last."""
    kept: list[float] = []
    shown: dict[int, TrackMark] = {}
    news = max((index for index, mark in enumerate(marks) if not mark.again), default=0)
    order = sorted(range(len(marks)), key=lambda index: (marks[index].again, index != news, index))
    for index in order:
        mark = marks[index]
        if all(abs(mark.x - x) >= LABEL_WIDTH for x in kept):
            kept.append(mark.x)
            shown[index] = replace(
                mark, anchor="start" if mark.x < LABEL_WIDTH / 2 else "end" if mark.x > 95 else "middle"
            )
    return tuple(shown.get(index, replace(mark, label="", time="")) for index, mark in enumerate(marks))


def _word(step: Step) -> str:
    word = look_of(None if step.status is None else step.status.value, step.raw_status).word.lower()
    return word if step.repeats is None else f"{word} again"


def _since(gap: timedelta) -> str:
    return gap_text(gap) if gap else "0 s"
