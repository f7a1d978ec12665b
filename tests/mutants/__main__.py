"""`make mutants`: apply each defect alone, run its tests, show which test caught it. Exit code 1: one survived."""

import argparse
import os
import queue
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from .planting import ROOT, Copy, Defect, Stale, check, read_defects
from .trial import Trial, Verdict, try_clean, try_defect

Print = Callable[[str], None]
MEMORY = Path("/dev/shm")


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="make mutants ARGS=", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="this defect; may be given several times")
    parser.add_argument("--ten", action="store_true", help="the ten that run in CI")
    parser.add_argument("--list", action="store_true", help="what there is, without running anything")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="defects at a time")
    wishes = parser.parse_args(arguments)
    try:
        defects = chosen(read_defects(), wishes.only, ten=wishes.ten)
        check(defects)
    except (Stale, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    if wishes.list:
        for defect in defects:
            print(f"{defect.name:36} {defect.breaks}")
        return 0
    with tempfile.TemporaryDirectory(prefix="smsbin-mutants-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        return run(defects, ROOT, Path(folder), wishes.jobs, _print)


def chosen(defects: Sequence[Defect], only: Sequence[str] | None, *, ten: bool) -> Sequence[Defect]:
    """The defects with these names. Raises ValueError if there is none of a name."""
    unknown = set(only or ()) - {defect.name for defect in defects}
    if unknown:
        raise ValueError(f"there is no defect called {', '.join(sorted(unknown))}")
    return [defect for defect in defects if (not only or defect.name in only) and (defect.ci or not ten)]


def run(defects: Sequence[Defect], root: Path, folder: Path, jobs: int, show: Print) -> int:
    """Try all of them on copies of `root` in `folder`; returns the exit code. Raises Stale."""
    since = time.monotonic()
    copies: queue.SimpleQueue[Copy] = queue.SimpleQueue()
    for number in range(jobs):
        copies.put(Copy(folder / f"copy{number}", root))
    copy = copies.get()
    clean = try_clean(copy, defects, jobs if jobs > 1 else 0)
    copies.put(copy)
    if clean.verdict is not Verdict.SURVIVED:
        show(f"The tests fail without a planted defect, so they prove nothing.\n{clean.output}")
        return 1
    show(f"{'(without a defect)':36} {'passes':9} {clean.took_s:5.1f} s")

    def try_one(defect: Defect) -> Trial:
        copy = copies.get()
        try:
            return try_defect(copy, defect)
        finally:
            copies.put(copy)

    bad: list[tuple[Defect, Trial]] = []
    with ThreadPoolExecutor(jobs) as pool:
        trials = {pool.submit(try_one, defect): defect for defect in defects}
        for future in as_completed(trials):
            defect, trial = trials[future], future.result()
            where = trial.test or ", ".join(defect.tests)
            show(f"{defect.name:36} {trial.verdict:9} {trial.took_s:5.1f} s  {where}")
            if trial.verdict is not Verdict.CAUGHT:
                bad.append((defect, trial))
    _explain(bad, show)
    count = len(defects)
    show(f"{count} planted defects, {count - len(bad)} caught, {len(bad)} not; {time.monotonic() - since:.0f} s")
    return 1 if bad else 0


def _explain(bad: Iterable[tuple[Defect, Trial]], show: Print) -> None:
    for defect, trial in bad:
        show(f"\n{defect.name} {trial.verdict}: {defect.breaks}\n    {defect.file}")
        show(f"    - {defect.before}\n    + {defect.after}")
        if trial.verdict is Verdict.BROKEN:
            show(trial.output[-2_000:])


def _print(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
