"""The messages of the log process to the server: that it is open, and the result of each job."""

import msgspec


class LogPosition(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The position of one bin in the log: its highest numbers of captures, outcomes and deletions, the version of
    its settings, and the highest number of a changed annotation. A read shows a write when the ledger has reached its
    position."""

    bin: int
    n: int
    k: int
    d: int
    version: int
    a: int = 0


class Result(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The result of one job. `error` is None when it is durable, else one of `FAILURES`. `value`: the n of a
    capture, an epoch, the number of an attempt, or a number of dispatches; of a sweep the number of captures it
    removed, and then `next` is the bin after which it continues (None: it is done). Of a step over several captures
    `value` is how many it changed, `refused` how many it did not, because they would have too many tags, and `next` how
    many of the numbers it handled (None: all)."""

    error: str | None = None
    message: str = ""
    value: int = 0
    next: int | None = None
    refused: int = 0


class LogFileStatus(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The state of the log file. `wal_bytes`: size of the write-ahead log. `checkpoint`: why it could not be copied
    into the database, or None. `held`: a reader prevents its reuse."""

    wal_bytes: int = 0
    checkpoint: str | None = None
    held: bool = False


class Results(msgspec.Struct, array_like=True, gc=False):
    """The results of a batch in its order, the positions of the bins that it changed, and the state of the file."""

    results: list[Result]
    positions: list[LogPosition] = []
    condition: LogFileStatus = LogFileStatus()


class Opened(msgspec.Struct, array_like=True, gc=False):
    """The first frame of the process. `error`: why the log cannot be opened, with the cure; None when it is open.

    `log` is the id of the file. `seen_at`: the latest time that the wall clock was trusted at before. `is_unreachable`:
    the cause is that the database cannot be reached, which may be over soon.
    """

    error: str | None
    log: str = ""
    seen_at: int | None = None
    is_unreachable: bool = False


# not_found, conflict: an error of the request. stale: the settings of the bin have changed; the capture is not stored.
# full: nothing can be written now. away: the database cannot be reached. gone: the files were deleted or replaced.
# suspect: the state of the disk is unknown, so the process ends and the file is checked. broken: a bug in smsbin.
FAILURES = ("not_found", "conflict", "stale", "full", "away", "gone", "suspect", "broken")

encode = msgspec.msgpack.Encoder().encode
decode_results = msgspec.msgpack.Decoder(Results).decode
decode_opened = msgspec.msgpack.Decoder(Opened).decode
