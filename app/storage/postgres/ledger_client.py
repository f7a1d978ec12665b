"""The server's end of the ledger process if other servers write the log and the ledger, too."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from ...errors import StoreUnavailable
from ...store import READ_WAIT_S
from ...tasks import start_task
from ..children import Program
from ..ledger.client import LedgerClient
from ..ledger.protocol import LedgerProgress, LookAt, reaches
from ..log.client import LogClient
from ..log.results import LogPosition

Positions = Callable[[int | None], Awaitable[Sequence[LogPosition]]]
"""Reads the positions of a bin, or of all, in the log. Raises StoreUnavailable."""
PassedNumber = Callable[[int], Awaitable[int]]
"""Reads the number up to which the ledger has the captures of a bin. Raises StoreUnavailable."""


class SharedLedgerClient(LedgerClient):
    """A read waits for what any server has stored. `on_unlogged` is called with the ids of bins that this server's
    process has changed without new entries of the log: other processes do not notice that."""

    def __init__(
        self, program: Program, log: LogClient, on_change: Callable[[str], None], positions: Positions,
        passed: PassedNumber, on_unlogged: Callable[[Sequence[str]], None],
    ) -> None:  # fmt: skip
        super().__init__(program, log, (), on_change)
        self._positions = positions
        self._passed = passed
        self._on_unlogged = on_unlogged
        # What the last poll has found of bins, where it is less than is known.
        self._lower: dict[int, LogPosition] = {}

    async def caught_up(self, bin: int) -> None:
        await self._compare_with_log(bin)
        await super().caught_up(bin)

    async def all_caught_up(self) -> None:
        await self._compare_with_log(None)
        await super().all_caught_up()

    async def _compare_with_log(self, bin: int | None) -> None:
        """Not for longer than a read may wait: a server that does not respond is not waited for."""
        with suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(READ_WAIT_S):
                self.compare(await self._positions(bin))

    def compare(self, positions: Sequence[LogPosition]) -> None:
        """Positions that were read from the log: follow those that are new."""
        grown = [position for position in positions if not self._is_known(position)]
        if grown:
            self.log_grew(grown)

    def compare_all(self, positions: Sequence[LogPosition]) -> None:
        """The same for the positions of all bins. If two polls find the same of a bin, and less than is known, a crash
        of the database has removed what was read before it was on the disk: nothing waits for that any more."""
        known = self._log_positions
        lower = {each.bin: each for each in positions if each.bin in known and not reaches(each, known[each.bin])}
        for bin, position in lower.items():
            if self._lower.get(bin) == position:
                self.forget(bin)
        self._lower = lower
        self.compare(positions)

    def look_at(self, bins: Sequence[int]) -> None:
        """Other servers have appended to these bins."""
        self._send(LookAt(list(bins)))

    def skip(self, bin: int, n: int) -> None:
        """Unless another server has read it: then the ledger has its events, and a rebuilt one must have them, too."""
        start_task(self._skip_unless_passed(bin, n), name="skip")

    async def _skip_unless_passed(self, bin: int, n: int) -> None:
        # It is tried again when the process ends on it again.
        with suppress(StoreUnavailable):
            if await self._passed(bin) < n:
                super().skip(bin, n)

    def _is_known(self, position: LogPosition) -> bool:
        known = self._log_positions.get(position.bin)
        return known is not None and reaches(known, position)

    def note_progress(self, frame: LedgerProgress) -> None:
        super().note_progress(frame)
        if frame.changed and not frame.positions:
            self._on_unlogged(frame.changed)
