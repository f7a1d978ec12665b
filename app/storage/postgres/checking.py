"""Reads what `smsbin doctor` judges in a PostgreSQL database. Nothing is changed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

import psycopg

from ... import clock
from ...domain.units import micros
from ..bodies import STEP, find_damaged
from ..transaction import SqlRow
from .connections import Connection, connect
from .engine import ENGINE
from .failures import translate
from .migrating_log import newest_version
from .rows import NamedRow
from .transaction import PostgresDatabase

PoolerMode = Literal["none", "session", "transaction"]

# A notice to oneself arrives in milliseconds.
LISTEN_S = 1.0
# A busy pooler may have given the process to another client.
POOLER_TRIES = 20
_CHANNEL = "smsbin_doctor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Durability:
    """The settings on which it depends whether a committed transaction survives a crash. `synchronous`: how many of the
    replicas are, or None if this role may not see it."""

    synchronous_commit: str
    fsync: bool
    full_page_writes: bool
    replicas: int
    synchronous: int | None
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
    and the seconds since the longest transaction and the oldest prepared one began. `sees_all`: those of other roles
    are included."""

    age: int
    longest_s: int
    prepared_s: int
    sees_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaState:
    """The tables of smsbin. `version` is None before the first start; `newest` is that of this smsbin. `is_owner`: the
    role owns them, so that it can migrate them."""

    version: int | None
    newest: int
    may_create: bool
    is_owner: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    """What is read from a database. `clock_ahead_s`: the clock of the server minus that of this machine, with the
    largest error `clock_error_s`. `is_encrypted`: by TLS. `is_local`: over a socket or a loopback address.
    `notices_arrive`: LISTEN works."""

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
    is_encrypted: bool
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
    settings, replication = _row(connection, "check_settings"), _row(connection, "check_replicas")
    ahead_s, error_s = _compare_clocks(connection)
    pooler = _find_pooler(connection, other)
    # A replica has no LISTEN, and behind such a pooler it would stay with a process that others get.
    may_listen = pooler != "transaction" and not settings["is_replica"]
    info = connection.info
    return DatabaseFacts(
        version_number=info.server_version, version=settings["version"].split()[0], encoding=settings["encoding"],
        durability=Durability(
            synchronous_commit=settings["synchronous_commit"], fsync=settings["fsync"],
            full_page_writes=settings["full_page_writes"], replicas=replication["replicas"],
            synchronous=None if replication["hidden"] else replication["synchronous"],
            synchronous_names=settings["synchronous_names"], is_replica=settings["is_replica"],
            is_read_only=settings["is_read_only"],
        ),
        clock_ahead_s=ahead_s, clock_error_s=error_s,
        pooler=pooler, notices_arrive=may_listen and _notices_arrive(connection, other),
        connections=_count_connections(connection), oldest=_find_oldest(connection),
        is_encrypted=connection.pgconn.ssl_in_use, is_local=_is_local(info), schema=_read_schema(connection),
    )  # fmt: skip


def _is_local(info: psycopg.ConnectionInfo) -> bool:
    return info.host.startswith("/") or ip_address(info.hostaddr).is_loopback


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
    """A pooler gives another process id at the connection. In session mode a process of the server belongs to one
    connection; in transaction mode the other connection gets it, sooner or later, because it is idle now."""
    pid = _row(connection, "check_process")["pid"]
    if pid == connection.info.backend_pid:
        return "none"
    for _ in range(POOLER_TRIES):
        pid = _row(connection, "check_process")["pid"]
        if _row(other, "check_process")["pid"] == pid:
            return "transaction"
    return "session"


def _notices_arrive(connection: Connection, other: Connection) -> bool:
    """Whether a notice of one connection reaches the other."""
    text = clock.new_id()
    connection.execute(f"listen {_CHANNEL}")
    try:
        other.execute("select pg_notify(%s, %s)", (_CHANNEL, text))
        return any(notice.payload == text for notice in connection.notifies(timeout=LISTEN_S))
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
    return OldestTransaction(
        age=row["oldest_age"], longest_s=row["longest_s"], prepared_s=row["prepared_s"], sees_all=row["sees_all"]
    )


def _read_schema(connection: Connection) -> SchemaState:
    row = _row(connection, "check_schemas")
    is_owner = _row(connection, "check_owners")["is_owner"]
    version = _row(connection, "get_version")[0] if row["has_version"] and is_owner else None
    return SchemaState(version=version, newest=newest_version(), may_create=row["may_create"], is_owner=is_owner)


def check_stored_bodies(url: str) -> list[tuple[str, int]]:
    """As `sqlite/checking.py: check_bodies`. Raises DatabaseError."""
    with _opened_log(url) as log:
        if not _has_tables(log):
            return []

        def read(after: int) -> Sequence[SqlRow]:
            # Each step has its own snapshot, because a long one keeps vacuum from removing rows.
            with log.read() as transaction:
                return transaction.all("bodies_after", {"after": after, "limit": STEP})

        with log.read() as transaction:
            names = {row["number"]: row["id"] for row in transaction.all("names_of_bins")}
        return find_damaged(names, read)


def read_stored_secrets(url: str) -> list[tuple[str, str, str]]:
    """As `sqlite/checking.py: stored_secrets`. Raises DatabaseError."""
    with _opened_log(url) as log:
        if not _has_tables(log):
            return []
        with log.read() as transaction:
            rows = transaction.all("all_secrets")
        return [(row["bin"], row["label"], row["secret"]) for row in rows]


@contextmanager
def _opened_log(url: str) -> Iterator[PostgresDatabase]:
    log = PostgresDatabase(url, "doctor", "begin_snapshot")
    try:
        yield log
    finally:
        log.close()


def _has_tables(log: PostgresDatabase) -> bool:
    return bool(_row(log.connection, "check_schemas")["has_version"])
