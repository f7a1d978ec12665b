"""The results of the captures of the last seconds. Health reports these, because a small probe may succeed where a
capture does not."""

from collections import deque

from ...store import Health


class Recent:
    """Counts by second. `full_size` is the size of the largest write that was refused and has not succeeded since;
    then `reason` is why, and `is_unanswered`: the process does not answer, so the reason is not its own."""

    def __init__(self) -> None:
        self._seconds: deque[list[int]] = deque(maxlen=Health.SECONDS)
        self.reason: str | None = None
        self.is_unanswered = False
        self.full_size = 0

    def stored(self, now: float, size: int, *, is_capture: bool = True) -> None:
        """A write of this size is durable: of a capture, or of a probe, which is not counted."""
        if is_capture:
            self._second(now)[1] += 1
        if size >= self.full_size:
            self.reason, self.full_size = None, 0

    def refused(
        self, now: float, size: int, reason: str, *, is_capture: bool = True, is_unanswered: bool = False
    ) -> None:
        """A write of this size was refused: of a capture, or of a probe, which is not counted. `is_unanswered`: not by
        the process."""
        if is_capture:
            self._second(now)[2] += 1
        self.full_size = max(self.full_size, size)
        # While the process waits for a lock, captures that wait for it are not confirmed in time. The lock is the
        # reason that helps.
        if self.reason is None or self.is_unanswered or not is_unanswered:
            self.reason, self.is_unanswered = reason, is_unanswered

    def forget_refusals(self) -> None:
        """Writes were refused for a reason that is over, whatever their size was."""
        self.reason, self.full_size = None, 0

    def counts(self, now: float) -> tuple[int, int]:
        """Stored and refused captures of the last `Health.SECONDS`."""
        first = int(now) - Health.SECONDS
        kept = [second for second in self._seconds if second[0] > first]
        return sum(second[1] for second in kept), sum(second[2] for second in kept)

    def _second(self, now: float) -> list[int]:
        if not self._seconds or self._seconds[-1][0] != int(now):
            self._seconds.append([int(now), 0, 0])
        return self._seconds[-1]
