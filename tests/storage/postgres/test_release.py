"""While servers are updated, the followers of one release write the ledger, and those of the others wait."""

from contextlib import closing

import pytest

from app.storage.postgres import release
from app.storage.postgres.ledger import PostgresLedgerFiles
from app.storage.postgres.log_database import LogDatabase
from app.storage.transaction import CannotWrite
from tests.postgres import Database

from .tables import make_tables


@pytest.fixture
def database(make_database) -> Database:
    return make_database(make_tables)


def _start_server(database: Database, run: str) -> None:
    with closing(LogDatabase(database.url)) as log:
        log.open()
        log.begin_release(run)
        with log.write() as transaction:
            transaction.run("begin_run", {"id": run, "now": 1})


def test_the_server_that_was_started_last_has_the_ledger(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    files = PostgresLedgerFiles(database.url)
    _start_server(database, "old")
    with closing(files.open_ledger()) as ledger:
        with ledger.database.write() as transaction:
            assert ledger.claim(transaction, [1]) == [1]
        database.peek("create table smsbin_ledger.mark (n bigint)")

        monkeypatch.setattr(release, "RELEASE", "9.0")
        _start_server(database, "new")
        with closing(files.open_ledger()) as newer, newer.database.write() as transaction:
            assert newer.claim(transaction, [1]) == [1]

        monkeypatch.undo()
        # It neither writes nor replaces the ledger, also after its log process was restarted.
        _start_server(database, "old")
        for use in (ledger.database.write, ledger.database.read):
            with pytest.raises(CannotWrite, match=r"with smsbin 9\.0 was started later"), use():
                pass
        with pytest.raises(CannotWrite, match=r"with smsbin 9\.0 was started later"):
            files.open_ledger()
        with pytest.raises(CannotWrite, match=r"with smsbin 9\.0 was started later"):
            files.make_ledger()
        assert database.peek("select to_regclass('smsbin_ledger.mark') is not null") == [(True,)]

        # An update that is taken back.
        _start_server(database, "older again")
        with ledger.database.write() as transaction:
            assert ledger.claim(transaction, [1]) == [1]
