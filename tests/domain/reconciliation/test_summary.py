"""The result in sentences."""

from datetime import timedelta

from app.domain.messages.model import Direction
from app.domain.reconciliation.model import DirectionSummary, ReconciliationSummary, ZoneEstimate
from app.domain.reconciliation.summary import summary_sentences, summary_text, zone_text
from app.domain.reconciliation.verdicts import RecordReason, RecordVerdict

from .cases import HOUR, MINUTE, START_US

LOST = ((RecordReason.SERVER_DOWN, 2), (RecordReason.UNKNOWN, 1))
INBOUND = DirectionSummary(
    direction=Direction.INBOUND, total=1_204, arrived=1_201, by_fallback=7, late=3, lost=LOST
)  # fmt: skip
OUTBOUND = DirectionSummary(direction=Direction.OUTBOUND, total=1, arrived=1)


def _summary(*directions: DirectionSummary, **changed: object) -> ReconciliationSummary:
    values: dict[str, object] = {
        "records": 1_205, "verdicts": {}, "also": {}, "reasons": {}, "directions": directions,
        "since_us": START_US + MINUTE // 2, "until_us": START_US + HOUR,
    }  # fmt: skip
    return ReconciliationSummary(**(values | changed))  # type: ignore[arg-type]


def test_the_sentence_of_the_result() -> None:
    assert summary_text(_summary(INBOUND)) == (
        "Of 1,204 inbound messages on 2026-11-28 between 20:00 and 21:00 UTC, 1,201 arrived here (7 by the fallback, 3"
        " late). 3 did not: 2 while smsbin was down, 1 without a known reason."
    )


def test_both_directions_and_several_days() -> None:
    text = summary_text(_summary(INBOUND, OUTBOUND, until_us=START_US + 30 * HOUR))
    assert text.endswith(
        "Of 1 outbound message between 2026-11-28 20:00 and 2026-11-30 02:00 UTC, the callbacks of 1 arrived here."
    )


def test_the_part_for_bold_type_is_separate() -> None:
    first, second = summary_sentences(_summary(INBOUND, OUTBOUND))
    assert (first.missing, first.because) == ("3 did not", "2 while smsbin was down, 1 without a known reason")
    assert (second.missing, second.because) == ("", "")
    assert first.direction is Direction.INBOUND


def test_what_is_not_counted_is_named() -> None:
    verdicts = {RecordVerdict.AMBIGUOUS: 2, RecordVerdict.OUTSIDE_SCOPE: 1_000, RecordVerdict.SEEN: 5}
    assert summary_text(_summary(OUTBOUND, verdicts=verdicts)).endswith(
        "Not counted: 2 ambiguous, 1,000 outside the scope."
    )


def test_a_file_of_which_nothing_counts() -> None:
    nothing = _summary(since_us=None, until_us=None)
    assert summary_text(nothing) == "None of 1,205 rows could have arrived at this bin."
    alerts = _summary(records=0, notes=2, since_us=None, until_us=None)
    assert summary_text(alerts) == "The file has no messages, but 2 reports of the provider about its webhooks."


def test_the_zone_is_a_finding() -> None:
    assert zone_text(None) == ""
    assert zone_text(ZoneEstimate(offset=timedelta(0))) == "The times in the file have no zone and are read as UTC."
    assert zone_text(ZoneEstimate(offset=timedelta(hours=-5), rows=12)) == (
        "The times in the file are in UTC-5, as 12 messages with a known arrival show."
    )
    assert zone_text(ZoneEstimate(offset=timedelta(hours=5, minutes=45), rows=1)) == (
        "The times in the file are in UTC+5:45, as 1 message with a known arrival show."
    )
    two = ZoneEstimate(offset=timedelta(hours=2), second=timedelta(hours=1), rows=9)
    assert "in UTC+2, and in UTC+1 after the clock was changed" in zone_text(two)


def test_one_minute_is_said_once_and_lost_callbacks_are_told_from_lost_messages() -> None:
    lost = DirectionSummary(
        direction=Direction.OUTBOUND, total=3, arrived=2, by_fallback=0, late=0, lost=((RecordReason.UNKNOWN, 1),)
    )
    assert summary_text(_summary(lost, until_us=START_US)).startswith(
        "Of 3 outbound messages on 2026-11-28 at 20:00 UTC, the callbacks of 2 arrived here. Those of 1 did not: 1 "
    )
