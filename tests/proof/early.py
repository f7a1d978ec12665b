"""A server with a planted defect: it answers before the commit. The order proof must detect it."""

import asyncio

from app.commands import main
from app.domain.captures import NewCapture
from app.storage.sqlite.store import SqliteStore

_whole = SqliteStore.add_capture
_guess = 0


def _early(self: SqliteStore, new: NewCapture) -> "asyncio.Future[int]":
    global _guess
    _whole(self, new).add_done_callback(asyncio.Future.exception)
    _guess += 1
    early: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    early.set_result(_guess)
    return early


SqliteStore.add_capture = _early  # type: ignore[method-assign]

if __name__ == "__main__":
    main()
