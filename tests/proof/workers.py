"""Long proofs in worker processes, one for each core: each does a share and prints its progress, and finally its
result, as lines of JSON.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from tests.process import ROOT

WORKERS = 2
# Seeds of two workers are this far apart.
APART = 1_000_000
TOLD_S = 2.0


class Pace:
    """Prints the progress of a worker, not too often."""

    def __init__(self) -> None:
        self._told_at = 0.0

    def tell(self, done: int) -> None:
        """This part of the count is reached."""
        if time.monotonic() - self._told_at > TOLD_S:
            self._told_at = time.monotonic()
            print(json.dumps({"done": done}), flush=True)


def work(campaign: Callable[..., Any]) -> None:
    """In a worker: run a campaign with the options of the command line."""
    result = campaign(**json.loads(sys.argv[1]), pace=Pace())
    print(json.dumps({"result": msgspec.to_builtins(result)}), flush=True)


def share_out(
    proof: str, what: str, count: int, seconds: float, /, *, workers: int = WORKERS, **options: Any
) -> list[dict[str, Any]]:  # fmt: skip
    """Run a campaign in several workers at once; returns their results. `proof` names its module, `what` is counted.
    Raises RuntimeError when a worker fails."""
    started = []
    for number in range(workers):
        shared = {"count": -(-count // workers), "seconds": seconds, "seed": number * APART, **options}
        command = [sys.executable, "-m", f"tests.proof.{proof}", json.dumps(shared)]
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=_be_nice))
    try:
        return _collect(started, what)
    finally:
        for worker in started:
            if worker.poll() is None:
                worker.kill()
            worker.wait()
            assert worker.stdout is not None
            worker.stdout.close()


def _collect(workers: "list[subprocess.Popen[str]]", what: str) -> list[dict[str, Any]]:
    import selectors

    done = [0] * len(workers)
    results: list[dict[str, Any]] = []
    with selectors.DefaultSelector() as selector:
        for number, worker in enumerate(workers):
            selector.register(worker.stdout, selectors.EVENT_READ, number)  # type: ignore[arg-type]
        while len(results) < len(workers):
            for key, _ in selector.select():
                line = key.fileobj.readline()  # type: ignore[union-attr]
                if not line:
                    raise RuntimeError(f"a worker of {what} ended with {workers[key.data].wait()}")
                told = json.loads(line)
                if "result" in told:
                    results.append(told["result"])
                    selector.unregister(key.fileobj)
                else:
                    done[key.data] = told["done"]
            print(f"     {what}: {sum(done):,}", file=sys.stderr, end="\r", flush=True)
    return results


def _be_nice() -> None:
    os.nice(10)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory, if there is one: the proofs have their own model of a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="smsbin-proof-", dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
