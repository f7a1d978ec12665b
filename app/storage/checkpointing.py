"""What an engine does after commits to keep its files small; and that there is nothing to do for one without files."""

from typing import Protocol

from .log.results import LogFileStatus


class Checkpointing(Protocol):
    """Work of the engine after commits."""

    def checkpoint_if_due(self) -> None:
        """Call after a commit. Raises DatabaseError."""

    def truncate(self) -> bool:
        """Remove deleted bytes from the files; False: it must be tried again."""


class NoCheckpoints:
    """Implements `Checkpointing`: the database server does it."""

    condition = LogFileStatus()

    def checkpoint_if_due(self) -> None:
        """Nothing."""

    def truncate(self) -> bool:
        """Nothing: vacuum removes deleted bytes."""
        return True


class NoBallast:
    """In place of `Ballast`: the disk is another machine's."""

    is_released = False

    def release(self) -> bool:
        """There is nothing to release."""
        return False

    def restore(self) -> bool:
        """It is never released."""
        return True
