"""The log process: `python -m <package>.storage.log.process <pipe> <database> <run> <doubt> <log>`.

`run` is the id of this opening of the log; `doubt` is "doubt" if a write has failed before, else "sound"; `log` is
the id of the log that must be there, empty at the first start.

It is a process and not a thread because each statement of a thread takes and releases the interpreter lock, which
the event loop needs. Measured, the process stores 40 % more captures a second, with a far better p99.

The first frame reports whether the log is open. Then batches of jobs come in, and results go out in the same order.
While one batch is committed the next one is collected, so batches grow when the disk is slow. When the server closes
the pipe, the process finishes what was sent and ends.
"""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ...clock import ticks
from ...errors import CannotStart
from ..ballast import Ballast
from ..checkpointing import Checkpointing
from ..process import EXIT_DOUBT, Pipe, begin, tune_gc
from ..sqlite.checkpoints import EVERY_S
from ..sqlite.log_file import LogFile, open_log_file
from ..transaction import CannotWrite, DamagedFile, DatabaseError, Doubtful, Gone
from .appender import Appender
from .jobs import decode_jobs
from .results import LogFileStatus, Opened, Result, Results, encode

MODULE = f"{__package__}.process"
# Deleted bytes are erased from the disk when there is nothing else to do, and after this time in any case.
ERASED_WITHIN_S = 10.0


class LogCheckpointing(Checkpointing, Protocol):
    """Checkpoints of the log; their state is shown to users."""

    condition: LogFileStatus


def main(arguments: list[str]) -> None:
    """Open the log, report the result, and run batches until the server closes the pipe."""
    begin()
    pipe, path, run, doubt, log = Pipe(int(arguments[0])), Path(arguments[1]), *arguments[2:5]
    ballast = Ballast(path.with_name("ballast"))
    try:
        if log and not path.exists():
            raise Gone(f"{path} was deleted while smsbin was running.")
        file = _open(path, ballast, doubt=doubt == "doubt")
        id, seen_at = file.meta()
        if log and id != log:
            raise Gone(f"{path} was replaced while smsbin was running.")
        appender = Appender(file.database, ballast, run)
        appender.begin()
    except (CannotStart, DatabaseError, OSError) as error:
        in_doubt = isinstance(error, Doubtful) and not isinstance(error, DamagedFile)
        if in_doubt:
            _leave_mark(path)
        pipe.send(encode(Opened(str(error) if isinstance(error, CannotStart) else _why(path, error))))
        sys.exit(EXIT_DOUBT if in_doubt else 1)
    ballast.prepare()
    pipe.send(encode(Opened(None, id, seen_at)))
    tune_gc()
    try:
        serve(pipe, file.checkpoints, appender)
    except Doubtful:
        _leave_mark(path)
        sys.exit(EXIT_DOUBT)


def serve(pipe: Pipe, checkpoints: LogCheckpointing, appender: Appender) -> None:
    """Run batches. Raises Doubtful when the state of the disk is unknown; then nothing more is confirmed."""
    erased_since: float | None = None
    while (data := pipe.receive()) is not None:
        batch = decode_jobs(data)
        try:
            results = appender.apply(batch)
        except Doubtful as error:
            with suppress(OSError):
                pipe.send(encode(Results([Result("suspect", str(error))] * len(batch))))
            raise
        results.condition = checkpoints.condition
        try:
            pipe.send(encode(results))
        except OSError:
            return
        appender.remove_probe()
        checkpoints.checkpoint_if_due()
        if not appender.has_erased:
            erased_since = None
            continue
        erased_since = ticks() if erased_since is None else erased_since
        if ticks() - erased_since > ERASED_WITHIN_S:
            appender.has_erased = not checkpoints.truncate()
        wait_s = 0.0
        while appender.has_erased and not pipe.has_more(wait_s):
            appender.has_erased = not checkpoints.truncate()
            # It was refused: too soon after the last one, or a reader prevents it. There may be no further job, so it
            # is tried again.
            wait_s = EVERY_S


def _open(path: Path, ballast: Ballast, *, doubt: bool) -> LogFile:
    try:
        return open_log_file(path, doubt=doubt)
    except CannotWrite:
        # On a full disk: with the space of the reserve file the log can be read, and captures can be deleted.
        if not path.exists() or not ballast.release():
            raise
        return open_log_file(path, doubt=doubt)


def _leave_mark(path: Path) -> None:
    """Mark the file as suspect. The server does the same, but may be killed at that moment."""
    with suppress(OSError):
        path.with_suffix(".suspect").touch()


def _why(path: Path, error: Exception) -> str:
    """The cause, with the cure."""
    text = str(error)
    if isinstance(error, Gone):
        return f"{text} Put it back, or restart smsbin."
    if "FULL" in text or "SHMSIZE" in text or "No space" in text:
        cure = "Free some space on its disk."
    elif "BUSY" in text or "LOCKED" in text:
        cure = "Stop the other program that holds it."
    else:
        cure = "Give another --data-dir, or restore a backup."
    return f"The log {path} cannot be opened: {text}. {cure}"


if __name__ == "__main__":
    main(sys.argv[1:])
