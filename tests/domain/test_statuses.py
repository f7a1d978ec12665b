"""The ladder: what comes later in the life of a message has the higher rank, and failures lie below a delivery."""

from app.domain.statuses import FAILURES, RANKS, SUCCESSES, UNKNOWN, Status, Word


def test_every_status_has_a_rank_in_the_order_of_the_ladder() -> None:
    assert set(RANKS) == set(Status)
    way = [Status.QUEUED, Status.SENDING, Status.SENT, Status.CANCELED, Status.DELIVERED, Status.READ]
    assert sorted(way, key=RANKS.__getitem__) == way
    assert RANKS[Status.UNKNOWN] == RANKS[Status.RECEIVED] == min(RANKS.values())


def test_a_failure_outranks_all_but_a_delivery() -> None:
    assert not FAILURES & SUCCESSES
    for failure in FAILURES:
        assert RANKS[Status.SENT] < RANKS[failure] < RANKS[Status.DELIVERED]


def test_a_word_ends_nothing_unless_it_says_so() -> None:
    assert Word(Status.DELIVERED).final is False
    assert Word(Status.UNKNOWN) == UNKNOWN
