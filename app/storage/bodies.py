"""Compares stored bodies with their SHA-256."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from .ids import number_of, owner_of
from .transaction import SqlRow

STEP = 1_000
"""The number of captures whose bodies are read at once."""


def find_damaged(names: Mapping[int, str], read: Callable[[int], Sequence[SqlRow]]) -> list[tuple[str, int]]:
    """The captures whose body differs, by bin id and number. `names`: bin ids by number; `read` returns the next rows
    (id, body, SHA-256) after an id, none at the end."""
    damaged: list[tuple[str, int]] = []
    after = 0
    while rows := read(after):
        for id, body, sha256 in rows:
            if hashlib.sha256(body).digest() != sha256:
                damaged.append((names.get(owner_of(id), "?"), number_of(id)))
        after = rows[-1][0]
    return damaged
