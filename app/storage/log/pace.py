"""Measures how fast the disk confirms commits. The caller passes the time in."""

from collections import deque
from collections.abc import Sequence

from .jobs import AddCapture, Job, SetOutcomes

# A commit that takes longer than this, plus a little for each job, is slow. Then it pays to wait for the requests that
# follow the last answers, so that they share one commit: half the time of the last commit, up to a limit.
SLOW_S = 0.003
SLOW_EACH_S = 0.00006
# From this number of jobs in a commit on it pays to wait: at a lower rate no other request comes in that time.
MIN_JOBS = 8
MAX_DELAY_S = 0.005
# Other jobs take long on any disk.
_QUICK = frozenset({AddCapture, SetOutcomes})


class CommitPace:
    """The commits of one log process. The disk is slow after two slow commits in a row; a single one may contain a
    checkpoint."""

    def __init__(self) -> None:
        self._sent: deque[float] = deque()
        self._confirmed_at = 0.0
        self._was_slow = False
        self.delay_s = 0.0
        """How long the next commit should wait for more jobs, in seconds; 0 on a fast disk."""

    def sent(self, now: float) -> None:
        """A batch was sent, possibly before the previous one was confirmed."""
        self._sent.append(now)

    def confirmed(self, batch: Sequence[Job], now: float) -> None:
        """The oldest batch in flight is on disk."""
        took = now - max(self._sent.popleft(), self._confirmed_at)
        slow = took > SLOW_S + SLOW_EACH_S * len(batch) and all(type(job) in _QUICK for job in batch)
        waits = slow and self._was_slow and len(batch) >= MIN_JOBS
        self.delay_s = min(took / 2, MAX_DELAY_S) if waits else 0.0
        self._confirmed_at, self._was_slow = now, slow
