"""Moves a log from one engine to another: copies all tables, then compares every row.

Rows are copied in the order of their keys, many in one transaction. So after a kill the target has the first rows of a
table, and its last key is the position at which copying continues; nothing else has to be stored.
"""

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import Enum
from itertools import zip_longest
from typing import Any, Protocol

from .. import clock
from ..domain.audit import COMMAND_LINE, AuditEntry, AuditResult, fact
from ..errors import CannotStart
from .ids import number_of, owner_of
from .log.audit import audit_job
from .log.jobs import PutAuditEntry
from .queries import FOLDER, load_queries

# What one transaction copies.
STEP_ROWS = 10_000
STEP_BYTES = 32 << 20
# Rows between two reports.
REPORT_ROWS = 100_000

TABLES = load_queries(FOLDER / "moving")

Row = tuple[Any, ...]
Rows = Generator[Row, None, None]
Key = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MovedTable:
    """A table of the log. `is_ordered`: its key has only integers, so each engine has its rows in the same order; the
    others have few rows."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    is_ordered: bool


@dataclass(frozen=True, slots=True)
class LogMeta:
    """The one row of `meta`."""

    id: str
    epochs: int
    seen_at: int | None


class TargetState(Enum):
    """What is in a target."""

    EMPTY = "empty"
    INCOMPLETE = "incomplete"
    COMPLETE = "complete"


class LogTables(Protocol):
    """One end of a move. `name` is for messages. Methods raise DatabaseError."""

    @property
    def name(self) -> str: ...

    def meta(self) -> LogMeta: ...

    def count(self, table: MovedTable) -> int:
        """The number of rows."""

    def rows(self, table: MovedTable, after: Key | None = None) -> Rows:
        """The rows after a key; in the order of their keys, if the table is ordered."""

    def highest_numbers(self) -> Mapping[str, int]:
        """The highest number that was given in tables whose numbers are not used twice."""


class MoveTarget(LogTables, Protocol):
    """The end that is written."""

    def state(self) -> TargetState: ...

    def discard(self) -> None:
        """Delete what an incomplete move has copied."""

    def begin(self, meta: LogMeta) -> None:
        """Prepare an empty target. No server uses it until `complete`."""

    def last_key(self, table: MovedTable) -> Key | None:
        """The last key of an ordered table; None: it is empty."""

    def add(self, table: MovedTable, rows: Iterable[Row]) -> int:
        """Add rows in one transaction; returns their number."""

    def complete(self, tables: Sequence[MovedTable], highest: Mapping[str, int], entry: PutAuditEntry) -> None:
        """Make the target usable. `highest` as from `highest_numbers`; `entry` is added to the audit log."""


# Called with what is done ("copied", "compared"), the table, and how many of how many rows.
Report = Callable[[str, str, int, int], None]


@dataclass(slots=True)
class Moved:
    """The result. `damaged`: captures whose body differs from its checksum, as it did before; by number of bin and
    capture. `was_complete`: there was nothing left to do."""

    rows: int = 0
    damaged: list[tuple[int, int]] = field(default_factory=list)
    was_complete: bool = False


def move(
    source: LogTables, target: MoveTarget, tables: Sequence[MovedTable], report: Report, *, resume: bool, restart: bool
) -> Moved:
    """Copy and compare. Raises CannotStart with the fix when the target is not empty or the ends differ afterwards,
    DatabaseError."""
    meta, moved = source.meta(), Moved()
    if _is_complete(target, meta, resume=resume, restart=restart):
        moved.was_complete = True
        return moved
    for table in tables:
        _copy(source, target, table, report)
    for table in tables:
        moved.rows += _compare(source, target, table, moved.damaged, report)
    target.complete(tables, source.highest_numbers(), _audit_entry(source))
    return moved


def _audit_entry(source: LogTables) -> PutAuditEntry:
    now = clock.now()
    return audit_job(
        AuditEntry(
            id=clock.new_id(), at=now, last_at=now, who=COMMAND_LINE, via="", peer=None,
            action="server.migrate", facts={"from": fact(source.name)}, result=AuditResult.DONE,
        )
    )  # fmt: skip


def _is_complete(target: MoveTarget, meta: LogMeta, *, resume: bool, restart: bool) -> bool:
    """Prepare the target; returns whether an earlier move was completed. Raises CannotStart."""
    state = target.state()
    if state is TargetState.INCOMPLETE and restart:
        target.discard()
        state = TargetState.EMPTY
    if state is TargetState.EMPTY:
        target.begin(meta)
        return False
    is_same = target.meta().id == meta.id
    if state is TargetState.COMPLETE:
        if resume and is_same:
            return True
        raise CannotStart(f"{target.name} already has a log. Give an empty one.")
    if not is_same:
        raise CannotStart(f"{target.name} has a part of another log. Delete that part with --restart.")
    if not resume:
        raise CannotStart(
            f"{target.name} has the first part of this log, because a move was interrupted. Continue it with --resume,"
            " or delete that part and begin again with --restart."
        )
    return False


def _copy(source: LogTables, target: MoveTarget, table: MovedTable, report: Report) -> None:
    total, done = source.count(table), target.count(table)
    if not table.is_ordered:
        # These are copied in one transaction.
        if not done:
            with closing(source.rows(table)) as rows:
                done = target.add(table, rows)
    else:
        with closing(source.rows(table, target.last_key(table))) as rows:
            while added := target.add(table, _step(rows)):
                before, done = done, done + added
                if done < total and done // REPORT_ROWS > before // REPORT_ROWS:
                    report("copied", table.name, done, total)
    if total:
        report("copied", table.name, done, total)


def _step(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows of one transaction."""
    size = 0
    for number, row in enumerate(rows, 1):
        yield row
        size += sum(len(value) for value in row if isinstance(value, bytes | str))
        if number >= STEP_ROWS or size >= STEP_BYTES:
            return


def _compare(
    source: LogTables, target: LogTables, table: MovedTable, damaged: list[tuple[int, int]], report: Report
) -> int:
    """Compare all rows of a table; returns their number. Raises CannotStart at the first that differs."""
    total = source.count(table)
    body, sha256 = _checksum_of(table)
    done = 0
    with closing(_in_order(source, table)) as rows, closing(_in_order(target, table)) as others:
        for row, other in zip_longest(rows, others):
            if row != other:
                raise CannotStart(
                    f"A row of {table.name} differs after it was copied: {_name_of(table, row or other)}. Was a server"
                    f" started in the meantime? Stop it, and begin again with --restart."
                )
            if body is not None and hashlib.sha256(row[body]).digest() != row[sha256]:
                damaged.append((owner_of(row[0]), number_of(row[0])))
            done += 1
            if done % REPORT_ROWS == 0:
                report("compared", table.name, done, total)
    return done


def _in_order(end: LogTables, table: MovedTable) -> Rows:
    with closing(end.rows(table)) as rows:
        if table.is_ordered:
            yield from rows
        else:
            # A text that the engines store differently may be in another place.
            places = [table.columns.index(column) for column in table.key]
            yield from sorted(rows, key=lambda row: tuple(row[place] for place in places))


def _checksum_of(table: MovedTable) -> tuple[int | None, int]:
    """The places of body and checksum, if the table has them."""
    if "sha256" not in table.columns:
        return None, 0
    return table.columns.index("body"), table.columns.index("sha256")


def _name_of(table: MovedTable, row: Row | None) -> str:
    assert row is not None, "one end has it"
    return ", ".join(f"{column} {row[table.columns.index(column)]!r}" for column in table.key)


def rows_query(table: MovedTable, name: str, after: Key | None) -> str:
    """The query of `rows`. `name` is that of the table in the database."""
    key = ", ".join(table.key)
    condition = "true" if after is None else f"({key}) > ({', '.join(map(str, after))})"
    return TABLES["read_rows"].format(columns=", ".join(table.columns), table=name, after=condition, key=key)


def last_key_query(table: MovedTable, name: str) -> str:
    """The query of `last_key`."""
    last_first = ", ".join(f"{column} desc" for column in table.key)
    return TABLES["last_key"].format(key=", ".join(table.key), table=name, last_first=last_first)
