"""Power cuts in the recorded history of a log, at every write, sync, name and acknowledgement, with every kind of
loss.

Checked for each image: SQLite opens it and finds it valid; what was acknowledged is there, byte for byte; what was
deleted stays deleted; the numbers have no gaps; and all tables together are in the state of the last
acknowledgement, or of one moment since. The page cache at each of these places is the state after a `kill -9`: a
kill point.
"""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tests.process import ROOT

from .control import Control
from .disk import Disk
from .losses import possible
from .memory import Memory
from .native import compile_library
from .planting import VARIABLE
from .recovered import EMPTY, Recovered, goes_on, read_log
from .stream import read_stream
from .truth import Truth
from .workers import Pace, scratch, work

# Generations of one family of histories: each begins with the state after a power cut in the previous one.
GENERATIONS = 3
# One in this number of distinct states is opened by the log process, and written.
WRITTEN = 50
# The share of images of which one is kept for the next generation.
KEPT = 0.001
# The power fails after this share of the writes: more histories are worth more than each write of one.
SHARE = 0.3
_MOST_STATES = 3_000
_MOST_PROBLEMS = 5


@dataclass(slots=True)
class Counts:
    """What was reached. `states`: distinct contents among the images and kill points."""

    images: int = 0
    kill_points: int = 0
    histories: int = 0
    acknowledged: int = 0
    restores: int = 0
    failed_syncs: int = 0
    dropped: int = 0
    states: int = 0
    bad: int = 0
    kinds: dict[str, int] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class Checker:
    """Opens the content of a `Memory`, each distinct content once."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.seen: set[bytes] = set()
        self._known: dict[tuple[bytes, str], Recovered] = {}

    def look(self, digest: bytes, name: str = "log.db") -> Recovered:
        """The content of a name in the marked memory, whose digest was computed before anything was opened."""
        key = (digest, name)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > _MOST_STATES:
                self._known.clear()
            found = self._known[key] = self._open(name)
            if key[0] not in self.seen:
                self.seen.add(key[0])
                if len(self.seen) % WRITTEN == 0 and not found.problems and found.bins:
                    found.problems += goes_on(Path("/log.db"), found)
        return found

    def _open(self, name: str) -> Recovered:
        if not self.memory.has(name):
            return Recovered()
        try:
            connection = sqlite3.connect(f"/{name}")
            try:
                return read_log(connection)
            finally:
                connection.close()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            # Garbage in place of a table's name cannot be decoded.
            return Recovered(problems=[f"SQLite says: {error}"])


class Trial:
    """One stream, cut after each sync, name and acknowledgement, and after a `share` of the writes; `kills_all`: the
    others are kill points all the same. `lies`: the suffixes of files whose syncs have no effect."""

    def __init__(
        self, checker: Checker, counts: Counts, seed: int, *, share: float, kills_all: bool = True, lies: str = ""
    ) -> None:
        self._checker, self._counts = checker, counts
        self._memory = checker.memory
        self._memory.reset()
        self._rng = random.Random(seed)
        self._share, self._kills_all = share, kills_all
        self._disk = Disk(self._memory, random.Random(seed + 1), lies)
        self._truth = Truth()
        self._backup: Truth | None = None
        self._has_begun = self._is_restoring = self._has_synced = False
        # The possible contents of the tables: as of the last acknowledgement, and at each moment since.
        self._allowed: set[bytes] = {EMPTY}
        self._judged: dict[tuple[bytes, int], list[str]] = {}
        # One image for the next generation.
        self.kept: dict[str, bytes] = {}
        self._place = ""

    def run(self, stream: Path, is_over: Callable[[], bool]) -> None:
        """Until the end of the stream, or of the time."""
        for number, record in enumerate(read_stream(stream)):
            self._place = f"{stream.name} record {number} ({record.kind})"
            if record.kind == "m":
                if not self._note(msgspec.json.decode(record.data)):
                    continue
            else:
                self._disk.take(record)
                self._counts.failed_syncs += record.kind == "f"
                self._has_synced = self._has_synced or record.kind == "s"
                if not self._has_begun:
                    continue
            is_cut = record.kind not in "wt" or self._rng.random() < self._share
            if is_cut or self._kills_all:
                self._kill()
            if is_cut:
                self._cut()
            if is_over():
                break
        self._counts.histories += 1
        self._counts.acknowledged += self._truth.acknowledged
        self._counts.dropped += self._disk.dropped

    def _cut(self) -> None:
        """The power fails here, with each possible kind of loss."""
        for loss in possible(self._disk):
            self._memory.mark()
            loss(self._disk, self._rng)
            files = self._files() if self._rng.random() < KEPT else None
            digest = self._memory.digest()
            if self._judge(digest, self._checker.look(digest), loss.__name__.replace("_", " ")) and files is not None:
                self.kept = files
            self._counts.images += 1
            self._counts.kinds[loss.__name__] += 1
            self._memory.rollback()

    def _note(self, note: dict[str, Any]) -> bool:
        """Whether a power cut right after this mark matters."""
        match note:
            case {"begin": _}:
                self._has_begun = True
                self._truth.begin_with(self._cached())
                self._allowed = {self._cached().content}
            case {"ask": entries}:
                self._truth.ask(entries)
                self._has_synced = False
                return False
            case {"got": results}:
                self._truth.got(results)
                # Nothing was written, so nothing new is guaranteed.
                if results and self._has_synced:
                    self._allowed = {self._cached().content}
            case {"floors": floors}:
                self._truth.floors(floors)
            case {"backup": _}:
                self._backup = self._truth.copy()
            case {"restore": "asked"}:
                self._is_restoring = True
            case {"restore": "done"}:
                assert self._backup is not None, "there was one to restore"
                self._truth, self._is_restoring = self._backup.copy(), False
                self._counts.restores += 1
                self._judged.clear()
                self._allowed = {self._cached().content}
        return True

    def _cached(self) -> Recovered:
        self._memory.mark()
        self._disk.show_cache()
        found = self._checker.look(self._memory.digest())
        self._memory.rollback()
        return found

    def _kill(self) -> None:
        self._memory.mark()
        self._disk.show_cache()
        digest = self._memory.digest()
        found = self._checker.look(digest)
        if not found.problems:
            self._allowed.add(found.content)
        self._judge(digest, found, "a kill")
        self._counts.kill_points += 1
        self._memory.rollback()

    def _judge(self, digest: bytes, found: Recovered, kind: str) -> bool:
        """Check the content."""
        key = (digest, self._truth.version)
        problems = self._judged.get(key)
        if problems is None:
            problems = self._judged[key] = self._problems(digest, found)
        if problems:
            self._counts.bad += 1
            if len(self._counts.problems) < _MOST_PROBLEMS:
                self._counts.problems.append(f"{self._place}, {kind}: {problems[0]}")
        return not problems

    def _problems(self, digest: bytes, found: Recovered) -> list[str]:
        if self._is_restoring and found.content == EMPTY and not found.problems:
            return self._beside(digest)
        problems = found.problems + self._truth.problems(found)
        if problems and self._is_restoring and self._backup is not None:
            problems = found.problems + self._backup.problems(found)
        if not problems and found.content not in self._allowed:
            problems = ["the tables are as they never were since the last acknowledgement"]
        return problems

    def _beside(self, digest: bytes) -> list[str]:
        """During a restore there may be no log: then the old or the new one is complete next to its place."""
        names = [name for name in self._memory.names() if ".before-" in name or name.endswith(".restoring")]
        truths = [truth for truth in (self._truth, self._backup) if truth is not None]
        for name in names:
            found = self._checker.look(digest, name)
            if not found.problems and any(not truth.problems(found) for truth in truths):
                return []
        return [f"no log, and none beside its place ({names})"]

    def _files(self) -> dict[str, bytes]:
        return {name: self._memory.content(self._memory.file_of(name)) for name in self._memory.names()}


def record_history(folder: Path, base: dict[str, bytes], seed: int, preload: Path, planted: str = "") -> Path:
    """Record a history on a directory that contains `base`; returns the stream."""
    data, stream, control = folder / "data", folder / f"history {seed}", folder / "control"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    for name, content in base.items():
        (data / name).write_bytes(content)
    for path in (stream, stream.with_suffix(".backup")):
        path.unlink(missing_ok=True)
    control.write_bytes(b"")
    control.unlink()
    Control(control)
    environment = {
        "LD_PRELOAD": str(preload), "PROOF_DIR": str(data), "PROOF_STREAM": str(stream), "PROOF_CONTROL": str(control),
        VARIABLE: planted,
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.proof.history", str(data), str(seed), str(stream), str(control)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"history {seed} ended with {done.returncode}: {done.stderr[-2_000:]}")
    return stream


def campaign(
    count: int, seconds: float, *, seed: int = 0, share: float = SHARE, kills_all: bool = True, lies: str = "",
    planted: str = "", until_bad: bool = False, pace: Pace | None = None,
) -> Counts:  # fmt: skip
    """At least this number of images, unless the time is over before; `until_bad`: or one of them is wrong."""
    counts = Counts()
    ends_at = time.monotonic() + seconds
    with scratch() as folder:
        checker = Checker(Memory(compile_library("memory", folder)))
        preload = compile_library("preload", folder)
        base: dict[str, bytes] = {}

        def is_over() -> bool:
            if pace is not None:
                pace.tell(counts.images)
            return counts.images >= count or time.monotonic() > ends_at or (until_bad and counts.bad > 0)

        generation, kept = 0, None
        while not is_over():
            stream = record_history(folder, base if generation else {}, seed, preload, planted)
            trial = Trial(checker, counts, seed, share=share, kills_all=kills_all, lies=lies)
            trial.run(stream, is_over)
            if counts.problems and not kept:
                kept = Path(shutil.copy(stream, tempfile.gettempdir()))
                counts.problems.append(f"the stream is kept in {kept}")
            stream.unlink()
            base, seed, generation = trial.kept, seed + 1, (generation + 1) % GENERATIONS
        counts.states = len(checker.seen)
    return counts


if __name__ == "__main__":
    work(campaign)
