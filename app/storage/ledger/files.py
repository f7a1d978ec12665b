"""What the follower needs from the engine: the ledger, the log to follow, and which bins may be processed here."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ..checkpointing import Checkpointing
from ..transaction import Database, Transaction

Claim = Callable[[Transaction, Sequence[int]], Sequence[int]]


class LedgerFile(Protocol):
    """The open ledger."""

    @property
    def reason(self) -> str | None:
        """Why the one before was removed, if it was."""

    @property
    def database(self) -> Database:
        """The connection that writes it."""

    @property
    def checkpoints(self) -> Checkpointing:
        """Its checkpoints."""

    @property
    def is_shared(self) -> bool:
        """Whether followers of other servers may write it, too."""

    def claim(self, transaction: Transaction, bins: Sequence[int]) -> Sequence[int]:
        """Reserve bins until the end of the transaction, in the given order; returns those that no other follower has.
        Everything that belongs to a bin is written under its claim only."""

    def begin_merge(self) -> None:
        """Words were deleted from the search index: start to remove them from the file."""

    def merge(self) -> bool:
        """One step of that; returns whether there is more to do. Raises DatabaseError."""

    def close(self) -> None:
        """Close it without raising; it is about to be removed."""


class LedgerFiles(Protocol):
    """Opens them. Raises CannotWrite, or LogUnreadable."""

    def open_log(self) -> Database:
        """The log, for reading."""

    def open_ledger(self) -> LedgerFile:
        """The ledger, or an empty one if it cannot be used."""

    def make_ledger(self) -> LedgerFile:
        """Replace the ledger by an empty one."""
