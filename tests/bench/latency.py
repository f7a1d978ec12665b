"""The time of answers and frames, at a rate below the capacity of the machine."""

import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.process import ROOT, TOKEN, Process, serving

from .held import another_bin, holding
from .measure import Row, bare, load

RATE = 500
TURNS = 3


@contextmanager
def watching(server: Process, count: int, until: int) -> Iterator[subprocess.Popen[str]]:
    """Viewers while captures are sent."""
    url = server.bin_api.replace("/api/v1/", "/") + "/live"
    command = [sys.executable, "-m", "tests.bench.viewers", url, TOKEN, str(count), str(until)]
    viewers = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert viewers.stdout is not None
    try:
        viewers.stdout.readline()
        yield viewers
    finally:
        viewers.kill()
        viewers.wait()
        viewers.stdout.close()


def latency(folder: Path) -> Iterator[Row]:
    """Answers and frames at 500 captures a second, measured alternately because the speed of the machine varies."""
    bare_p99, p99 = [], []
    with serving(folder / "calm") as server, bare() as (port, _):
        for _ in range(TURNS):
            bare_p99.append(load(port, "/", 4, rate=RATE)[1])
            p99.append(load(server.port, f"/{server.key}", 4, rate=RATE)[1])
    base = statistics.median(bare_p99)
    ratio = statistics.median(p99) / base
    text = f"{ratio:.1f} ({statistics.median(p99):.1f} ÷ {base:.1f} ms)"
    yield Row(f"p99 of the answer at {RATE}/s ÷ bare", text, "<= 2", ratio <= 2)
    with serving(folder / "watched") as server, watching(server, 100, 3_000) as viewers:
        p99_ms = load(server.port, f"/{server.key}", 6, rate=RATE)[1]
        whole, late = viewers.communicate(timeout=60)[0].split()
        yield Row(f"p99 of the answer at {RATE}/s, 100 viewers", f"{p99_ms:.1f} ms", "told", True)
        yield Row("p99 from capture to frame, 100 viewers", f"{late} ms", "<= 100 ms", float(late) <= 100)
        yield Row("of 100 viewers, got everything", whole, "100", whole == "100")
    with serving(folder / "crowd") as server, watching(server, 1_000, 2_500) as viewers:
        load(server.port, f"/{server.key}", 5, rate=RATE)
        whole = viewers.communicate(timeout=300)[0].split()[0]
        yield Row(f"of 1,000 viewers at {RATE}/s, got everything", whole, "1000", whole == "1000")


def held(folder: Path) -> Iterator[Row]:
    """Answers that are held back must hardly affect the others."""
    before, during = [], []
    for turn in range(TURNS):
        with serving(folder / f"held-{turn}") as server:
            path = another_bin(server)
            before.append(load(server.port, path, 3, rate=300)[1])
            with holding(server):
                during.append(load(server.port, path, 3, rate=300)[1])
    ratio = statistics.median(during) / statistics.median(before)
    text = f"{ratio:.2f} ({statistics.median(during):.1f} ÷ {statistics.median(before):.1f} ms)"
    yield Row("p99 beside 1,000 held answers ÷ without", text, "<= 2", ratio <= 2)
