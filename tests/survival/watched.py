"""The server with a watch on its loop: `python -m tests.survival.watched`, as `app`.

Whenever the loop stood still for `STALL_MS` or longer, a JSON line is added to the file `stalls` beside the data
directory: for how long, what the loop's thread spent of the processor, and where it was. The time for which a thread
that could run got no processor is not counted: that is the fault of its neighbours.
"""

import asyncio
import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

STALL_MS = 50.0
BEAT_S = 0.003
LOOK_S = 0.02
FILE = "stalls"


class Watch:
    """Counts the time between two beats of a loop, in its own thread; a second thread looks where a late one is."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._thread = threading.get_ident()
        self._schedule = _open(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._where: list[str] = []
        self._beat()
        threading.Thread(target=self._look, daemon=True).start()

    def _beat(self) -> None:
        self._last, self._waited, self._spent = time.perf_counter(), self._queued_s(), time.thread_time()
        asyncio.get_running_loop().call_later(BEAT_S, self._judge)

    def _judge(self) -> None:
        stood_s = time.perf_counter() - self._last - BEAT_S - (self._queued_s() - self._waited)
        if stood_s * 1_000 >= STALL_MS:
            said = {"ms": stood_s * 1_000, "cpu_ms": (time.thread_time() - self._spent) * 1_000, "where": self._where}
            with self._file.open("a") as file:
                file.write(json.dumps(said) + "\n")
        self._where = []
        self._beat()

    def _queued_s(self) -> float:
        """How long this thread has waited for a processor so far."""
        return 0.0 if self._schedule is None else int(os.pread(self._schedule, 100, 0).split()[1]) / 1e9

    def _look(self) -> None:
        while True:
            time.sleep(LOOK_S)
            if not self._where and time.perf_counter() - self._last > BEAT_S + LOOK_S:
                frame = sys._current_frames().get(self._thread)
                self._where = [f"{at.filename}:{at.lineno} {at.name}" for at in traceback.extract_stack(frame)[-12:]]


def _open(path: str) -> int | None:
    """Only Linux has it."""
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return None


def main() -> None:
    """The server."""
    from app.commands import main as serve
    from app.ingress.server import IngressServer

    folder = Path(sys.argv[sys.argv.index("--data-dir") + 1]).parent
    start = IngressServer.start

    async def started(self: IngressServer, listener: Any) -> None:
        await start(self, listener)
        Watch(folder / FILE)

    IngressServer.start = started  # type: ignore[method-assign]
    serve()


if __name__ == "__main__":
    main()
