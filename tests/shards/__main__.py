"""`make simulate-shards`: four databases, each with its own server and a part of 10,000 bins, behind a router that
finds the shard from the capture key. One database is killed under load, and started again. The other shards must not
notice.

Everything runs on this machine, and ends after about two minutes. Exit code 1: a request to another shard failed, an
acknowledged request was lost or stored twice, the other shards became slow, or the killed one did not recover.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app import clock
from app.storage.postgres.log_database import LogDatabase
from tests.postgres.clusters import Cluster, own_cluster
from tests.process import ROOT, Process, serving

from .routing import shard_of
from .sending import Sent, Traffic, quantile

SHARDS = 4
SENDERS = 16
# A part of what the machine can do, so that it is not busy: the figures are about failures.
SHARE = 0.35
CALIBRATION_S, RECOVERY_S = 6.0, 60.0
# What the other shards must keep of their rate, and how much their p99 may grow.
LEAST_RATE, MOST_P99 = 0.9, 3.0
# The time limit of a 503 is 5 seconds (P2); this machine may be busy.
REFUSED_S = 10.0
DATABASE = "shard"


@dataclass(frozen=True, slots=True)
class Shard:
    """A database and its server."""

    cluster: Cluster
    server: Process
    keys: frozenset[str]

    def stored(self) -> dict[str, list[int]]:
        """The numbers of the captures of each bin."""
        query = """
            select bins.key, array_agg(captures.id & 1099511627775 order by captures.id)
            from smsbin_log.captures join smsbin_log.bins on bins.number = captures.id >> 40
            group by 1
        """
        with psycopg.connect(self.cluster.url(DATABASE)) as connection:
            return dict(connection.execute(query).fetchall())


@contextmanager
def start_shard(folder: Path, keys: Sequence[str]) -> Iterator[Shard]:
    """A cluster with these bins, and a server."""
    with own_cluster() as cluster:
        cluster.execute(f"create database {DATABASE}")
        url = cluster.url(DATABASE)
        log = LogDatabase(url)
        log.open()
        log.close()
        copy_bins = "copy smsbin_log.bins (id, key, name, stuck_s, created_at) from stdin"
        with psycopg.connect(url) as connection, connection.cursor() as cursor, cursor.copy(copy_bins) as copy:
            for key in keys:
                copy.write_row((clock.new_id(), key, key, 0, 0))
        with serving(folder, "--database", url, log=folder.with_suffix(".log")) as server:
            yield Shard(cluster, server, frozenset(keys))
            server.stop(30)


@contextmanager
def start_router(ports: Sequence[int]) -> Iterator[int]:
    """The router as a process of its own; its port."""
    command = [sys.executable, "-m", "tests.shards.routing", *map(str, ports)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.communicate()


@dataclass(frozen=True, slots=True)
class Times:
    """When what happened."""

    begins_at: float
    killed_at: float
    started_at: float
    recovered_at: float | None


async def simulate(traffic: Traffic, shards: Sequence[Shard], killed: int, seconds: float) -> Times:
    """Send, kill the database of a shard, start it again, and wait until it is used."""
    rate = SHARE * await traffic.find_rate(SENDERS, CALIBRATION_S)
    print(
        f"{rate:.0f} requests a second to {len(traffic.keys):,} bins; a third of what this machine can do", flush=True
    )
    stopped = asyncio.Event()
    sending = asyncio.get_running_loop().create_task(traffic.send_until(stopped, rate))
    # The same bins in the same order before and after, so that a difference is one of the answers.
    begins_at = time.perf_counter()
    traffic.begin_again()
    await asyncio.sleep(seconds)
    cluster = shards[killed].cluster
    killed_at = time.perf_counter()
    traffic.begin_again()
    await asyncio.to_thread(cluster.stop, "immediate")
    print(f"shard {killed + 1}: the database is killed", flush=True)
    await asyncio.sleep(seconds - (time.perf_counter() - killed_at))
    started_at = time.perf_counter()
    await asyncio.to_thread(cluster.start)
    recovered_at = None
    while recovered_at is None and time.perf_counter() < started_at + RECOVERY_S:
        await asyncio.sleep(0.1)
        recovered_at = next(
            (
                each.sent_at + each.took_s
                for each in traffic.sent
                if each.sent_at > started_at and each.status == 200 and each.key in shards[killed].keys
            ),
            None,
        )
    stopped.set()
    await sending
    traffic.close()
    return Times(begins_at, killed_at, started_at, recovered_at)


def print_table(sent: Sequence[Sent], shards: Sequence[Shard], killed: int, times: Times) -> bool:
    """What each shard noticed; returns whether the others noticed nothing."""
    lasted_s = times.killed_at - times.begins_at
    after_s = times.started_at - times.killed_at
    good = True
    print(f"\n{'':8} {'bins':>6} {'requests/s':>24} {'p99 ms':>24} {'not answered 200':>18}")
    for number, shard in enumerate(shards):
        own = [each for each in sent if each.key in shard.keys]
        before = [each for each in own if times.begins_at <= each.sent_at < times.killed_at]
        after = [each for each in own if times.killed_at <= each.sent_at < times.started_at]
        failed = [each for each in own if each.status != 200]
        rates = len(before) / lasted_s, len(after) / after_s
        p99s = [1_000 * quantile([each.took_s for each in some], 0.99) for some in (before, after)]
        print(
            f"shard {number + 1:<2} {len(shard.keys):>6,} {_change(*rates):>24} {_change(*p99s):>24} {len(failed):>18,}"
            + ("   killed" if number == killed else "")
        )
        if number == killed:
            slowest = max((each.took_s for each in failed), default=0.0)
            statuses = {each.status for each in failed}
            good = good and statuses == {503} and slowest < REFUSED_S
            print(f"{'':8} statuses of these: {statuses}, the slowest after {slowest:.1f} s")
        else:
            is_slow = rates[1] < LEAST_RATE * rates[0] or p99s[1] > MOST_P99 * p99s[0]
            good = good and not failed and not is_slow
    return good


def _change(before: float, after: float) -> str:
    return f"{before:.1f} → {after:.1f} ({after / before:.2f})"


def print_stored(sent: Sequence[Sent], shards: Sequence[Shard]) -> bool:
    """Compare what was acknowledged with what is stored; returns whether each is there once, without gaps."""
    acknowledged = [(each.key, each.n) for each in sent if each.status == 200]
    stored: dict[str, list[int]] = {}
    for shard in shards:
        found = shard.stored()
        assert found.keys() <= shard.keys, "a request went to another shard"
        stored |= found
    lost = sum(n not in set(stored.get(key, ())) for key, n in acknowledged)
    twice = len(acknowledged) - len(set(acknowledged))
    gaps = sum(numbers != list(range(1, len(numbers) + 1)) for numbers in stored.values())
    more = sum(map(len, stored.values())) - len(acknowledged)
    print(
        f"\n{len(acknowledged):,} acknowledged: {lost} lost, {twice} numbers given twice, {gaps} bins with gaps;"
        f" {more} stored although the answer was 503"
    )
    return not (lost or twice or gaps)


def main() -> int:
    """Start everything, simulate, and compare with the limits."""
    parser = argparse.ArgumentParser(prog="make simulate-shards", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="before, and after one is killed (default: 20)")
    parser.add_argument("--bins", type=int, default=10_000, help="(default: 10,000)")
    options = parser.parse_args()
    keys = [clock.new_key() for _ in range(options.bins)]
    parts: list[list[str]] = [[] for _ in range(SHARDS)]
    for key in keys:
        parts[shard_of(key, SHARDS)].append(key)
    with tempfile.TemporaryDirectory(prefix="smsbin-shards-") as name, ExitStack() as stack:
        with ThreadPoolExecutor() as pool:
            made = [start_shard(Path(name) / f"shard-{number}", part) for number, part in enumerate(parts)]
            shards = list(pool.map(stack.enter_context, made))
        port = stack.enter_context(start_router([shard.server.port for shard in shards]))
        traffic = Traffic(port, keys)
        # The one with the busiest bin.
        killed = shard_of(keys[0], SHARDS)
        times = asyncio.run(simulate(traffic, shards, killed, options.seconds))
        good = print_table(traffic.sent, shards, killed, times)
        good = print_stored(traffic.sent, shards) and good
        if times.recovered_at is None:
            print(f"shard {killed + 1} did not recover in {RECOVERY_S:.0f} s")
            return 1
        took_s = times.recovered_at - times.started_at
        print(f"shard {killed + 1} stores again {took_s:.1f} s after its database was started")
    print("The other shards noticed nothing." if good else "MISSED")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
