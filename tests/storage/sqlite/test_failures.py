"""The translation of SQLite's errors: refused for now, doubt, damage, duplicate, bug."""

import sqlite3

import pytest

from app.storage.sqlite.failures import translate
from app.storage.transaction import CannotWrite, DamagedFile, Doubtful, Duplicate


def _error(name: str, kind: type[sqlite3.Error] = sqlite3.OperationalError) -> sqlite3.Error:
    error = kind("it failed")
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    "name",
    [
        "SQLITE_FULL", "SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_READONLY", "SQLITE_READONLY_DBMOVED",
        "SQLITE_CANTOPEN", "SQLITE_NOMEM", "SQLITE_LOCKED", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_NOMEM",
    ],
)  # fmt: skip
def test_what_passes_is_refused_and_nothing_more(name: str) -> None:
    assert type(translate(_error(name))) is CannotWrite


@pytest.mark.parametrize("name", ["SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_READ", "SQLITE_IOERR"])
def test_a_failed_write_leaves_open_what_is_on_the_disk(name: str) -> None:
    assert type(translate(_error(name))) is Doubtful


@pytest.mark.parametrize("name", ["SQLITE_CORRUPT", "SQLITE_CORRUPT_INDEX", "SQLITE_NOTADB"])
def test_damage_is_doubt_of_its_own_kind(name: str) -> None:
    assert type(translate(_error(name))) is DamagedFile


def test_a_value_that_is_taken_and_a_fault_of_ours() -> None:
    assert type(translate(_error("SQLITE_CONSTRAINT_UNIQUE", sqlite3.IntegrityError))) is Duplicate
    assert translate(_error("SQLITE_ERROR")) is None
    assert translate(sqlite3.ProgrammingError("wrong")) is None
