"""The geometry of the two pictures of an overview with one column for each interval: times to the final status from p50
to p95 on a logarithmic scale, and the share of the fallback. Units are those of the view box."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ...domain.overview import FallbackShare, FinalTimes
from ...domain.units import ms_text, share_text
from ...domain.volume import TimeSpan
from ..site.volume import labels_of

HEIGHT = 100
# The range of the scale is at least a factor of ten above this many milliseconds, the bottom.
LOWEST_MS = 100.0
# A column is at least so high.
LEAST_COLUMN = 3.0
_TICKS = {
    1_000: "1 s", 10_000: "10 s", 60_000: "1 min", 600_000: "10 min", 3_600_000: "1 h", 86_400_000: "1 day",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewColumn:
    """The column of an interval that is not empty; `x` counts the intervals from the first, `middle` is the height of
    the median."""

    at: datetime
    until: datetime
    x: int
    y: float
    height: float
    text: str
    middle: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPicture:
    """All columns; `ticks` are (y, text), `labels` times at equal distances."""

    columns: Sequence[OverviewColumn]
    intervals: int
    ticks: Sequence[tuple[float, str]]
    labels: Sequence[datetime]
    height: int = HEIGHT


def draw_finals(span: TimeSpan, finals: Sequence[FinalTimes]) -> ColumnPicture:
    """From the median to p95."""
    times = [(one, one.percentile_ms(50) or 0.0, one.percentile_ms(95) or 0.0) for one in finals]
    longest = max((p95 for _, _, p95 in times), default=0.0)
    top = next((tick for tick in _TICKS if tick >= longest), longest)
    columns = [
        _column(
            span, one, top=_y(p95, top), bottom=_y(p50, top), middle=_y(p50, top),
            text=f"p50 {ms_text(round(p50))}, p95 {ms_text(round(p95))}, {one.messages:,}"
            f" message{'' if one.messages == 1 else 's'}",
        )
        for one, p50, p95 in times
    ]  # fmt: skip
    ticks = [(_y(ms, top), words) for ms, words in _TICKS.items() if ms <= top]
    return ColumnPicture(columns=columns, intervals=len(span.begins), ticks=ticks[-3:], labels=labels_of(span))


def draw_fallbacks(span: TimeSpan, fallbacks: Sequence[FallbackShare]) -> ColumnPicture:
    """The share of the fallback, from 0 to a round percentage above the highest."""
    highest = max((one.share or 0.0 for one in fallbacks), default=0.0)
    top = next(top for top in (0.05, 0.1, 0.25, 0.5, 1.0) if highest <= top)
    columns = [
        _column(
            span, one, top=HEIGHT * (1 - share / top), bottom=float(HEIGHT),
            text=f"{share_text(share)}: {one.used:,} of {one.pairs:,}",
        )
        for one in fallbacks
        for share in (one.share or 0.0,)
        if share
    ]  # fmt: skip
    ticks = [(0.0, share_text(top))]
    return ColumnPicture(columns=columns, intervals=len(span.begins), ticks=ticks, labels=labels_of(span))


def _column(
    span: TimeSpan, one: FinalTimes | FallbackShare, *, top: float, bottom: float, text: str,
    middle: float | None = None,
) -> OverviewColumn:  # fmt: skip
    at = one.at or span.since
    height = max(bottom - top, LEAST_COLUMN)
    return OverviewColumn(
        at=at, until=at + span.step, x=(at - span.since) // span.step, y=round(min(top, HEIGHT - height), 1),
        height=round(height, 1), text=text, middle=None if middle is None else round(middle, 1),
    )  # fmt: skip


def _y(ms: float, top: float) -> float:
    low, high = math.log10(LOWEST_MS), math.log10(max(top, 10 * LOWEST_MS))
    share = (math.log10(max(ms, LOWEST_MS)) - low) / (high - low)
    return round(HEIGHT * (1 - min(share, 1.0)), 1)
