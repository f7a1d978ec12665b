"""Spaces: one reading of one bin each, with how far the log has been read and the numbers given so far.

Readers see the space that the bin's row names. Clearing a bin begins an empty one; reading a bin again builds one
beside the current one and swaps them when it has caught up. What was there before is erased in steps.
"""

from enum import StrEnum

import msgspec

from ..ids import row_id
from ..transaction import SqlRow, Transaction

# Live cursors of one epoch; an epoch is a number that the log gives out once.
EPOCH_BITS = 32


class SpaceState(StrEnum):
    """What a space is for."""

    CURRENT = "current"
    BUILDING = "building"
    GONE = "gone"


class Space(msgspec.Struct):
    """A row of `spaces`, as the transaction will leave it."""

    number: int
    bin: int
    state: str
    reader: str
    rereads: int
    n: int
    k: int
    d: int
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
        """For one more visible change."""
        self.last_seq += 1
        return self.last_seq

    def count(self, role: str, change: int) -> None:
        """So many more captures with a role."""
        name = f"{role.replace('-', '_')}_count"
        setattr(self, name, getattr(self, name) + change)
        self.captures += change

    @property
    def is_spoilt(self) -> bool:
        """What is left of some captures does not fit together: it is made again."""
        return not self.reader

    def spoil(self) -> None:
        """It is that from now on: no reader has made it."""
        self.reader = ""

    def id(self, number: int) -> int:
        """The row id of this space's capture, message or pairing with a number."""
        return row_id(self.number, number)


_COLUMNS = Space.__struct_fields__


def read_space(row: SqlRow) -> Space:
    """A row of `spaces`."""
    return Space(**{name: row[name] for name in _COLUMNS})


def find_space(transaction: Transaction, number: int) -> Space | None:
    """A space by its number."""
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
    """An empty space. Captures up to `floor_n` are not for it."""
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
    """Where the cursors of an epoch begin."""
    return epoch << EPOCH_BITS


def epoch_of(seq: int) -> int:
    """The epoch of a cursor."""
    return seq >> EPOCH_BITS
