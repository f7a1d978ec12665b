"""Opening the store with the engine that is built in."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from ..store import Store
from .sqlite.store import open_sqlite


def open_store(data_dir: Path) -> AbstractAsyncContextManager[Store]:
    """The store of a data directory, ready to use; CannotStart names what is in the way."""
    return open_sqlite(data_dir)
