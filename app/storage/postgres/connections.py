"""Opens PostgreSQL connections.

Behind a pooler in transaction mode a session does not exist: the next transaction may run on another one. So nothing
is set for a session, and statements are not prepared.
"""

from functools import cache
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper, NumericLoader

from ...errors import CannotStart
from .addresses import describe
from .engine import ENGINE
from .failures import Translate, translate
from .rows import NamedRow, named_rows
from .texts import EscapedBinaryDumper, EscapedDumper, RestoringBinaryLoader, RestoringLoader

Connection = psycopg.Connection[NamedRow]
AsyncConnection = psycopg.AsyncConnection[NamedRow]

OLDEST = 140_000
"""The lowest version of the server, as `server_version` of libpq."""
CONNECT_S = 2
# Milliseconds until sent data that the server's machine does not acknowledge ends the connection.
_UNACKNOWLEDGED_MS = 2_000


class IntegerDumper(Int8Dumper):
    """An int, also in a statement that is sent with its values."""

    def quote(self, obj: Any) -> bytes:
        """A bigint. Without its type, small numbers would be others."""
        return b"'%d'::int8" % obj


class IntegerLoader(NumericLoader):
    """Sums are numeric in PostgreSQL; here they are sums of integers."""

    def load(self, data: Any) -> Any:
        """An int."""
        return int(bytes(data))


@cache
def adapters() -> AdaptersMap:
    """How values are sent and read: an int always as bigint, so that a statement always has the same types."""
    made = AdaptersMap(psycopg.adapters)
    made.register_dumper(int, IntegerDumper)
    made.register_dumper(int, Int8BinaryDumper)
    made.register_dumper(str, EscapedBinaryDumper)
    made.register_dumper(str, EscapedDumper)
    for name in ("text", "varchar"):
        made.register_loader(name, RestoringLoader)
        made.register_loader(name, RestoringBinaryLoader)
    made.register_loader("numeric", IntegerLoader)
    return made


def _parameters(program: str) -> dict[str, Any]:
    return {
        "application_name": f"smsbin {program}",
        "connect_timeout": CONNECT_S,
        "tcp_user_timeout": _UNACKNOWLEDGED_MS,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "client_encoding": "utf8",
    }


def connect(url: str, program: str, translate: Translate = translate) -> Connection:
    """Open a connection without transaction; `program` is shown in `pg_stat_activity`. Raises DatabaseError."""
    connection: Connection | None = None
    try:
        connection = psycopg.connect(
            url, autocommit=True, row_factory=named_rows, context=_Context(), **_parameters(program)
        )
        if is_pooled(connection.info, connection.execute(ENGINE["backend"]).fetchone()):
            connection.prepare_threshold = None
    except psycopg.Error as error:
        if connection is not None:
            connection.close()
        raise translate(error) or error from error
    return connection


async def connect_async(url: str, program: str, *, read_only: bool = False) -> AsyncConnection:
    """The same for the event loop. `read_only`: writes are refused by the server, unless a pooler is between."""
    connection: AsyncConnection | None = None
    try:
        connection = await psycopg.AsyncConnection.connect(
            url, autocommit=True, row_factory=named_rows, context=_Context(), **_parameters(program)
        )
        if is_pooled(connection.info, await (await connection.execute(ENGINE["backend"])).fetchone()):
            connection.prepare_threshold = None
        elif read_only:
            await connection.execute(ENGINE["read_only"])
    except BaseException as error:
        if connection is not None:
            await connection.close()
        if isinstance(error, psycopg.Error):
            raise translate(error) or error from error
        raise
    return connection


def is_pooled(info: psycopg.ConnectionInfo, row: NamedRow | None) -> bool:
    """Whether a pooler is between: it gives a process id of its own, and not that of the server's process."""
    return row is None or info.backend_pid != row[0]


def check_version(connection: Connection, url: str) -> None:
    """Raises CannotStart if the server is too old, or stores texts in another encoding."""
    version = connection.info.server_version
    if version < OLDEST:
        raise CannotStart(
            f"{describe(url)} is PostgreSQL {version // 10_000}; smsbin needs {OLDEST // 10_000} or newer."
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise CannotStart(f"{describe(url)} has the encoding {encoding}; create the database with encoding UTF8.")


class _Context:
    """Gives a new connection its adapters."""

    @property
    def adapters(self) -> AdaptersMap:
        return adapters()

    connection = None
