"""Databases with the tables of smsbin."""

from app.storage.postgres.connections import connect
from app.storage.postgres.engine import ENGINE
from app.storage.postgres.migrating_log import migrate
from app.storage.queries import FOLDER


def make_tables(url: str) -> None:
    """The log and the ledger, both empty, in an empty database."""
    with connect(url, "test") as connection:
        migrate(connection)
        text = (FOLDER / "postgres" / "ledger.sql").read_text()
        connection.execute(f"{ENGINE['create_ledger']}; set search_path = smsbin_ledger; {text}".encode())
