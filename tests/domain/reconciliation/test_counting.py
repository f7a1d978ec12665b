"""The figures by verdict, reason and direction."""

from app.domain.messages.model import Direction
from app.domain.reconciliation.columns import NO_TIME
from app.domain.reconciliation.counting import Spans, Tally
from app.domain.reconciliation.model import UnlistedMessage
from app.domain.reconciliation.verdicts import RecordReason, RecordVerdict

V, R = RecordVerdict, RecordReason


def test_what_arrived_and_what_did_not_is_counted_by_direction() -> None:
    tally = Tally()
    tally.add((V.SEEN,), None, True, 5)
    tally.add((V.LATE, V.SEEN_BY_FALLBACK), None, True, 9)
    tally.add((V.NO_WEBHOOK,), R.SERVER_DOWN, True, 7)
    tally.add((V.NO_WEBHOOK,), R.UNKNOWN, True, 7)
    tally.add((V.NO_WEBHOOK,), R.UNKNOWN, True, 7)
    tally.add((V.NO_FINAL, V.LATE), R.FAULT, False, NO_TIME)
    tally.add((V.AMBIGUOUS,), None, True, 1)
    tally.add((V.OUTSIDE_SCOPE,), R.BEFORE_BIN, True, 1)
    tally.add((V.TOO_EARLY,), None, True, 99)
    unlisted = UnlistedMessage(message=1, captures=(1,), reason=R.SIMULATED, at_us=3)
    tally.add_unlisted([unlisted])
    summary = tally.summary(9, 2, None)
    inbound, outbound = summary.directions
    assert (inbound.direction, inbound.total, inbound.arrived, inbound.by_fallback, inbound.late) == (
        Direction.INBOUND, 5, 2, 1, 1
    )  # fmt: skip
    assert inbound.lost == ((R.UNKNOWN, 2), (R.SERVER_DOWN, 1))
    assert (outbound.total, outbound.arrived, outbound.late, outbound.lost) == (1, 0, 0, ((R.FAULT, 1),))
    assert (summary.since_us, summary.until_us) == (5, 9)
    assert summary.verdicts == {
        V.SEEN: 1, V.LATE: 1, V.NO_WEBHOOK: 3, V.NO_FINAL: 1, V.AMBIGUOUS: 1, V.OUTSIDE_SCOPE: 1, V.TOO_EARLY: 1,
        V.ONLY_HERE: 1,
    }  # fmt: skip
    assert summary.also == {V.SEEN_BY_FALLBACK: 1, V.LATE: 1}
    assert summary.reasons[R.UNKNOWN] == 2
    assert summary.reasons[R.SIMULATED] == 1
    assert (summary.records, summary.notes, summary.lost) == (9, 2, 4)


def test_nothing_is_counted_of_an_empty_file() -> None:
    summary = Tally().summary(0, 0, None)
    assert (summary.directions, summary.verdicts, summary.since_us) == ((), {}, None)


def test_a_span_is_of_one_direction() -> None:
    spans = Spans()
    for at, inbound in ((5, True), (3, True), (NO_TIME, True), (9, False)):
        spans.add(at, inbound)
    assert (spans.of(inbound=True), spans.of(inbound=False)) == ((3, 5), (9, 9))
    assert Spans().of(inbound=True) is None
