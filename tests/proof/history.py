"""A recorded history of a log: `python -m tests.proof.history <folder> <seed> <stream> <control>`, under
`preload.c`.

Several runs of the log process on one directory, which end in different ways: closed, killed between two batches,
killed during a write or a sync, ended by a sync that fails, with a full disk in between, and sometimes a restored
backup. Only the stream is used afterwards.
"""

import asyncio
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.errors import CannotStart
from app.storage import ballast
from app.storage.process import EXIT_DOUBT
from app.storage.sqlite.copying import back_up
from app.storage.sqlite.restoring import restore

from .control import DIES, FOR_EVER, SHORT_THEN_FULL, Call, Control, Target
from .planting import plant
from .playing import KILLED, ScriptedPipe, in_a_child, play, read_bins, read_floors, small
from .script import Script
from .stream import Notes

ENOSPC, EIO = 28, 5
ENDS = ("close", "kill", "kill in a call", "failed sync of the log", "failed sync of the database", "full disk")


def main(folder: Path, seed: int, stream: Path, control: Control) -> None:
    """Record one history."""
    rng = random.Random(seed)
    notes = Notes(stream)
    notes.add_directory(folder)
    log = folder / "log.db"
    notes.add({"begin": log.exists()})
    ballast.SIZE = 1 << 16
    run = f"h{seed}"
    for life in range(rng.randint(3, 5)):
        name = f"h{seed}l{life}"
        # Another server, or another log process of the same one.
        run = name if rng.random() < 0.4 else run
        end = rng.choice(ENDS)
        _live(log, notes, control, random.Random(rng.random()), name, run, end=end)
        if not _mark(log).exists() and rng.random() < 0.6:
            _back_up_or_restore(folder, stream.with_suffix(".backup"), notes, is_replaced=rng.random() < 0.5)


def _live(log: Path, notes: Notes, control: Control, rng: random.Random, name: str, run: str, *, end: str) -> None:
    """One run. It reads from the suspect file whether it begins in doubt, as if the server had been killed with the
    previous one."""
    doubt = _mark(log).exists()
    steps = rng.randint(8, 30)
    at = rng.randrange(steps)

    def call() -> int:
        small(checkpoint_pages=rng.choice([12, 40, 120]), step_s=rng.choice([0.0, 0.005]))
        script = Script(rng.randrange(1 << 30), name, read_bins(log))
        pipe = ScriptedPipe(
            script,
            notes,
            steps,
            floors=lambda: read_floors(log),
            before_batch=lambda number: _trouble(control, rng, end, number, at),
        )
        code = play(log, pipe, run=run, doubt=doubt, log="")
        return KILLED if end == "kill" and code == 0 else code

    code = in_a_child(call)
    control.disarm()
    notes.add({"ended": code})
    if code not in (0, EXIT_DOUBT, KILLED):
        raise SystemExit(f"{name} ended with {code}")
    if code == EXIT_DOUBT and not _mark(log).exists():
        raise SystemExit(f"{name} ended in doubt and left no mark")
    if code != EXIT_DOUBT:
        _mark(log).unlink(missing_ok=True)


def _mark(log: Path) -> Path:
    return log.with_suffix(".suspect")


def _trouble(control: Control, rng: random.Random, end: str, batch: int, at: int) -> None:
    """What a run meets from its batch number `at` on."""
    if batch == at + 3 and end == "full disk":
        control.disarm()
    if batch != at:
        return
    if end == "kill in a call":
        call = rng.choice([Call.WRITE, Call.WRITE, Call.SYNC, Call.TRUNCATE])
        control.arm(call, rng.choice([Target.WAL, Target.WAL, Target.DATABASE]), DIES, rng.randrange(12))
    elif end == "failed sync of the log":
        control.arm(Call.SYNC, Target.WAL, EIO, 0)
    elif end == "failed sync of the database":
        control.arm(Call.SYNC, Target.DATABASE, EIO, 0)
    elif end == "full disk":
        control.arm(Call.WRITE, Target.WAL, rng.choice([ENOSPC, SHORT_THEN_FULL]), rng.randrange(20), FOR_EVER)


def _back_up_or_restore(folder: Path, backup: Path, notes: Notes, *, is_replaced: bool) -> None:
    """Restore the backup, if there is one; else create one."""
    log = folder / "log.db"

    def call() -> int:
        notes.add({"restore": "asked"})
        try:
            asyncio.run(restore(backup, log, datetime.now(UTC), replace=is_replaced))
        except CannotStart as error:
            raise SystemExit(f"the restore failed: {error}") from None
        notes.add({"restore": "done"})
        return 0

    if not backup.exists():
        back_up(log, backup, lambda done, total: None)
        notes.add({"backup": "made"})
    elif in_a_child(call):
        raise SystemExit("the restore failed")
    else:
        backup.unlink()


if __name__ == "__main__":
    plant()
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), Control(Path(sys.argv[4])))
