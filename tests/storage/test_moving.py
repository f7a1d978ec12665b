"""Moving a log: it is complete or not used, and can be continued after a kill at any point. Between two files, because
what is tested here is the same for each engine."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.errors import CannotStart
from app.storage import moving
from app.storage.moving import Moved, MovedTable, MoveTarget, Row, move
from app.storage.sqlite.moving import INCOMPLETE, SqliteTables, open_source, open_target

from .filled import ROWS, contents, fill, without_audit


class _Killed(Exception):
    """In place of a kill."""


class KilledTarget:
    """A target whose process is killed within its nth transaction, or before the last one that makes it usable."""

    def __init__(self, target: SqliteTables, steps: int) -> None:
        self._target = target
        self._left = steps

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def add(self, table: MovedTable, rows: Iterable[Row]) -> int:
        rows = list(rows)
        if rows and not self._left:
            self._target.add(table, self._first_of(rows))
        self._left -= bool(rows)
        return self._target.add(table, rows)

    def complete(self, *_: object) -> None:
        raise _Killed

    def _first_of(self, rows: Sequence[Row]) -> Iterator[Row]:
        yield rows[0]
        raise _Killed


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    fill(folder / "log.db")
    return folder


def _move(source: Path, target: Path, steps: int | None = None, **options: bool) -> Moved:
    target.mkdir(exist_ok=True)
    with open_source(source) as ours, open_target(target) as theirs:
        end: MoveTarget = theirs if steps is None else KilledTarget(theirs, steps)  # type: ignore[assignment]
        return move(ours, end, ours.tables, lambda *_: None, **{"resume": False, "restart": False} | options)


def test_each_row_of_each_table_is_moved(filled: Path, tmp_path: Path) -> None:
    reports: list[tuple[str, str, int, int]] = []
    target = tmp_path / "target"
    target.mkdir()
    with open_source(filled) as ours, open_target(target) as theirs:
        tables = len(ours.tables)
        moved = move(ours, theirs, ours.tables, lambda *each: reports.append(each), resume=False, restart=False)
    assert (moved.rows, moved.damaged, moved.was_complete) == (tables * ROWS, [], False)
    assert ("copied", "captures", ROWS, ROWS) in reports
    first, second = contents(filled / "log.db"), contents(target / "log.db")
    assert without_audit(first) == without_audit(second)
    (added,) = {row[1:] for row in second["audit_entries"]} - {row[1:] for row in first["audit_entries"]}
    assert "server.migrate" in added
    assert sorted(path.name for path in target.iterdir()) == ["log.db"]


STEPS_OF_ALL = 10_000
"""More than there are: killed at the end."""


@pytest.mark.parametrize("steps", [0, 1, 2, 5, 11, 20, 33, 47, STEPS_OF_ALL])
def test_a_move_continues_after_a_kill(filled: Path, tmp_path: Path, monkeypatch, steps: int) -> None:
    monkeypatch.setattr(moving, "STEP_ROWS", 7)
    target = tmp_path / "target"
    with pytest.raises(_Killed):
        _move(filled, target, steps)
    assert not (target / "log.db").exists()
    _move(filled, target, resume=True)
    assert without_audit(contents(target / "log.db")) == without_audit(contents(filled / "log.db"))


def test_a_move_continues_after_many_kills(filled: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(moving, "STEP_ROWS", 5)
    target = tmp_path / "target"
    for _ in range(20):
        with pytest.raises(_Killed):
            _move(filled, target, 2, resume=True)
    _move(filled, target, resume=True)
    assert without_audit(contents(target / "log.db")) == without_audit(contents(filled / "log.db"))


def test_a_move_that_was_completed_changes_nothing_when_it_is_resumed(filled: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    _move(filled, target)
    before = contents(target / "log.db")
    assert _move(filled, target, resume=True).was_complete
    assert contents(target / "log.db") == before


def _interrupt(source: Path, target: Path) -> None:
    with pytest.raises(_Killed):
        _move(source, target, 5)
    assert (target / f"log.db{INCOMPLETE}").exists()


@pytest.mark.parametrize("options", [{}, {"resume": True}, {"restart": True}])
def test_a_target_with_another_log_is_refused_and_left_as_it_is(filled: Path, tmp_path: Path, options) -> None:
    target = tmp_path / "target"
    target.mkdir()
    fill(target / "log.db", rows=1)
    before = (target / "log.db").read_bytes()
    with pytest.raises(CannotStart, match="already has a log"):
        _move(filled, target, **options)
    assert (target / "log.db").read_bytes() == before


def test_an_incomplete_target_is_continued_or_deleted_only_on_request(filled: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    _interrupt(filled, target)
    with pytest.raises(CannotStart, match="--resume"):
        _move(filled, target)
    other = tmp_path / "other"
    other.mkdir()
    fill(other / "log.db", rows=1)
    with pytest.raises(CannotStart, match="a part of another log"):
        _move(other, target, resume=True)
    _move(other, target, restart=True)
    assert without_audit(contents(target / "log.db")) == without_audit(contents(other / "log.db"))


def _run(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as log, log:
        log.execute(statement)


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("update runs set ended_at = 99 where number = 1", "runs"),
        ("update bins set last_n = 99 where number = 3", "bins"),
        ("delete from captures where id = (select max(id) from captures)", "captures"),
        ("update alert_deliveries set tries = 99 where number = 4", "alert_deliveries"),
    ],
)
def test_a_source_that_has_changed_since_an_interruption_is_found(
    tmp_path: Path, monkeypatch, statement, table
) -> None:
    monkeypatch.setattr(moving, "STEP_ROWS", 7)
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    fill(source / "log.db")
    with pytest.raises(_Killed):
        _move(source, target, STEPS_OF_ALL)
    _run(source / "log.db", statement)
    with pytest.raises(CannotStart, match=f"A row of {table} differs"):
        _move(source, target, resume=True)
    assert not (target / "log.db").exists()
    _move(source, target, restart=True)
    assert without_audit(contents(target / "log.db")) == without_audit(contents(source / "log.db"))


def test_bodies_that_were_damaged_before_are_moved_and_named(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    fill(source / "log.db")
    _run(source / "log.db", "update captures set body = x'00' where id = (1 << 40) + 4")
    assert _move(source, target).damaged == [(1, 4)]
    assert without_audit(contents(target / "log.db")) == without_audit(contents(source / "log.db"))


def test_long_tables_are_reported_after_each_number_of_rows(filled: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(moving, "STEP_ROWS", 2)
    monkeypatch.setattr(moving, "REPORT_ROWS", 5)
    reports: list[tuple[str, int]] = []
    with open_source(filled) as ours, open_target(tmp_path) as theirs:
        (captures,) = (table for table in ours.tables if table.name == "captures")
        report = lambda what, _, done, total: reports.append((what, done))  # noqa: E731
        move(ours, theirs, [captures], report, resume=False, restart=False)
    assert reports == [("copied", 6), ("copied", 10), ("copied", 12), ("compared", 5), ("compared", 10)]


def test_a_step_ends_at_its_number_of_rows_and_of_bytes(monkeypatch) -> None:
    monkeypatch.setattr(moving, "STEP_ROWS", 3)
    monkeypatch.setattr(moving, "STEP_BYTES", 10)
    rows = iter([(1, "a"), (2, b"b"), (3, None), (4, "x" * 10), (5, "y" * 9), (6, "z"), (7, None)])
    steps = []
    while step := [row[0] for row in moving._step(rows)]:
        steps.append(step)
    assert steps == [[1, 2, 3], [4], [5, 6], [7]]
