"""Stored bodies are compared with their SHA-256."""

import hashlib

from app.storage.bodies import find_damaged
from app.storage.ids import row_id


def _row(bin: int, n: int, body: bytes, stored: bytes | None = None) -> tuple[int, bytes, bytes]:
    return row_id(bin, n), body if stored is None else stored, hashlib.sha256(body).digest()


def test_each_body_that_differs_is_found_in_every_step() -> None:
    steps = {
        0: [_row(1, 1, b"a"), _row(1, 2, b"b", b"c")],
        row_id(1, 2): [_row(2, 1, b"", b"\0"), _row(2, 7, b"d")],
        row_id(2, 7): [_row(3, 9, b"e", b"")],
        row_id(3, 9): [],
    }
    assert find_damaged({1: "one", 2: "two"}, steps.__getitem__) == [("one", 2), ("two", 1), ("?", 9)]
