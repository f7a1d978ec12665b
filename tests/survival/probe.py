"""Captures at a steady rate to an otherwise unused bin, from a process of their own, each on a new connection, as
providers send them: `python -m tests.survival.probe PORT KEY CONTROL-PORT CONTROL-KEY RATE`.

With each capture one is sent to a control: a second smsbin that is not attacked. The load of the machine affects
both.

Each line on the standard input ends a phase, whose figures are printed as one JSON line; the end of the input ends
the process.
"""

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tests.process import ROOT, request_bytes, serving

PATIENCE_S = 10.0
RATE = 20.0
# If the p99 of the control is beyond this part of a limit, the machine is overloaded, and rare slow answers do not show
# a problem of the server: the limit then applies to the median.
QUIET = 0.5


class Figures(msgspec.Struct):
    """Of one phase, in milliseconds. `statuses`: how often each occurred; an answer that is missing has a word."""

    count: int
    p50: float
    p90: float
    p99: float
    longest: float
    control_p99: float
    statuses: dict[str, int]

    def is_within(self, p99_ms: float) -> bool:
        """Whether the p99 is below this, or the machine is overloaded."""
        return self.p99 < p99_ms or (self.control_p99 > QUIET * p99_ms and self.p50 < p99_ms)

    def __str__(self) -> str:
        statuses = ", ".join(f"{count} × {status}" for status, count in sorted(self.statuses.items()))
        return (
            f"p50 {self.p50:.1f} ms, p90 {self.p90:.1f} ms, p99 {self.p99:.1f} ms, longest {self.longest:.1f} ms"
            f" (p99 of the control {self.control_p99:.1f} ms); {statuses}"
        )


@dataclass(slots=True)
class _Target:
    port: int
    request: bytes
    times: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    async def send(self) -> None:
        since = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_S):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(self.request)
                answer = await reader.read(-1)
                writer.transport.abort()
                status = answer[9:12].decode("latin-1") or "none"
        except (OSError, TimeoutError) as error:
            status = type(error).__name__
        self.times.append(time.perf_counter() - since)
        self.statuses[status] += 1

    def at(self, part: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1_000 if ordered else 0.0

    def forget(self) -> None:
        self.times, self.statuses = [], Counter()


class Probe:
    """The process, from outside."""

    def __init__(self, popen: subprocess.Popen[str]) -> None:
        self._popen = popen

    def phase(self) -> Figures:
        """The results of all captures since the last call."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._popen.stdin.write("\n")
        self._popen.stdin.flush()
        return msgspec.json.decode(self._popen.stdout.readline(), type=Figures)


@contextmanager
def probing(port: int, key: str, folder: Path, rate: float = RATE) -> Iterator[Probe]:
    """Captures are sent for the duration of the context. The control has its data in the folder."""
    with serving(folder / "control") as control:
        values = [port, key, control.port, control.key, rate]
        command = [sys.executable, "-m", "tests.survival.probe", *map(str, values)]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as popen:
            try:
                yield Probe(popen)
            finally:
                popen.kill()


async def _send(target: _Target, control: _Target, rate: float) -> None:
    """Until it is cancelled."""
    sent: set[asyncio.Task[None]] = set()
    due = time.perf_counter()
    while True:
        for one in (target, control):
            task = asyncio.ensure_future(one.send())
            sent.add(task)
            task.add_done_callback(sent.discard)
        due = max(due + 1 / rate, time.perf_counter() - 1)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))


async def _probe(port: int, key: str, control_port: int, control_key: str, rate: float) -> None:
    target = _Target(port, request_bytes(key, keep=False))
    control = _Target(control_port, request_bytes(control_key, keep=False))
    sending = asyncio.ensure_future(_send(target, control, rate))
    while await asyncio.to_thread(sys.stdin.readline):
        parts = [target.at(part) for part in (0.5, 0.9, 0.99, 1)]
        figures = Figures(len(target.times), *parts, control.at(0.99), dict(target.statuses))
        target.forget()
        control.forget()
        print(msgspec.json.encode(figures).decode(), flush=True)
    sending.cancel()


if __name__ == "__main__":
    asyncio.run(_probe(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4], float(sys.argv[5])))
