"""The log process on PostgreSQL: `python -m <package>.storage.postgres.log_process <pipe> <run> <doubt> <log>`.

The first frame has the URL of the database, because arguments are visible to everyone on the machine. The rest is as
in `storage/log/process.py`. A server of the database that is away ends nothing: jobs are refused until it is back.
"""

import sys
from contextlib import closing, suppress

from ...errors import CannotStart
from ..checkpointing import NoBallast, NoCheckpoints
from ..log.appender import Appender
from ..log.process import serve
from ..log.results import Opened, encode
from ..process import Pipe, begin, tune_gc
from ..transaction import DatabaseError, Unreachable
from .addresses import describe
from .log_database import LogDatabase


def main(arguments: list[str]) -> None:
    """Open the log, report the result, and run batches until the server closes the pipe."""
    begin()
    pipe, run, log = Pipe(int(arguments[0])), arguments[1], arguments[3]
    frame = pipe.receive()
    if frame is None:
        return
    url = frame.decode()
    with closing(LogDatabase(url)) as database:
        try:
            appender, opened = _open(database, url, run, log)
        except (CannotStart, DatabaseError) as error:
            # The server may have stopped while the database did not respond.
            with suppress(BrokenPipeError):
                pipe.send(encode(Opened(_why(url, error), is_unreachable=isinstance(error, Unreachable))))
            sys.exit(1)
        pipe.send(encode(opened))
        tune_gc()
        serve(pipe, NoCheckpoints(), appender)


def _open(database: LogDatabase, url: str, run: str, log: str) -> tuple[Appender, Opened]:
    database.open()
    id, seen_at = _meta(database)
    if log and id != log:
        raise CannotStart(f"{describe(url)} has another log than before. Restart smsbin to use it.")
    database.begin_release(run)
    appender = Appender(database, NoBallast(), run, is_shared=True)
    appender.begin()
    return appender, Opened(None, id, seen_at)


def _meta(database: LogDatabase) -> tuple[str, int | None]:
    with database.read() as transaction:
        row = transaction.one("get_meta")
        assert row is not None, "a migration adds it"
        return row["id"], row["seen_at"]


def _why(url: str, error: Exception) -> str:
    """The cause, with the cure."""
    if isinstance(error, CannotStart):
        return str(error)
    return f"The log in {describe(url)} cannot be opened: {error}. Check --database, or run smsbin doctor."


if __name__ == "__main__":
    main(sys.argv[1:])
