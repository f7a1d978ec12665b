"""A million rows of a record file against a million messages: seconds, and the peak of memory.

The messages are made on the way, as the storage would read them. One in a thousand never arrived, every hundredth came
by the fallback, and one in fifty has no id in the file. Ids and rows are short, so that a million of them are within
the limit of bytes.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from app.domain.messages.model import Direction
from app.domain.reconciliation.matching import Reconciler
from app.domain.reconciliation.model import ReconciliationScope, SeenMessage
from app.domain.statuses import Status
from app.records.files import open_records
from tests.process import ROOT

from .measure import Row

_START_US = 1_795_896_000_000_000
_STEP_US = 50_000
_HEADER = "From,To,Body,Status,SentDate,Sid,Direction\r\n"


def messages(count: int) -> Iterator[SeenMessage]:
    """What a bin has of the file of `write`."""
    for n in range(count):
        if n % 1_000 == 7:
            continue
        inbound = n % 2 == 0
        theirs, ours = f"+1415{n % 10_000_000:07}", "+12125550199"
        yield SeenMessage(
            message=n,
            provider="twilio",
            message_id=f"SM{n:010x}",
            direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
            sender=theirs if inbound else ours,
            recipient=ours if inbound else theirs,
            text=f"Code {n:07}" if inbound else None,
            received_us=_START_US + n * _STEP_US + 1_200_000,
            ended_us=None if inbound else _START_US + n * _STEP_US + 3_000_000,
            status=Status.RECEIVED if inbound else Status.DELIVERED,
            final=True,
            captures=(2 * n + 1,) if inbound else (2 * n + 1, 2 * n + 2),
            primary=inbound and n % 100 != 0,
            fallback=inbound and n % 100 == 0,
        )


def write(file: BinaryIO, count: int) -> None:
    """A file of the console of Twilio, in the zone UTC-5, newest first."""
    file.write(_HEADER.encode())
    for n in range(count - 1, -1, -1):
        inbound = n % 2 == 0
        theirs, ours = f"+1415{n % 10_000_000:07}", "+12125550199"
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime((_START_US + n * _STEP_US) // 1_000_000 - 5 * 3_600))
        sender, recipient = (theirs, ours) if inbound else (ours, theirs)
        sid = "" if n % 50 == 3 else f"SM{n:010x}"
        text = f"Code {n:07}" if inbound else "x"
        status, direction = ("received", "inbound") if inbound else ("delivered", "outbound-api")
        file.write(f'{sender},{recipient},"{text}",{status},{at},{sid},{direction}\r\n'.encode())


def measure(count: int) -> dict[str, float]:
    """Seconds of processor time for each step, and the peak of memory of this process in MB."""
    scope = ReconciliationScope(made_us=0, kept_us=0, now_us=_START_US * 2)
    spent = {}
    with tempfile.TemporaryFile() as file:
        write(file, count)
        begin = time.process_time()
        join = Reconciler(scope, b"key")
        for message in messages(count):
            join.add_message(message)
        spent["messages"] = time.process_time()
        for entry in open_records(file).entries():
            join.add(entry)
        spent["file"] = time.process_time()
        join.finish()
        spent["matching"] = time.process_time()
        assert sum(1 for _ in join.results()) == count
        spent["results"] = time.process_time()
    assert join.summary().lost == count // 1_000
    steps = dict(zip(spent, (end - start for start, end in pairwise((begin, *spent.values()))), strict=True))
    return {**steps, "all": spent["results"] - begin, "mb": _peak_mb()}


def reconciling(count: int) -> Iterator[Row]:
    """In a process of its own, because the peak of memory is measured. Processor time, because other work on the
    machine must not count."""
    command = [sys.executable, "-m", "tests.bench.reconciling", str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    bar_s, seconds = 60 * count / 1_000_000, found["all"]
    text = f"{seconds:.1f} s ({found['file']:.1f} for the file)"
    yield Row(f"{count:,} rows of a list against as many messages", text, f"<= {bar_s:.0f} s", seconds <= bar_s)
    yield Row("memory of it", f"{found['mb']:.0f} MB", "<= 300 MB", found["mb"] <= 300)


def _peak_mb() -> float:
    """Of this process since its start; `getrusage` also counts what its parent had when it forked."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1_000


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
