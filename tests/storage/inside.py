"""A log and a ledger in this process, without pipes: the test runs each step of both processes."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from app import clock
from app.domain.annotations import AnnotationChange
from app.domain.captures import FaultHit, Outcome, RawRequest, Reading
from app.domain.roles import Role
from app.domain.units import micros
from app.storage.ledger.building import build_step
from app.storage.ledger.due_marks import mark_due
from app.storage.ledger.erasing import erase_step
from app.storage.ledger.feed import is_up_to_date, read_log_heads
from app.storage.ledger.search import SearchIndex, index_step
from app.storage.ledger.spaces import find_space
from app.storage.ledger.steps import CaptureReader, LedgerStep, Recognise
from app.storage.log import jobs
from app.storage.log.results import Result
from app.storage.packing import pack
from app.storage.transaction import Transaction

from .builders import scripted
from .engines import Engine, SqliteEngine
from .scripted import read

BIN = "bin00001"
# The tables of counts by time.
COUNTED = ("interval_counts", "source_counts", "failure_counts", "final_counts", "pairing_counts")


def claim_all(_: Transaction, bins: Sequence[int]) -> Sequence[int]:
    """The claim of a follower that is alone."""
    return bins


class Inside:
    """One log with one bin, and ledgers that are made from it."""

    def __init__(self, folder: Path, engine: Engine | None = None) -> None:
        self.folder = folder
        self.engine = engine or SqliteEngine(folder)
        self.file = self.engine.open_log()
        self.appender = self.engine.open_appender(self.file)
        self.appender.begin()
        self.add_bin(BIN)
        self.log = self.engine.follow_log()
        self._epochs = iter(range(100, 1_000))

    def close(self) -> None:
        self.engine.close()

    def apply(self, *batch: jobs.Job) -> list[Result]:
        return self.appender.apply(batch).results

    def add_bin(self, bin: str) -> None:
        (result,) = self.apply(jobs.AddBin(bin, f"key-{bin}", None, None, None, 300, micros(clock.now())))
        assert result.error is None

    def keep(
        self, raw: RawRequest, role: Role = Role.PRIMARY, *, provider: str | None = None, bin: str = BIN,
        fault: FaultHit | None = None,
    ) -> int:  # fmt: skip
        """Store a capture; returns its n."""
        (result,) = self.apply(
            jobs.AddCapture(
                bin, micros(raw.received_at), role.value, raw.method, raw.target, raw.peer, raw.http_version,
                raw.head, raw.body, raw.body_complete, provider, None if fault is None else pack(fault), None, False,
            )
        )  # fmt: skip
        assert result.error is None, result
        return result.value

    def state(self, reading: Reading, role: Role = Role.PRIMARY, **values: object) -> int:
        """Store a capture with this reading."""
        return self.keep(scripted(reading, **values), role)

    def settle(self, n: int, outcome: Outcome, bin: str = BIN) -> None:
        """Store the outcome of its answer."""
        self.apply(
            jobs.SetOutcomes([
                jobs.OutcomeRecord(
                    bin, n, outcome.status, outcome.after_ms, outcome.sender_left, outcome.left_ms, outcome.well_formed,
                    outcome.note, None,
                )
            ])
        )  # fmt: skip

    def drop(self, n: int, bin: str = BIN) -> bool:
        """Delete it; returns whether it existed."""
        (result,) = self.apply(jobs.DropCapture(bin, n))
        return result.error is None

    def annotate(self, *numbers: int, bin: str = BIN, **change: object) -> Result:
        """Change annotations; one step."""
        (result,) = self.apply(jobs.Annotate(bin, list(numbers), AnnotationChange(**change)))
        return result

    def sweep(self, now: datetime, keep_s: int) -> None:
        """Delete everything that is due."""
        after: int | None = 0
        while after is not None:
            (result,) = self.apply(jobs.Sweep(micros(now), keep_s, after, False))
            after = result.next

    def ledger(self, name: str = "ledger.db", recognise: Recognise = read, version: str = "1") -> "Ledger":
        """A new ledger of this log."""
        return Ledger(self, name, CaptureReader(recognise, version), next(self._epochs))


class Ledger:
    """A ledger that follows when the test calls it."""

    def __init__(self, inside: Inside, name: str, reader: CaptureReader, epoch: int) -> None:
        self.inside = inside
        self.reader = reader
        self.file = inside.engine.make_ledger(name)
        self.broken: set[int] = set()
        with self.file.database.write() as transaction:
            transaction.run("set_ledger_meta", {"log": "log", "run": "run", "epoch": epoch})

    def close(self) -> None:
        self.file.close()

    def follow(self, limit: int = 500, now: datetime | None = None) -> None:
        """Process everything that is new, in steps of `limit` captures."""
        waiting = {head.number for head in self._heads()}
        while waiting:
            waiting = {number for number in waiting if not self.step(number, limit, now)}

    def step(self, number: int = 1, limit: int = 500, now: datetime | None = None) -> bool:
        """One step of one bin; returns whether nothing is left."""
        with self._write(now) as step:
            heads = read_log_heads(step._log, [number])
            if not heads:
                step.forget_bin(number)
                return True
            (head,) = heads
            space = step.current_space(head)
            if space is None:
                return True
            if step.is_outdated(head, space) and step.building_space(head) is None:
                step.begin_building(head, next(self.inside._epochs))
            space, _ = step.follow(head, space, limit)
            return is_up_to_date(head, space)

    def build(self, limit: int = 500) -> None:
        """Complete all rebuilds."""
        while (number := self._building()) is not None:
            with self._write(None) as step:
                build_step(step, step._log, number, lambda step, head, space, _: step.follow(head, space, limit))

    def mark(self, now: datetime) -> None:
        """Set the marks that are due."""
        with self.file.database.write() as transaction:
            mark_due(transaction, micros(now), [])

    def index(self, limit: int = 500) -> bool:
        """One step of the search index; returns whether there was one."""
        with self.file.database.write() as transaction:
            return index_step(transaction, limit, claim_all)

    def erase(self) -> None:
        """Erase the rows of unused spaces."""
        more = True
        while more:
            with self.file.database.write() as transaction:
                more = erase_step(transaction, SearchIndex(transaction), claim_all)

    def rows(self, query: str, *values: object) -> list[tuple]:
        """Run a query."""
        return [tuple(row) for row in self.file.connection.execute(query, values)]

    def _heads(self) -> list:
        with self.inside.log.read() as log:
            return read_log_heads(log)

    def _building(self) -> int | None:
        rows = self.rows("select bin from spaces where state = 'building'")
        return rows[0][0] if rows else None

    def _write(self, now: datetime | None):
        return _Step(self, now)

    def everything(self, bin: int = 1) -> dict[str, object]:
        """Everything that readers can see of a bin, without the order of changes."""
        found = self.rows("select space from bins where number = ?", bin)
        if not found:
            return {}
        (space,) = found[0]
        with self.file.database.read() as transaction:
            counts = find_space(transaction, space)
        assert counts is not None
        return {
            "captures": self._captures(space),
            "annotations": self.annotations(space),
            "messages": self._messages(space),
            "calls": sorted(self.rows("select call, n, position from calls where space = ?", space)),
            "texts": self._texts(space),
            "conversations": sorted(self.rows("select theirs, ours from conversations where space = ?", space)),
            "pairings": self._pairings(space),
            "verdicts": self._counts("verdict", "verdict_counts", space),
            "gaps": self._counts("gap_ms", "gap_counts", space),
            "counted": {table: self.counted(table, space) for table in COUNTED},
            "counts": {
                name: getattr(counts, name) for name in ("captures", "primary_count", "fallback_count",
                "status_count", "voice_count", "last_capture_at")
            },
        }  # fmt: skip

    def annotations(self, space: int) -> list[tuple]:
        """Number, pin, note and tags of each."""
        return self.rows(
            "select id & 0xffffffffff, pinned, note, tags from annotations where id >> 40 = ? order by id", space
        )

    def counted(self, table: str, space: int) -> list[tuple]:
        """The rows of a table of counts by time, without their space."""
        return sorted(row[1:] for row in self.rows(f"select * from {table} where space = ?", space))

    def _counts(self, key: str, table: str, space: int) -> list[tuple]:
        return sorted(self.rows(f"select {key}, pairs from {table} where space = ? and pairs <> 0", space))

    def _names(self, space: int) -> dict[int, tuple[str, str]]:
        rows = self.rows("select id, provider, message_id from messages where space = ?", space)
        return {id: (provider, message_id) for id, provider, message_id in rows}

    def _captures(self, space: int) -> list[dict]:
        names = self._names(space)
        cursor = self.file.connection.execute(
            "select * from captures where id > ? and id < ? order by id", (space << 40, (space + 1) << 40)
        )
        told = []
        for row in map(dict, cursor):
            row["id"] &= (1 << 40) - 1
            del row["seq"]
            if row["messages"]:
                numbers = json.loads(row["messages"])
                row["messages"] = [None if number is None else names[(space << 40) + number] for number in numbers]
            if row["odd"]:
                row["odd"] = sorted((position, sorted(codes)) for position, codes in json.loads(row["odd"]))
            if row["paired"]:
                row["paired"] = sorted(codes for _, codes in json.loads(row["paired"]))
            told.append(row)
        return told

    def _messages(self, space: int) -> dict[tuple[str, str], dict]:
        told = {}
        for row in map(dict, self.file.connection.execute("select * from messages where space = ?", (space,))):
            links = self.rows("select n, position from links where message = ? order by 1, 2", row["id"])
            row["has_pairing"] = row["pairing"] is not None
            for name in ("id", "space", "seq", "pairing"):
                del row[name]
            told[(row["provider"], row["message_id"])] = row | {"links": links}
        return told

    def _texts(self, space: int) -> list[tuple]:
        names = self._names(space)
        rows = self.rows(
            "select minute, hash, n, position, at, side, made, joined, message from texts where space = ?", space
        )
        return sorted((*row[:-1], names[row[-1]]) for row in rows)

    def _pairings(self, space: int) -> list[dict]:
        names = self._names(space)
        told = []
        for row in map(dict, self.file.connection.execute("select * from pairings where space = ?", (space,))):
            for name in ("id", "space"):
                del row[name]
            for name in ("message", "twin"):
                row[name] = names.get(row[name])
            row["hits"] = msgspec.msgpack.decode(row["hits"])
            told.append(row)
        return sorted(told, key=lambda row: (str(row["call"]), str(row["message"]), str(row["twin"])))


class _Step:
    """A transaction of the ledger with a snapshot of the log."""

    def __init__(self, ledger: Ledger, now: datetime | None) -> None:
        self._ledger = ledger
        self._now = micros(now or clock.now())

    def __enter__(self) -> LedgerStep:
        self._write = self._ledger.file.database.write()
        self._read = self._ledger.inside.log.read()
        transaction, log = self._write.__enter__(), self._read.__enter__()
        return LedgerStep(transaction, log, self._ledger.reader, self._now, self._ledger.broken)

    def __exit__(self, *error: object) -> None:
        self._read.__exit__(*error)
        self._write.__exit__(*error)


def all_equal(ledgers: Iterable[Ledger], bin: int = 1) -> bool:
    """Whether they show the same."""
    first, *others = [ledger.everything(bin) for ledger in ledgers]
    return all(other == first for other in others)


__all__ = ["BIN", "COUNTED", "Inside", "Ledger", "all_equal", "sqlite3"]
