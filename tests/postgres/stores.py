"""Databases with the tables of a store."""

from app.storage.postgres.ledger import PostgresLedgerFiles
from app.storage.postgres.log_database import LogDatabase


def prepare_store(url: str) -> None:
    """Make the tables, as the first server of a database does it."""
    log = LogDatabase(url)
    log.open()
    log.close()
    PostgresLedgerFiles(url).open_ledger().close()
