"""The fuzz test: random connections to a separate server. No 5xx but 503, nothing hangs, nothing is logged, and
every acknowledged number is stored with the bytes that were sent.
"""

import asyncio
import json
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.ingress.fuzzing import Found, fuzz, read_back
from tests.process import TOKEN, Process, serving

from .workers import Pace, work

# Connections to one server.
OF_A_SERVER = 20_000
_MOST_PROBLEMS = 5


@dataclass(slots=True)
class Counts:
    """What was reached, and what was wrong."""

    connections: int = 0
    acknowledged: int = 0
    bad: int = 0
    problems: list[str] = field(default_factory=list)

    def note(self, problems: list[str]) -> None:
        """What was wrong."""
        self.bad += len(problems)
        self.problems += problems[: _MOST_PROBLEMS - len(self.problems)]


async def _fuzz(server: Process, seeds: range, ends_at: float, counts: Counts, pace: Pace | None) -> Found:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client:

        async def wire_of(n: int) -> bytes | None:
            return await read_back(client, server.bin_api, n)

        def goes_on() -> bool:
            counts.connections += 1
            if pace is not None:
                pace.tell(counts.connections)
            return time.monotonic() < ends_at

        return await fuzz(server.port, server.key, seeds, wire_of, goes_on=goes_on)


def campaign(
    count: int, seconds: float, *, seed: int = 0, module: str = "app", pace: Pace | None = None
) -> Counts:  # fmt: skip
    """This number of connections, unless the time is over before. `module` may be a server with a planted defect."""
    counts, ends_at, last = Counts(), time.monotonic() + seconds, seed + count
    while seed < last and time.monotonic() < ends_at:
        seeds = range(seed, min(seed + OF_A_SERVER, last))
        with tempfile.TemporaryDirectory(prefix="smsbin-proof-") as folder:
            log = Path(folder) / "log"
            with serving(Path(folder) / "data", "--log-level", "warning", module=module, log=log) as server:
                found = asyncio.run(_fuzz(server, seeds, ends_at, counts, pace))
                if server.stop():
                    counts.note(["the server did not end well"])
            counts.note(found.problems + [f"logged: {line}" for line in _logged(log)])
        counts.acknowledged += found.acknowledged
        seed = seeds.stop
    return counts


def _logged(log: Path) -> list[str]:
    """Lines that report a bug."""
    lines = log.read_text().splitlines()
    return [line[:1_000] for line in lines if not line.startswith("{") or json.loads(line)["level"] != "info"]


if __name__ == "__main__":
    work(campaign)
