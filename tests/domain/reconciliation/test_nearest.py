"""Pairs by time: one to one, the nearest first, and no guess where two are equally near."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.reconciliation.nearest import MOST_STEPS, MOST_TIED, NearestPairs, Timed, pair_nearest

SECOND = 1_000_000


def _pairs(rows: list[float], messages: list[float], within: float = 120, unit: float = 0.000_001) -> NearestPairs:
    return pair_nearest(
        [Timed(round(at * SECOND), n, max(1, round(unit * SECOND))) for n, at in enumerate(rows)],
        [Timed(round(at * SECOND), n) for n, at in enumerate(messages)],
        round(within * SECOND),
    )


def test_the_nearest_are_paired_first() -> None:
    found = _pairs([0, 10], [1, 12, 100])
    assert (sorted(found.pairs), found.ties) == ([(0, 0), (1, 1)], [])
    # The row at 10 takes the message at 11, although that at 0 then has none.
    assert _pairs([0, 10], [11]).pairs == [(1, 0)]


def test_what_is_too_far_apart_is_not_paired() -> None:
    assert _pairs([0], [120]).pairs == [(0, 0)]
    assert _pairs([0], [120.000_001]).pairs == []
    assert _pairs([120], [0]).pairs == [(0, 0)]


def test_a_removed_pair_makes_its_neighbours_neighbours() -> None:
    found = _pairs([0, 10, 20], [9, 21, 5])
    assert sorted(found.pairs) == [(0, 2), (1, 0), (2, 1)]


def test_a_row_between_two_equally_near_messages_is_tied() -> None:
    found = _pairs([10], [9, 11])
    assert (found.pairs, found.ties) == ([], [(0, (0, 1))])


def test_two_rows_for_one_message_are_tied() -> None:
    found = _pairs([9, 11], [10])
    assert (found.pairs, sorted(found.ties)) == ([], [(0, (0,)), (1, (0,))])


def test_the_precision_of_a_time_decides_what_is_equal() -> None:
    assert _pairs([0], [0.3, 0.9], unit=1).ties == [(0, (0, 1))]
    assert _pairs([0], [0.3, 0.9], unit=0.001).pairs == [(0, 0)]
    assert _pairs([0], [1, 50], unit=60).ties == [(0, (0, 1))]


def test_nothing_is_paired_with_nothing() -> None:
    assert _pairs([], [1]) == _pairs([1], []) == NearestPairs([], [], [])


def test_many_of_one_time_are_tied_quickly_and_all_of_them() -> None:
    found = _pairs([0] * 20_000, [0] * 15_000, unit=1)
    assert (found.pairs, len(found.ties), len(found.tied)) == ([], 20_000, 15_000)
    assert {len(messages) for _, messages in found.ties} == {MOST_TIED}


def test_many_neighbours_that_are_too_far_for_a_tie_cost_little() -> None:
    found = _pairs([0.0], [1 + n / 100_000 for n in range(20_000)])
    assert found.pairs == [(0, 0)]
    assert MOST_STEPS < 20_000


@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=5, unique=True),
    st.lists(st.integers(0, 400), min_size=1, max_size=5, unique=True),
)
def test_the_result_is_that_of_comparing_all_with_all(rows: list[int], messages: list[int]) -> None:
    found = _pairs([float(at) for at in rows], [float(at) for at in messages])
    distances = [abs(row - message) for row in rows for message in messages]
    used_rows = [row for row, _ in found.pairs] + [row for row, _ in found.ties]
    assert len(used_rows) == len(set(used_rows))
    assert len({message for _, message in found.pairs}) == len(found.pairs)
    if len(set(distances)) == len(distances):
        # Without ties: repeatedly the nearest of all pairs.
        expected, free_rows, free = [], set(range(len(rows))), set(range(len(messages)))
        while pairs := [
            (abs(rows[row] - messages[message]), row, message)
            for row in free_rows
            for message in free
            if abs(rows[row] - messages[message]) <= 120
        ]:
            _, row, message = min(pairs)
            expected.append((row, message))
            free_rows.discard(row)
            free.discard(message)
        assert sorted(found.pairs) == sorted(expected)
        assert found.ties == []


def test_the_order_of_the_input_does_not_matter() -> None:
    for order in permutations([0.0, 7.0, 31.0]):
        found = _pairs(list(order), [1, 8.5, 33.5])
        assert sorted((order[row], message) for row, message in found.pairs) == [(0.0, 0), (7.0, 1), (31.0, 2)]
