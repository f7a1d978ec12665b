"""When the follower begins its next step."""

import pytest

from app.storage.ledger.pacing import FAST, GATHER_S, LONGEST_S, QUIET_S, Pacing


def fast() -> Pacing:
    """Captures come at a high rate; the last step was at second 10."""
    pacing = Pacing()
    for number in range(20):
        pacing.log_grew(8 + number / 10, urgent=False)
        pacing.begins(8.1 + number / 10)
        pacing.stepped(8.1 + number / 10, FAST, is_done=True)
    return pacing


def test_what_was_left_continues_at_once() -> None:
    pacing = Pacing()
    assert pacing.ready_at() == 0
    pacing.log_grew(5, urgent=False)
    pacing.stepped(5.1, 500, is_done=False)
    assert pacing.ready_at() == 0


def test_new_captures_wait_a_moment_for_their_outcomes_counted_from_the_first() -> None:
    pacing = Pacing()
    pacing.log_grew(5, urgent=False)
    pacing.log_grew(5.01, urgent=False)
    assert pacing.ready_at() == 5 + GATHER_S


def test_while_captures_come_fast_a_pause_is_waited_for() -> None:
    pacing = fast()
    pacing.log_grew(11, urgent=False)
    pacing.log_grew(11.2, urgent=False)
    assert pacing.ready_at() == 11.2 + QUIET_S


def test_without_a_pause_it_waits_no_longer_than_is_allowed() -> None:
    pacing = fast()
    for number in range(100):
        pacing.log_grew(11 + number / 100, urgent=False)
    assert pacing.ready_at() == 11 + LONGEST_S


def test_a_reader_that_waits_is_served_at_once_until_nothing_is_left() -> None:
    pacing = fast()
    pacing.log_grew(11, urgent=True)
    pacing.log_grew(11.1, urgent=False)
    assert pacing.ready_at() == 0
    pacing.begins(11.1)
    pacing.stepped(11.2, 500, is_done=False)
    pacing.log_grew(11.3, urgent=False)
    assert pacing.ready_at() == 0
    pacing.stepped(11.3, 10, is_done=True)
    pacing.log_grew(11.4, urgent=False)
    assert pacing.ready_at() > 11.4


def test_when_the_rush_is_over_new_captures_wait_a_moment_again() -> None:
    pacing = fast()
    for second in range(20, 30):
        pacing.log_grew(second, urgent=False)
        pacing.stepped(second + 0.1, 1, is_done=True)
    pacing.log_grew(30, urgent=False)
    assert pacing.ready_at() == 30 + GATHER_S


def test_what_a_step_has_left_is_read_at_once_whatever_comes_in_the_meantime() -> None:
    pacing = fast()
    pacing.stepped(11, 500, is_done=False)
    pacing.log_grew(11.1, urgent=False)
    assert pacing.ready_at() == 0


def test_waiting_and_reading_take_no_longer_than_is_allowed_together() -> None:
    pacing = fast()
    pacing.begins(11)
    pacing.stepped(11.1, 500, is_done=False)
    pacing.begins(11.1)
    pacing.stepped(11.4, 500, is_done=True)
    for number in range(100):
        pacing.log_grew(12 + number / 100, urgent=False)
    assert pacing.ready_at() == pytest.approx(12 + LONGEST_S - 0.4)
    pacing.begins(12.3)
    pacing.stepped(15, 500, is_done=True)
    pacing.log_grew(15, urgent=False)
    assert pacing.ready_at() == 15
