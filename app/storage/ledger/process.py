"""The ledger process: `<pipe> <ledger> <log> <run> <first> <careful>` (`app/follower.py` starts it with the
parsers). The first frame in the pipe has the settings of the server that the parsers need, and the URL of the database
if it is PostgreSQL; then `<ledger>` and `<log>` are left out.

`run`: the id of the opening of the log that is followed. `first`: "first" if nothing was appended since the start,
else "later". `careful`: bins whose captures are parsed one by one, as JSON. When the server closes the pipe, the
process ends.
"""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from ... import clock
from ...domain.reader import ReaderContext
from ..process import Pipe, begin, tune_gc
from ..sqlite.ledger_file import SqliteLedgerFiles
from ..transaction import CannotWrite, Database, DatabaseError, LogUnreadable, SqlRow
from .feed import MAX_CAPTURES, LogHead, read_log_heads
from .files import LedgerFile, LedgerFiles
from .follower import Follower
from .protocol import Epoch, LedgerBegins, LedgerOpened, LedgerProgress, LogEvent, NeedEpoch, decode_from_server, encode
from .read_timer import ReadTimer
from .spaces import epoch_of
from .steps import CaptureReader

RETRY_S = 1.0
# A ledger that fails this soon after it was rebuilt is not rebuilt at once, because the disk may be the cause.
SETTLED_S = 30.0
# Storing captures has priority where processors are scarce. With 19 a follower next to six busy programs on two
# processors was 0.7 s late and not 0.1 s, and 8 s at its first capture.
NICENESS = 10

T = TypeVar("T")


class ServerGone(Exception):
    """The server has closed the pipe."""


def follow(arguments: Sequence[str], make_capture_reader: Callable[[ReaderContext], CaptureReader]) -> None:
    """Follow the log until the server closes the pipe, whatever happens to the ledger file."""
    begin()
    pipe = Pipe(int(arguments[0]))
    data = pipe.receive()
    if data is None:
        return
    frame = decode_from_server(data)
    assert isinstance(frame, LedgerBegins), "it is the first one"
    reader, budget = make_capture_reader(frame.context), ReadTimer()
    reader.recognise = budget.over(reader.recognise)
    process = LedgerProcess(pipe, _files(frame.database, arguments[1:]), arguments[-3:], reader)
    tune_gc()
    budget.start()
    try:
        opened = process.open()
        # The server waits for its start.
        os.nice(NICENESS)
        process.run(*opened)
    except (ServerGone, BrokenPipeError):
        return
    finally:
        # At its end Python restores the default, by which the signal kills the process.
        budget.stop()


class LedgerProcess:
    """Opens, follows and replaces ledger files."""

    def __init__(self, pipe: Pipe, files: LedgerFiles, arguments: Sequence[str], reader: CaptureReader) -> None:
        self._pipe = pipe
        self._files = files
        self._run, self._is_first = arguments[0], arguments[1] == "first"
        self._one_by_one = dict.fromkeys(json.loads(arguments[2]), MAX_CAPTURES)
        self._reader = reader

    def open(self) -> tuple[Database, LedgerFile]:
        """The log, and its ledger; ServerGone or BrokenPipeError when the server is gone."""
        log = self._until_it_works(self._files.open_log)
        file = self._until_it_works(self._files.open_ledger)
        if file.reason is not None:
            self._pipe.send(encode(LogEvent("ledger.replaced", file.reason)))
        if file.is_shared:
            # It was opened for this log. If it is new, another server may be filling it, so it is not replaced.
            self._put_meta(file, log, self._epoch())
        elif not self._until_it_works(lambda: self._belongs_to(file, log)):
            file = self._replace(file, log)
        self._send_opened()
        return log, file

    def run(self, log: Database, file: LedgerFile) -> None:
        """Follow the log. Raises ServerGone or BrokenPipeError when the server is gone."""
        made_at = -SETTLED_S
        while True:
            try:
                Follower(self._pipe, log, file, self._reader, self._one_by_one).run()
                file.close()
                return
            except CannotWrite as error:
                self._wait(error)
            except LogUnreadable as error:
                self._wait(error)
                log = self._until_it_works(self._files.open_log)
            except DatabaseError as error:
                # Nothing is lost: everything in it comes from the log.
                self._note("ledger.made_again", error)
                if clock.ticks() - made_at < SETTLED_S:
                    self._wait(error)
                file = self._replace(file, log)
                made_at = clock.ticks()
                self._send_opened()

    def _belongs_to(self, file: LedgerFile, log: Database) -> bool:
        """Whether the ledger was made from this log and is not ahead of it; the log may have been restored from a
        backup."""
        try:
            with file.database.write() as ledger, log.read() as log_snapshot:
                meta, log_meta = ledger.one("ledger_meta"), log_snapshot.one("log_meta")
                if meta is None or log_meta is None or meta["log"] != log_meta["id"]:
                    return False
                if meta["run"] != self._run:
                    known = log_snapshot.one("log_has_run", {"id": meta["run"]}) is not None
                    if (
                        not known
                        or not self._is_first
                        or _is_ahead(ledger.all("positions"), read_log_heads(log_snapshot))
                    ):
                        return False
                    ledger.run("set_ledger_run", {"run": self._run})
                return True
        except (CannotWrite, LogUnreadable):
            raise
        except DatabaseError as error:
            self._note("ledger.replaced", error)
            return False

    def _replace(self, file: LedgerFile, log: Database) -> LedgerFile:
        """Replace the ledger by an empty one for this log, with a new epoch of cursors."""
        before = _last_epoch(file)
        file.close()
        fresh = self._until_it_works(self._files.make_ledger)
        # A restored log may give out an epoch that was used before.
        while (epoch := self._epoch()) <= before:
            pass
        self._put_meta(fresh, log, epoch)
        return fresh

    def _put_meta(self, file: LedgerFile, log: Database, epoch: int) -> None:
        def put() -> None:
            with file.database.write() as ledger, log.read() as log_snapshot:
                log_meta = log_snapshot.one("log_meta")
                assert log_meta is not None, "the log makes it when it is opened"
                ledger.run("set_ledger_meta", {"log": log_meta["id"], "run": self._run, "epoch": epoch})

        self._until_it_works(put)

    def _epoch(self) -> int:
        self._pipe.send(encode(NeedEpoch()))
        while True:
            data = self._pipe.receive()
            if data is None:
                raise ServerGone
            frame = decode_from_server(data)
            # Notifications can be ignored: the follower compares all bins when it starts.
            if isinstance(frame, Epoch):
                return frame.number

    def _send_opened(self) -> None:
        self._pipe.send(encode(LedgerOpened(clock.new_id(), self._reader.version)))

    def _note(self, event: str, error: DatabaseError) -> None:
        self._pipe.send(encode(LogEvent(event, str(error))))

    def _until_it_works(self, call: Callable[[], T]) -> T:
        while True:
            try:
                return call()
            except (CannotWrite, LogUnreadable) as error:
                self._wait(error)

    def _wait(self, error: DatabaseError) -> None:
        """Report the reason and wait before the next attempt."""
        self._is_first = False
        self._note("ledger.stopped", error)
        self._pipe.send(encode(LedgerProgress([], [], None, str(error))))
        ends_at = clock.ticks() + RETRY_S
        while (left := ends_at - clock.ticks()) > 0:
            self._pipe.receive(left)
            if not self._pipe.is_open:
                raise ServerGone


def _files(database: str | None, arguments: Sequence[str]) -> LedgerFiles:
    if database is None:
        return SqliteLedgerFiles(Path(arguments[0]), Path(arguments[1]))
    from ..postgres.ledger import PostgresLedgerFiles  # the driver may not be installed

    return PostgresLedgerFiles(database)


def _last_epoch(file: LedgerFile) -> int:
    """The highest epoch of the cursors in a ledger, as far as it can be read."""
    try:
        with file.database.read() as ledger:
            row = ledger.one("last_first_seq")
    except DatabaseError:
        return 0
    return 0 if row is None or row[0] is None else epoch_of(row[0])


def _is_ahead(positions: Iterable[SqlRow], heads: Iterable[LogHead]) -> bool:
    known = {head.number: head for head in heads}
    for bin, n, k, d, a in positions:
        head = known.get(bin)
        if head is None:
            continue
        if n > head.last_n or k > head.last_k or d > head.last_d or a > head.last_a:
            return True
    return False
