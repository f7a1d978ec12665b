"""The picture of a volume: a thin bar for each interval, stacked failed, odd and ok from the bottom, so that a few
failures are not lost on top of many others. One picture for the list of requests, the overview and the home page.

Units are those of the view box: an interval is 1 wide, the highest bar is `HEIGHT` high.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...domain.units import duration_text
from ...domain.volume import IntervalCount, TimeSpan, Volume

HEIGHT = 100
# A part of a bar is at least so high, so that one failed request among a thousand is seen.
LEAST_PART = 3.0
BAR_WIDTH = 0.64
# Labels below the bars.
LABELS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class BarPart:
    """A rectangle; `result` is the result of the requests that it represents."""

    result: str
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeBar:
    """The bar of an interval that is not empty; `index` is that of the interval. `is_outside`: the filter does not find
    its requests."""

    index: int
    count: IntervalCount
    until: datetime
    x: float
    parts: Sequence[BarPart]
    is_outside: bool

    @property
    def text(self) -> str:
        """Its numbers."""
        return counts_text(self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumePicture:
    """The bars, oldest first; `highest` is the number of requests of the highest one, `labels` are times at equal
    distances."""

    volume: Volume
    bars: Sequence[VolumeBar]
    highest: int
    labels: Sequence[datetime]
    intervals: int
    height: int = HEIGHT

    @property
    def paths(self) -> Sequence[tuple[str, str]]:
        """All parts with the same look as one path: its classes, and its commands. A page is much smaller so."""
        found: dict[str, list[str]] = {}
        for bar in self.bars:
            for part in bar.parts:
                look = f"{part.result} outside" if bar.is_outside else part.result
                found.setdefault(look, []).append(f"M{bar.x:g} {part.y:g}h{BAR_WIDTH}v{part.height:g}h-{BAR_WIDTH}z")
        return [(look, "".join(commands)) for look, commands in found.items()]

    @property
    def numbers(self) -> str:
        """ok, failed and odd of each interval, for the script: "50 1 0,0 0 0"."""
        return ",".join(f"{count.ok} {count.failed} {count.odd}" for count in self.volume.counts)

    @property
    def step_text(self) -> str:
        """The length of an interval, after "per"."""
        return duration_text(self.volume.span.step).removeprefix("1 ")

    @property
    def text(self) -> str:
        """The numbers of all intervals together."""
        return counts_text(self.volume)

    @property
    def description(self) -> str:
        """The text alternative."""
        return f"Requests per {self.step_text}: {self.text}; at most {self.highest:,} per {self.step_text}"


def draw_volume(volume: Volume) -> VolumePicture:
    """The bars of all intervals to one scale."""
    span = volume.span
    highest = max((count.total for count in volume.counts), default=0)
    after, before = volume.wanted
    bars = [
        VolumeBar(
            index=index,
            count=count,
            until=count.at + span.step,
            x=round(index + (1 - BAR_WIDTH) / 2, 2),
            parts=_parts(count, highest),
            is_outside=(after is not None and count.at + span.step <= after)
            or (before is not None and count.at >= before),
        )
        for index, count in enumerate(volume.counts)
        if count.total
    ]
    return VolumePicture(
        volume=volume, bars=bars, highest=highest, intervals=len(volume.counts), labels=labels_of(span)
    )


def labels_of(span: TimeSpan) -> list[datetime]:
    """Whole minutes at equal distances, from the beginning to the end."""
    length = span.until - span.since
    return [_minute(span.since + length * index / (LABELS - 1)) for index in range(LABELS)]


def terms_of(since: datetime, until: datetime) -> str:
    """The terms of a filter for a time."""
    return f"after:{_moment(since)} before:{_moment(until)}"


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%MZ")


def counts_text(counts: IntervalCount | Volume) -> str:
    """ "120 requests, 3 failed, 1 odd"."""
    words = [f"{counts.total:,} request{'' if counts.total == 1 else 's'}"]
    words += [f"{number:,} {word}" for number, word in ((counts.failed, "failed"), (counts.odd, "odd")) if number]
    return ", ".join(words)


def _parts(count: IntervalCount, highest: int) -> list[BarPart]:
    numbers = (("failed", count.failed), ("odd", count.odd), ("ok", count.ok))
    heights = {name: max(HEIGHT * number / highest, LEAST_PART) for name, number in numbers if number}
    # What the small parts got in addition is taken from the largest one.
    surplus = sum(heights.values()) - HEIGHT
    if surplus > 0:
        heights[max(heights, key=lambda name: heights[name])] -= surplus
    parts, y = [], float(HEIGHT)
    for name, height in heights.items():
        y -= height
        parts.append(BarPart(result=name, y=round(y, 1), height=round(height, 1)))
    return parts


def _minute(at: datetime) -> datetime:
    return at - timedelta(seconds=at.second, microseconds=at.microsecond)
