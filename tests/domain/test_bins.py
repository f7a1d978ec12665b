"""From which cursors on a bin can tell what has changed, and what of it is certainly in the ledger."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.bins import Bin

BIN = Bin(
    id="b", key="0000000000000000", name="", provider=None, retention=None,
    created_at=datetime(2026, 11, 29, tzinfo=UTC), first_seq=1_000, seq=1_007,
)  # fmt: skip


@pytest.mark.parametrize(
    ("cursor", "known"),
    [
        pytest.param(0, True, id="the beginning"),
        pytest.param(999, False, id="of an earlier reading"),
        pytest.param(1_000, True, id="the first of this reading"),
        pytest.param(1_007, True, id="the newest"),
        pytest.param(1_008, False, id="from the future"),
    ],
)
def test_cursors_of_this_reading_are_known_and_the_beginning(cursor: int, known: bool) -> None:
    assert BIN.knows(cursor) is known


def test_nothing_is_certainly_in_a_ledger_that_could_not_be_read() -> None:
    assert replace(BIN, last_n=9, behind=2).ledger_n == 7
    assert replace(BIN, last_n=9, behind=2, seq=0, first_seq=0).ledger_n == 0
