"""Reads what `smsbin doctor` judges in a PostgreSQL database. Nothing is changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import psycopg

from ... import clock
from ...domain.units import micros
from .connections import Connection, connect
from .engine import ENGINE
from .failures import translate
from .migrating_log import newest_version
from .rows import NamedRow

PoolerMode = Literal["none", "session", "transaction"]

# A notice to oneself arrives in milliseconds.
LISTEN_S = 1.0
_CHANNEL = "smsbin_doctor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Durability:
    """The settings on which it depends whether a committed transaction survives a crash."""

    synchronous_commit: str
    fsync: bool
    full_page_writes: bool
    replicas: int
    synchronous_names: str
    is_replica: bool
    is_read_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionCounts:
    """Connections of the database server: `used` of `most`, without those reserved for superusers. `most` is the
    smallest of the limits of the server, the database and the role."""

    used: int
    most: int

    @property
    def free(self) -> int:
        """How many more can be opened."""
        return max(0, self.most - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldestTransaction:
    """What keeps vacuum from removing old rows: the age of the oldest row version that must stay, in transactions,
    and the seconds since the longest transaction and the oldest prepared one began."""

    age: int
    longest_s: int
    prepared_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaState:
    """The tables of smsbin. `version` is None before the first start; `newest` is that of this smsbin."""

    version: int | None
    newest: int
    has_ledger: bool
    may_create: bool
    may_write: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    """What is read from a database. `clock_ahead_s`: the clock of the server minus that of this machine, with the
    error `clock_error_s`. `tls`: the version, or None without TLS. `notices_arrive`: whether LISTEN works."""

    version_number: int
    version: str
    encoding: str
    durability: Durability
    clock_ahead_s: float
    clock_error_s: float
    pooler: PoolerMode
    notices_arrive: bool
    connections: ConnectionCounts
    oldest: OldestTransaction
    tls: str | None
    is_local: bool
    schema: SchemaState


def read_facts(url: str) -> DatabaseFacts:
    """Everything, over two connections. Raises DatabaseError."""
    with _opened(url) as connection, _opened(url) as other:
        try:
            return _read(connection, other)
        except psycopg.Error as error:
            raise translate(error) or error from error


@contextmanager
def _opened(url: str) -> Iterator[Connection]:
    connection = connect(url, "doctor")
    try:
        yield connection
    finally:
        connection.close()


def _read(connection: Connection, other: Connection) -> DatabaseFacts:
    settings = _row(connection, "check_settings")
    ahead_s, error_s = _compare_clocks(connection)
    info = connection.info
    return DatabaseFacts(
        version_number=info.server_version, version=settings["version"], encoding=settings["encoding"],
        durability=Durability(
            synchronous_commit=settings["synchronous_commit"], fsync=settings["fsync"],
            full_page_writes=settings["full_page_writes"], replicas=_row(connection, "check_replicas")["replicas"],
            synchronous_names=settings["synchronous_names"], is_replica=settings["is_replica"],
            is_read_only=settings["is_read_only"],
        ),
        clock_ahead_s=ahead_s, clock_error_s=error_s,
        pooler=_find_pooler(connection, other), notices_arrive=_notices_arrive(connection, other),
        connections=_count_connections(connection), oldest=_find_oldest(connection),
        tls=_tls_version(connection), is_local=info.host.startswith("/") or info.hostaddr in ("127.0.0.1", "::1"),
        schema=_read_schema(connection),
    )  # fmt: skip


def _row(connection: Connection, query: str) -> NamedRow:
    row = connection.execute(ENGINE[query]).fetchone()
    assert row is not None, "each of these queries has one row"
    return row


def _compare_clocks(connection: Connection) -> tuple[float, float]:
    """Seconds by which the clock of the server is ahead, and the largest error of that."""
    before = micros(clock.now())
    there = _row(connection, "check_clock")["now"]
    after = micros(clock.now())
    return (there - (before + after) / 2) / 1e6, abs(after - before) / 2e6


def _find_pooler(connection: Connection, other: Connection) -> PoolerMode:
    """A pooler gives another process id at the connection. In transaction mode two connections with one transaction
    after the other have the same process of the server, or one has different ones."""
    first = _row(connection, "check_process")["pid"]
    if first == connection.info.backend_pid:
        return "none"
    with other.transaction():
        second = _row(other, "check_process")["pid"]
        # While the other transaction is open, its process is not free.
        again = _row(connection, "check_process")["pid"]
    return "session" if first == again != second else "transaction"


def _notices_arrive(connection: Connection, other: Connection) -> bool:
    """Whether a notice of one connection reaches the other."""
    text = clock.new_id()
    connection.execute(f"listen {_CHANNEL}")
    try:
        other.execute("select pg_notify(%s, %s)", (_CHANNEL, text))
        return any(notice.payload == text for notice in connection.notifies(timeout=LISTEN_S, stop_after=1))
    finally:
        connection.execute(f"unlisten {_CHANNEL}")


def _count_connections(connection: Connection) -> ConnectionCounts:
    row = _row(connection, "check_connections")
    most, used = row["most"] - row["reserved"], row["used"]
    # -1: no limit. Those in use by a role are not counted by the server, so its limit counts for the database.
    for limit, here in ((row["most_here"], row["used_here"]), (row["most_of_role"], row["used_here"])):
        if limit >= 0 and limit - here < most - used:
            most, used = limit, here
    return ConnectionCounts(used=used, most=most)


def _find_oldest(connection: Connection) -> OldestTransaction:
    row = _row(connection, "check_oldest")
    return OldestTransaction(age=row["oldest_age"], longest_s=row["longest_s"], prepared_s=row["prepared_s"])


def _tls_version(connection: Connection) -> str | None:
    if not connection.pgconn.ssl_in_use:
        return None
    version = connection.pgconn.ssl_attribute(b"protocol") if hasattr(connection.pgconn, "ssl_attribute") else None
    return version.decode() if version else "TLS"


def _read_schema(connection: Connection) -> SchemaState:
    row = _row(connection, "check_schemas")
    version, may_write = None, True
    if row["has_log"]:
        rights = _row(connection, "check_rights")
        may_write = rights["may_use"] and rights["may_write"]
        version = _row(connection, "get_version")[0] if may_write else None
    return SchemaState(
        version=version, newest=newest_version(), has_ledger=row["has_ledger"], may_create=row["may_create"],
        may_write=may_write,
    )  # fmt: skip
