"""Short runs of the log process on one directory, repeated with something that fails."""

import errno
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from enum import IntFlag
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app.storage.process import EXIT_DOUBT

from .control import FOR_EVER, NAMES, Call, Control, Target
from .playing import RAISED, ScriptedPipe, in_a_child, play, read_bins, small
from .recovered import read_log
from .script import KnownBin, Script
from .stream import Notes, read_stream
from .truth import Truth

STEPS, STEPS_AFTERWARDS = 12, 3
# The errors of a process that does not store something that it could store on a working system.
REFUSALS = ("suspect", "gone", "full", "broken")


class Fault(NamedTuple):
    """Calls number `first` to `first + count - 1` of a kind, on a kind of files, fail."""

    call: Call
    target: Target
    error: int
    first: int
    count: int

    def __str__(self) -> str:
        times = {1: "once", FOR_EVER: "for ever"}.get(self.count, f"{self.count} times")
        return f"{_names(self.call)} of {_names(self.target)} number {self.first}: {NAMES[self.error]} {times}"


class Trial:
    """One script on one directory. `seed` determines the script, the initial content, and whether the process begins
    in doubt, so that the faults also affect its check of the file."""

    def __init__(self, folder: Path, control: Control, seed: int) -> None:
        self._log = folder / "data" / "log.db"
        self._notes = folder / "notes"
        self._control = control
        self._seed = seed
        self._doubt = seed % 4 == 1
        self._truth = Truth()
        self._bins: list[KnownBin] = []
        self._make_template()

    @property
    def acknowledged(self) -> int:
        """Captures in the last trial."""
        return self._truth.acknowledged

    def calls(self) -> dict[tuple[Call, Target], int]:
        """The number of calls of each kind without faults."""
        self._fresh()
        self._control.arm(Call.WRITE, Target.OTHER, errno.EIO, FOR_EVER)
        self._live(0, STEPS, self._bins, doubt=self._doubt)
        self._control.disarm()
        return self._control.totals()

    def meet(self, fault: Fault) -> tuple[bool, str, list[str]]:
        """Whether the fault was met, how the process reacted, and the problems."""
        self._fresh()
        self._control.arm(*fault)
        code, told = self._live(0, STEPS, self._bins, doubt=self._doubt)
        self._control.disarm()
        if not self._control.fired:
            return False, "", []
        outcome = _outcome(code, told)
        wrong = [] if code in (0, 1, EXIT_DOUBT) else [f"it ended with {code}"]
        doubt = code == EXIT_DOUBT or (self._doubt and not told["opened"])
        kept = [KnownBin(id, None, set(numbers)) for id, numbers in self._truth.kept().items()]
        code, told = self._live(1, STEPS_AFTERWARDS, kept, doubt=doubt)
        if code or not told["opened"] or any(told[refusal] for refusal in REFUSALS):
            wrong.append(f"without the fault the next process does not work: {code}, {dict(told)}")
        return True, outcome, wrong + self._look()

    def lose_files(self, how: Callable[[Path], None], before: int) -> list[str]:
        """Change the files before batch number `before`; returns what is confirmed in spite of that."""
        self._fresh()

        def trouble(batch: int) -> dict[str, Any] | None:
            if batch != before:
                return None
            how(self._log)
            return {"lost": True}

        self._live(0, STEPS, self._bins, doubt=False, before_batch=trouble)
        asked: list[Any] = []
        is_lost = False
        for record in read_stream(self._notes):
            match msgspec.json.decode(record.data):
                case {"lost": _}:
                    is_lost = True
                case {"ask": entries}:
                    asked = entries
                case {"got": results} if is_lost:
                    # A number that does not exist is refused in any case; a bin is swept only if something is due.
                    done = [asked[place][0] for place, _ in results if asked[place][0] not in ("sweep", "other")]
                    if done:
                        return [f"{done[0]} was acknowledged although it is lost"]
        return []

    def _make_template(self) -> None:
        """A log with content, also in the write-ahead log; for some seeds none."""
        shutil.rmtree(self._log.parent, ignore_errors=True)
        self._log.parent.mkdir(parents=True)
        if self._seed % 3:
            self._live(2, 10, [], doubt=False)
        self._template_truth = self._truth
        paths = [path for path in self._log.parent.iterdir() if not path.name.endswith("-shm")]
        self._template = {path.name: path.read_bytes() for path in paths}
        self._bins = read_bins(self._log)

    def _fresh(self) -> None:
        self._log.parent.mkdir(exist_ok=True)
        for path in self._log.parent.iterdir():
            path.unlink()
        for name, content in self._template.items():
            (self._log.parent / name).write_bytes(content)
        self._truth = self._template_truth.copy()

    def _live(
        self, number: int, steps: int, bins: list[KnownBin], *, doubt: bool,
        before_batch: Callable[[int], dict[str, Any] | None] = lambda _: None,
    ) -> tuple[int, Counter[str]]:  # fmt: skip
        """One run: its exit code, and its frames."""
        self._notes.unlink(missing_ok=True)
        notes = Notes(self._notes)

        def call() -> int:
            small(checkpoint_pages=15, step_s=0.0)
            # The retention of bins is known only after they were read.
            script = Script(self._seed * 3 + number, f"s{self._seed}n{number}", bins, sweeps=number != 1)
            pipe = ScriptedPipe(script, notes, steps, before_batch=before_batch)
            try:
                return play(self._log, pipe, run=f"run {number}", doubt=doubt, log="")
            finally:
                notes.add({"errors": pipe.errors})

        code = in_a_child(call)
        notes.close()
        told: Counter[str] = Counter()
        for record in read_stream(self._notes):
            self._take(msgspec.json.decode(record.data), told)
        return code, told

    def _take(self, note: dict[str, Any], told: Counter[str]) -> None:
        match note:
            case {"ask": entries}:
                self._truth.ask(entries)
            case {"got": results}:
                self._truth.got(results)
            case {"opened": error}:
                told["opened" if error is None else "not opened"] += 1
            case {"errors": errors}:
                told.update(errors)

    def _look(self) -> list[str]:
        connection = sqlite3.connect(self._log)
        try:
            found = read_log(connection)
        except sqlite3.Error as error:
            return [f"SQLite says: {error}"]
        finally:
            connection.close()
        return found.problems + self._truth.problems(found)


def _outcome(code: int, told: Counter[str]) -> str:
    for name in ("not opened", *REFUSALS):
        if told[name]:
            return name
    return {0: "went on", EXIT_DOUBT: "suspect", RAISED: "raised"}.get(code, f"ended with {code}")


def _names(flags: IntFlag) -> str:
    return (flags.name or str(flags)).lower()
