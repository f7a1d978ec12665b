"""Runs tests in a copy of the checkout, and interprets their result."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .planting import Copy, Defect

# Time limits in seconds: of one test, of all tests of one defect, and of the tests of all defects on the clean copy.
TEST_S = 60
DEFECT_S = 300
CLEAN_S = 1_800

_FAILED = "FAILED "
# pytest's exit code when tests ran and some failed; others mean that they could not run.
_SOME_FAILED = 1


class Verdict(StrEnum):
    """The result for a defect. BROKEN: no test ran to its end, or a fixture failed."""

    CAUGHT = "caught"
    SURVIVED = "survived"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Trial:
    """`test` is the first one that failed; `output` is the output of pytest."""

    verdict: Verdict
    test: str
    output: str
    took_s: float


def try_clean(copy: Copy, defects: Sequence[Defect], workers: int) -> Trial:
    """All tests of these defects, once, without any defect: SURVIVED is the expected result."""
    tests = list(dict.fromkeys(test for defect in defects for test in defect.tests))
    return _run(copy, tests, CLEAN_S, workers)


def try_defect(copy: Copy, defect: Defect) -> Trial:
    """The tests of one defect, with the defect. Raises Stale."""
    with copy.planted(defect):
        return _run(copy, defect.tests, DEFECT_S, 0)


def _run(copy: Copy, tests: Sequence[str], limit_s: float, workers: int) -> Trial:
    command = [
        sys.executable, "-m", "pytest", "-x", "-q", "-rf", "--tb=short", f"-n{workers}", "-p", "no:cacheprovider",
        "-o", f"timeout={TEST_S}", *tests,
    ]  # fmt: skip
    # Child processes import the copy too, whatever their working directory is.
    environment = {**os.environ, "PYTHONPATH": str(copy.folder), "COLUMNS": "240"}
    since = time.monotonic()
    with subprocess.Popen(
        command, cwd=copy.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
    ) as process:  # fmt: skip
        try:
            output, _ = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            output = f"stopped after {limit_s} s"
        finally:
            _end(process)
    return _judge(process.returncode, output, time.monotonic() - since)


def _end(process: "subprocess.Popen[str]") -> None:
    """Kill the rest of the tests' session, including servers that a defect kept running."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _judge(code: int, output: str, took_s: float) -> Trial:
    failed = next((line for line in output.splitlines() if line.startswith(_FAILED)), "")
    test = failed.removeprefix(_FAILED).partition(" - ")[0]
    if code == 0:
        return Trial(Verdict.SURVIVED, "", output, took_s)
    return Trial(Verdict.CAUGHT if code == _SOME_FAILED and test else Verdict.BROKEN, test, output, took_s)
