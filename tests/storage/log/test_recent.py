"""Health reflects the results of captures, and not that of a small probe."""

from app.storage.log.recent import Recent


def test_a_smaller_write_does_not_make_well_what_refused_a_larger_one() -> None:
    recent = Recent()
    recent.refused(0.0, 100_000, "full")
    recent.refused(0.1, 500, "busy")
    assert (recent.reason, recent.full_size) == ("busy", 100_000)
    recent.stored(0.2, 99_999)
    assert (recent.reason, recent.full_size) == ("busy", 100_000)
    recent.stored(0.3, 100_000)
    assert (recent.reason, recent.full_size) == (None, 0)


def test_the_reason_of_the_process_counts_more_than_that_it_does_not_answer() -> None:
    recent = Recent()
    recent.refused(0.0, 500, "not in time", is_unanswered=True)
    assert (recent.reason, recent.is_unanswered) == ("not in time", True)
    recent.refused(0.1, 100, "a lock is not free")
    recent.refused(0.2, 900, "not in time", is_unanswered=True)
    assert (recent.reason, recent.is_unanswered, recent.full_size) == ("a lock is not free", False, 900)
    recent.stored(0.3, 900)
    recent.refused(0.4, 100, "not in time", is_unanswered=True)
    assert (recent.reason, recent.is_unanswered) == ("not in time", True)


def test_a_probe_ends_or_begins_a_refusal_and_is_not_counted() -> None:
    recent = Recent()
    recent.refused(0.0, 500, "full", is_capture=False)
    assert (recent.reason, recent.full_size, recent.counts(0.0)) == ("full", 500, (0, 0))
    recent.stored(0.1, 500, is_capture=False)
    assert (recent.reason, recent.full_size, recent.counts(0.1)) == (None, 0, (0, 0))


def test_it_counts_the_last_ten_seconds() -> None:
    recent = Recent()
    for second in range(30):
        recent.stored(second + 0.5, 1)
        recent.stored(second + 0.9, 1)
        recent.refused(second + 0.9, 1, "full")
    assert recent.counts(29.9) == (20, 10)
    assert recent.counts(35.0) == (8, 4)
    assert recent.counts(39.0) == (0, 0)


def test_a_long_silence_forgets() -> None:
    recent = Recent()
    recent.stored(1.0, 1)
    recent.stored(100.0, 1)
    assert recent.counts(100.0) == (1, 0)


def test_refusals_are_forgotten_and_still_counted() -> None:
    recent = Recent()
    recent.refused(1.0, 100_000, "away")
    recent.forget_refusals()
    assert (recent.reason, recent.full_size, recent.counts(1.0)) == (None, 0, (0, 1))
