"""Verdicts and reasons, and the limits of time at which they change."""

import pytest

from app.domain.messages.model import Direction
from app.domain.reconciliation.judging import (
    GRACE_US,
    LATE_US,
    MOVED_US,
    UNFINISHED_AWS_US,
    UNFINISHED_US,
)
from app.domain.reconciliation.model import Interval, RecordResult
from app.domain.reconciliation.records import ProviderNote, Record
from app.domain.statuses import Status

from .cases import (
    HOUR,
    MINUTE,
    NOW_US,
    OURS,
    SECOND,
    START_US,
    at,
    called_back,
    inbound,
    outbound,
    results,
    scope,
    seen,
    verdicts,
)

AGO = (NOW_US - START_US) / SECOND
# So that both directions and the number are in the scope.
OTHERS = [seen(8, 5_000), called_back(9, 5_000)]


def _one(record: Record, *messages: object, **changed: object) -> RecordResult:
    return results([*messages, *OTHERS], [record], scope(**changed))[0]  # type: ignore[list-item]


def _all(result: RecordResult) -> list[str]:
    return [result.verdict.value, *result.also]


def test_what_arrived_is_seen() -> None:
    assert _all(_one(inbound(1, 0), seen(1, 1))) == ["seen"]
    assert _all(_one(outbound(1, 0), called_back(1, 1))) == ["seen"]


def test_only_the_fallback_has_it() -> None:
    assert _all(_one(inbound(1, 0), seen(1, 1, primary=False, fallback=True))) == ["seen_by_fallback"]
    assert _all(_one(inbound(1, 0), seen(1, 1, fallback=True))) == ["seen"]
    assert _all(_one(inbound(1, 0), seen(1, 1, primary=False))) == ["seen"]


def test_nothing_arrived() -> None:
    assert _all(_one(inbound(1, 0))) == ["no_webhook"]
    assert _all(_one(outbound(1, 0))) == ["no_callback"]


def test_no_final_callback_although_the_list_has_a_final_status() -> None:
    waiting = called_back(1, 1, final=False, status=Status.SENT, ended_us=None)
    result = _one(outbound(1, 0), waiting)
    assert (_all(result), result.reason, result.captures) == (["no_final"], "unknown", (10, 11))
    assert _all(_one(outbound(1, 0, final=False, status=Status.SENT, ended=None), waiting)) == ["seen"]


@pytest.mark.parametrize(
    ("here", "there", "differs"),
    [
        (Status.DELIVERED, Status.FAILED, True),
        (Status.UNDELIVERED, Status.DELIVERED, True),
        (Status.SENT, Status.DELIVERED, True),
        (Status.READ, Status.DELIVERED, False),
        (Status.FAILED, Status.UNDELIVERED, False),
        (Status.DELIVERED, Status.UNKNOWN, False),
        (Status.UNKNOWN, Status.DELIVERED, False),
    ],
)
def test_final_statuses_differ_by_success_and_failure(here: Status, there: Status, differs: bool) -> None:
    result = _one(outbound(1, 0, status=there), called_back(1, 1, status=here))
    assert _all(result) == (["status_differs"] if differs else ["seen"])


def test_the_status_of_an_inbound_message_is_not_compared() -> None:
    assert _all(_one(inbound(1, 0, status=Status.UNKNOWN), seen(1, 1))) == ["seen"]


def test_texts_prices_and_segments_differ_only_if_both_have_them() -> None:
    record = outbound(1, 0, text="a", price="-0.0079", segments=2)
    assert _all(_one(record, called_back(1, 1, text="b", price="0.0080", segments=1))) == [
        "text_differs", "price_differs", "segments_differ"
    ]  # fmt: skip
    assert _all(_one(record, called_back(1, 1, text="a", price="0.00790", segments=2))) == ["seen"]
    assert _all(_one(record, called_back(1, 1))) == ["seen"]
    assert _all(_one(outbound(1, 0, price="0"), called_back(1, 1, price="0.01"))) == ["seen"]


def test_the_weightiest_verdict_comes_first() -> None:
    message = seen(1, LATE_US / SECOND + 2, text="other", repeats=1, primary=False, fallback=True)
    assert _all(_one(inbound(1, 0), message)) == ["text_differs", "late", "duplicate", "seen_by_fallback"]


def test_what_came_later_than_the_limit_is_late() -> None:
    limit = LATE_US / SECOND
    assert _all(_one(inbound(1, 0), seen(1, limit))) == ["seen"]
    assert _all(_one(inbound(1, 0), seen(1, limit + 0.001))) == ["late"]
    assert _all(_one(outbound(1, 0), called_back(1, limit))) == ["seen"]
    assert _all(_one(outbound(1, 0), called_back(1, limit + 0.001))) == ["late"]
    assert _all(_one(outbound(1, 0, ended=None), called_back(1, limit * 9))) == ["seen"]


def test_equal_requests_are_duplicates() -> None:
    assert _all(_one(inbound(1, 0), seen(1, 1, repeats=2))) == ["duplicate"]


def test_a_young_row_is_too_early() -> None:
    limit = AGO - GRACE_US / SECOND
    assert _all(_one(inbound(1, limit))) == ["no_webhook"]
    assert _all(_one(inbound(1, limit + 1))) == ["too_early"]
    assert _all(_one(inbound(1, AGO + 999))) == ["too_early"]


def test_a_young_end_is_too_early() -> None:
    waiting = called_back(1, AGO - 900, final=False, status=Status.SENT, ended_us=None)
    limit = AGO - GRACE_US / SECOND
    assert _all(_one(outbound(1, AGO - 901, ended=at(limit)), waiting)) == ["no_final"]
    assert _all(_one(outbound(1, AGO - 901, ended=at(limit + 1)), waiting)) == ["too_early"]


@pytest.mark.parametrize(("provider", "limit_us"), [("twilio", UNFINISHED_US), ("aws", UNFINISHED_AWS_US)])
def test_an_outbound_message_without_an_end_may_still_have_callbacks(provider: str, limit_us: int) -> None:
    def record(seconds: float, final: bool) -> Record:
        return outbound(1, seconds, provider=provider, final=final, status=Status.SENT, ended=None)

    limit = AGO - limit_us / SECOND
    assert _all(_one(record(limit, False))) == ["no_callback"]
    assert _all(_one(record(limit + 1, False))) == ["too_early"]
    assert _all(_one(record(limit + 1, True))) == ["no_callback"]


def test_what_could_not_arrive_or_is_not_kept_is_outside_the_scope() -> None:
    def reason(record: Record, **changed: object) -> str:
        result = _one(record, **changed)
        assert result.verdict == "outside_scope"
        return str(result.reason)

    assert reason(inbound(1, None)) == "no_time"
    assert reason(inbound(1, 0), made_us=START_US + 1) == "before_bin"
    assert reason(inbound(1, 0), kept_us=START_US + 1) == "retention"
    assert reason(inbound(1, 0, recipient="+12125550100")) == "other_number"
    assert reason(inbound(1, 0), numbers=frozenset({"+12125550100"})) == "other_number"
    assert reason(inbound(1, 0), directions=frozenset({Direction.OUTBOUND})) == "other_direction"
    assert _one(inbound(1, 0), made_us=START_US, kept_us=START_US).verdict == "no_webhook"
    assert _one(inbound(1, 0, recipient="+12125550100"), numbers=frozenset({"+12125550100"})).verdict == "no_webhook"


def test_a_direction_of_which_nothing_ever_arrived_is_not_in_use() -> None:
    assert verdicts([called_back(1, 0)], [inbound(2, 0)]) == ["outside_scope"]
    assert verdicts([called_back(1, 0)], [inbound(2, 0)], scope(directions=frozenset(Direction))) == ["no_webhook"]
    assert verdicts([], [inbound(2, 0), outbound(3, 0)]) == ["outside_scope"] * 2


def test_what_arrived_is_seen_wherever_it_is() -> None:
    assert _one(inbound(1, 0), seen(1, 1), made_us=START_US + HOUR).verdict == "seen"


def _reason(*records: Record | ProviderNote, messages: tuple[object, ...] = (), **changed: object) -> str:
    return str(results([*messages, *OTHERS], list(records), scope(**changed))[-1].reason)  # type: ignore[list-item]


@pytest.mark.parametrize(("name", "reason"), [("down", "server_down"), ("faults", "fault"), ("errors", "error_answer")])
def test_what_happened_at_that_time_is_the_reason(name: str, reason: str) -> None:
    spans = tuple(Interval(START_US + start * MINUTE, START_US + (start + 1) * MINUTE) for start in (-90, 10, 70))
    found = {seconds: _reason(inbound(1, seconds), **{name: spans}) for seconds in (594, 595, 630, 665, 666, 0, 9_000)}
    assert found == {
        594: "unknown", 595: reason, 630: reason, 665: reason, 666: "unknown", 0: "unknown", 9_000: "unknown"
    }  # fmt: skip


def test_the_reasons_have_an_order() -> None:
    span = (Interval(START_US, START_US + MINUTE),)
    record = inbound(1, 0, webhook_ok=False)
    assert _reason(record, down=span, faults=span, errors=span) == "server_down"
    assert _reason(record, faults=span, errors=span) == "fault"
    assert _reason(record, errors=span) == "error_answer"
    assert _reason(record) == "provider_alert"


def test_an_end_during_a_downtime_is_the_reason_for_a_missing_final_status() -> None:
    waiting = called_back(1, 1, final=False, status=Status.SENT, ended_us=None)
    span = (Interval(START_US + MINUTE, START_US + 2 * MINUTE),)
    assert _reason(outbound(1, 0, ended=at(90)), messages=(waiting,), down=span) == "server_down"
    assert _reason(outbound(1, 0, ended=at(300)), messages=(waiting,), down=span) == "unknown"


def test_what_the_provider_states_is_the_reason() -> None:
    note = ProviderNote(row=1, provider="twilio", about="M1", ok=False, code="11200")
    assert _reason(note, inbound(1, 0)) == "provider_alert"
    assert _reason(ProviderNote(row=1, provider="twilio", about="m1", ok=True), inbound(1, 0)) == "unknown"
    assert _reason(inbound(1, 0, webhook_ok=True)) == "other_url"
    assert _reason(inbound(1, 0, webhook_ok=False)) == "provider_alert"


def test_a_number_of_which_nothing_arrives_is_the_reason_if_there_are_several_rows() -> None:
    other = "+12125550100"
    numbers = frozenset({OURS, other})
    rows = [inbound(n, n * 300, recipient=other) for n in (1, 2)]
    assert _reason(*rows, numbers=numbers) == "number_never_arrives"
    assert _reason(rows[0], numbers=numbers) == "unknown"
    assert _reason(*rows, messages=(seen(1, 301, recipient=other),), numbers=numbers) == "unknown"


def test_a_change_of_the_key_is_the_reason_for_an_hour() -> None:
    limit = MOVED_US / SECOND
    found = [_reason(inbound(1, seconds), moved_us=(START_US,)) for seconds in (-1, 0, limit, limit + 1)]
    assert found == ["unknown", "url_changed", "url_changed", "unknown"]
