"""The tables of the log and the ledger, without the code that makes them."""

import psycopg

from app.storage.queries import FOLDER


def make_tables(url: str) -> None:
    """Make both schemas in an empty database."""
    sources = {"smsbin_log": sorted((FOLDER / "postgres" / "log").glob("[0-9]*.sql"))}
    sources["smsbin_ledger"] = [FOLDER / "postgres" / "ledger.sql"]
    with psycopg.connect(url) as connection:
        for schema, files in sources.items():
            connection.execute(f"create schema {schema}; set local search_path = {schema}".encode())
            for file in files:
                connection.execute(file.read_bytes())
