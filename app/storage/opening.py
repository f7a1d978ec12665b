"""Opens the store with the engine that the settings choose: SQLite, or PostgreSQL."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path

from ..domain.reader import DEFAULT_READER_CONTEXT, ReaderContext
from ..errors import CannotStart
from ..store import ReconciliationArchive, Store
from .moving import LogTables, MovedTable, MoveTarget
from .sqlite.archive import ResultArchive
from .sqlite.kept_results import RESULTS
from .sqlite.moving import open_source, open_target
from .sqlite.store import open_sqlite

NO_DRIVER = "The driver of PostgreSQL is not installed. Run: pip install 'smsbin[postgresql]'"
_DRIVER = frozenset({"psycopg", "psycopg_binary", "psycopg_c", "psycopg_pool"})


def open_store(
    data_dir: Path, context: ReaderContext = DEFAULT_READER_CONTEXT, database: str | None = None
) -> AbstractAsyncContextManager[Store]:
    """The store in the PostgreSQL database with the URL `database`; None: in the SQLite files of the data directory.
    `context` is for the parsers. Raises CannotStart with the cause, without the password in it."""
    return open_sqlite(data_dir, context) if database is None else _open_postgres(database, context)


def _open_postgres(url: str, context: ReaderContext) -> AbstractAsyncContextManager[Store]:
    with requires_driver():
        from .postgres.store import open_postgres
    return open_postgres(url, context)


@contextmanager
def open_move(
    url: str, data_dir: Path, *, to_sqlite: bool
) -> Iterator[tuple[LogTables, MoveTarget, Sequence[MovedTable]]]:
    """Source, target and tables of a move between a PostgreSQL database and the SQLite files of a data directory, which
    no server may use. Raises CannotStart with the cause, without the password in it."""
    with requires_driver():
        from .postgres.moving import open_tables
    sqlite = open_target(data_dir) if to_sqlite else open_source(data_dir)
    with sqlite as files, open_tables(url, files.tables, is_source=to_sqlite) as database:
        yield (database, files, files.tables) if to_sqlite else (files, database, files.tables)


@contextmanager
def requires_driver() -> Iterator[None]:
    """For imports of modules that import psycopg, which is optional. Raises CannotStart if it is not installed."""
    try:
        yield
    except ImportError as error:
        # Without a name: psycopg is installed, and the library libpq is not.
        if error.name is not None and error.name.partition(".")[0] not in _DRIVER:
            raise
        raise CannotStart(NO_DRIVER) from None


def open_archive(data_dir: Path, *, is_shared: bool = False) -> ReconciliationArchive:
    """The results of reconciliations in a data directory, whatever the engine is. `is_shared`: other servers may use
    the directory, too. Raises CannotStart."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return ResultArchive(data_dir / RESULTS, is_shared=is_shared)
    except OSError as error:
        raise CannotStart(
            f"{data_dir / RESULTS} cannot be used: {error.strerror or error}. The results of reconciliations are stored"
            " there: give another --data-dir, or make it writable for this user."
        ) from None
