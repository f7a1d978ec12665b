"""The real log process (`app/storage/log/process.py`), with a script at the other end of its pipe: in this process,
so that its input, its disk operations and its answers have one order.
"""

import gc
import os
import random
import select
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from app.storage.ids import number_of, row_id
from app.storage.log import deleting, jobs, process
from app.storage.log.results import Opened, decode_opened, decode_results
from app.storage.sqlite import checkpoints, log_file

from .script import KnownBin, Script

# The exit code of a process that was killed during a system call (`control.DIES`).
KILLED = 9
# The exit code of a process that an exception has ended.
RAISED = 70


class Taker(Protocol):
    """Where marks are written."""

    def add(self, note: dict[str, Any]) -> None:
        """In the order in which it happened."""


class ScriptedPipe:
    """Replaces the pipe to the server. `steps` batches are sent; before each, `before_batch` is called with the
    number of batches, and may return a note. `floors` reads the floors of the bins after a deletion."""

    def __init__(
        self, script: Script, notes: Taker, steps: int, *,
        before_batch: Callable[[int], dict[str, Any] | None] = lambda _: None,
        floors: Callable[[], dict[str, int]] | None = None,
    ) -> None:  # fmt: skip
        self._script, self._notes, self._steps = script, notes, steps
        self._before_batch, self._floors = before_batch, floors
        self._random = random.Random(steps)
        self._batch: list[jobs.Job] = []
        self._sent = 0
        self.opened: Opened | None = None
        self.errors: list[str] = []

    def receive(self, timeout_s: float | None = None) -> bytes | None:
        """The next batch; None when the script has ended."""
        if self._sent == self._steps:
            return None
        note = self._before_batch(self._sent)
        if note is not None:
            self._notes.add(note)
        self._sent += 1
        self._batch = self._script.next_batch()
        self._notes.add({"ask": self._script.entries(self._batch)})
        return jobs.encode_jobs(self._batch)

    def send(self, data: bytes) -> None:
        """The process has opened the log, or answers a batch."""
        if self.opened is None:
            self.opened = decode_opened(data)
            self._notes.add({"opened": self.opened.error})
            return
        results = decode_results(data).results
        self._notes.add({"got": [(i, result.value) for i, result in enumerate(results) if result.error is None]})
        self.errors += [result.error for result in results if result.error is not None]
        self._script.learn(self._batch, results)
        if self._floors is not None and any(isinstance(job, jobs.DELETES) for job in self._batch):
            self._notes.add({"floors": self._floors()})

    def has_more(self, timeout_s: float = 0.0) -> bool:
        """Whether there is a next batch; deleted bytes are erased when there is none."""
        return self._random.random() < 0.3


def small(*, checkpoint_pages: int, step_s: float) -> None:
    """Make a short run meet what only long ones do: checkpoints after a few commits, sweeps with many steps."""
    log_file.CHECKPOINT_PAGES, checkpoints.EVERY_S, checkpoints.FREED = checkpoint_pages, 0.0, 8
    deleting.STEP_S, deleting.CHUNK = step_s, 4


def play(path: Path, pipe: ScriptedPipe, *, run: str, doubt: bool, log: str) -> int:
    """One run of the log process; returns its exit code."""
    process.Pipe = lambda _: pipe  # type: ignore[misc,assignment]
    # It examines all objects, which a forked process would have to copy.
    process.settle = lambda: None
    try:
        process.main(["0", str(path), run, "doubt" if doubt else "sound", log])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def prepare_to_fork() -> None:
    """Call before many forks: existing objects are not examined, and so not copied, in each."""
    gc.collect()
    gc.freeze()


def in_a_child(call: Callable[[], int], within_s: float = 60.0) -> int:
    """Call in a process of its own, which ends without closing anything; returns its exit code. It is killed after
    its time limit."""
    child = os.fork()
    if child == 0:
        code = RAISED
        try:
            code = call()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    ended = os.pidfd_open(child)
    try:
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        if not poll.poll(within_s * 1_000):
            os.kill(child, signal.SIGKILL)
    finally:
        os.close(ended)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def read_floors(log: Path) -> dict[str, int]:
    """Readers see the captures of each bin above this number."""
    with closing(_open_to_read(log)) as connection:
        return dict(connection.execute("select id, floor_n from bins where not deleted"))


def read_bins(log: Path) -> list[KnownBin]:
    """What a starting server reads."""
    if not log.exists():
        return []
    with closing(_open_to_read(log)) as connection:
        try:
            version = connection.execute("pragma user_version").fetchone()[0]
        except sqlite3.OperationalError:
            # The power failed while the file was created: its journal must be rolled back first.
            return []
        if not version:
            return []
        found = []
        for number, id, retention_s, floor_n in connection.execute(
            "select number, id, retention_s, floor_n from bins where not deleted order by number"
        ).fetchall():
            place = (row_id(number, floor_n), row_id(number + 1, 0))
            rows = connection.execute("select id from captures where id > ? and id < ?", place)
            found.append(KnownBin(id, retention_s, {number_of(row[0]) for row in rows}))
        return found


def _open_to_read(log: Path) -> sqlite3.Connection:
    """Without writing anything when it is closed."""
    return sqlite3.connect(f"{log.as_uri()}?mode=ro", uri=True)
