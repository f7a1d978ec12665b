"""Decides when the follower begins its next step. Storing captures has priority: at a high rate the follower waits
and processes many captures at once, which costs less for each and leaves the processors to answers. The caller
passes the time in.
"""

# New captures wait this long, so that their outcomes are processed with them.
GATHER_S = 0.015
# Above this rate, in captures a second, the follower waits for a pause of `QUIET_S`. Waiting and processing together
# take at most `LONGEST_S`, estimated from the last time.
FAST = 2_000
QUIET_S = 0.03
LONGEST_S = 0.7
# Weight of the last step in the average rate.
WEIGHT = 0.3


class Pacing:
    """The state of one follower."""

    def __init__(self) -> None:
        self._rate = 0.0
        self._step_at = 0.0
        self._first_at = self._last_at = 0.0
        self._urgent = False
        self._waiting = False
        self._has_rest = False
        self._began_at = self._took_s = 0.0

    def log_grew(self, now: float, *, urgent: bool) -> None:
        """The log has grown; `urgent`: a read waits for the ledger."""
        if not self._waiting:
            self._waiting, self._first_at = True, now
        self._last_at = now
        self._urgent = self._urgent or urgent

    def ready_at(self) -> float:
        """When the next step begins; 0 if the last one has left something."""
        if self._urgent or self._has_rest or not self._waiting:
            return 0.0
        if self._rate < FAST:
            return self._first_at + GATHER_S
        return min(self._first_at + max(0.0, LONGEST_S - self._took_s), self._last_at + QUIET_S)

    def begins(self, now: float) -> None:
        """A step begins."""
        if not self._has_rest:
            self._began_at = now

    def stepped(self, now: float, captures: int, *, is_done: bool) -> None:
        """A step has processed this number of captures; `is_done`: nothing is left."""
        elapsed = max(now - self._step_at, 0.001)
        self._rate += WEIGHT * (captures / elapsed - self._rate)
        self._step_at = now
        self._waiting, self._has_rest = False, not is_done
        if is_done:
            self._took_s = now - self._began_at
            self._urgent = False
