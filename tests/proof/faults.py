"""Faults of the system under the log process: each of its calls on the data directory fails, once, four times or
always, with each error that such a call can have; and its files are removed while it runs.

Checked: nothing acknowledged is missing and nothing deleted is back; the file is valid; the process continues, or
reports that it cannot ("full", "gone", "suspect"), or does not open the log and reports why; and the next process
works as soon as the fault is over.
"""

import errno
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from app.storage import ballast
from tests.process import ROOT

from .control import FOR_EVER, SHORT, SHORT_THEN_FULL, Call, Control, Target
from .native import compile_library
from .planting import VARIABLE, plant
from .playing import prepare_to_fork
from .trial import STEPS, Fault, Trial
from .workers import Pace, scratch, work

# Faults of one script; then the next one is used.
OF_A_SCRIPT = 1_500
# A call that is interrupted is repeated at once.
MOST_INTERRUPTIONS = 4
ERRORS: dict[Call, tuple[int, ...]] = {
    Call.WRITE: (errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EINTR, SHORT, SHORT_THEN_FULL),
    Call.SYNC: (errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS),
    Call.TRUNCATE: (errno.EIO, errno.ENOSPC, errno.EROFS),
    Call.OPEN: (errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EROFS, errno.EACCES, errno.ENOMEM),
    Call.MAP: (errno.ENOMEM, errno.EIO),
    Call.UNLINK: (errno.EIO, errno.EROFS),
    Call.RENAME: (errno.EIO, errno.ENOSPC),
    Call.READ: (errno.EIO, errno.EINTR),
    Call.ALLOCATE: (errno.ENOSPC, errno.EIO),
    Call.STAT: (errno.EIO, errno.ENOENT, errno.EACCES, errno.ENOMEM),
}
_MOST_PROBLEMS = 5


@dataclass(slots=True)
class Counts:
    """What was reached: `faults` that were injected and met, `losses` of files. `outcomes`: how the process reacted."""

    faults: int = 0
    losses: int = 0
    acknowledged: int = 0
    bad: int = 0
    outcomes: dict[str, int] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def note(self, what: str, wrong: list[str]) -> None:
        """The outcome of one trial."""
        if wrong:
            self.bad += 1
            if len(self.problems) < _MOST_PROBLEMS:
                self.problems.append(f"{what}: {wrong[0]}")


def plan(calls: dict[tuple[Call, Target], int], rng: random.Random) -> Iterator[Fault]:
    """Every fault of a script, in random order. Most calls are writes, so the kinds alternate."""
    kinds: dict[tuple[Call, Target], list[Fault]] = {}
    for (call, target), total in calls.items():
        faults = [
            Fault(call, target, error, first, count)
            for error in ERRORS[call]
            for first in range(total)
            for count in (1, 4, FOR_EVER)
            if error != errno.EINTR or count <= MOST_INTERRUPTIONS
        ]
        rng.shuffle(faults)
        kinds[call, target] = faults
    while kinds:
        for kind in list(kinds):
            yield kinds[kind].pop()
            if not kinds[kind]:
                del kinds[kind]


def ways_to_lose() -> dict[str, Callable[[Path], None]]:
    """What users and programs do to files that are in use."""
    ways: dict[str, Callable[[Path], None]] = {
        "the directory deleted": lambda log: shutil.rmtree(log.parent),
        "the log overwritten": lambda log: log.write_bytes(bytes(8_192)),
    }
    for suffix in ("", "-wal", "-shm"):
        ways[f"log.db{suffix} deleted"] = lambda log, suffix=suffix: _beside(log, suffix).unlink()  # type: ignore[misc]
        ways[f"log.db{suffix} replaced"] = lambda log, suffix=suffix: _replace(_beside(log, suffix))  # type: ignore[misc]
        ways[f"log.db{suffix} moved"] = lambda log, suffix=suffix: _move(_beside(log, suffix))  # type: ignore[misc]
    return ways


def inject(folder: Path, count: int, seconds: float, seed: int, until_bad: bool) -> Counts:
    """The campaign, in a process with `native/preload.c`."""
    plant()
    ballast.SIZE = 1 << 16
    control, pace, counts = Control(folder / "control"), Pace(), Counts()
    prepare_to_fork()
    ends_at = time.monotonic() + seconds

    def is_over() -> bool:
        pace.tell(counts.faults)
        return counts.faults >= count or time.monotonic() > ends_at or (until_bad and counts.bad > 0)

    while not is_over():
        trial = Trial(folder, control, seed)
        left = OF_A_SCRIPT
        for fault in plan(trial.calls(), random.Random(seed)):
            met, outcome, wrong = trial.meet(fault)
            if met:
                left -= 1
                counts.faults += 1
                counts.acknowledged += trial.acknowledged
                counts.outcomes[outcome] += 1
                counts.note(f"script {seed}, {fault}", wrong)
            if not left or is_over():
                break
        for name, how in ways_to_lose().items():
            before = random.Random(seed).randrange(1, STEPS)
            counts.note(f"script {seed}, {name} before batch {before}", trial.lose_files(how, before))
            counts.losses += 1
        seed += 1
    return counts


def campaign(
    count: int, seconds: float, *, seed: int = 0, planted: str = "", until_bad: bool = False, pace: Pace | None = None
) -> Counts:
    """At least this number of faults, unless the time is over before; `until_bad`: or one of them did harm. Runs in a
    process of its own."""
    with scratch() as folder:
        (folder / "data").mkdir()
        Control(folder / "control")
        environment = {
            "LD_PRELOAD": str(compile_library("preload", folder)), "PROOF_DIR": str(folder / "data"),
            "PROOF_CONTROL": str(folder / "control"), VARIABLE: planted,
        }  # fmt: skip
        options = msgspec.json.encode([str(folder), count, seconds, seed, until_bad]).decode()
        command = [sys.executable, "-m", "tests.proof.faults", "inject", options]
        with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            for line in worker.stdout:
                told = msgspec.json.decode(line)
                if "result" in told:
                    return msgspec.convert(told["result"], Counts)
                if pace is not None:
                    pace.tell(told["done"])
    raise RuntimeError(f"the process that injects faults ended with {worker.returncode}")


def _beside(log: Path, suffix: str) -> Path:
    return log.with_name(log.name + suffix)


def _replace(path: Path) -> None:
    other = path.with_name("other")
    shutil.copyfile(path, other)
    other.rename(path)


def _move(path: Path) -> None:
    path.rename(path.with_name("moved"))


if __name__ == "__main__":
    if sys.argv[1] == "inject":
        where, *rest = msgspec.json.decode(sys.argv[2])
        print(msgspec.json.encode({"result": inject(Path(where), *rest)}).decode(), flush=True)
    else:
        work(campaign)
