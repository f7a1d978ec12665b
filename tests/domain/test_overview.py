"""What is computed of the counts of an overview."""

from datetime import UTC, datetime

import pytest

from app.domain.durations import bucket_of
from app.domain.overview import FALLBACK_TOOK, FallbackShare, FinalTimes, Overview
from app.domain.pairings.model import Verdict
from app.domain.units import MICROSECOND
from app.domain.volume import HOUR, TimeSpan, Volume

SPAN = TimeSpan.up_to(datetime(2026, 11, 28, 14, tzinfo=UTC), HOUR, 2)
SECOND = 1_000_000 * MICROSECOND


def overview(finals=(), fallbacks=()) -> Overview:
    volume = Volume(span=SPAN, counts=())
    return Overview(
        span=SPAN, volume=volume, roles=(), providers=(), failures=(), failed_messages=0, finals=finals,
        fallbacks=fallbacks,
    )  # fmt: skip


def test_percentiles_of_all_intervals_are_those_of_all_messages() -> None:
    """Not the mean of the percentiles of the intervals."""
    quick, slow = bucket_of(SECOND), bucket_of(100 * SECOND)
    finals = [FinalTimes(at=SPAN.begins[0], buckets={quick: 99}), FinalTimes(at=SPAN.begins[1], buckets={slow: 1})]
    together = overview(finals=finals).final
    assert together.messages == 100
    assert together.percentile_ms(50) == pytest.approx(1_000, rel=0.03)
    assert together.percentile_ms(95) == pytest.approx(1_000, rel=0.03)
    assert together.percentile_ms(100) == pytest.approx(100_000, rel=0.03)


def test_the_fallback_has_a_share_of_the_messages_that_the_primary_did_not_take() -> None:
    assert set(FALLBACK_TOOK) == {
        Verdict.FALLBACK_AFTER_TIMEOUT, Verdict.FALLBACK_AFTER_ERROR, Verdict.FALLBACK_ONLY,
    }  # fmt: skip
    shares = [
        FallbackShare(at=SPAN.begins[0], verdicts={Verdict.PRIMARY_ONLY: 5, Verdict.FALLBACK_AFTER_ERROR: 1}),
        FallbackShare(at=SPAN.begins[1], verdicts={Verdict.BOTH_OK: 1, Verdict.FALLBACK_ONLY: 1}),
    ]
    together = overview(fallbacks=shares).fallback
    assert (together.used, together.pairs, together.share) == (2, 8, 0.25)
    assert overview().fallback.share is None
