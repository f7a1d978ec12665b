"""How fast the disk confirms, seen from the server's end of the log process. The caller gives the time."""

from collections import deque
from collections.abc import Sequence

from .jobs import AddCapture, Job, SetOutcomes

# A commit that takes longer than this, and a little for each job in it, is a slow disk's. Then it is worth waiting for
# the requests that follow the last answers, so that they share one commit: half of what the last took, and never long.
SLOW_S = 0.003
SLOW_EACH_S = 0.00006
MAX_DELAY_S = 0.005
# Sweeps take their time on any disk.
_QUICK = frozenset({AddCapture, SetOutcomes})


class CommitPace:
    """Of one writer process. Slow are two slow commits in a row: a single one has a checkpoint in it."""

    def __init__(self) -> None:
        self._sent: deque[float] = deque()
        self._confirmed_at = 0.0
        self._was_slow = False
        self.delay_s = 0.0
        """How long the next commit should wait for more jobs; 0: the disk is quick."""

    def sent(self, now: float) -> None:
        """A batch is on its way, perhaps ahead of the answer to the one before."""
        self._sent.append(now)

    def confirmed(self, batch: Sequence[Job], now: float) -> None:
        """The oldest batch on its way is on disk."""
        took = now - max(self._sent.popleft(), self._confirmed_at)
        slow = took > SLOW_S + SLOW_EACH_S * len(batch) and all(type(job) in _QUICK for job in batch)
        self.delay_s = min(took / 2, MAX_DELAY_S) if slow and self._was_slow else 0.0
        self._confirmed_at, self._was_slow = now, slow
