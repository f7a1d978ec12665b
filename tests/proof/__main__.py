"""`make proof`: tests the durability guarantee at length, each proof with a control that must fail. `make proof
ARGS=--quick` is the short form. Exit code 1 when a guarantee is broken, or a control is not detected.
"""

import argparse
import asyncio
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.browser.find import on_path
from tests.browser.listing import middle
from tests.postgres import missing_programs
from tests.process import ROOT, serving

from . import sharing
from .forwards import body_of, forward_through_kills, problems_of
from .frames import RATE, watch_frames
from .native import NEEDED, can_compile
from .scrolling import scroll_long_list
from .viewers import send, stuck
from .workers import share_out


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is tested. The output has the numbers that were reached."""

    images: int
    faults: int
    kills: int
    forwards: int
    lives: int
    answers: int
    connections: int
    stuck: int
    rows: int
    watched_s: float
    troubles: int
    senders: int


FULL = Scale(
    images=1_000_000,
    faults=50_000,
    kills=1_000,
    forwards=20,
    lives=6,
    answers=20_000,
    connections=50_000,
    stuck=200,
    rows=60_000,
    watched_s=20,
    troubles=100,
    senders=200,
)
QUICK = Scale(
    images=10_000, faults=400, kills=20, forwards=2, lives=2, answers=400, connections=4_000, stuck=50, rows=3_000,
    watched_s=5, troubles=5, senders=40,
)  # fmt: skip
RUNS = ("order", "kills", "sharing", "forwards", "faults", "images", "fuzz", "viewers", "scrolling")
# The maximum share of the time for each proof.
SHARES = {"images": 0.4, "faults": 0.26, "kills": 0.13, "sharing": 0.09, "order": 0.06, "fuzz": 0.05}


class Proofs:
    """Runs them one after the other, and prints each result on a line."""

    def __init__(self, scale: Scale, seconds: float) -> None:
        self._scale, self._seconds = scale, seconds
        self._commit = commit()
        self._began_at = time.monotonic()
        self.is_good = True

    def images(self) -> None:
        """Power cuts, and kill points."""
        if not self._needs(can_compile(), f"power cuts: {NEEDED}"):
            return
        found = self._share_out("images", "images of power cuts", self._scale.images)
        total = {name: sum(each[name] for each in found) for name in found[0] if isinstance(found[0][name], int)}
        kinds = len({kind for each in found for kind in each["kinds"]})
        self._say(
            not total["bad"] and total["images"] > 0,
            f"power cuts: {total['images']:,} images of the log, {kinds} kinds of loss, {total['states']:,} distinct"
            f" states; {total['histories']} histories with {total['acknowledged']:,} acknowledged captures,"
            f" {total['restores']} restores, {total['failed_syncs']} failed syncs that dropped {total['dropped']:,}"
            f" writes: {total['bad']} wrong",
            found,
        )
        self._say(
            not total["bad"] and total["kill_points"] > 0,
            f"kill points: {total['kill_points']:,} calls and acknowledgements of these histories, the process killed"
            " behind each (in a model of the page cache)",
        )
        caught = self._share_out("images", "control", 4_000, lies="-wal")
        wrong, of = sum(each["bad"] for each in caught), sum(each["images"] + each["kill_points"] for each in caught)
        self._say(wrong > of / 10, f"control, syncs of the log are not believed: {wrong:,} of {of:,} wrong")

    def faults(self) -> None:
        """Faults of the system."""
        if not self._needs(can_compile(), f"faults: {NEEDED}"):
            return
        found = self._share_out("faults", "faults", self._scale.faults)
        faults, losses, bad = (sum(each[name] for each in found) for name in ("faults", "losses", "bad"))
        outcomes = _added(each["outcomes"] for each in found)
        said = ", ".join(
            f"{count:,} {outcome}" for outcome, count in sorted(outcomes.items(), key=lambda item: -item[1])
        )
        self._say(
            not bad and faults > 0,
            f"faults: {faults:,} injected into the calls of the log process ({said}), its files taken away {losses:,}"
            f" times: {bad} wrong",
            found,
        )
        planted = "errors of a commit are ignored"
        wrong = sum(each["bad"] for each in self._share_out("faults", "control", 200, planted=planted))
        self._say(wrong > 0, f"control, {planted}: caught {wrong:,} times")

    def kills(self) -> None:
        """Real kills."""
        found = self._share_out("kill9", "kills", self._scale.kills, lives=self._scale.lives)
        kills = _added(each["kills"] for each in found)
        said = ", ".join(f"{kills[victim]:,} {victim}" for victim in sorted(kills))
        problems = sum(len(each["problems"]) for each in found)
        acknowledged, deleted, looks = (
            sum(each[name] for each in found) for name in ("acknowledged", "deleted", "looks")
        )
        self._say(
            not problems and acknowledged > 0,
            f"kill -9: {sum(kills.values()):,} under load ({said}), {acknowledged:,} acknowledged, {deleted:,} deleted,"
            f" looked at {looks} times; keeping again after {max(each['down_s'] for each in found):.1f} s at most:"
            f" {problems} wrong",
            found,
        )
        control = self._share_out("kill9", "control", 1, lives=1, module="tests.proof.planted")
        wrong = sum(len(each["problems"]) for each in control)
        self._say(wrong > 0, f"control, captures wait in memory when they are confirmed: caught {wrong:,} times")

    def sharing(self) -> None:
        """Several servers on one PostgreSQL."""
        missing = missing_programs("nginx")
        if not self._needs(not missing, f"servers on PostgreSQL: {', '.join(missing)} is not installed"):
            return
        senders = self._scale.senders
        (found,) = self._share_out("sharing", "troubles", self._scale.troubles, workers=1, senders=senders)
        troubles = found["troubles"]
        said = ", ".join(f"{troubles[name]} {name}" for name in sorted(troubles))
        self._say(
            not found["problems"] and found["acknowledged"] > 0,
            f"servers on PostgreSQL: {sum(troubles.values())} troubles ({said}) for {sharing.SERVERS} servers,"
            f" {senders} senders; {found['cut_before']} commits cut before they were made, {found['cut_after']} after,"
            f" {found['acknowledged']:,} acknowledged; working again after {found['slowest_back_s']:.1f} s at most:"
            f" {len(found['problems'])} wrong",
            [found],
        )
        (control,) = self._share_out("sharing", "control", 1, workers=1, senders=40, confirms_early=True)
        wrong = len(control["problems"])
        self._say(wrong > 0, f"control, PostgreSQL confirms before it has written: caught {wrong} times")

    def order(self) -> None:
        """The fsync before the answer."""
        if not self._needs(shutil.which("strace") is not None, "fsync before answer: strace is not installed"):
            return
        found = self._share_out("order", "answers", self._scale.answers)
        after, before = (sum(each[name] for each in found) for name in ("after", "before"))
        self._say(
            after > 0 and not before,
            f"fsync before answer: {after:,} answers of {sum(each['servers'] for each in found)} servers left after"
            f" their own sync, {before:,} before",
        )
        control = self._share_out("order", "control", 160, module="tests.proof.early")
        wrong, of = (sum(each[name] for each in control) for name in ("before", "after"))
        self._say(wrong > 0, f"control, a server that answers early: caught {wrong:,} of {wrong + of:,} times")

    def fuzz(self) -> None:
        """Random connections."""
        found = self._share_out("fuzz", "connections", self._scale.connections)
        names = ("connections", "acknowledged", "bad")
        connections, acknowledged, bad = (sum(each[name] for each in found) for name in names)
        self._say(
            not bad and acknowledged > 0,
            f"fuzz: {connections:,} random connections, {acknowledged:,} captures acknowledged and read back: {bad}"
            " wrong",
            found,
        )
        control = self._share_out("fuzz", "control", 400, module="tests.proof.misreading")
        wrong = sum(each["bad"] for each in control)
        self._say(wrong > 0, f"control, a byte behind a body is taken for a part of it: caught {wrong:,} times")

    def viewers(self) -> None:
        """Viewers that never read."""
        with tempfile.TemporaryDirectory(prefix="smsbin-proof-") as folder:
            ratio = asyncio.run(_slowed(Path(folder), self._scale.stuck))
        self._say(
            ratio < 50, f"{self._scale.stuck} viewers that never read: slowest answer {ratio:.1f} times that without"
        )

    def forwards(self) -> None:
        """Forwards of requests and of events while the server is killed."""
        kills = self._scale.forwards
        for what, events in (("requests", False), ("events", True)):
            self._began_at = time.monotonic()
            with tempfile.TemporaryDirectory() as folder:
                found = asyncio.run(
                    forward_through_kills(Path(folder), captures=100 * kills, kills=kills, seed=1, events=events)
                )
            self._say(
                not found.problems and found.captures > 0,
                f"forwards of {what}: {found.captures:,} captures, the server killed {found.kills} times: all arrived,"
                f" those of each message in order, {found.repeats} repeated with the same id;"
                f" {len(found.problems)} problems",
                [{"problems": found.problems}],
            )
        control = problems_of({1: body_of(1), 2: body_of(2)}, [])
        self._say(bool(control), "control, a target that got nothing: detected")

    def scrolling(self) -> None:
        """The list of a long bin, in a browser."""
        if not self._needs(on_path() is not None, "scrolling: Chromium is not installed"):
            return
        self._began_at = time.monotonic()
        found = asyncio.run(scroll_long_list(self._scale.rows))
        self._say(
            found.is_good,
            f"scrolling: {self._scale.rows:,} requests down and up, {found.missing} not shown, {found.disordered} out"
            f" of order, {found.most_rows} rows and {found.nodes:,} nodes in the page at most, heap"
            f" {found.heap / (1 << 20):.0f} MiB; key j {middle(found.keys):.0f} ms, opening one"
            f" {middle(found.opened):.0f} ms (medians)",
        )
        control = asyncio.run(scroll_long_list(2_000, without_window=True))
        self._say(not control.is_good, f"control, no row leaves the page: {control.most_rows:,} rows")
        self._frames()

    def _frames(self) -> None:
        """The open list while requests arrive."""
        self._began_at = time.monotonic()
        found = asyncio.run(watch_frames(self._scale.watched_s))
        page, idle = found.loaded, found.idle
        self._say(
            found.is_good,
            f"list open at {RATE}/s for {found.seconds:g} s: {found.arrived:,} requests arrived, {page.frames:.0f}"
            f" frames a second ({idle.frames:.0f} without requests); main thread busy {page.busy:.0%}"
            f" ({idle.busy:.0%}), {found.needed:.0%} for 45 frames, scripts {page.scripts:.0%}, layout and styles"
            f" {page.layout:.0%};"
            f" {len(page.long_tasks)} tasks over 50 ms, longest {max(page.long_tasks, default=0):.0f} ms",
        )
        control = asyncio.run(watch_frames(5, too_busy=True))
        self._say(not control.is_good, f"control, a page that is too busy: {control.loaded.frames:.0f} frames a second")

    def _share_out(self, proof: str, what: str, count: int, /, **options: Any) -> list[dict[str, Any]]:
        self._began_at = time.monotonic()
        name = {"kill9": "kills"}.get(proof, proof)
        return share_out(proof, what, count, self._seconds * SHARES[name], **options)

    def _needs(self, is_there: bool, what: str) -> bool:
        if not is_there:
            self._say(False, what)
        return is_there

    def _say(self, is_good: bool, text: str, found: list[dict[str, Any]] | None = None) -> None:
        self.is_good = self.is_good and is_good
        took = time.monotonic() - self._began_at
        print(f"{'ok  ' if is_good else 'FAIL'} {text} [{took:.0f} s, commit {self._commit}]", flush=True)
        for problem in [problem for each in found or [] for problem in each["problems"]]:
            print(f"     {problem}", flush=True)


def commit() -> str:
    """The commit that is tested, with a plus sign if something has changed since."""
    try:
        name = _git("rev-parse", "--short", "HEAD")
        return f"{name}+" if _git("status", "--porcelain", "--untracked-files=no") else name
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _added(counts: Any) -> dict[str, int]:
    total: dict[str, int] = {}
    for each in counts:
        for name, count in each.items():
            total[name] = total.get(name, 0) + count
    return total


async def _slowed(folder: Path, count: int) -> float:
    with serving(folder) as server:
        alone = await send(server, 300)
        people = [await stuck(server) for _ in range(count)]
        with_stuck = await send(server, 300, 2_000)
        for _, writer in people:
            writer.transport.abort()
        assert server.stop() == 0
        return with_stuck / alone


def main() -> int:
    """Run the proofs that the command line names."""
    parser = argparse.ArgumentParser(prog="make proof", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the short form, about two minutes")
    parser.add_argument("--minutes", type=float, default=115, help="the most that it may take; then fewer are proved")
    parser.add_argument("--only", nargs="+", metavar="PROOF", help=", ".join(RUNS))
    options = parser.parse_args()
    proofs = Proofs(QUICK if options.quick else FULL, options.minutes * 60)
    runs: dict[str, Callable[[], None]] = {name: getattr(proofs, name) for name in RUNS}
    print(
        f"smsbin {commit()}, {datetime.now(UTC):%Y-%m-%d}, SQLite {sqlite3.sqlite_version}, Python"
        f" {platform.python_version()}, {platform.system()} {platform.release()}",
        flush=True,
    )
    for name, run in runs.items():
        if not options.only or name in options.only:
            run()
    return 0 if proofs.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
