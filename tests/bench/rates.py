"""Captures a second: at full speed, for a minute, by the follower alone, and with other work."""

import json
import shutil
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.process import ROOT, TOKEN, Process, serving

from . import wrk
from .held import another_bin, call
from .measure import ROUNDS, SECONDS, Row, at_least, bare, family_of, load, rest, say, turns

# How often one message is sent.
FOR_EVER = 1 << 30
# The pause of each connection of a sustained load between two requests.
DELAY_MS = 30
TRIAL_S, SUSTAINED_S = 8, 60


def throughput(folder: Path) -> Iterator[Row]:
    """Durable captures, compared with a server that stores nothing."""
    with serving(folder / "fast") as server, bare() as base:
        path = f"/{server.key}"
        for mode, bar, name in (("keep", 0.75, "kept alive"), ("close", 0.85, "a new connection each")):
            yield from _compare(server, path, base, mode, name, bar)
        if shutil.which("wrk"):
            found = turns(lambda: load(server.port, path, each=FOR_EVER)[0], lambda: load(server.port, path)[0])
            yield at_least("captures/s of one message for ever ÷ of new ones", found, 0.8)
        with serving(folder / "slow", module="tests.bench.slow_disk") as slow:
            found = turns(lambda: load(slow.port, f"/{slow.key}")[0], lambda: load(server.port, path)[0])
        yield at_least("captures/s with 5 ms more for each commit ÷ without", found, 0.3)


def _compare(server: Process, path: str, base: tuple[int, int], mode: str, name: str, bar: float) -> Iterator[Row]:
    """Rates and processor time, measured alternately. Other users of the machine affect the rate at once, the
    processor time of a request hardly."""
    port, bare_pid = base
    ours = [process.pid for process in family_of(server)]
    rates, costs = [], []
    for turn in range(ROUNDS):
        say(turn)
        base_rate, (base_us,) = _cost_us(port, path, mode, [bare_pid])
        rate, ours_us = _cost_us(server.port, path, mode, ours)
        rates.append(rate / base_rate)
        costs.append((base_us, *ours_us))
    yield at_least(f"acknowledged captures/s ÷ bare aiohttp, {name}", rates, bar)
    base_us, server_us, log_us, follower_us = (statistics.median(column) for column in zip(*costs, strict=True))
    text = f"{server_us:.0f} + {log_us:.0f} + {follower_us:.0f} ÷ {base_us:.0f} µs"
    yield Row(f"server + log + follower ÷ bare, {name}", text, "told", True)


def _cost_us(port: int, path: str, mode: str, pids: list[int]) -> tuple[float, list[float]]:
    """Requests/s, and the microseconds of processor time of each process for a request, including later work on it."""
    before = [_spent(pid) for pid in pids]
    rate = load(port, path, mode=mode)[0]
    rest()
    after = [_spent(pid) for pid in pids]
    return rate, [(late - early) / (rate * SECONDS) * 1e6 for early, late in zip(before, after, strict=True)]


def _spent(pid: int) -> float:
    return float(sum(psutil.Process(pid).cpu_times()[:2]))


def sustained(folder: Path) -> Iterator[Row]:
    """The highest rate at which the ledger ends less than a second behind, for a minute."""
    if not shutil.which("wrk"):
        return
    with serving(folder / "sustained") as server, bare() as (port, _):
        base = statistics.median(load(port, "/", 4)[0] for _ in range(3))
        low, high = 8, 8 + round(base * (DELAY_MS + 1) / 1_000)
        while high - low > max(4, low // 12):
            middle = (low + high) // 2
            low, high = (middle, high) if _keeps_up(server, middle, TRIAL_S)[0] else (low, middle)
        rate, kept = 0.0, False
        while not kept and low > 4:
            kept, rate = _keeps_up(server, low, SUSTAINED_S)
            low = low * 9 // 10
        base = statistics.median((base, *(load(port, "/", 4)[0] for _ in range(2))))
    yield at_least(f"captures/s for {SUSTAINED_S} s, under 1 s behind ÷ bare", [rate / base], 0.5)


def _keeps_up(server: Process, connections: int, seconds: int) -> tuple[bool, float]:
    """Whether the ledger was less than a second behind at the end; captures/s."""
    print(f"  {connections} connections for {seconds} s ", file=sys.stderr, end="\r", flush=True)
    rate = wrk.load(server.port, f"/{server.key}", seconds, connections, keep=True, each=1, delay_ms=DELAY_MS)[0]
    behind = _behind(server)
    rest()
    return behind < rate, rate


def _behind(server: Process) -> int:
    request = urllib.request.Request(f"{server.ready['url']}readyz", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return int(json.loads(answer.read())["behind"])


def beside(folder: Path) -> Iterator[Row]:
    """Captures of one bin while another, large one is parsed again, and deleted."""
    with serving(folder / "large") as server:
        full = server.ready["bin"]
        path = another_bin(server)
        without = [load(server.port, path)[0] for _ in range(3)]
        rest()
        call(server, "POST", f"bins/{full}/reread", {})
        during = [load(server.port, path)[0] for _ in range(5)]
        yield at_least("captures/s while the large bin is read again ÷ without", _over(during, without), 0.7)
        rest()
        call(server, "DELETE", f"bins/{full}", None)
        during = [load(server.port, path)[0] for _ in range(5)]
        yield at_least("captures/s while the large bin is deleted ÷ without", _over(during, without), 0.7)


def _over(during: list[float], without: list[float]) -> list[float]:
    base = statistics.median(without)
    return [rate / base for rate in during]


def catching_up(folder: Path, count: int) -> Iterator[Row]:
    """The follower alone, with an existing log."""
    base = []
    with bare() as (port, _):
        base = [load(port, "/")[0] for _ in range(3)]
    command = [sys.executable, "-m", "tests.bench.million", str(folder / "catching"), str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rate = float(done.stdout.split()[-1])
    yield at_least(f"captures/s of the follower alone, {count:,} ÷ bare", _over([rate], base), 0.55)
    shutil.rmtree(folder / "catching")
