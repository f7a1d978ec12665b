"""Opening the log: a file that is not a log is refused, and after doubt everything is written and checked again."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import CannotStart
from app.storage.sqlite import log_file
from app.storage.sqlite.connections import open_reader
from app.storage.sqlite.files import Files, sibling_file
from app.storage.sqlite.log_file import CHECKPOINT_PAGES, LogFile, is_wal_alone, open_log_file, refuse_unusable
from app.storage.transaction import DamagedFile, Doubtful


def _close(file: LogFile) -> None:
    file.connection.close()


@pytest.fixture
def left_behind(tmp_path: Path) -> Path:
    """The files of a killed server: a log with commits that are only in its write-ahead log."""
    (tmp_path / "a").mkdir()
    file = open_log_file(tmp_path / "a" / "log.db", doubt=False)
    with file.database.write() as transaction:
        transaction.run("begin_run", {"id": "run", "now": 0})
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    _close(file)
    assert sibling_file(tmp_path / "b" / "log.db", "-wal").stat().st_size > 0
    return tmp_path / "b" / "log.db"


@pytest.mark.parametrize(("pages", "is_copied"), [(CHECKPOINT_PAGES - 1, False), (CHECKPOINT_PAGES, True)])
def test_after_so_many_pages_the_write_ahead_log_is_copied(tmp_path: Path, pages: int, is_copied: bool) -> None:
    file = open_log_file(tmp_path / "log.db", doubt=False)
    files = Files(tmp_path / "log.db")
    file.connection.execute("pragma wal_checkpoint(passive)")
    while files.waiting() < pages:
        # It is in the first page; nothing else is written.
        file.connection.execute("pragma user_version = 1")
    file.checkpoints.checkpoint_if_due()
    assert files.waiting() == (0 if is_copied else pages)
    _close(file)
    files.close()


def test_it_is_made_with_an_id_that_stays(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    ids = []
    for _ in range(2):
        file = open_log_file(path, doubt=False)
        ids.append(file.meta())
        _close(file)
    assert ids[0] == ids[1]
    assert ids[0][1] is None


def test_a_database_of_the_time_before_the_log_is_refused_with_the_cure(tmp_path: Path) -> None:
    refuse_unusable(tmp_path)
    (tmp_path / "smsbin.db").touch()
    with pytest.raises(CannotStart, match=r"smsbin\.db was written by an older smsbin.*Move it away"):
        refuse_unusable(tmp_path)
    # Next to a log it does not matter.
    (tmp_path / "log.db").touch()
    refuse_unusable(tmp_path)


def test_a_write_ahead_log_without_its_database_is_refused_and_kept(left_behind: Path) -> None:
    wal = sibling_file(left_behind, "-wal")
    before = wal.read_bytes()
    refuse_unusable(left_behind.parent)
    left_behind.unlink()
    with pytest.raises(CannotStart, match=r"log\.db is missing.* Put log\.db back, or remove log\.db-wal"):
        refuse_unusable(left_behind.parent)
    # SQLite would take an empty file for a new database, and delete the write-ahead log.
    left_behind.touch()
    assert is_wal_alone(left_behind)
    assert wal.read_bytes() == before
    # Without a commit in it nothing is lost.
    wal.write_bytes(b"")
    refuse_unusable(left_behind.parent)


@pytest.mark.parametrize("doubt", [False, True])
def test_what_is_no_database_is_damage(tmp_path: Path, doubt: bool) -> None:
    (tmp_path / "log.db").write_bytes(b"this is no database" * 500)
    with pytest.raises(DamagedFile):
        open_log_file(tmp_path / "log.db", doubt=doubt)


def test_after_doubt_all_of_it_is_in_the_database_before_anything_is_written(left_behind: Path) -> None:
    file = open_log_file(left_behind, doubt=True)
    assert sibling_file(left_behind, "-wal").stat().st_size == 0
    with file.database.read() as transaction:
        assert transaction.one("log_has_run", {"id": "run"}) is not None
    _close(file)


def test_after_doubt_the_write_ahead_log_is_written_again_before_anything_is_copied_out_of_it(
    left_behind: Path, monkeypatch
) -> None:
    before = left_behind.read_bytes()
    sizes = []

    def look(path: Path) -> None:
        assert left_behind.read_bytes() == before
        sizes.append(path.stat().st_size)

    monkeypatch.setattr(log_file, "rewrite_in_place", look)
    _close(open_log_file(left_behind, doubt=True))
    assert sizes[0] > 0
    assert left_behind.read_bytes() != before


def test_after_doubt_a_file_that_is_not_sound_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    file = open_log_file(path, doubt=False)
    _close(file)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "insert into bins (number, id, key, name, stuck_s, created_at) values (1, 'b', 'k', '', 0, 0)"
        )
        connection.commit()
        connection.execute("pragma writable_schema = on")
        connection.execute("delete from sqlite_schema where name = 'bins_with_leftovers'")
        connection.commit()
    with pytest.raises(DamagedFile, match="the file is damaged"):
        open_log_file(path, doubt=True)


def test_while_a_reader_has_an_older_state_the_doubt_stays(left_behind: Path) -> None:
    with closing(open_reader(left_behind)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from bins").fetchone()
        with closing(sqlite3.connect(left_behind)) as writer:
            writer.execute("insert into sessions (hash, token_hash, created_at, seen_at) values ('a', 'b', 0, 0)")
            writer.commit()
        with pytest.raises(Doubtful, match="another program reads the log"):
            open_log_file(left_behind, doubt=True)
