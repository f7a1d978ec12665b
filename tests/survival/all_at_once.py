"""All attacks at once on a server with 1,024 files: the answers to captures of another bin before, during and
afterwards, and the memory. Used by the test and by `make bench`.

`python -m tests.survival.all_at_once FOLDER SECONDS` prints the figures; the folder must be empty.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.bench.measure import family_of
from tests.bench.million import fill
from tests.process import ROOT, TOKEN, Process, serving

from .attackers import SILENT
from .probe import Figures, probing

FILES = 1_024
P99_MS = 100.0
MOST_BYTES = 300 << 20
NORMAL_S = 15.0
AFTER_S = 5.0
# Rows that the searches read.
ROWS = 20_000
LIMITED = ("sh", "-c", f'ulimit -n {FILES}; exec "$0" "$@"')


@dataclass(frozen=True, slots=True)
class Outcome:
    """`memory` is the maximum of the server process, `processor` its share of one core; `attack` describes what was
    done."""

    rest: Figures
    during: Figures
    after: Figures
    memory: int
    processor: float
    attack: str

    @property
    def is_good(self) -> bool:
        """Whether all limits were met."""
        return (
            all(set(phase.statuses) == {"200"} and phase.is_within(P99_MS) for phase in (self.during, self.after))
            and self.memory < MOST_BYTES
        )

    def __str__(self) -> str:
        return (
            f"at rest: {self.rest}\nmeanwhile: {self.during}\nafter {NORMAL_S:.0f} s: {self.after}\n"
            f"memory: {self.memory >> 20} MB at most; {self.processor:.2f} of a processor\nattack: {self.attack}"
        )


def all_at_once(folder: Path, seconds: float) -> Outcome:
    """The attack takes so long."""
    fill(folder / "data", ROWS)
    with serving(folder / "data", before=LIMITED) as server:
        key = _new_key(server)
        with probing(server.port, key, folder) as probe:
            time.sleep(3)
            rest = probe.phase()
            with attacking(server) as attackers:
                # Until all silent connections are open.
                time.sleep(SILENT / 100 + 2)
                probe.phase()
                memory, processor = _use_over(server, seconds)
                during = probe.phase()
                attack = attackers.communicate("")[0].strip()
            ended = time.monotonic()
            probe.phase()
            time.sleep(max(0.0, ended + NORMAL_S - time.monotonic()))
            probe.phase()
            time.sleep(AFTER_S)
            return Outcome(rest, during, probe.phase(), memory, processor, attack)


@contextmanager
def attacking(server: Process) -> Iterator[subprocess.Popen[str]]:
    """The process of the attackers."""
    command = [
        sys.executable,
        "-m",
        "tests.survival.attackers",
        str(server.port),
        TOKEN,
        server.ready["bin"],
        server.key,
    ]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as popen:
        try:
            yield popen
        finally:
            popen.kill()


def _use_over(server: Process, seconds: float) -> tuple[int, float]:
    process = family_of(server)[0]
    before, since, most = sum(process.cpu_times()[:2]), time.monotonic(), 0
    while time.monotonic() < since + seconds:
        most = max(most, process.memory_info().rss)
        time.sleep(0.1)
    return most, (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - since)


def _new_key(server: Process) -> str:
    """Of another bin than the one that is attacked."""

    async def make() -> str:
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            async with client.post(f"{server.ready['url']}api/v1/bins", json={"name": "another"}) as answer:
                return (await answer.json())["urls"]["primary"].rsplit("/", 1)[1]

    return asyncio.run(make())


if __name__ == "__main__":
    outcome = all_at_once(Path(sys.argv[1]), float(sys.argv[2]))
    print(outcome)
    sys.exit(not outcome.is_good)
