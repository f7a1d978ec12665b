"""What a server would send to the log process: random batches of jobs from a seed, so that a script can be repeated.
It depends on the results, as the server does.
"""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.storage.log import deleting, jobs
from app.storage.log.results import Result

START = 1_790_000_000_000_000
SECOND = 1_000_000
# The number of captures in one bin from which deletions become more likely.
MANY = 60

# The effect of a job on what must be found afterwards, for `truth.py`: its kind, the bin's id, and values of that kind.
Entry = tuple[str, str, object, object]


@dataclass(slots=True)
class KnownBin:
    """A bin, as known from the results."""

    id: str
    retention_s: int | None
    numbers: set[int] = field(default_factory=set)


class Script:
    """`name` distinguishes the ids of two scripts on the same log."""

    def __init__(self, seed: int, name: str, bins: Sequence[KnownBin] = (), *, sweeps: bool = True) -> None:
        self._random = random.Random(seed)
        self._name = name
        self._bins = {bin.id: bin for bin in bins}
        self._sweeps = sweeps
        self._count = 0
        self._now = START + self._random.randrange(1_000) * 3_600 * SECOND

    def next_batch(self) -> list[jobs.Job]:
        """Mostly captures; everything that a user or the clock can do in between."""
        if not self._bins:
            return [self._add_bin(None), self._add_bin(3_600)]
        chance = self._random.random()
        if chance < 0.62:
            return self._captures()
        if chance < 0.78:
            return [self._deletion()]
        if chance < 0.84:
            # In one transaction with captures before and after it.
            return [*self._captures(), self._deletion(), *self._captures()]
        if chance < 0.88:
            return [self._random.choice([self._add_bin(None), self._drop_bin(), self._set_bin()])]
        return [self._decision() for _ in range(self._random.randint(1, 3))]

    def entries(self, batch: Sequence[jobs.Job]) -> list[Entry]:
        """The effects of each job of a batch."""
        return [self._entry(job) for job in batch]

    def learn(self, batch: Sequence[jobs.Job], results: Sequence[Result]) -> None:
        """The results of a batch have arrived."""
        for job, result in zip(batch, results, strict=True):
            if result.error is not None:
                continue
            match job:
                case jobs.AddBin():
                    self._bins[job.id] = KnownBin(job.id, job.retention_s)
                case jobs.SetBin():
                    self._bins[job.id].retention_s = job.retention_s
                case jobs.DropBin():
                    self._bins.pop(job.id, None)
                case jobs.AddCapture() if job.bin_id in self._bins:
                    self._bins[job.bin_id].numbers.add(result.value)
                case jobs.DropCapture():
                    self._bins[job.bin_id].numbers.discard(job.n)
                case jobs.DropCaptures():
                    self._bins[job.bin_id].numbers.clear()

    # Captures

    def _captures(self) -> list[jobs.Job]:
        batch: list[jobs.Job] = []
        for _ in range(self._random.choice([1, 1, 2, 3, 5, 8, 12])):
            batch.append(self._capture())
        if self._random.random() < 0.5:
            batch.append(jobs.SetOutcomes([self._outcome() for _ in range(self._random.randint(1, 4))]))
        return batch

    def _capture(self) -> jobs.AddCapture:
        self._count += 1
        self._now += self._random.randrange(30 * SECOND)
        # Sometimes one that is dated in the future.
        ahead = 7_200 * SECOND if self._random.random() < 0.03 else 0
        size = self._random.choice(
            [10, 60, 200, 200, 700, 2_000, 5_000, 20_000 if self._random.random() < 0.2 else 300]
        )
        body = f"Text={self._name}-{self._count}&pad=".encode() + self._random.randbytes(size)
        role = self._random.choice(["primary", "fallback", "status"])
        return jobs.AddCapture(
            self._bin().id, self._now + ahead, role, "POST", f"/{role}?count={self._count}", "192.0.2.7", "1.1",
            b"Host: x\r\nContent-Type: text/plain\r\n", body, True, self._random.choice([None, "ytel"]), None, None,
            False,
        )  # fmt: skip

    def _outcome(self) -> jobs.OutcomeRecord:
        bin = self._bin()
        sent = self._random.randbytes(40) if self._random.random() < 0.3 else None
        return jobs.OutcomeRecord(bin.id, self._number(bin), 200, 3, False, None, True, None, sent)

    # Deletions

    def _deletion(self) -> jobs.Job:
        bin = self._bin()
        chance = self._random.random()
        if chance < 0.08 or (len(bin.numbers) > MANY and chance < 0.4):
            return jobs.DropCaptures(bin.id)
        if self._sweeps and chance < 0.5:
            kept_s = self._random.choice([0, 120, 300, 900])
            return jobs.Sweep(self._now, kept_s, 0, self._random.random() < 0.3)
        return jobs.DropCapture(bin.id, self._number(bin))

    def _drop_bin(self) -> jobs.Job:
        return jobs.DropBin(self._bin().id) if len(self._bins) > 1 else self._add_bin(600)

    # Everything else

    def _add_bin(self, retention_s: int | None) -> jobs.AddBin:
        self._count += 1
        id = f"{self._name}-bin-{self._count}"
        return jobs.AddBin(id, f"key of {id}", None, None, retention_s, 300, self._now)

    def _set_bin(self) -> jobs.Job:
        self._count += 1
        return jobs.SetBin(self._bin().id, f"name {self._count}", "ytel", self._random.choice([None, 600, 3_600]), 60)

    def _decision(self) -> jobs.Job:
        bin, some = self._bin(), self._random.randbytes(self._random.choice([8, 80, 3_000]))
        self._count += 1
        id = f"{self._name}-{self._count}"
        return self._random.choice([
            jobs.SetAnswers(bin.id, "primary", self._random.choice([None, some])),
            jobs.SetFault(bin.id, "status", id, some, self._now, 0, 3, None),
            jobs.DropFault(bin.id, id),
            jobs.AddDrill(bin.id, id, "primary", "{}"),
            jobs.AddAttempt(bin.id, self._number(bin), "http://x", self._now, 200, 5, None, "text/plain", some),
            jobs.AddSession(id, "token", self._now, self._now),
            jobs.DropSessions("token", self._now - 600 * SECOND),
            jobs.RequestReread(bin.id),
            jobs.SettleUnanswered(60 * SECOND, "stopped", dict.fromkeys(range(1, 100), 1 << 39)),
            jobs.NextEpoch(),
            jobs.NoteTime(self._now),
            jobs.Probe(self._random.choice([0, 10_000])),
            jobs.RotateKey(bin.id, f"key {id}"),
        ])  # fmt: skip

    def _bin(self) -> KnownBin:
        return self._random.choice(list(self._bins.values()))

    def _number(self, bin: KnownBin) -> int:
        # Sometimes one that does not exist.
        return self._random.choice(sorted(bin.numbers)) if bin.numbers and self._random.random() < 0.95 else 1

    def _entry(self, job: jobs.Job) -> Entry:
        match job:
            case jobs.AddBin():
                return "bin", job.id, None, None
            case jobs.DropBin():
                return "drop", job.id, None, None
            case jobs.AddCapture():
                return "capture", job.bin_id, hashlib.sha256(job.body).hexdigest(), job.received_at
            case jobs.DropCapture():
                return "delete", job.bin_id, job.n, None
            case jobs.DropCaptures():
                return "clear", job.bin_id, None, None
            case jobs.Sweep():
                return "sweep", "", {} if job.erase_only else self._befores(job), job.now + deleting.AHEAD_US
        return "other", "", None, None

    def _befores(self, job: jobs.Sweep) -> dict[str, int]:
        """The time up to which a sweep may delete captures, by bin."""
        kept = {id: job.retention_s if bin.retention_s is None else bin.retention_s for id, bin in self._bins.items()}
        return {id: job.now - kept_s * SECOND for id, kept_s in kept.items() if kept_s}
