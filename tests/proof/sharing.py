"""Several servers on one PostgreSQL: servers are killed and paused, the database crashes, and a proxy cuts commits.

Checked: what was acknowledged is stored once, under the number that was acknowledged, and nothing is stored twice; the
numbers of each bin begin with 1 and have no gaps; a fault for 50 requests is played 50 times; the ledger, which all
servers have updated, equals the one that is made from the log in one go; and a viewer of each server has got the
same list, which is that of the log.
"""

import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.postgres import CuttingProxy, Database, own_cluster
from tests.postgres.clusters import Cluster
from tests.process import TOKEN

from .live_list import LiveList
from .marked import Answers, Senders, mark_of
from .servers import Servers, behind_nginx
from .shared_ledger import complete, content_of, differences, make_again
from .workers import Pace, work

SERVERS, BINS = 3, 3
# The requests that get a fault.
FAULTS = 50
CUT_SHARE = 1 / 3
PAUSE_S = 3.0
# The longest time until a server works again, and until all of them have read everything.
BACK_S, SETTLED_S = 60.0, 120.0
# Settings of a PostgreSQL that confirms a commit before it has written it.
CONFIRMS_EARLY = {"synchronous_commit": "off", "wal_buffers": "16MB"}
_MOST_PROBLEMS = 5
# Each is made once in a round.
TROUBLES = ("cuts", "kill", "crash", "pause", "crash")


@dataclass(slots=True)
class SharingCounts:
    """What was reached."""

    acknowledged: int = 0
    refused: int = 0
    cut_before: int = 0
    cut_after: int = 0
    troubles: Counter[str] = field(default_factory=Counter)
    resets: int = 0
    slowest_back_s: float = 0.0
    problems: list[str] = field(default_factory=list)

    def problem(self, text: str) -> None:
        """A guarantee is broken."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(text)


@dataclass(frozen=True, slots=True)
class Effort:
    """Of one round: senders, the pause of each between two requests, and the requests between two troubles."""

    senders: int = 200
    pause_s: float = 0.5
    between: int = 1_000


class Round:
    """One database, and all that happens to it."""

    def __init__(self, folder: Path, seed: int, counts: SharingCounts, effort: Effort) -> None:
        self._folder, self._dice = folder, random.Random(seed)
        self._counts, self._effort = counts, effort

    async def run(self, cluster: Cluster, troubles: tuple[str, ...]) -> None:
        """Raises nothing for a broken guarantee: it is a problem of the counts."""
        with ExitStack() as stack:
            database = stack.enter_context(cluster.database())
            proxy = stack.enter_context(CuttingProxy(cluster, seed=self._dice.randrange(1 << 30)))
            servers = Servers(self._folder, proxy.url(database.name), SERVERS)
            stack.callback(servers.close)
            await servers.start_all()
            keys = await _add_bins(servers)
            await _set_fault(servers[1].bin_api)
            port = stack.enter_context(behind_nginx(self._folder, servers.ports))
            viewers = [LiveList(servers[place].bin_api) for place in range(SERVERS)]
            senders = Senders(port, keys, self._effort.senders, self._effort.pause_s)
            try:
                await self._go_on(senders)
                for trouble in troubles:
                    await self._make(trouble, cluster, proxy, servers, senders)
                    await self._go_on(senders)
                await senders.stop()
                await self._check(database, servers, senders.answers, viewers)
            finally:
                await senders.cancel()
                for viewer in viewers:
                    self._counts.resets += viewer.resets
                    await viewer.stop()
            if any(servers.stop_all()):
                self._counts.problem("a server did not end well")
            await asyncio.to_thread(self._rebuild, database)
        self._counts.cut_before += proxy.cut_before
        self._counts.cut_after += proxy.cut_after

    async def _go_on(self, senders: Senders) -> None:
        began_at = time.monotonic()
        if not await senders.more(1, BACK_S):
            self._counts.problem(f"nothing was acknowledged for {BACK_S:.0f} s")
        self._counts.slowest_back_s = max(self._counts.slowest_back_s, time.monotonic() - began_at)
        await senders.more(self._effort.between, BACK_S)

    async def _make(
        self, trouble: str, cluster: Cluster, proxy: CuttingProxy, servers: Servers, senders: Senders
    ) -> None:
        self._counts.troubles[trouble] += 1
        place = self._dice.randrange(SERVERS)
        match trouble:
            case "cuts":
                proxy.share = CUT_SHARE
                await senders.more(self._effort.between, BACK_S)
                proxy.share = 0.0
            case "kill":
                servers.kill(place, alone=self._dice.random() < 0.5)
                await senders.more(self._effort.between, BACK_S)
                await asyncio.to_thread(servers.start, place)
            case "pause":
                with servers.paused(place):
                    await asyncio.sleep(PAUSE_S)
            case "crash":
                await asyncio.to_thread(cluster.stop, "immediate")
                await asyncio.to_thread(cluster.start)
            case "unwritten":
                with cluster.losing_unwritten():
                    await senders.more(self._effort.between, BACK_S)
            case other:
                raise ValueError(other)

    async def _check(self, database: Database, servers: Servers, answers: Answers, viewers: list[LiveList]) -> None:
        self._counts.acknowledged += len(answers.acknowledged)
        self._counts.refused += sum(count for status, count in answers.statuses.items() if status != 200)
        for problem in log_problems(database, answers):
            self._counts.problem(problem)
        if not await _settled(servers):
            self._counts.problem(f"a server had not read everything after {SETTLED_S:.0f} s")
            return
        wanted = await _all_captures(servers[0].bin_api)
        deadline = time.monotonic() + SETTLED_S
        while any(viewer.captures != wanted for viewer in viewers) and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        for place, viewer in enumerate(viewers):
            if viewer.captures != wanted:
                wrong = sorted(n for n in wanted.keys() | viewer.captures if wanted.get(n) != viewer.captures.get(n))
                self._counts.problem(f"the viewer of server {place} has another list, for example #{wrong[:3]}")
        if not viewers[0].messages or any(viewer.messages != viewers[0].messages for viewer in viewers):
            self._counts.problem("the viewers have different messages, or none")

    def _rebuild(self, database: Database) -> None:
        """Nothing runs: compare the ledger with the one that is made in one go."""
        complete(database)
        grown = content_of(database)
        make_again(database)
        for name in differences(grown, content_of(database)):
            self._counts.problem(f"the ledger differs from the one made again: {name}")


def log_problems(database: Database, answers: Answers) -> list[str]:
    """What is wrong in the log."""
    wrong = []
    bins = {
        number: (key, last_n)
        for number, key, last_n in database.peek("select number, key, last_n from smsbin_log.bins")
    }
    numbers: dict[int, list[int]] = {number: [] for number in bins}
    stored: dict[str, tuple[str, int]] = {}
    for bin, n, body in database.peek("select id >> 40, id & 1099511627775, body from smsbin_log.captures order by id"):
        numbers[bin].append(n)
        mark = mark_of(body)
        if mark in stored:
            wrong.append(f"{mark} is stored twice, as {stored[mark]} and {(bin, n)}")
        stored[mark] = (bins[bin][0], n)
    for number, (key, last_n) in bins.items():
        if numbers[number] != list(range(1, last_n + 1)):
            wrong.append(f"the numbers of {key} have gaps: {len(numbers[number])} to {last_n}")
    [(faults,)] = database.peek("select count(*) from smsbin_log.captures where fault is not null")
    if faults != FAULTS:
        wrong.append(f"a fault for {FAULTS} requests was played {faults} times")
    lost = [mark for mark, place in answers.acknowledged.items() if stored.get(mark) != place]
    if lost:
        wrong.append(f"{len(lost)} of {len(answers.acknowledged)} acknowledged are not stored as such: {lost[:3]}")
    return wrong


async def _add_bins(servers: Servers) -> list[str]:
    """More bins, made by different servers; returns the keys of all."""
    keys = [servers[0].key]
    for number in range(1, BINS):
        async with _client() as client:
            api = servers[number % SERVERS].bin_api.rpartition("/")[0]
            async with client.post(api, json={"name": f"Bin {number}"}) as answer:
                assert answer.status == 201, await answer.text()
                keys.append((await answer.json())["urls"]["primary"].rpartition("/")[2])
    return keys


async def _set_fault(api: str) -> None:
    async with _client() as client:
        wanted = {"kind": "status", "status": 500, "count": FAULTS}
        async with client.put(f"{api}/faults/status", json=wanted) as answer:
            assert answer.status == 200, await answer.text()


async def _settled(servers: Servers) -> bool:
    """Wait until each server that runs stores captures, and has read them all."""
    deadline = time.monotonic() + SETTLED_S
    async with _client() as client:
        for server in servers.running():
            while not await _has_read_all(client, f"{server.ready['url']}readyz"):
                if time.monotonic() > deadline:
                    return False
                await asyncio.sleep(0.1)
    return True


async def _has_read_all(client: aiohttp.ClientSession, url: str) -> bool:
    with suppress(aiohttp.ClientError):
        async with client.get(url) as answer:
            told = json.loads(await answer.read())
            return answer.status == 200 and told["ledger"] == "ok" and told["behind"] == 0
    return False


async def _all_captures(api: str) -> Mapping[int, dict[str, Any]]:
    """The list as the API shows it, by number."""
    found: dict[int, dict[str, Any]] = {}
    async with _client() as client:
        while True:
            async with client.get(f"{api}/captures?after={max(found, default=0)}&limit=500") as answer:
                items = (await answer.json())["items"]
            if not items:
                return found
            found |= {item["n"]: item for item in items}


def _client() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"})


def round_of(
    seed: int, counts: SharingCounts, effort: Effort = Effort(), troubles: tuple[str, ...] = TROUBLES,
    settings: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """With a database of its own. `settings` are those of PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="smsbin-proof-") as folder, own_cluster(settings) as cluster:
        asyncio.run(Round(Path(folder), seed, counts, effort).run(cluster, troubles))


def campaign(
    count: int, seconds: float, *, seed: int = 0, senders: int = 200, confirms_early: bool = False,
    pace: Pace | None = None,
) -> SharingCounts:  # fmt: skip
    """At least this number of troubles, in random order, unless the time is over before. `confirms_early`: PostgreSQL
    confirms commits that it has not written, and crashes."""
    counts, dice = SharingCounts(), random.Random(seed)
    effort = Effort(senders, pause_s=senders / 400, between=5 * senders)
    ends_at = time.monotonic() + seconds
    while counts.troubles.total() < count and time.monotonic() < ends_at:
        if confirms_early:
            round_of(seed, counts, effort, ("unwritten",), CONFIRMS_EARLY)
        else:
            # A slow disk lets more happen between a commit and its answer.
            settings = {"commit_delay": "2000", "commit_siblings": "0"} if dice.random() < 0.5 else None
            round_of(seed, counts, effort, tuple(dice.sample(TROUBLES, len(TROUBLES))), settings)
        if pace is not None:
            pace.tell(counts.troubles.total())
        seed += 1
    return counts


if __name__ == "__main__":
    work(campaign)
