"""Runs the process that compares, once for each file. It has the lowest priority, so captures are answered as usual."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from .job import CompareJob, CompareReport, DoneReport, ProblemReport, decode_report, encode_line

MODULE = f"{__package__.split('.')[0]}.reconciler"
LONGEST_S = 3_600.0
"""A comparison that takes longer is ended. A million rows take a minute, but on a busy machine it only gets the time
that is left."""

MAX_LINE = 4 << 20
_TOP = Path(__file__).resolve().parents[__package__.count(".") + 1]
_BROKEN = "The comparison ended unexpectedly{}. The server log has the details."


async def compare(job: CompareJob, report: Callable[[CompareReport], None]) -> None:
    """Compare one file. `report` gets every report; the last one is a `DoneReport` or a `ProblemReport`. A cancelled
    call ends the process."""
    process = await _start()
    try:
        async with asyncio.timeout(LONGEST_S):
            await _follow(process, job, report)
    except TimeoutError:
        report(ProblemReport(message=f"The comparison took longer than {LONGEST_S / 60:.0f} minutes and was ended."))
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _start() -> Process:
    # The process imports this package from wherever it is installed, whatever the working directory is.
    search = os.pathsep.join(filter(None, (str(_TOP), os.environ.get("PYTHONPATH"))))
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", MODULE, stdin=PIPE, stdout=PIPE, limit=MAX_LINE, env={**os.environ, "PYTHONPATH": search}
    )


async def _follow(process: Process, job: CompareJob, report: Callable[[CompareReport], None]) -> None:
    assert process.stdin is not None, "it was started with pipes"
    assert process.stdout is not None, "it was started with pipes"
    with suppress(ConnectionError):
        process.stdin.write(encode_line(job) + b"\n")
        await process.stdin.drain()
    ended = False
    while line := await process.stdout.readline():
        try:
            found = decode_report(line)
        except msgspec.DecodeError:
            continue
        ended = ended or isinstance(found, DoneReport | ProblemReport)
        report(found)
    code = await process.wait()
    if not ended:
        report(ProblemReport(message=_BROKEN.format(f" with code {code}")))
