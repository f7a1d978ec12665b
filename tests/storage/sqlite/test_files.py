"""A deleted file can still be written, and all of that is lost: so nothing more is confirmed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.sqlite.connections import open_log
from app.storage.sqlite.files import Files, remove, rewrite_in_place, sibling_file
from app.storage.sqlite.transaction import SqliteDatabase
from app.storage.transaction import CannotWrite, Gone


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "log.db"


@pytest.fixture
def files(path: Path) -> Iterator[Files]:
    path.parent.mkdir()
    connection = open_log(path)
    connection.execute("create table bins (number integer primary key)")
    opened = Files(path)
    opened.database = SqliteDatabase(connection, opened)
    yield opened
    connection.close()
    opened.close()


def _write(files: Files) -> None:
    with files.database.write() as transaction:
        transaction.run("erase_bin", {"number": 1})


def test_what_is_as_it_was_opened_is_well(files: Files) -> None:
    files.check()
    _write(files)


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
def test_a_file_that_is_deleted_or_replaced_refuses_the_commit_and_is_named(
    files: Files, path: Path, suffix: str
) -> None:
    lost = sibling_file(path, suffix)
    aside = path.with_name("aside")
    lost.rename(aside)
    with pytest.raises(Gone, match=str(lost)):
        _write(files)
    lost.touch()
    with pytest.raises(Gone, match=str(lost)):
        _write(files)
    lost.unlink()
    aside.rename(lost)
    _write(files)


def test_a_database_that_is_overwritten_is_gone_too(files: Files, path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"another program's")
    with pytest.raises(Gone, match="overwritten"):
        _write(files)


def test_a_directory_that_cannot_be_looked_at_confirms_nothing(files: Files, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("app.storage.sqlite.files.os.stat", fail)
    with pytest.raises(CannotWrite, match="Input/output error"):
        _write(files)
    monkeypatch.undo()
    monkeypatch.setattr("app.storage.sqlite.files.os.pread", fail)
    with pytest.raises(CannotWrite, match="cannot be read"):
        _write(files)
    with pytest.raises(CannotWrite, match="index"):
        files.waiting()


def test_it_counts_the_frames_that_no_checkpoint_has_copied(files: Files) -> None:
    before = files.waiting()
    connection = files.database._connection
    connection.execute("insert into bins values (1)")
    assert files.waiting() > before
    connection.execute("pragma wal_checkpoint(passive)").fetchone()
    assert files.waiting() == 0
    assert files.wal_bytes() > 0


def test_a_file_is_written_over_itself_unchanged_and_synced(tmp_path: Path, monkeypatch) -> None:
    path, synced = tmp_path / "some", []
    content = bytes(range(251)) * 10_000
    path.write_bytes(content)
    monkeypatch.setattr("app.storage.sqlite.files.os.fsync", synced.append)
    rewrite_in_place(path)
    assert path.read_bytes() == content
    assert len(synced) == 1
    rewrite_in_place(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_database_is_removed_with_what_belongs_to_it(tmp_path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"a.db{suffix}").touch()
    (tmp_path / "b.db").touch()
    remove(tmp_path / "a.db")
    assert [path.name for path in tmp_path.iterdir()] == ["b.db"]
