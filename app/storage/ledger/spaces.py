"""Spaces: one result of parsing one bin, with its position in the log and the numbers assigned so far.

Readers see the space that the bin's row names. Clearing a bin begins an empty space; parsing a bin again builds a
second one and swaps them when it has caught up. Old spaces are erased in steps.
"""

from enum import StrEnum

import msgspec

from ..ids import row_id
from ..transaction import SqlRow, Transaction

# Bits of a cursor below its epoch. The log gives out each epoch once.
EPOCH_BITS = 32


class SpaceState(StrEnum):
    """The use of a space."""

    CURRENT = "current"
    BUILDING = "building"
    GONE = "gone"


class Space(msgspec.Struct):
    """A row of `spaces` as it will be after the transaction."""

    number: int
    bin: int
    state: str
    reader: str
    rereads: int
    n: int
    k: int
    d: int
    a: int
    first_seq: int
    last_seq: int
    last_message: int
    last_pairing: int
    captures: int
    primary_count: int
    fallback_count: int
    status_count: int
    voice_count: int
    voice_fallback_count: int
    last_capture_at: int | None
    indexed_n: int

    def next_seq(self) -> int:
        """The seq for one more visible change."""
        self.last_seq += 1
        return self.last_seq

    def count(self, role: str, change: int) -> None:
        """Change the number of captures of a role."""
        name = f"{role.replace('-', '_')}_count"
        setattr(self, name, getattr(self, name) + change)
        self.captures += change

    @property
    def is_spoilt(self) -> bool:
        """Whether its rows may be inconsistent, so that it must be rebuilt."""
        return not self.reader

    def spoil(self) -> None:
        """Mark it as such: it no longer matches any version of the parsers."""
        self.reader = ""

    def id(self, number: int) -> int:
        """The row id for a number of a capture, message or pairing of this space."""
        return row_id(self.number, number)


_COLUMNS = Space.__struct_fields__


def read_space(row: SqlRow) -> Space:
    """A row of `spaces`."""
    return Space(**{name: row[name] for name in _COLUMNS})


def find_space(transaction: Transaction, number: int) -> Space | None:
    """A space by its number, or None."""
    row = transaction.one("get_space", {"number": number})
    return None if row is None else read_space(row)


def add_space(
    transaction: Transaction,
    bin: int,
    state: SpaceState,
    reader: str,
    rereads: int,
    *,
    first_seq: int,
    floor_n: int = 0,
) -> Space:
    """Create an empty space that begins after capture `floor_n`."""
    values = {
        "bin": bin, "state": state.value, "reader": reader, "rereads": rereads, "first_seq": first_seq, "n": floor_n,
    }  # fmt: skip
    row = transaction.one("add_space", values)
    assert row is not None, "the statement gives the row back"
    return read_space(row)


def save_space(transaction: Transaction, space: Space) -> None:
    """Write its row."""
    transaction.run("save_space", msgspec.structs.asdict(space))


def first_seq_of(epoch: int) -> int:
    """The first cursor of an epoch."""
    return epoch << EPOCH_BITS


def epoch_of(seq: int) -> int:
    """The epoch of a cursor."""
    return seq >> EPOCH_BITS
