"""What pairings tell about a provider: counts, never a rule made of one case."""

from datetime import UTC, datetime, timedelta

from app.domain.pairings.measures import After, measure
from app.domain.pairings.model import NO_FALLBACK, Hit, Pairing

START = datetime(2026, 11, 27, 13, 41, tzinfo=UTC)


def _hit(n: int, after_s: float = 0, *, fallback: bool = False, **more: object) -> Hit:
    at = START + timedelta(seconds=after_s)
    return Hit(n=n, at=at, fallback=fallback, method="POST", **{"ok": True, "status": 200, "after_ms": 3} | more)


def _failed(n: int, status: int = 500, after_s: float = 0, **more: object) -> Hit:
    return _hit(n, after_s, ok=False, status=status, **more)


def _left(n: int, ms: int) -> Hit:
    """Held until the sender hung up."""
    gone = {"ok": False, "status": None, "after_ms": None, "left_ms": ms, "sender_left": True}
    return _hit(n, fault="hold", fault_said="hold 16 s", **gone)


def _pairing(*hits: Hit, findings: tuple[str, ...] = ()) -> Pairing:
    return Pairing(message_id="m", voice=False, hits=hits, findings=findings)


def test_nothing_is_measured_of_nothing() -> None:
    measured = measure([])
    assert (measured.pairs, measured.gives_up_ms, measured.tries, measured.after) == (0, None, None, ())


def test_when_the_sender_gives_up_is_the_median_of_when_it_left() -> None:
    pairings = [_pairing(_left(1, ms), _hit(2, 15.2, fallback=True)) for ms in (15_003, 14_990, 15_120)]
    measured = measure(pairings)
    assert (measured.gives_up_ms, measured.gave_up) == (15_003, 3)
    assert measured.after == (After(failure="a timeout", came=3, of=3),)


def test_each_failure_is_counted_with_whether_the_fallback_came() -> None:
    taken = _pairing(_failed(1), _hit(2, 2, fallback=True))
    lost = _pairing(_failed(1, 404), findings=(NO_FALLBACK,))
    assert measure([taken, lost, taken]).after == (
        After(failure="a 500", came=2, of=2),
        After(failure="a 404", came=0, of=1),
    )


def test_what_may_still_be_taken_by_the_fallback_says_nothing_yet() -> None:
    waiting = _pairing(_failed(1))
    assert measure([waiting]).pairs == 0


def test_tries_are_told_as_a_range() -> None:
    once = _pairing(_failed(1), _hit(2, 2, fallback=True))
    thrice = _pairing(_failed(1), _failed(2, after_s=1), _failed(3, after_s=3), _hit(4, 5, fallback=True))
    assert measure([once, thrice]).tries == (1, 3)


def test_what_was_broken_on_purpose_is_called_by_what_was_done() -> None:
    cut = _pairing(_failed(1, 200, fault="cut", fault_said="cut the body"), _hit(2, 2, fallback=True))
    xml = _pairing(_failed(1, 200, fault="bad_xml", fault_said="invalid XML"), _hit(2, 2, fallback=True))
    dropped = _pairing(
        _hit(1, ok=False, status=None, after_ms=None, left_ms=4, sender_left=True, fault="drop"),
        _hit(2, 2, fallback=True),
    )
    measured = measure([cut, xml, dropped])
    assert {one.failure for one in measured.after} == {"a truncated body", "invalid XML", "a dropped connection"}
    # The line was dropped by us: that is no patience of the sender's.
    assert measured.gives_up_ms is None


def test_an_answer_that_went_out_after_the_fallback_had_come_counts_as_a_time_out() -> None:
    held = _hit(1, after_ms=16_000, fault="hold", fault_said="hold 16 s")
    measured = measure([_pairing(held, _hit(2, 10, fallback=True))])
    assert measured.after == (After(failure="a timeout", came=1, of=1),)
    assert measured.gives_up_ms is None


def test_a_message_that_came_to_the_fallback_alone_tells_nothing_of_the_primary() -> None:
    assert measure([_pairing(_hit(1, fallback=True))]).pairs == 0
