"""The databases of a log and its ledgers, on SQLite or on PostgreSQL, for tests that run both processes themselves."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from app.storage.ballast import Ballast
from app.storage.checkpointing import NoBallast
from app.storage.log.appender import Appender
from app.storage.postgres.connections import Connection, connect
from app.storage.postgres.dialect import LEDGER, LOG, translate
from app.storage.postgres.ledger import PostgresLedgerFiles
from app.storage.postgres.log_database import LogDatabase
from app.storage.sqlite.ledger_file import make_ledger_file, open_log_to_follow
from app.storage.sqlite.log_file import open_log_file
from app.storage.transaction import Database
from tests.postgres import Database as PostgresServerDatabase

from .postgres.tables import make_tables

on_both_engines = pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
"""For tests whose queries could behave differently on PostgreSQL."""


class Opened(Protocol):
    """An open log or ledger; `connection.execute` runs any query, written for SQLite."""

    database: Any
    connection: Any


class Engine(Protocol):
    """Opens one log, and any number of ledgers of it."""

    def open_log(self) -> Opened: ...

    def open_appender(self, log: Opened) -> Appender: ...

    def follow_log(self) -> Database: ...

    def make_ledger(self, name: str) -> Opened: ...

    def close(self) -> None:
        """Close the log. Ledgers of SQLite are closed one by one."""


class SqliteEngine:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: list[sqlite3.Connection] = []

    def open_log(self) -> Any:
        file = open_log_file(self.folder / "log.db", doubt=False)
        self._open.append(file.connection)
        return file

    def open_appender(self, log: Opened) -> Appender:
        return Appender(log.database, Ballast(self.folder / "ballast"), "run")

    def follow_log(self) -> Database:
        database = open_log_to_follow(self.folder / "log.db")
        self._open.append(database._connection)
        return database

    def make_ledger(self, name: str) -> Any:
        return make_ledger_file(self.folder / name)

    def close(self) -> None:
        for connection in self._open:
            connection.close()


class Raw:
    """A connection of its own for queries that are written for SQLite."""

    def __init__(self, url: str, schema: str) -> None:
        self._connection: Connection = connect(url, "test")
        self._schema = schema

    def execute(self, text: str, values: tuple[object, ...] = ()) -> Any:
        return self._connection.execute(translate(text, self._schema).encode(), values)

    def close(self) -> None:
        self._connection.close()


@dataclass
class _Open:
    database: Any
    connection: Raw

    def close(self) -> None:
        self.database.close()
        self.connection.close()


class PostgresEngine:
    """The log in one database, with its first ledger; further ledgers in databases of their own."""

    def __init__(self, make_database: Callable[..., PostgresServerDatabase]) -> None:
        self._make = make_database
        self._url = make_database(make_tables).url
        self._has_ledger = False
        self._open: list[Any] = []

    def open_log(self) -> _Open:
        database = LogDatabase(self._url)
        database.open()
        log = _Open(database, Raw(self._url, LOG))
        self._open.append(log)
        return log

    def open_appender(self, log: Opened) -> Appender:
        return Appender(log.database, NoBallast(), "run", is_shared=True)

    def follow_log(self) -> Database:
        database = PostgresLedgerFiles(self._url).open_log()
        self._open.append(database)
        return database

    def make_ledger(self, name: str) -> _Open:
        url = self._make(make_tables).url if self._has_ledger else self._url
        self._has_ledger = True
        ledger = _Open(PostgresLedgerFiles(url).open_ledger().database, Raw(url, LEDGER))
        self._open.append(ledger)
        return ledger

    def close(self) -> None:
        for each in self._open:
            each.close()
