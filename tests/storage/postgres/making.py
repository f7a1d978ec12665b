"""Databases with the tables of smsbin."""

from app.storage.postgres.connections import connect
from app.storage.postgres.ledger import PostgresLedgerFiles
from app.storage.postgres.migrating_log import migrate


def make_tables(url: str) -> None:
    """The log and the ledger, both empty, in an empty database."""
    with connect(url, "test") as connection:
        migrate(connection)
    PostgresLedgerFiles(url).make_ledger().close()
