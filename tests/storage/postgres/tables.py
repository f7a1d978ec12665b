"""A database with the tables of the log and of the ledger, to be copied (`make_database(make_tables)`)."""

from contextlib import closing

from app.storage.postgres.ledger import PostgresLedgerFiles
from app.storage.postgres.log_database import LogDatabase


def make_tables(url: str) -> None:
    """Make them in an empty database, with the first epoch of the ledger."""
    with closing(LogDatabase(url)) as log:
        log.open()
        with log.write() as transaction:
            row = transaction.one("next_epoch")
            assert row is not None
    with closing(PostgresLedgerFiles(url).make_ledger()) as ledger:
        ledger.begin_epoch("run", row[0])
