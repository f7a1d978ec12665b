"""Servers on PostgreSQL: compared with SQLite, with each other, and with many stored captures."""

import json
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tests.postgres import own_cluster
from tests.process import ROOT, TOKEN, Process, serving

from .appender import add_bins, open_appender
from .measure import Row, at_least, load, rest, say, turns
from .million import append, newest_ms

SECONDS = 3.0
ROUNDS = 3
# A cloud disk, or a replica that each commit waits for.
SLOW_DISK = {"commit_delay": "2000", "commit_siblings": "0"}
BEHIND_S = 15.0


def throughput(folder: Path) -> Iterator[Row]:
    """The same server with both engines."""
    with own_cluster() as cluster, cluster.database() as database, serving(folder / "sqlite") as theirs:
        with serving(folder / "postgresql", "--database", database.url) as ours:
            found = turns(lambda: load(ours.port, f"/{ours.key}")[0], lambda: load(theirs.port, f"/{theirs.key}")[0])
    yield at_least("captures/s on PostgreSQL ÷ on SQLite", found, 0.5)


def appenders() -> Iterator[Row]:
    """The appenders of four servers, and of one."""
    with own_cluster(SLOW_DISK) as cluster:
        for name, count in (("100 bins", 100), ("one hot bin", 1)):
            with cluster.database() as database:
                bins = add_bins(database.url, count)
                ratios, rates = [], []
                for turn in range(ROUNDS):
                    say(turn)
                    one, four = (_append(database.url, bins, processes) for processes in (1, 4))
                    ratios.append(four / one)
                    rates.append((four, one))
            yield at_least(f"captures/s of 4 appenders ÷ of 1, 2 ms commits, {name}", ratios, 2.5)
            four, one = (statistics.median(column) for column in zip(*rates, strict=True))
            yield Row(f"captures/s of 4 appenders, of 1, {name}", f"{four:,.0f}, {one:,.0f}", "told", True)


def _append(url: str, bins: Sequence[str], processes: int) -> float:
    command = [sys.executable, "-m", "tests.bench.appender", url, str(SECONDS), *bins]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    try:
        for process in started:
            assert process.stdout is not None
            process.stdout.readline()
        for process in started:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        return sum(float(process.communicate(timeout=60)[0]) for process in started)
    finally:
        for process in started:
            process.kill()
            process.communicate()


def followers(folder: Path) -> Iterator[Row]:
    """Two servers get half of what one of them can store: both read it as fast as it comes."""
    with own_cluster() as cluster, cluster.database() as database, ExitStack() as stack:
        servers = [
            stack.enter_context(serving(folder / f"follower-{number}", "--database", database.url)) for number in (1, 2)
        ]
        full = statistics.median(load(servers[0].port, f"/{servers[0].key}")[0] for _ in range(3))
        rest()
        with ThreadPoolExecutor() as pool:
            rates = list(pool.map(lambda server: _load_half(server, full / 4), servers))
        behind = max(_behind(server) for server in servers) / sum(rates)
    yield Row(f"two followers at {sum(rates):,.0f}/s, behind", f"{behind:.2f} s", "<= 1 s", behind <= 1)


def _load_half(server: Process, rate: float) -> float:
    return load(server.port, f"/{server.key}", BEHIND_S, rate=rate)[0]


def _behind(server: Process) -> int:
    request = urllib.request.Request(f"{server.ready['url']}readyz", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return int(json.loads(answer.read())["behind"])


def notices(folder: Path) -> Iterator[Row]:
    """What it costs to tell another server of each change."""
    with own_cluster() as cluster, ExitStack() as stack:
        servers = {}
        for module in ("app", "tests.bench.quiet"):
            database = stack.enter_context(cluster.database())
            servers[module] = [
                stack.enter_context(serving(folder / f"{module}-{number}", "--database", database.url, module=module))
                for number in (1, 2)
            ]
        told, quiet = (servers[module][0] for module in servers)
        found = turns(lambda: load(told.port, f"/{told.key}")[0], lambda: load(quiet.port, f"/{quiet.key}")[0])
    yield at_least("captures/s with notices ÷ without", found, 0.97)


def newest(folder: Path, count: int) -> Iterator[Row]:
    """The first page of a bin with many captures."""
    with own_cluster() as cluster, cluster.database() as database:
        append(open_appender(database.url), count)
        began = time.monotonic()
        with serving(folder / "many", "--database", database.url) as server:
            while _behind(server):
                time.sleep(0.1)
            rate = count / (time.monotonic() - began)
            took_ms = newest_ms(server)
    yield Row(f"captures/s of the follower alone, {count:,}", f"{rate:,.0f}", "told", True)
    yield Row(f"newest page at {count:,} on PostgreSQL", f"{took_ms:.1f} ms", "<= 50 ms", took_ms <= 50)
