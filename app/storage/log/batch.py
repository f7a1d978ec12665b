"""One transaction of the log: the numbers that its captures get, and the rows that are not written yet.

A batch has many captures of few bins. The counters of a bin are read and written once a batch, inside the
transaction, so that the order of numbers is the order of commits, without gaps (P3).
"""

import hashlib
from collections.abc import Iterable

import msgspec

from ..ids import row_id
from ..transaction import Transaction
from . import jobs
from .results import LogPosition, Result


class Rejected(Exception):
    """This job cannot be done; the other jobs of the batch are not affected."""

    def __init__(self, error: str, message: str) -> None:
        self.error = error
        super().__init__(message)


STALE = Result("stale", "Its settings have changed.")


class Counter(msgspec.Struct):
    """The numbers of one bin as they will be after the batch."""

    number: int
    floor_n: int
    last_n: int
    last_k: int
    last_d: int
    last_a: int
    version: int
    answer_version: int


class Batch:
    """The state of one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction
        self._counters: dict[str, Counter] = {}
        # Bins whose rows were changed by statements, as an ordered set.
        self._changed: dict[str, None] = {}
        self._captures: list[tuple[object, ...]] = []
        self._outcomes: list[tuple[object, ...]] = []
        self._sent: list[tuple[object, ...]] = []
        self._faults: list[tuple[object, ...]] = []
        # By the id of a fault: how many more captures may get it; None: no limit.
        self._hits_left: dict[str, int | None] = {}

    def counter(self, bin_id: str) -> Counter:
        """The counters of a bin inside the transaction. Raises Rejected when there is no such bin."""
        counter = self._counters.get(bin_id)
        if counter is None:
            row = self.transaction.one("bin_counters", {"id": bin_id})
            if row is None:
                raise Rejected("not_found", f"There is no bin {bin_id}.")
            counter = self._counters[bin_id] = Counter(*row)
        return counter

    def lock(self, bin_ids: Iterable[str], *, unnamed: bool, audit_log: bool) -> None:
        """Lock bins until the end of the transaction, then rows of unnamed bins, then the end of the audit log: always
        in the same order, so that no two servers wait for each other."""
        for id, *numbers in self.transaction.all("lock_bins", {"ids": list(bin_ids)}):
            self._counters[id] = Counter(*numbers)
        if unnamed:
            self.transaction.one("lock_rows_of_bins")
        if audit_log:
            self.transaction.one("lock_audit_log")

    def add_capture(self, job: jobs.AddCapture) -> int | Result:
        """Queue a capture row; returns its n, or that its answer was chosen from settings that have changed."""
        counter = self.counter(job.bin_id)
        if job.answer_version is not None and not self._is_current(job, counter):
            return STALE
        counter.last_n += 1
        self._captures.append((
            row_id(counter.number, counter.last_n), job.received_at, job.role, job.method, job.target, job.peer,
            job.http_version, job.head.decode("latin-1"), job.body, job.body_complete,
            hashlib.sha256(job.body).digest(), job.framing, job.refused, job.provider, job.fault,
            job.simulated or (job.mark is not None and self._is_mark(job.mark, job.received_at)), job.withheld,
        ))  # fmt: skip
        if job.fault_id is not None:
            self._faults.append((job.fault_id,))
        return counter.last_n

    def _is_mark(self, hash: bytes, now: int) -> bool:
        """Whether a simulation of another server has this mark."""
        return self.transaction.one("find_mark", {"hash": hash, "now": now}) is not None

    def _is_current(self, job: jobs.AddCapture, counter: Counter) -> bool:
        """Whether the settings of the bin are those of the job. Then its fault, if it has one, loses a hit."""
        if job.answer_version != counter.answer_version:
            return False
        id = job.fault_id
        if id is None:
            return True
        if id not in self._hits_left:
            # Read once a batch: faults that are set in between change the version of their bin.
            row = self.transaction.one("fault_remaining", {"id": id})
            self._hits_left[id] = 0 if row is None else row[0]
        left = self._hits_left[id]
        if left is not None:
            self._hits_left[id] = left - 1
        return left is None or left > 0

    def count_answer_change(self, bin_id: str) -> None:
        """Captures of this bin get other answers, or are stored in another way, from here on. Raises Rejected."""
        self.run("count_answer_change", {"number": self.counter(bin_id).number}, bin_id=bin_id)

    def add_outcomes(self, outcomes: Iterable[jobs.OutcomeRecord]) -> None:
        """Queue outcome rows, each with the next k of its bin. Outcomes of deleted bins are ignored."""
        for outcome in outcomes:
            try:
                counter = self.counter(outcome.bin_id)
            except Rejected:
                continue
            counter.last_k += 1
            self._outcomes.append((
                row_id(counter.number, counter.last_k), outcome.n, counter.last_n, outcome.status, outcome.after_ms,
                outcome.sender_left, outcome.left_ms, outcome.well_formed, outcome.note,
            ))  # fmt: skip
            if outcome.sent is not None:
                self._sent.append((row_id(counter.number, outcome.n), outcome.sent))

    def add_deletion(self, counter: Counter, n: int, *, through: bool) -> None:
        """Record the deletion of capture n, or with `through` of all captures up to n. The caller must write the
        counters."""
        counter.last_d += 1
        if through:
            bounds = {"above": row_id(counter.number, 0), "below": row_id(counter.number, counter.last_d), "n": n}
            self.transaction.run("forget_deletions", bounds)
        values = {"id": row_id(counter.number, counter.last_d), "n": n, "through": through}
        self.transaction.run("add_deletion", values)

    def run(self, query: str, values: dict[str, object], *, bin_id: str | None = None) -> int:
        """Write the queued rows, then run one statement; returns the number of changed rows. `bin_id` is the bin
        whose row it changes."""
        self.flush()
        changed = self.transaction.run(query, values)
        if bin_id is not None:
            self._counters.pop(bin_id, None)
            self._changed[bin_id] = None
        return changed

    def flush(self) -> None:
        """Write the queued rows and the counters."""
        self.transaction.insert("add_capture", self._captures)
        self.transaction.insert("add_outcome", self._outcomes)
        self.transaction.each("add_sent_answer", self._sent)
        self.transaction.each("count_fault", self._faults)
        for rows in (self._captures, self._outcomes, self._sent, self._faults):
            rows.clear()
        counters = self._counters.values()
        rows = [(each.last_n, each.last_k, each.last_d, each.last_a, each.number) for each in counters]
        self.transaction.each("set_bin_counters", rows)

    def finish(self) -> list[LogPosition]:
        """Write the queued rows; returns the positions of the bins that were changed."""
        self.flush()
        positions = [
            LogPosition(counter.number, counter.last_n, counter.last_k, counter.last_d, counter.version, counter.last_a)
            for bin_id, counter in self._counters.items()
            if bin_id not in self._changed
        ]
        for bin_id in self._changed:
            row = self.transaction.one("bin_mark", {"id": bin_id})
            if row is not None:
                positions.append(LogPosition(*row))
        return positions
