"""A ledger file that cannot be used is replaced."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.storage.sqlite.ledger_file import (
    CHECKPOINT_PAGES,
    SqliteLedger,
    make_ledger_file,
    open_ledger_file,
    open_log_to_follow,
)
from app.storage.transaction import CannotWrite, LogUnreadable

META = {"log": "log", "run": "run", "epoch": 1}


def _with_meta(path: Path) -> None:
    file = make_ledger_file(path)
    with file.database.write() as transaction:
        transaction.run("set_ledger_meta", META)
    file.close()


def _meta(file: SqliteLedger) -> dict | None:
    with file.database.read() as transaction:
        row = transaction.one("ledger_meta")
    return None if row is None else dict(row)


def test_one_that_is_sound_is_used_as_it_is(tmp_path: Path) -> None:
    _with_meta(tmp_path / "ledger.db")
    file = open_ledger_file(tmp_path / "ledger.db")
    assert (file.is_new, file.reason) == (False, None)
    assert _meta(file) == META
    file.close()


@pytest.mark.parametrize(("pages", "is_copied"), [(CHECKPOINT_PAGES - 1, False), (CHECKPOINT_PAGES, True)])
def test_after_so_many_pages_the_write_ahead_log_is_copied(tmp_path: Path, pages: int, is_copied: bool) -> None:
    file = make_ledger_file(tmp_path / "ledger.db")
    file.connection.execute("pragma wal_checkpoint(passive)")
    while file.files.waiting() < pages:
        # It is in the first page; nothing else is written.
        file.connection.execute("pragma user_version = 1")
    assert file.files.waiting() == pages
    file.checkpoints.checkpoint_if_due()
    assert file.files.waiting() == (0 if is_copied else pages)
    file.close()


def _garbage(path: Path) -> None:
    path.write_bytes(b"this is no database" * 500)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _other_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table captures (id integer primary key)")
        connection.execute("pragma user_version = 1")


def _of_somebody_else(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table songs (title text)")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_garbage, "not a database"), (_empty, None), (_other_version, "another version (1)"),
        (_of_somebody_else, "another version (0)"),
    ],
)  # fmt: skip
def test_any_other_file_is_replaced_by_an_empty_one(
    tmp_path: Path, spoil: Callable[[Path], None], words: str | None
) -> None:
    path = tmp_path / "ledger.db"
    spoil(path)
    file = open_ledger_file(path)
    assert file.is_new
    assert (file.reason is None) if words is None else (words in (file.reason or ""))
    assert _meta(file) is None
    file.close()


def test_where_it_cannot_be_removed_it_is_tried_again_later(tmp_path: Path, monkeypatch) -> None:
    def fail(_: Path) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("app.storage.sqlite.ledger_file.remove", fail)
    with pytest.raises(CannotWrite, match="Read-only file system"):
        make_ledger_file(tmp_path / "ledger.db")


def test_a_log_that_is_not_there_is_no_fault_of_the_ledger(tmp_path: Path) -> None:
    with pytest.raises(LogUnreadable):
        open_log_to_follow(tmp_path / "log.db")
    assert list(tmp_path.iterdir()) == []
