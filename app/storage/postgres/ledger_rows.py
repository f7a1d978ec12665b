"""The ledger on PostgreSQL, as the process that compares reads it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

import psycopg

from ...errors import NotReadable
from ..transaction import DatabaseError
from .connections import Connection, connect
from .failures import translate
from .queries import SQL
from .rows import NamedRow


class PostgresRows:
    """Implements `LedgerRows`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, query: str, values: Mapping[str, object]) -> Sequence[NamedRow]:
        """All rows of a named query."""
        return self._connection.execute(SQL[query].encode(), values).fetchall()


@contextmanager
def open_shared_ledger_rows(url: str) -> Iterator[PostgresRows]:
    """An open ledger. An error of PostgreSQL inside of the block is raised as NotReadable."""
    try:
        with closing(connect(url, "reconciler")) as connection:
            yield PostgresRows(connection)
    except (psycopg.Error, DatabaseError) as error:
        known = translate(error) if isinstance(error, psycopg.Error) else error
        raise NotReadable(f"The ledger cannot be read: {known or error}") from None
