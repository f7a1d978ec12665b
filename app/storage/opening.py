"""Opens the store with the built-in engine."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from ..store import Store
from .sqlite.store import open_sqlite


def open_store(data_dir: Path) -> AbstractAsyncContextManager[Store]:
    """The store of a data directory. Raises CannotStart with the cause."""
    return open_sqlite(data_dir)
