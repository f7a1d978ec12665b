"""Opens the store with the built-in engine."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from ..domain.reader import DEFAULT_READER_CONTEXT, ReaderContext
from ..errors import CannotStart
from ..store import ReconciliationArchive, Store
from .sqlite.archive import ResultArchive
from .sqlite.kept_results import RESULTS
from .sqlite.store import open_sqlite


def open_store(data_dir: Path, context: ReaderContext = DEFAULT_READER_CONTEXT) -> AbstractAsyncContextManager[Store]:
    """The store of a data directory; `context` is for the parsers. Raises CannotStart with the cause."""
    return open_sqlite(data_dir, context)


def open_archive(data_dir: Path) -> ReconciliationArchive:
    """The results of reconciliations in a data directory. Raises CannotStart."""
    try:
        return ResultArchive(data_dir / RESULTS)
    except OSError as error:
        raise CannotStart(f"{data_dir / RESULTS} cannot be used: {error.strerror or error}.") from None
