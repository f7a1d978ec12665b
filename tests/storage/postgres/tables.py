"""A database with the tables of the log and of the ledger, to be copied (`make_database(make_tables)`)."""

from app.storage.postgres.connections import connect
from app.storage.postgres.ledger import PostgresLedgerFiles
from app.storage.postgres.migrating_log import migrate


def make_tables(url: str) -> None:
    """Make them in an empty database."""
    connection = connect(url, "test")
    migrate(connection)
    connection.close()
    PostgresLedgerFiles(url).make_ledger().close()
