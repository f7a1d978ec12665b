"""Opens the store with the built-in engine."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from ..domain.reader import DEFAULT_READER_CONTEXT, ReaderContext
from ..store import Store
from .sqlite.store import open_sqlite


def open_store(data_dir: Path, context: ReaderContext = DEFAULT_READER_CONTEXT) -> AbstractAsyncContextManager[Store]:
    """The store of a data directory; `context` is for the parsers. Raises CannotStart with the cause."""
    return open_sqlite(data_dir, context)
