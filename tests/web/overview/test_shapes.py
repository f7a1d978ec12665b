"""The JSON of an overview without any requests has every field."""

from datetime import UTC, datetime

from app.domain.overview import Overview
from app.domain.volume import HOUR, TimeSpan, Volume, filled
from app.web.overview.shapes import show_overview, show_volume

SPAN = TimeSpan.up_to(datetime(2026, 11, 28, 14, 3, tzinfo=UTC), HOUR, 2)
VOLUME = Volume(span=SPAN, counts=filled(SPAN, []))


def test_nothing_is_zero_and_no_percentile() -> None:
    empty = Overview(
        span=SPAN, volume=VOLUME, roles=(), providers=(), failures=(), failed_messages=0, finals=(), fallbacks=()
    )
    shown = show_overview("24h", empty)
    assert (shown.since, shown.until) == ("2026-11-28T13:00:00.000000Z", "2026-11-28T15:00:00.000000Z")
    assert (shown.final.messages, shown.final.p50_ms, shown.fallback.used) == (0, None, 0)
    assert [(one.ok, one.failed, one.odd) for one in shown.volume] == [(0, 0, 0)] * 2


def test_a_volume_has_the_length_of_its_intervals() -> None:
    assert (show_volume(VOLUME, filtered=False).step_s, show_volume(VOLUME, filtered=False).filtered) == (3_600, False)
