"""`python -m tests.postgres.keeper FOLDER PID`: waits until a process has ended, then ends the servers that have a pid
file in the folder, and removes it. So nothing is left of a run of the tests, however it ended.
"""

import math
import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

EVERY_S = 0.1
QUIT_WITHIN_S = 10.0


def runs(pid: int) -> bool:
    """Not if it has ended and its parent does not know it yet."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(pid: int, most_s: float = math.inf) -> None:
    deadline = time.monotonic() + most_s
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(EVERY_S)


def end_servers(folder: Path) -> None:
    """SIGQUIT: PostgreSQL ends its processes at once and removes its shared memory. PgBouncer ignores it if the tests
    were started in the background of a shell, which has it ignored."""
    for path in folder.rglob("*.pid"):
        with suppress(ProcessLookupError, ValueError, IndexError):
            pid = int(path.read_text().split()[0])
            os.kill(pid, signal.SIGQUIT)
            wait_for(pid, QUIT_WITHIN_S)
            if runs(pid):
                os.kill(pid, signal.SIGKILL)
                wait_for(pid, QUIT_WITHIN_S)


def main(folder: Path, pid: int) -> None:
    wait_for(pid)
    end_servers(folder)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
