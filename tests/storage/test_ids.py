"""Row ids contain the owner and keep the order of its rows."""

import pytest

from app.storage.ids import MASK, last_id, number_of, owner_of, row_id


@pytest.mark.parametrize(("owner", "number"), [(0, 0), (1, 1), (7, MASK), ((1 << 23) - 1, MASK)])
def test_owner_and_number_come_back_and_fit_a_column(owner: int, number: int) -> None:
    id = row_id(owner, number)
    assert (owner_of(id), number_of(id)) == (owner, number)
    assert 0 <= id < 1 << 63


def test_the_rows_of_an_owner_are_one_range() -> None:
    assert row_id(1, 0) < row_id(1, 1) < row_id(1, 2) < last_id(1) < row_id(2, 0)
    assert last_id(1) == row_id(1, MASK)
