"""Replacing the log by a backup: the backup is checked before anything is changed, and the files are complete at
every moment."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import CannotStart
from app.storage import lock
from app.storage.ledger.spaces import SpaceState, add_space, first_seq_of
from app.storage.sqlite import restoring
from app.storage.sqlite.checking import check_log
from app.storage.sqlite.files import remove
from app.storage.sqlite.ledger_file import make_ledger_file
from app.storage.sqlite.restoring import Restored, restore
from tests.storage.builders import a_raw
from tests.storage.inside import Inside

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
ASIDE = "log.db.before-20260504T030201Z"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup with one capture, and the files of a killed server: three captures, some only in the write-ahead log."""
    folder = tmp_path_factory.mktemp("restoring")
    inside = Inside(folder)
    inside.keep(a_raw())
    with closing(sqlite3.connect(folder / "log.db")) as here, closing(sqlite3.connect(folder / "backup.db")) as there:
        here.backup(there)
        there.execute("pragma journal_mode = delete")
    for _ in range(2):
        inside.keep(a_raw())
    (folder / "data").mkdir()
    for suffix in ("", "-wal", "-shm"):
        shutil.copy(folder / f"log.db{suffix}", folder / "data")
    inside.close()
    return folder


@pytest.fixture
def backup(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made / "backup.db", tmp_path))


@pytest.fixture
def log(made: Path, tmp_path: Path) -> Path:
    data = Path(shutil.copytree(made / "data", tmp_path / "data"))
    for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm", "log.suspect", "ballast"):
        (data / name).touch()
    return data / "log.db"


def _restore(backup: Path, log: Path, *, replace: bool = False) -> Restored:
    return asyncio.run(restore(backup, log, NOW, replace=replace))


def _names(log: Path) -> set[str]:
    return {path.name for path in log.parent.iterdir()}


def _state(log: Path) -> dict[str, bytes]:
    """The files. The index of the write-ahead log notes who reads it, and SQLite makes it again from that log."""
    return {path.name: b"" if path.name.endswith("-shm") else path.read_bytes() for path in log.parent.iterdir()}


def test_the_backup_is_in_place_and_the_ledger_of_the_other_log_is_gone(backup: Path, log: Path) -> None:
    done = _restore(backup, log, replace=True)
    assert (done.contents, done.aside) == (check_log(backup), None)
    assert check_log(log).captures == 1
    assert log.stat().st_mode & 0o777 == 0o600
    assert _names(log) == {"log.db", "ballast"}


def test_what_was_there_is_kept_aside_whole(backup: Path, log: Path) -> None:
    done = _restore(backup, log)
    assert done.aside == log.with_name(ASIDE)
    assert check_log(done.aside).captures == 3
    assert check_log(log).captures == 1
    assert {ASIDE, f"{ASIDE}-wal"} < _names(log)


def _epochs(log: Path) -> int:
    with closing(sqlite3.connect(log)) as connection:
        return int(connection.execute("select epochs from meta").fetchone()[0])


@pytest.mark.parametrize("replace", [False, True])
def test_the_restored_log_gives_out_no_epoch_of_the_log_that_was_there(
    backup: Path, log: Path, *, replace: bool
) -> None:
    with closing(sqlite3.connect(log)) as connection, connection:
        connection.execute("update meta set epochs = 100000")
    _restore(backup, log, replace=replace)
    assert _epochs(log) == 100_000


def test_the_restored_log_gives_out_no_epoch_of_a_ledger_whose_log_is_lost(backup: Path, log: Path) -> None:
    remove(log)
    remove(log.with_name("ledger.db"))
    file = make_ledger_file(log.with_name("ledger.db"))
    with file.database.write() as transaction:
        add_space(transaction, 1, SpaceState.CURRENT, "", 0, first_seq=first_seq_of(100_000))
    file.close()
    _restore(backup, log)
    assert _epochs(log) == 100_000


def test_what_was_kept_aside_before_is_never_replaced(backup: Path, log: Path) -> None:
    asides = [_restore(backup, log).aside for _ in range(3)]
    assert asides == [log.with_name(f"{ASIDE}{more}") for more in ("", "-2", "-3")]
    assert [check_log(aside).captures for aside in asides if aside] == [3, 1, 1]


def test_where_there_was_no_log_the_directory_is_made(backup: Path, tmp_path: Path) -> None:
    assert _restore(backup, tmp_path / "new" / "log.db").aside is None
    assert check_log(tmp_path / "new" / "log.db").captures == 1


def test_a_write_ahead_log_whose_log_is_missing_is_not_deleted_unless_that_was_asked_for(
    backup: Path, log: Path
) -> None:
    log.unlink()
    before = _state(log)
    with pytest.raises(CannotStart, match=r"Put log\.db back"):
        _restore(backup, log)
    assert _state(log) == before
    _restore(backup, log, replace=True)
    assert check_log(log).captures == 1


def test_a_directory_in_use_is_left_alone(backup: Path, log: Path, monkeypatch) -> None:
    monkeypatch.setattr(lock, "LOCK_WAIT_S", 0.1)
    before = _state(log)
    descriptor = asyncio.run(lock.lock_directory(log.parent))
    with pytest.raises(CannotStart, match="Another smsbin"):
        _restore(backup, log)
    os.close(descriptor)
    assert _state(log) == before
    _restore(backup, log)


def test_a_file_that_is_no_sound_log_is_refused_before_anything_is_touched(log: Path, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database" * 1_000)
    before = _state(log)
    with pytest.raises(CannotStart, match="not a valid log"):
        _restore(tmp_path / "text.db", log)
    assert _state(log) == before


def test_a_copy_that_is_not_what_was_checked_is_discarded(backup: Path, log: Path, monkeypatch) -> None:
    def copy_something_else(source: Path, target: Path) -> None:
        shutil.copy(source, target)
        with closing(sqlite3.connect(target)) as connection, connection:
            connection.execute("update bins set last_n = last_n + 1")

    before = _state(log)
    monkeypatch.setattr(restoring, "copy", copy_something_else)
    with pytest.raises(CannotStart, match="Is another program writing to it"):
        _restore(backup, log)
    assert _state(log) == before


def _failing(_: object, *__: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("what", ["copy", "sync"])
def test_a_disk_that_fails_before_the_copy_is_safe_changes_nothing(
    backup: Path, log: Path, monkeypatch, what: str
) -> None:
    before = _state(log)
    monkeypatch.setattr(restoring, what, _failing)
    with pytest.raises(CannotStart, match=r"was not restored: .*No space left"):
        _restore(backup, log)
    assert _state(log) == before


def test_the_lock_is_given_back_whatever_happens(backup: Path, log: Path, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "copy", _failing)
        with pytest.raises(CannotStart):
            _restore(backup, log)
    _restore(backup, log)


def test_what_a_restore_that_was_killed_has_left_is_no_hindrance(backup: Path, log: Path) -> None:
    left = "log.db.0123456789012345678901.restoring"
    (log.parent / left).write_bytes(b"half a copy")
    (log.parent / f"{left}-journal").write_bytes(b"of it")
    _restore(backup, log)
    assert check_log(log).captures == 1
    assert log.stat().st_mode & 0o777 == 0o600
    assert not {name for name in _names(log) if ".restoring" in name}


@pytest.fixture
def watched(log: Path, monkeypatch) -> Callable[[], list[set[str]]]:
    """The names that are on the disk after each sync of the directory."""
    seen: list[set[str]] = []

    def look(path: Path) -> None:
        assert path == log.parent
        seen.append(_names(log))

    monkeypatch.setattr(restoring, "sync", look)
    return lambda: seen


@pytest.mark.parametrize("replace", [False, True])
def test_a_power_cut_between_two_steps_leaves_no_log_with_the_files_of_another(
    backup: Path, log: Path, watched, replace: bool
) -> None:
    _restore(backup, log, replace=replace)
    seen = watched()
    # The copy is complete before anything is moved, until it is renamed.
    (copy,) = {name for name in seen[0] if name.endswith(".restoring")}
    assert {"log.db", "log.db-wal", "ledger.db"} <= seen[0]
    assert all((copy in names) != (names is seen[-1]) for names in seen)
    # The old log is renamed first, …
    gone = next(i for i, names in enumerate(seen) if "log.db" not in names)
    assert all("log.db-wal" in names for names in seen[: gone + 1])
    # … and the copy gets its name when nothing of the old one is left.
    assert seen[-1] & {"log.db", "log.db-wal", "log.db-shm", "ledger.db", "log.suspect"} == {"log.db"}
    assert seen[-2] & {"log.db", "log.db-wal", "log.db-shm", "ledger.db"} == set()
