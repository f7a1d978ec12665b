"""Finds what other servers have changed, if their notices do not come: it compares positions of all bins."""

from collections.abc import Callable, Sequence

from ...clock import ticks
from ...errors import StoreUnavailable
from ..log.results import LogPosition
from ..reads.base import DatabaseReads

# Between two polls; the second one if no notices come.
POLL_S, POLL_ALONE_S = 1.0, 0.25
# A poll of many bins takes longer, and is then made less often: at most this share of the time.
SHARE = 0.05


class Polling:
    """`grew` is called with the positions of all bins in the log, `changed` with the id of each bin whose ledger has
    changed."""

    def __init__(
        self, log: DatabaseReads, ledger: DatabaseReads, grew: Callable[[Sequence[LogPosition]], None],
        changed: Callable[[str], None], is_listening: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._log = log
        self._ledger = ledger
        self._grew = grew
        self._changed = changed
        self._is_listening = is_listening
        self._seqs: dict[str, int] | None = None

    async def step(self) -> float:
        """Poll once; returns the seconds until the next call."""
        began = ticks()
        try:
            self._grew([LogPosition(*row) for row in await self._log.all("all_marks", {})])
            seqs = {row[0]: int(row[1]) for row in await self._ledger.all("all_seqs", {})}
        except StoreUnavailable:
            return POLL_S
        before, self._seqs = self._seqs, seqs
        if before is not None:
            # One that is missing was deleted.
            for bin_id in before | seqs:
                if before.get(bin_id) != seqs.get(bin_id):
                    self._changed(bin_id)
        return max(POLL_S if self._is_listening() else POLL_ALONE_S, (ticks() - began) / SHARE)
