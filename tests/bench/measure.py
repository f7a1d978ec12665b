"""What all measurements use: loads, the reference server, and ratios of alternating runs."""

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from tests.process import ROOT, Process

from . import wrk

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 32


@dataclass(slots=True)
class Row:
    """One figure, its limit, and whether it was met."""

    name: str
    value: str
    bar: str
    good: bool


def at_least(name: str, ratios: Sequence[float], bar: float) -> Row:
    """A row whose limit is a minimum median."""
    median = statistics.median(ratios)
    return Row(name, f"{median:.2f} ({min(ratios):.2f}–{max(ratios):.2f})", f">= {bar}", median >= bar)


def load(
    port: int,
    path: str,
    seconds: float = SECONDS,
    mode: str = "keep",
    rate: float | None = None,
    each: int = 1,
) -> list[float]:
    """Requests/s, p99 ms, failed answers, at full speed. Uses wrk if it is installed, because it takes the least
    processor time."""
    if rate is None and shutil.which("wrk"):
        return wrk.load(port, path, seconds, CONNECTIONS, keep=mode == "keep", each=each)
    more = [] if rate is None else [str(rate)]
    command = [sys.executable, "-m", "tests.bench.load", str(port), path, str(seconds), str(CONNECTIONS), mode, *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


@contextmanager
def bare() -> Iterator[tuple[int, int]]:
    """The running reference server: its port and its process."""
    command = [sys.executable, "-m", "tests.bench.bare"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), process.pid
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def rest() -> None:
    """Until none of our processes is busy: after a load the ledger catches up, which would affect the next
    measurement."""
    family = psutil.Process().children(recursive=True)
    spent, quiet = -1.0, 0
    while quiet < 2:
        now = sum(sum(member.cpu_times()[:2]) for member in family)
        quiet = quiet + 1 if now - spent < 0.02 else 0
        spent = now
        time.sleep(0.25)


def turns(ours: Callable[[], float], theirs: Callable[[], float]) -> list[float]:
    """The ratio of each run: theirs, then ours."""
    found = []
    for turn in range(ROUNDS):
        say(turn)
        base = theirs()
        rest()
        found.append(ours() / base)
        rest()
    return found


def say(turn: int) -> None:
    """Print progress."""
    print(f"  turn {turn + 1} of {ROUNDS} ", file=sys.stderr, end="\r", flush=True)


def family_of(server: Process) -> list[psutil.Process]:
    """The server, its log process and its follower."""
    parent = psutil.Process(server.popen.pid)
    children = {child.cmdline()[2].rpartition(".")[2]: child for child in parent.children()}
    follower = children.pop("follower")
    (log,) = children.values()
    return [parent, log, follower]
