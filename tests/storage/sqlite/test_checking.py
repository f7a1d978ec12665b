"""Whether a file is a complete log with unchanged bodies; checked without changing it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import CannotStart
from app.storage.sqlite import checking
from app.storage.sqlite.checking import check_bodies, check_ledger, check_log, try_out
from app.storage.sqlite.ledger_file import make_ledger_file
from tests.storage.builders import a_raw
from tests.storage.inside import BIN, Inside

MIGRATIONS = Path(checking.__file__).parents[1] / "sql" / "sqlite" / "log"
HOLDS = f"1 bin, 3 captures, version {len(list(MIGRATIONS.glob('*.sql')))}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checking")
    inside = Inside(folder)
    for number in range(3):
        inside.keep(a_raw(b"Text=%d" % number))
    inside.close()
    return folder / "log.db"


@pytest.fixture
def log(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "log.db"))


def test_what_it_holds_is_said_in_one_line_and_nothing_is_made(log: Path) -> None:
    assert str(check_log(log)) == HOLDS
    assert str(check_log(log, quick=True)) == HOLDS
    assert [path.name for path in log.parent.iterdir()] == ["log.db"]


def test_damage_is_reported(log: Path) -> None:
    size = log.stat().st_size
    with log.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(b"\xff" * 8192)
    with pytest.raises(CannotStart, match=r"damaged|not a valid log"):
        check_log(log)


def test_a_file_of_a_newer_smsbin_or_of_another_program_is_reported(log: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(log)) as connection:
        connection.execute("pragma user_version = 9999")
    with pytest.raises(CannotStart, match="version 9999"):
        check_log(log)
    with closing(sqlite3.connect(tmp_path / "songs.db")) as connection:
        connection.execute("create table songs (title text)")
    with pytest.raises(CannotStart, match="not an smsbin log"):
        check_log(tmp_path / "songs.db")


def test_a_body_that_is_not_what_came_is_named(log: Path) -> None:
    assert check_bodies(log) == []
    with closing(sqlite3.connect(log)) as connection, connection:
        connection.execute("update captures set body = cast('Text=9' as blob) where id & 0xff = 2")
    assert str(check_log(log)) == HOLDS
    assert check_bodies(log) == [(BIN, 2)]


def test_a_ledger_is_sound_or_reports_why_not(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    make_ledger_file(path).close()
    assert check_ledger(path) is None
    path.write_bytes(b"this is no database" * 500)
    assert "not a database" in (check_ledger(path) or "")


def test_a_trial_leaves_nothing(tmp_path: Path) -> None:
    try_out(tmp_path)
    assert list(tmp_path.iterdir()) == []
