"""The state of an alert after captures and after time, and what it tells."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.alerts import evaluation
from app.domain.alerts.evaluation import (
    AlertMatch,
    Evaluated,
    matched,
    next_look,
    resumed,
    settled,
    with_late,
    with_test,
    with_trouble,
)
from app.domain.alerts.model import Alert, AlertKind, AlertState, LateMessage, NoticeKind, QuietHours

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
FAILED = Alert(name="Failed", kind=AlertKind.MATCHES, filter="status:failed", more_than=3, within_s=600)
SILENCE = Alert(name="Silence", kind=AlertKind.SILENCE, within_s=7_200)
LATE = Alert(name="Late", kind=AlertKind.UNFINISHED, within_s=300)
SMSBIN = Alert(name="Server", kind=AlertKind.SMSBIN, within_s=10, more_than=100)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def after(alert: Alert, minutes: Sequence[float], now: float, state: AlertState | None = None) -> Evaluated:
    """After matches at these minutes, looked at `now`; and settled then."""
    found = matched(
        alert, state or AlertState(), [AlertMatch(n=n, at=at(each)) for n, each in enumerate(minutes, 1)], at(now)
    )
    last = settled(alert, found.state, at(now), at(now))
    return Evaluated(state=last.state, notices=(*found.notices, *last.notices))


def kinds(evaluated: Evaluated) -> list[str]:
    return [notice.kind.value for notice in evaluated.notices]


@pytest.mark.parametrize(
    ("minutes", "now", "told"),
    [
        ([], 0, []),
        ([0, 1, 2], 2, []),
        ([0, 1, 2, 3], 3, ["firing"]),
        # The first of four is outside of the window when the last comes.
        ([0, 5, 9, 10], 10, []),
        ([0, 5, 9, 9.99], 9.99, ["firing"]),
        # Read an hour later: it has fired, and it has ended.
        ([0, 1, 2, 3], 60, ["firing", "resolved"]),
        # Two bursts in a backlog are two alerts, told in order.
        ([0, 1, 2, 3, 30, 31, 32, 33], 33, ["firing", "resolved", "firing"]),
        # Further matches change nothing.
        ([0, 1, 2, 3, 4, 5, 6], 6, ["firing"]),
    ],
)  # fmt: skip
def test_more_than_three_in_ten_minutes(minutes: list[float], now: float, told: list[str]) -> None:
    assert kinds(after(FAILED, minutes, now)) == told


def test_a_notice_says_since_when_and_how_many() -> None:
    found = after(FAILED, [0, 1, 2, 3], 3)
    (notice,) = found.notices
    assert (notice.since, notice.count, notice.n, notice.at) == (at(3), 4, 4, at(3))
    assert found.state.made == 1
    more = matched(FAILED, found.state, [AlertMatch(n=9, at=at(4))], at(4)).state
    assert (more.count, more.last_n, len(more.times)) == (5, 9, 4)
    ended = settled(FAILED, more, at(20), at(20))
    assert kinds(ended) == ["resolved"]
    assert (ended.notices[0].since, ended.notices[0].count) == (at(3), 5)
    assert (ended.state.since, ended.state.notified_at, ended.state.made) == (None, None, 2)


def test_the_same_captures_in_other_parts_give_the_same_state() -> None:
    minutes = [0, 1, 2, 3, 4, 20, 21, 22, 23, 24]
    matches = [AlertMatch(n=n, at=at(each)) for n, each in enumerate(minutes, 1)]
    whole = matched(FAILED, AlertState(), matches, at(25))
    for cut in range(len(matches)):
        first = matched(FAILED, AlertState(), matches[:cut], at(25))
        second = matched(FAILED, first.state, matches[cut:], at(25))
        assert (second.state, (*first.notices, *second.notices)) == (whole.state, whole.notices)


def test_one_match_fires_at_once_when_none_is_allowed() -> None:
    alert = Alert(name="F", kind=AlertKind.FALLBACK, within_s=600)
    found = after(alert, [0], 0)
    assert kinds(found) == ["firing"]
    assert next_look(alert, found.state, at(0)) == at(10)
    assert kinds(settled(alert, found.state, at(9.9), at(9.9))) == []
    assert kinds(settled(alert, found.state, at(10), at(10))) == ["resolved"]


def test_reminders_come_while_it_fires() -> None:
    alert = Alert(name="F", kind=AlertKind.FALLBACK, within_s=86_400, remind_s=3_600)
    state = after(alert, [0], 0).state
    assert next_look(alert, state, at(0)) == at(60)
    assert kinds(settled(alert, state, at(59), at(59))) == []
    first = settled(alert, state, at(60), at(60))
    assert kinds(first) == ["reminder"]
    assert kinds(settled(alert, first.state, at(61), at(61))) == []
    assert kinds(settled(alert, first.state, at(121), at(121))) == ["reminder"]
    never = Alert(name="F", kind=AlertKind.FALLBACK, within_s=86_400)
    assert kinds(settled(never, state, at(600), at(600))) == []


QUIET = Alert(
    name="F", kind=AlertKind.FALLBACK, within_s=600, quiet=QuietHours(begin="12:00", end="13:00"), remind_s=60
)  # fmt: skip


def test_nobody_is_told_in_quiet_hours_until_they_end() -> None:
    found = after(QUIET, [55], 55)
    assert (kinds(found), found.state.firing) == ([], True)
    assert next_look(QUIET, found.state, at(55)) == at(60)
    told = settled(QUIET, found.state, at(60), at(60))
    assert kinds(told) == ["firing"]
    assert told.notices[0].since == at(55)


def test_what_ends_in_quiet_hours_is_only_in_the_history() -> None:
    state = after(QUIET, [5], 5).state
    missed = settled(QUIET, state, at(20), at(20))
    assert kinds(missed) == ["missed"]
    assert missed.notices[0].since == at(5)
    assert kinds(settled(QUIET, missed.state, at(60), at(60))) == []


def test_the_all_clear_waits_for_the_end_of_quiet_hours() -> None:
    state = after(QUIET, [-1], -1).state
    assert state.notified_at == at(-1)
    ended = settled(QUIET, state, at(15), at(15))
    assert (kinds(ended), ended.state.firing) == ([], False)
    assert next_look(QUIET, ended.state, at(15)) == at(60)
    again = after(QUIET, [16], 16, ended.state)
    assert (kinds(again), again.state.firing) == ([], True)
    assert kinds(settled(QUIET, ended.state, at(60), at(60))) == ["resolved"]


def test_silence_begins_after_the_last_match() -> None:
    assert kinds(after(SILENCE, [], 600)) == []
    state = after(SILENCE, [0], 0).state
    assert next_look(SILENCE, state, at(0)) == at(120)
    assert kinds(settled(SILENCE, state, at(119.9), at(119.9))) == []
    found = settled(SILENCE, state, at(121), at(121))
    assert kinds(found) == ["firing"]
    assert (found.notices[0].since, found.notices[0].n) == (at(120), 1)
    assert kinds(after(SILENCE, [130], 130, found.state)) == ["resolved"]
    # A gap that was over before the alerts were evaluated is reported all the same.
    assert kinds(after(SILENCE, [0, 130], 130)) == ["firing", "resolved"]


def test_silence_needs_a_busy_day_before_it() -> None:
    busy = Alert(name="S", kind=AlertKind.SILENCE, within_s=7_200, more_than=2)
    assert kinds(after(busy, [0, 1], 200)) == []
    assert kinds(after(busy, [0, 1, 2], 200)) == ["firing"]
    assert kinds(after(busy, [-1_500, 1, 2], 200)) == []


def late(message: str, n: int, minutes: float) -> LateMessage:
    return LateMessage(provider="twilio", message_id=message, n=n, at=at(minutes))


def test_messages_without_a_final_status() -> None:
    found = with_late(LATE, AlertState(), [late("SM1", 1, 0)], at(5))
    assert kinds(found) == ["firing"]
    assert (found.notices[0].count, found.notices[0].n, found.notices[0].since) == (1, 1, at(5))
    more = with_late(LATE, found.state, [late("SM1", 1, 0), late("SM2", 2, 1)], at(6))
    assert (kinds(more), more.state.count) == ([], 2)
    assert kinds(with_late(LATE, more.state, [late("SM2", 2, 1)], at(7))) == []
    assert kinds(with_late(LATE, more.state, [], at(7))) == ["resolved"]
    # One that never gets a final status does not make it fire without end.
    day = 24 * 60 + 5
    assert kinds(with_late(LATE, found.state, [late("SM1", 1, 0)], at(day - 0.1))) == []
    assert kinds(with_late(LATE, found.state, [late("SM1", 1, 0)], at(day))) == ["resolved"]


def test_trouble_of_smsbin_must_last() -> None:
    state = with_trouble(SMSBIN, AlertState(), "requests are answered 503", at(0)).state
    assert next_look(SMSBIN, state, at(0)) == NOON + timedelta(seconds=10)
    assert with_trouble(SMSBIN, state, "", at(0.1)).state == AlertState()
    found = with_trouble(SMSBIN, state, "requests are answered 503", at(0.2))
    assert kinds(found) == ["firing"]
    assert found.notices[0].trouble == "requests are answered 503"
    ended = with_trouble(SMSBIN, found.state, "", at(0.3))
    assert (kinds(ended), ended.state.trouble, ended.state.bad_since) == (["resolved"], "", None)


def test_a_clock_that_is_set_back_leaves_nothing_in_the_future() -> None:
    state = after(FAILED, [0, 1, 2, 3], 3).state
    before = settled(FAILED, state, at(-60), at(-60))
    assert kinds(before) == []
    assert (before.state.since, before.state.notified_at) == (at(-60), at(-60))
    assert kinds(settled(FAILED, before.state, at(-49), at(-49))) == ["resolved"]


def test_a_test_and_a_new_beginning_keep_the_numbers() -> None:
    state = after(FAILED, [0, 1, 2, 3], 3).state
    found = with_test(state, at(4))
    assert (kinds(found), found.state.made, found.state.firing) == ([NoticeKind.TEST.value], 2, True)
    assert resumed(found.state) == AlertState(made=2)


def test_requests_that_were_numbered_in_another_order_count_as_if_they_came_together() -> None:
    found = after(FAILED, [1, 0.9, 2, 1.9, 3], 3)
    assert kinds(found) == ["firing"]
    assert list(found.state.times) == sorted(found.state.times)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(after(FAILED, [0, 1, 2, 3, 4, 5], 5).state.times) == FAILED.more_than + 1
    monkeypatch.setattr(evaluation, "MOST_LATE", 2)
    found = with_late(LATE, AlertState(), [late(f"SM{n}", n, 0) for n in range(3)], at(5))
    assert [each.n for each in found.state.late] == [1, 2]
