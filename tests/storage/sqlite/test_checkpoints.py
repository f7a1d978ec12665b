"""The write-ahead log is copied, and truncated after deletions; what prevents that is reported."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.storage.sqlite import checkpoints
from app.storage.sqlite.checkpoints import Checkpoints
from app.storage.sqlite.connections import open_log, open_reader
from app.storage.sqlite.files import Files, sibling_file
from app.storage.transaction import Doubtful


class Opened:
    """A database whose checkpoints are early."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = open_log(path)
        self.connection.execute("create table texts (id integer primary key, text text)")
        self.files = Files(path)
        self.checkpoints = Checkpoints(self.connection, self.files, pages=10)

    def add(self, count: int, text: str = "text") -> None:
        self.connection.executemany("insert into texts (text) values (?)", [(text * 100,)] * count)

    @property
    def wal(self) -> Path:
        return sibling_file(self.path, "-wal")


@pytest.fixture
def opened(tmp_path: Path, monkeypatch) -> Iterator[Opened]:
    monkeypatch.setattr(checkpoints, "EVERY_S", 0.0)
    made = Opened(tmp_path / "a.db")
    yield made
    made.connection.close()
    made.files.close()


def test_few_pages_wait_and_many_are_copied(opened: Opened) -> None:
    opened.add(1)
    opened.checkpoints.checkpoint_if_due()
    assert opened.files.waiting() > 0
    opened.add(200)
    opened.checkpoints.checkpoint_if_due()
    assert opened.files.waiting() == 0
    assert opened.checkpoints.condition.wal_bytes == opened.wal.stat().st_size > 0


def test_deleted_bytes_leave_both_files(opened: Opened) -> None:
    opened.add(200, "MARKER")
    opened.connection.execute("delete from texts")
    assert opened.checkpoints.truncate()
    assert opened.wal.stat().st_size == 0
    assert b"MARKER" not in opened.path.read_bytes()


def test_one_in_so_many_seconds_is_enough(opened: Opened, monkeypatch) -> None:
    monkeypatch.setattr(checkpoints, "EVERY_S", 60.0)
    opened.add(1)
    assert opened.checkpoints.truncate()
    opened.add(1)
    assert not opened.checkpoints.truncate()


def test_a_reader_that_holds_as_many_pages_as_start_a_checkpoint_is_reported(opened: Opened) -> None:
    opened.connection.execute("pragma wal_checkpoint(passive)")
    with closing(open_reader(opened.path)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from texts").fetchone()
        for _ in range(10):
            # It is in the first page; nothing else is written.
            opened.connection.execute("pragma user_version = 1")
        assert opened.files.waiting() == 10
        opened.checkpoints.checkpoint_if_due()
        assert opened.checkpoints.condition.held


def test_a_reader_that_keeps_the_log_from_being_reused_is_reported_and_forgotten_when_it_ends(opened: Opened) -> None:
    opened.add(1)
    with closing(open_reader(opened.path)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from texts").fetchone()
        opened.add(200)
        opened.checkpoints.checkpoint_if_due()
        assert opened.checkpoints.condition.held
        assert opened.checkpoints.condition.checkpoint is None
        assert not opened.checkpoints.truncate()
    opened.checkpoints.checkpoint_if_due()
    assert not opened.checkpoints.condition.held


class _Broken:
    """A connection whose checkpoints fail."""

    def __init__(self, connection: sqlite3.Connection, error: str) -> None:
        self._connection = connection
        self._error = error

    def execute(self, text: str) -> object:
        if "checkpoint" in text:
            error = sqlite3.OperationalError("it failed")
            error.sqlite_errorname = self._error
            raise error
        return self._connection.execute(text)

    def executescript(self, text: str) -> object:
        return self._connection.executescript(text)


def test_a_full_disk_keeps_the_log_growing_and_reports_it(opened: Opened) -> None:
    opened.add(200)
    working = opened.checkpoints._connection
    opened.checkpoints._connection = _Broken(working, "SQLITE_FULL")
    opened.checkpoints.checkpoint_if_due()
    assert opened.checkpoints.condition.checkpoint == "it failed (SQLITE_FULL)"
    assert not opened.checkpoints.truncate()
    opened.checkpoints._connection = working
    opened.checkpoints.checkpoint_if_due()
    assert opened.checkpoints.condition.checkpoint is None


@pytest.mark.parametrize("error", ["SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_CORRUPT"])
def test_any_other_failure_is_doubt(opened: Opened, error: str) -> None:
    opened.add(200)
    opened.checkpoints._connection = _Broken(opened.checkpoints._connection, error)
    with pytest.raises(Doubtful):
        opened.checkpoints.checkpoint_if_due()
    with pytest.raises(Doubtful):
        opened.checkpoints.truncate()


def test_an_index_that_cannot_be_read_is_reported(opened: Opened, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("app.storage.sqlite.files.os.pread", fail)
    opened.checkpoints.checkpoint_if_due()
    assert "index" in (opened.checkpoints.condition.checkpoint or "")
    assert not opened.checkpoints.truncate()
