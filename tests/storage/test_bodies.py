"""Bodies are compared with their SHA-256, some at a time."""

import hashlib

import pytest

from app.storage.bodies import STEP, find_damaged
from app.storage.ids import row_id

BODY = b"as it came"


def _row(n: int, body: bytes = BODY, bin: int = 1) -> tuple[int, bytes, bytes]:
    return row_id(bin, n), body, hashlib.sha256(BODY).digest()


@pytest.mark.parametrize("count", [0, 1, STEP, STEP + 1])
def test_each_body_is_compared_once(count: int) -> None:
    rows = [_row(n) for n in range(1, count)] + ([_row(count, b"changed")] if count else [])
    steps: list[int] = []

    def read(after: int) -> list[tuple[int, bytes, bytes]]:
        steps.append(after)
        return [row for row in rows if row[0] > after][:STEP]

    assert find_damaged({1: "abc"}, read) == ([("abc", count)] if count else [])
    assert len(steps) == -(-count // STEP) + 1


def test_a_body_of_a_bin_that_is_not_there_any_more_is_named_by_its_number() -> None:
    rows = [_row(7, b"changed", 2)]
    assert find_damaged({1: "abc"}, lambda after: [row for row in rows if row[0] > after]) == [("?", 7)]
