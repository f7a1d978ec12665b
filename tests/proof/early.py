"""A server with a planted mistake: it answers before the commit. The order proof must catch it, or proves nothing."""

import asyncio

from app.commands import main
from app.domain.captures import NewCapture, Stamp
from app.storage.rows import write_capture
from app.storage.sqlite import SqliteStore

_guess = 0


def _early(self: SqliteStore, new: NewCapture) -> "asyncio.Future[Stamp]":
    global _guess
    self._writer.submit(write_capture(new)).add_done_callback(asyncio.Future.exception)
    _guess += 1
    early: asyncio.Future[Stamp] = asyncio.get_running_loop().create_future()
    early.set_result(Stamp(_guess, _guess))
    return early


SqliteStore.add_capture = _early

if __name__ == "__main__":
    main()
