"""The ledger on PostgreSQL: it belongs to one log, and each of its bins is written by one follower at a time."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.storage.postgres.ledger import PostgresLedger, PostgresLedgerFiles
from app.storage.transaction import CannotWrite, LogUnreadable
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


# Claims


@contextmanager
def _follower(database: Database) -> Iterator[PostgresLedger]:
    """The ledger as the follower of one server opens it."""
    ledger = PostgresLedgerFiles(database.url).open_ledger()
    try:
        yield ledger
    finally:
        ledger.close()


def test_each_bin_is_given_to_one_follower_until_its_transaction_ends(database: Database) -> None:
    with _follower(database) as one, _follower(database) as other:
        for _ in range(2):
            with one.database.write() as first:
                assert one.claim(first, [1, 2, 3]) == [1, 2, 3]
                with other.database.write() as second:
                    assert other.claim(second, [4, 3, 2]) == [4]
                    assert one.claim(first, [4, 5, 1]) == [5, 1]
            with other.database.write() as second:
                assert other.claim(second, [5, 3, 1]) == [5, 3, 1]


def test_a_claim_ends_with_a_transaction_that_fails(database: Database) -> None:
    def fail_half_way() -> None:
        with one.database.write() as first:
            assert one.claim(first, [1]) == [1]
            raise KeyError

    with _follower(database) as one, _follower(database) as other:
        with pytest.raises(KeyError):
            fail_half_way()
        with other.database.write() as second:
            assert other.claim(second, [1]) == [1]


def test_no_follower_waits_for_another_one(database: Database) -> None:
    """Also for bins that no follower has claimed before, whose rows are made then."""
    with _follower(database) as one, _follower(database) as other:
        with one.database.write() as first, other.database.write() as second:
            assert one.claim(first, [1, 2]) == [1, 2]
            assert other.claim(second, [4, 3]) == [4, 3]
            # Each has what the other one wants.
            assert other.claim(second, [2, 1]) == []
            assert one.claim(first, [3, 4, 5]) == [5]
        assert one.claim(first, []) == ()


def test_a_claimed_bin_is_read_as_the_follower_before_has_left_it(database: Database) -> None:
    with _follower(database) as one, _follower(database) as other, other.database.write() as second:
        # Reads something before, as the follower does.
        assert second.all("ledger_bins") == []
        with one.database.write() as first:
            assert one.claim(first, [1]) == [1]
            first.run("put_bin", {"number": 1, "id": "a", "name": "", "stuck_s": 0, "version": 0, "space": 7})
        assert other.claim(second, [1]) == [1]
        assert [row["number"] for row in second.all("ledger_bins")] == [1]


# The version


def test_a_follower_that_is_open_continues_in_a_ledger_that_was_made_again(database: Database) -> None:
    """Another server has another version of smsbin. What was prepared for the old tables is of no use."""
    with _follower(database) as one:
        for _ in range(8):
            with one.database.write() as transaction:
                one.claim(transaction, [1])
                assert transaction.all("building_spaces") == []
        PostgresLedgerFiles(database.url).make_ledger().close()
        with one.database.write() as transaction:
            assert one.claim(transaction, [1]) == [1]
            assert transaction.all("building_spaces") == []


def test_a_ledger_is_not_removed_while_a_follower_writes_it(database: Database) -> None:
    database.peek(f"alter database {database.name} set lock_timeout = '50ms'")
    files = PostgresLedgerFiles(database.url)
    with _follower(database) as one:
        database.peek("create table smsbin_ledger.mark (n bigint)")
        with one.database.write() as transaction:
            one.claim(transaction, [1])
            with pytest.raises(CannotWrite, match="55P03"):
                files.make_ledger()
            assert _is_same(database)
        fresh = files.make_ledger()
        fresh.close()
        assert fresh.reason is None
        assert not _is_same(database)


def test_there_is_nothing_to_merge_or_to_truncate(database: Database) -> None:
    with _follower(database) as one:
        one.begin_merge()
        assert (one.merge(), one.checkpoints.truncate(), one.is_shared) == (False, True, True)


def test_a_log_that_cannot_be_read_is_not_a_ledger_that_cannot_be_written(database: Database) -> None:
    away = PostgresLedgerFiles("postgresql://smsbin@127.0.0.1:1/smsbin")
    with pytest.raises(LogUnreadable), away.open_log().read() as transaction:
        transaction.one("log_meta")
    with pytest.raises(CannotWrite):
        away.open_ledger()


def test_a_restart_of_the_server_between_two_reads_of_the_log_is_no_failure(database: Database) -> None:
    log = PostgresLedgerFiles(database.url).open_log()
    for _ in range(2):
        with log.read() as transaction:
            assert transaction.one("log_meta") is not None
        database.peek(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'smsbin log reader' and datname = current_database()"
        )
    log.close()
