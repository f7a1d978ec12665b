"""Deleting from the log. Reads no longer show a capture when the transaction is committed: a single capture is
deleted with its bytes; everything up to a number by raising the bin's `floor_n`, and the bytes are erased later in
steps.

A step is bounded in time, because captures wait for it. Retention deletes by number and never by time alone: a clock
that was wrong for an hour must not leave gaps.
"""

from collections.abc import Sequence

from ...clock import ticks
from ..ids import BITS, last_id, number_of, row_id
from ..transaction import SqlRow
from . import jobs
from .batch import Batch, Counter, Rejected
from .results import Result

STEP_S = 0.005
# Numbers, or rows, in one statement; the time limit is checked between two statements.
CHUNK = 64
BINS = 100
# A capture that is dated further in the future does not show how old it is; the next capture does.
AHEAD_US = 60_000_000
_MAX_NUMBER = 1 << BITS
# What is erased with a deleted bin, besides its captures.
_OF_A_BIN = (
    "erase_answers", "erase_faults", "erase_drills", "erase_rereads", "drop_mapping", "erase_secrets", "erase_filters",
    "erase_forwards", "erase_listeners", "erase_wiretaps", "erase_alert_deliveries", "erase_alert_notices",
    "erase_alerts", "erase_shares", "erase_simulations", "erase_marks", "drop_record_mapping", "drop_privacy",
)  # fmt: skip


def drop_capture(batch: Batch, job: jobs.DropCapture) -> None:
    """Delete a capture with its bytes. Raises Rejected when it does not exist."""
    counter = batch.counter(job.bin_id)
    batch.flush()
    if not _drop(batch, counter, job.n):
        raise Rejected("not_found", f"There is no #{job.n} in this bin.")


def drop_some(batch: Batch, job: jobs.DropSome) -> Result:
    """One step: delete captures with their bytes. Those that do not exist are passed over."""
    counter = batch.counter(job.bin_id)
    batch.flush()
    ends_at = ticks() + STEP_S
    removed, done = 0, 0
    for n in job.numbers:
        removed += _drop(batch, counter, n)
        done += 1
        if ticks() >= ends_at:
            break
    return Result(value=removed, next=done if done < len(job.numbers) else None)


def drop_captures(batch: Batch, job: jobs.DropCaptures) -> None:
    """Delete the captures of a bin up to a number. Later steps erase their bytes."""
    counter = batch.counter(job.bin_id)
    upto = counter.last_n if job.upto is None else min(job.upto, counter.last_n)
    batch.add_deletion(counter, upto, through=True)
    batch.flush()
    batch.run("clear_bin", {"number": counter.number, "n": upto}, bin_id=job.bin_id)


def _drop(batch: Batch, counter: Counter, n: int) -> bool:
    """Delete a capture; returns whether there was one."""
    if not counter.floor_n < n <= counter.last_n:
        return False
    _expire_dispatches(batch, counter.number, n - 1, n)
    if not batch.transaction.run("erase_capture", {"id": row_id(counter.number, n)}):
        return False
    _erase_related(batch, counter.number, n - 1, n)
    batch.add_deletion(counter, n, through=False)
    return True


def sweep(batch: Batch, job: jobs.Sweep) -> Result:
    """One step: erase bytes that are left, then delete captures that are older than the retention."""
    batch.flush()
    step = _SweepRun(batch, job)
    if not step.erase_leftovers() or job.erase_only:
        return Result(value=step.removed, next=job.after if step.is_over else None)
    following = step.sweep_bins()
    return Result(value=step.removed, next=following)


class _SweepRun:
    def __init__(self, batch: Batch, job: jobs.Sweep) -> None:
        self._batch = batch
        self._transaction = batch.transaction
        self._job = job
        self._ends_at = ticks() + STEP_S
        self.removed = 0

    @property
    def is_over(self) -> bool:
        """Whether the time of the step is used up."""
        return ticks() >= self._ends_at

    def erase_leftovers(self) -> bool:
        """Erase bytes of deleted captures; returns whether none are left."""
        for number, floor_n, last_k, last_d, deleted in self._transaction.all("with_leftovers"):
            if not self._erase_up_to(number, floor_n) or not self._erase_outcomes(
                number, _MAX_NUMBER if deleted else floor_n
            ):
                return False
            if not deleted:
                self._transaction.run("end_leftovers", {"number": number})
                continue
            for query in _OF_A_BIN:
                self._transaction.run(query, {"bin": number})
            for query in ("erase_deletions", "erase_outcomes"):
                bounds = {"after": row_id(number, 0), "upto": row_id(number, max(last_d, last_k))}
                self._transaction.run(query, bounds)
            self._transaction.run("erase_bin", {"number": number})
        return self._erase_deleted_forwards()

    def _erase_deleted_forwards(self) -> bool:
        """Erase forwards that users have deleted, with their dispatches; returns whether none are left."""
        for (forward,) in self._transaction.all("deleted_forwards"):
            bounds = {"forward": forward, "limit": CHUNK}
            while self._transaction.run("erase_dispatches_of", bounds):
                if self.is_over:
                    return False
            self._transaction.run("erase_forward", {"forward": forward})
        return True

    def sweep_bins(self) -> int | None:
        """Delete expired captures; returns the bin after which the next step continues, or None when all bins are
        done."""
        after: int = self._job.after
        bins: Sequence[SqlRow] = ()
        while bins := self._transaction.all("sweepable", {"after": after, "limit": BINS}):
            for bin_id, number, floor_n, last_n, retention_s in bins:
                kept_s = self._job.retention_s if retention_s is None else retention_s
                if kept_s and not self._sweep_bin(bin_id, number, floor_n, last_n, kept_s):
                    return after
                after = number
                if self.is_over:
                    return after
        return None

    def _sweep_bin(self, bin_id: str, number: int, floor_n: int, last_n: int, kept_s: int) -> bool:
        """Delete the expired captures of one bin; returns whether none are left."""
        before = self._job.now - kept_s * 1_000_000
        upto, more = floor_n, True
        # Once in any case, as above.
        while more and not (upto > floor_n and self.is_over):
            bounds = {"after": row_id(number, upto), "upto": row_id(number, last_n), "limit": CHUNK}
            rows = self._transaction.all("oldest_captures", bounds | {"ahead": self._job.now + AHEAD_US})
            due, more = _due(rows, before)
            if due is not None:
                self._erase(number, upto, due)
                upto = due
        if upto > floor_n:
            counter = self._batch.counter(bin_id)
            self._batch.add_deletion(counter, upto, through=True)
            self._batch.run("raise_floor", {"number": number, "n": upto}, bin_id=bin_id)
            self._erase_outcomes(number, upto)
        return not more

    def _erase_up_to(self, number: int, n: int) -> bool:
        """Erase captures up to n within the time limit, a chunk in any case; returns whether all of them are erased."""
        has_erased = False
        while True:
            bounds = {"after": row_id(number, 0), "upto": row_id(number, n)}
            first = self._transaction.one("next_capture", bounds)
            if first is None or first[0] is None:
                _erase_related(self._batch, number, 0, n)
                return True
            # A step that found no time would be repeated for ever.
            if has_erased and self.is_over:
                return False
            start = number_of(first[0]) - 1
            self._erase(number, start, min(start + CHUNK, n))
            has_erased = True

    def _erase(self, number: int, after: int, upto: int) -> None:
        bounds = {"after": row_id(number, after), "upto": row_id(number, upto)}
        _expire_dispatches(self._batch, number, after, upto)
        self.removed += self._transaction.run("erase_captures", bounds)
        _erase_related(self._batch, number, after, upto)

    def _erase_outcomes(self, number: int, floor_n: int) -> bool:
        """Erase outcomes that were recorded before any remaining capture; they are ordered by `after_n`. Returns
        whether all are erased."""
        while True:
            bounds = {"after": row_id(number, 0), "upto": last_id(number), "limit": 4 * CHUNK}
            rows = self._transaction.all("settled_outcomes", bounds)
            old = [row[0] for row in rows if row[1] <= floor_n]
            if old:
                self._transaction.run("erase_outcomes", {"after": row_id(number, 0), "upto": old[-1]})
            if len(old) < 4 * CHUNK:
                return True
            if self.is_over:
                return False


def _due(rows: Sequence[SqlRow], before: int) -> tuple[int | None, bool]:
    """The highest n of the oldest captures that are older than `before`, and whether more may follow."""
    due: int | None = None
    for id, received_at in rows:
        if received_at >= before:
            return due, False
        due = number_of(id)
    return due, len(rows) == CHUNK


def _erase_related(batch: Batch, number: int, after: int, upto: int) -> None:
    bounds = {"after": row_id(number, after), "upto": row_id(number, upto)}
    batch.transaction.run("erase_sent_answers", bounds)
    batch.transaction.run("erase_skips", bounds)
    for query in ("erase_attempts", "erase_annotations", "erase_dispatches"):
        batch.transaction.run(query, {"bin": number, "after": after, "upto": upto})


def _expire_dispatches(batch: Batch, number: int, after: int, upto: int) -> None:
    """Count what is about to be erased before it was forwarded."""
    batch.transaction.run("expire_dispatches", {"bin": number, "after": after, "upto": upto})
