"""The bins' counters, and the captures that wait to be inserted with one `executemany`.

Why: a batch holds many captures of few bins; reading and writing the bin's row once per batch instead of once per
capture is what makes the durable path cheap.
"""

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..domain.captures import Outcome, Stamp
from ..domain.pairing import Hit
from ..domain.units import from_micros
from . import jobs
from .headers import write_headers
from .ledger import Arrival, Ledger
from .pairings import Pairings
from .queries import SQL, insert
from .rows import CALL_ROLES, codes, print_of, side_of


@dataclass(slots=True)
class Counter:
    """One bin's row as the batch will leave it."""

    number: int
    floor_n: int
    last_n: int
    last_seq: int
    captures: int
    by_role: dict[str, int]
    last_capture_at: int | None


@dataclass(slots=True)
class _Waiting:
    captures: list[tuple[object, ...]] = field(default_factory=list)
    raws: list[tuple[object, ...]] = field(default_factory=list)
    outcomes: list[tuple[object, ...]] = field(default_factory=list)
    # By far the most: nothing but a time to be noted.
    usual_outcomes: list[tuple[object, ...]] = field(default_factory=list)
    sent: list[tuple[object, ...]] = field(default_factory=list)
    fault_hits: list[tuple[object, ...]] = field(default_factory=list)
    fault_counts: list[tuple[object, ...]] = field(default_factory=list)


class Counters:
    """Lives as long as the writing connection. While batches bring nothing but captures and outcomes, what a bin's row
    holds is known from one to the next; whoever changes rows by statements flushes first, and then it is read again."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # Of this batch, to be written; and as the batches before have left them.
        self._by_bin: dict[str, Counter] = {}
        self._known: dict[str, Counter] = {}
        self._waiting = _Waiting()
        self._ledger = Ledger(connection)
        self._last_id = int(connection.execute(SQL["last_id"]).fetchone()[0])

    def of(self, bin_id: str) -> Counter | None:
        """The bin's counter, as it stands inside the transaction; None when there is no such bin."""
        counter = self._by_bin.get(bin_id)
        if counter is None:
            counter = self._known.get(bin_id) or self._read(bin_id)
            if counter is not None:
                self._by_bin[bin_id] = counter
        return counter

    def add_capture(self, counter: Counter, job: jobs.AddCapture) -> Stamp:
        """Take the next numbers."""
        self._last_id += 1
        counter.last_n += 1
        counter.last_seq += 1
        counter.captures += 1
        counter.by_role[job.role] += 1
        counter.last_capture_at = job.received_at
        n, seq = counter.last_n, counter.last_seq
        sha256 = hashlib.sha256(job.body).hexdigest()
        kind, status, findings = job.kind, job.status, job.findings
        if job.events:
            arrival = Arrival(
                self._last_id, counter.number, counter.floor_n, n, job.received_at, job.provider or "",
                print_of(job.role, job.target, sha256 if job.body else None), codes(job.findings),
                _hit(n, job), job.role in CALL_ROLES,
            )  # fmt: skip
            kind, status, findings = self.fold(counter, arrival, job)
        self._waiting.captures.append((
            self._last_id, counter.number, n, seq, job.received_at, job.role, job.method, job.target, job.peer,
            len(job.body), job.content_type, int(job.body_complete), job.provider, kind, job.message_id, job.sender,
            job.recipient, job.text, status, job.raw_status, job.problem, findings, int(job.simulated),
        ))  # fmt: skip
        if (hit := job.fault) is not None:
            self._waiting.fault_hits.append((counter.number, n, hit.fault, hit.kind, hit.said, hit.drill))
            self._waiting.fault_counts.append((hit.left, hit.hits, hit.fault))
        headers = write_headers(job.headers)
        self._waiting.raws.append((self._last_id, job.http_version, headers, job.body, sha256, job.words))
        return Stamp(n, seq)

    def look_ahead(self, captures: Iterable[jobs.AddCapture]) -> None:
        """Captures of this batch, before they are added."""
        for job in captures:
            counter = self.of(job.bin_id)
            if counter is not None:
                self._ledger.look_ahead(counter.number, job.provider or "", job.events)
        self._ledger.look_up()

    def fold(
        self, counter: Counter, arrival: Arrival, job: jobs.AddCapture | jobs.ReadAgain
    ) -> tuple[str, str | None, str]:
        """The capture's events into the ledger; the capture's kind, status and findings in its light."""
        changed, odd, turned = self._ledger.add(arrival, job.events)
        for entry in changed:
            counter.last_seq += 1
            entry.seq = counter.last_seq
        word = job.events[0].as_callback
        findings = ",".join(dict.fromkeys((*arrival.findings, *odd))) if odd else job.findings
        return ("status", word.status.value, findings) if turned and word else (job.kind, job.status, findings)

    def add_outcome(self, counter: Counter, job: jobs.SetOutcome) -> None:
        """Take the next seq."""
        counter.last_seq += 1
        place = (counter.number, job.n)
        if job.expected and job.note is None:
            self._waiting.usual_outcomes.append((*place, counter.last_seq, job.status, job.after_ms))
        else:
            self._waiting.outcomes.append((
                counter.last_seq, job.status, job.after_ms, job.sender_left, job.left_ms, job.well_formed, job.note,
                *place,
            ))  # fmt: skip
        if not job.expected or self.pairings.is_held(*place):
            outcome = Outcome(
                status=job.status, after_ms=job.after_ms, sender_left=job.sender_left, left_ms=job.left_ms,
                well_formed=job.well_formed,
            )  # fmt: skip
            for entry in self._ledger.settle(counter.number, job.n, outcome):
                counter.last_seq += 1
                entry.seq = counter.last_seq
        if job.sent is not None:
            self._waiting.sent.append((job.sent, counter.number, job.n))

    def flush(self) -> None:
        """Write what waits; afterwards the tables are true and the counters are read again."""
        self.write()
        self._known.clear()

    def write(self) -> None:
        """Write what waits, for the commit of a batch."""
        if not self._by_bin:
            return
        waiting, self._waiting = self._waiting, _Waiting()
        insert(self._connection, "add_capture", waiting.captures)
        insert(self._connection, "add_raw", waiting.raws)
        insert(self._connection, "add_fault_hit", waiting.fault_hits)
        self._connection.executemany(SQL["count_fault"], waiting.fault_counts)
        self._ledger.flush()
        insert(self._connection, "add_usual_outcome", waiting.usual_outcomes)
        self._connection.executemany(SQL["add_outcome"], waiting.outcomes)
        self._connection.executemany(SQL["add_sent_answer"], waiting.sent)
        for counter in self._by_bin.values():
            self._write(counter)
        self._known |= self._by_bin
        self._by_bin.clear()

    @property
    def pairings(self) -> Pairings:
        """The ledger's."""
        return self._ledger.pairings

    def forget_messages(self) -> None:
        """Message rows were changed elsewhere than in the ledger."""
        self._ledger.forget()

    def relearn(self) -> None:
        """A bin was rebuilt, or that came to nothing."""
        self._ledger.relearn()

    def forget(self) -> None:
        """The transaction failed: nothing of it happened. Numbers of rows may be skipped, `n` never."""
        self._by_bin.clear()
        self._known.clear()
        self._waiting = _Waiting()
        self._ledger.forget()

    def _read(self, bin_id: str) -> Counter | None:
        row = self._connection.execute(SQL["counters"], {"id": bin_id}).fetchone()
        if row is None:
            return None
        number, floor_n, last_n, last_seq, captures, *roles, last_capture_at = row
        by_role = dict(zip(("primary", "fallback", "status", "voice", "voice-fallback"), roles, strict=True))
        return Counter(number, floor_n, last_n, last_seq, captures, by_role, last_capture_at)

    def _write(self, counter: Counter) -> None:
        values = {name.replace("-", "_"): count for name, count in counter.by_role.items()}
        self._connection.execute(
            SQL["set_counters"],
            {
                **values,
                "number": counter.number,
                "last_n": counter.last_n,
                "last_seq": counter.last_seq,
                "captures": counter.captures,
                "last_capture_at": counter.last_capture_at,
            },
        )


def _hit(n: int, job: jobs.AddCapture) -> Hit | None:
    """The capture as a hit of pairings. What is answered at once counts as answered well, until its outcome says
    otherwise."""
    fallback = side_of(job.role)
    if fallback is None:
        return None
    waits = job.awaited or job.fault is not None
    return Hit(n=n, at=from_micros(job.received_at), fallback=fallback, method=job.method, ok=None if waits else True)
