"""The ledger on PostgreSQL belongs to one log."""

import subprocess
from pathlib import Path

import pytest

from app.storage.postgres.ledger import PostgresLedgerFiles
from tests.postgres import Database
from tests.postgres.programs import require

from .tables import make_tables


@pytest.fixture
def database(make_database) -> Database:
    return make_database(make_tables)


def _is_same(database: Database) -> bool:
    """Whether the ledger is the one that the test has marked."""
    return database.peek("select to_regclass('smsbin_ledger.mark') is not null") == [(True,)]


def _opened(database: Database) -> str | None:
    """Why the ledger was made again, if it was."""
    ledger = PostgresLedgerFiles(database.url).open_ledger()
    ledger.close()
    return ledger.reason


def test_a_ledger_is_opened_as_it_is_and_one_of_another_version_is_made_again(database: Database) -> None:
    database.peek("create table smsbin_ledger.mark (n bigint)")
    assert _opened(database) is None
    assert _is_same(database)
    database.peek("comment on schema smsbin_ledger is '7'")
    assert _opened(database) == "it is of another version or another log (7)"
    assert not _is_same(database)
    assert _opened(database) is None


def test_after_a_backup_of_the_log_was_restored_the_ledger_is_made_again(database: Database, tmp_path: Path) -> None:
    """With the lines that the commands give."""
    dump = tmp_path / "dump"
    _run("pg_dump", "--format=custom", "--schema=smsbin_log", f"--file={dump}", database.url)
    database.peek("create table smsbin_ledger.mark (n bigint)")
    flags = ["--no-owner", "--clean", "--if-exists", "--single-transaction"]
    _run("pg_restore", *flags, f"--dbname={database.url}", str(dump))
    assert "another log" in (_opened(database) or "")
    assert not _is_same(database)


def _run(name: str, *arguments: str) -> None:
    program = Path(require("initdb")).with_name(name)
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
