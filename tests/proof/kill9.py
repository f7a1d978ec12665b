"""`kill -9` of the log process, the ledger process, the server and all of them, at random moments, under load.

Checked: what was acknowledged is there with its text, what was deleted stays deleted, no number is missing, the file
is valid; captures are stored again without help after a child process was killed; and the ledger catches up with the
log each time.
"""

import asyncio
import hashlib
import random
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psutil

from tests.process import TOKEN, Process, answered, request_bytes, serving

from .recovered import read_log
from .workers import Pace, work

SENDERS = 6
# A sender pauses between two captures, so that many kills do not need millions of captures.
PAUSE_S = 0.01
# Kills of each child process in one run of the server: the pause before its restart doubles each time.
OF_A_CHILD = 3
# Runs on one data directory.
LIVES = 6
BACK_S, CAUGHT_UP_S = 30.0, 30.0
# Parts of their command lines; the second log process is one with a planted defect.
CHILDREN = {"log": ("app.storage.log.process", "tests.proof.planted"), "ledger": ("app.follower",)}
_MOST_PROBLEMS = 5


@dataclass(slots=True)
class Counts:
    """What was reached. `kills` by what was killed; `down_s` is the longest time until a capture was acknowledged
    again after the log process was killed."""

    kills: dict[str, int] = field(default_factory=Counter)
    acknowledged: int = 0
    deleted: int = 0
    looks: int = 0
    down_s: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All kills."""
        return sum(self.kills.values())

    def problem(self, text: str) -> None:
        """A guarantee is broken."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(text)


class Load:
    """What was sent to the bin of one data directory, and the answers, over all runs."""

    def __init__(self) -> None:
        self.acknowledged: dict[int, str] = {}
        self.asked_to_delete: set[int] = set()
        self.deleted: set[int] = set()
        # When the last acknowledged capture was sent.
        self.last_at = 0.0
        self._marks = 0

    async def send(self, server: Process) -> None:
        """One sender, until its connection breaks and the port is closed."""
        while True:
            with suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                try:
                    await self._on(server, reader, writer)
                finally:
                    writer.transport.abort()
            await asyncio.sleep(0.05)

    async def delete(self, server: Process, rng: random.Random) -> None:
        """Delete one of the newest captures from time to time."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with aiohttp.ClientSession(headers=headers) as client:
            while True:
                await asyncio.sleep(0.05)
                newest = [n for n in list(self.acknowledged)[-200:] if n not in self.asked_to_delete]
                if not newest:
                    continue
                n = rng.choice(newest)
                self.asked_to_delete.add(n)
                with suppress(aiohttp.ClientError):
                    async with client.delete(f"{server.bin_api}/captures/{n}") as answer:
                        if answer.status == 204:
                            self.deleted.add(n)

    async def _on(self, server: Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            self._marks += 1
            mark = f"mark{self._marks}"
            writer.write(request_bytes(server.key, f"Text={mark}".encode()))
            sent_at = time.monotonic()
            status, n = await answered(reader)
            if status == 200 and n is not None:
                # A number that is used twice is as bad as a lost one.
                self.acknowledged[n] = mark if n not in self.acknowledged else "two captures"
                self.last_at = max(self.last_at, sent_at)
            await asyncio.sleep(PAUSE_S)


def child_of(server: Process, name: str) -> psutil.Process | None:
    """A child process of the server, if it runs now."""
    with suppress(psutil.Error):
        for child in psutil.Process(server.popen.pid).children():
            with suppress(psutil.Error):
                if set(CHILDREN[name]) & set(child.cmdline()):
                    return child
    return None


async def live(server: Process, load: Load, rng: random.Random, counts: Counts) -> None:
    """One run of a server under load: its children are killed, and then the server, alone or with them."""
    tasks = [asyncio.ensure_future(load.send(server)) for _ in range(SENDERS)]
    tasks.append(asyncio.ensure_future(load.delete(server, rng)))
    try:
        await asyncio.gather(*(_kill_child(server, name, load, rng, counts) for name in CHILDREN))
        await asyncio.sleep(rng.random() * 0.3)
        both = [child_of(server, name) for name in CHILDREN] if rng.random() < 0.5 else []
        victims: list[psutil.Process] = [each for each in both if each is not None]
        victims.insert(rng.randint(0, len(victims)), psutil.Process(server.popen.pid))
        for victim in victims:
            with suppress(psutil.NoSuchProcess):
                victim.kill()
        server.popen.wait()
        counts.kills["all" if len(victims) > 1 else "server"] += 1
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _kill_child(server: Process, name: str, load: Load, rng: random.Random, counts: Counts) -> None:
    for _ in range(OF_A_CHILD):
        child = await _wait_for(server, name)
        await asyncio.sleep(rng.random() * 0.3)
        if child is None:
            counts.problem(f"the {name} process did not come back within {BACK_S:.0f} s")
            return
        killed_at = time.monotonic()
        with suppress(psutil.NoSuchProcess):
            child.kill()
            counts.kills[name] += 1
        if name != "log":
            continue
        while load.last_at < killed_at:
            await asyncio.sleep(0.01)
            if time.monotonic() - killed_at > BACK_S:
                counts.problem(f"nothing was acknowledged within {BACK_S:.0f} s after the log process was killed")
                return
        counts.down_s = max(counts.down_s, time.monotonic() - killed_at)


async def _wait_for(server: Process, name: str) -> psutil.Process | None:
    gives_up_at = time.monotonic() + BACK_S
    while time.monotonic() < gives_up_at:
        child = child_of(server, name)
        if child is not None:
            return child
        await asyncio.sleep(0.02)
    return None


# The content afterwards


def look(data: Path, load: Load) -> list[str]:
    """While a server runs and nothing is sent: compare the log with the acknowledgements, and the ledger with the
    log."""
    with closing(sqlite3.connect(f"{(data / 'log.db').as_uri()}?mode=ro", uri=True)) as connection:
        # In one snapshot, because the server writes unknown outcomes.
        connection.execute("begin")
        found = read_log(connection)
    (captures,) = found.bins.values()
    wrong = list(found.problems)
    for n, mark in load.acknowledged.items():
        sha = hashlib.sha256(f"Text={mark}".encode()).hexdigest()
        if n not in load.asked_to_delete and captures.get(n) != sha:
            wrong.append(f"#{n} was acknowledged and is not there")
    back = sorted(load.deleted & captures.keys())
    if back:
        wrong.append(f"deleted captures are back: {back[:3]}")
    if not _catches_up(data / "ledger.db", set(captures)):
        wrong.append("the ledger does not catch up with the log")
    return wrong


def _catches_up(ledger: Path, wanted: set[int]) -> bool:
    gives_up_at = time.monotonic() + CAUGHT_UP_S
    query = "select captures.id & 1099511627775 from captures join bins on bins.space = captures.id >> 40"
    while time.monotonic() < gives_up_at:
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as connection:
            if {row[0] for row in connection.execute(query)} == wanted:
                return True
        time.sleep(0.05)
    return False


async def read_all(server: Process, load: Load) -> list[str]:
    """Every capture through the API: its number and its text."""
    texts: dict[int, str] = {}
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        after = 0
        while True:
            async with client.get(f"{server.bin_api}/captures?after={after}&limit=500") as answer:
                items = (await answer.json())["items"]
            if not items:
                break
            texts |= {item["n"]: item["text"] for item in items}
            after = items[-1]["n"]
    unread = [
        n for n, mark in load.acknowledged.items() if n not in load.asked_to_delete and texts.get(n) != mark
    ]  # fmt: skip
    return [f"the API does not show what was acknowledged: {unread[:3]}"] if unread else []


def round_of(data: Path, seed: int, counts: Counts, lives: int = LIVES, *, module: str = "app") -> None:
    """Several runs on one data directory, with a check after each. `module` may be a server with a planted defect."""
    rng, load = random.Random(seed), Load()
    for number in range(lives + 1):
        with serving(data, module=module) as server:
            if number:
                for problem in look(data, load):
                    counts.problem(f"round {seed}, life {number}: {problem}")
                counts.looks += 1
            if number < lives:
                asyncio.run(live(server, load, rng, counts))
            else:
                for problem in asyncio.run(read_all(server, load)):
                    counts.problem(f"round {seed}: {problem}")
                if server.stop():
                    counts.problem(f"round {seed}: the server did not end well")
    counts.acknowledged += len(load.acknowledged)
    counts.deleted += len(load.deleted)


def campaign(
    count: int, seconds: float, *, seed: int = 0, lives: int = LIVES, module: str = "app", pace: Pace | None = None
) -> Counts:  # fmt: skip
    """At least this number of kills, unless the time is over before."""
    counts = Counts()
    ends_at = time.monotonic() + seconds
    while counts.total < count and time.monotonic() < ends_at:
        with tempfile.TemporaryDirectory(prefix="smsbin-proof-") as folder:
            round_of(Path(folder) / "data", seed, counts, lives, module=module)
        if pace is not None:
            pace.tell(counts.total)
        seed += 1
    return counts


if __name__ == "__main__":
    work(campaign)
