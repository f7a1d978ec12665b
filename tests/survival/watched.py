"""The server with a watch on its event loop: `python -m tests.survival.watched`, as `app`.

Whenever the loop was blocked for `STALL_MS` or longer, a JSON line is added to the file `stalls` next to the data
directory: the duration, the processor time of the loop's thread, and its position. Time in which a thread of the
process was runnable and got no processor is not counted, because other processes used the machine: that of the
loop's own thread; and where the loop was blocked, that of all threads, one of which may have held the interpreter
lock.
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
TASKS = Path("/proc/self/task")


class Watch:
    """Measures the time between two ticks of a loop, in its own thread; a second thread records the position of a
    late one."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._thread, self._own = threading.get_ident(), str(threading.get_native_id())
        self._schedules: dict[str, int] = {}
        self._where: list[str] = []
        self._looked_at, self._waited_all = 0.0, 0.0
        self._beat()
        threading.Thread(target=self._look, daemon=True).start()

    def _beat(self) -> None:
        self._last, self._waited, self._spent = time.perf_counter(), self._queued_s(self._own), time.thread_time()
        if self._last - self._looked_at > LOOK_S:
            self._looked_at, self._waited_all = self._last, self._queued_all_s()
        asyncio.get_running_loop().call_later(BEAT_S, self._judge)

    def _judge(self) -> None:
        stood_ms = (time.perf_counter() - self._last - BEAT_S - self._queued_s(self._own) + self._waited) * 1_000
        if stood_ms >= STALL_MS:
            cpu_ms = (time.thread_time() - self._spent) * 1_000
            if cpu_ms < STALL_MS:
                stood_ms -= (self._queued_all_s() - self._waited_all) * 1_000
            if stood_ms >= STALL_MS:
                with self._file.open("a") as file:
                    file.write(json.dumps({"ms": stood_ms, "cpu_ms": cpu_ms, "where": self._where}) + "\n")
        self._where = []
        self._beat()

    def _queued_s(self, thread: str) -> float:
        """How long a thread has waited for a processor so far. Available on Linux only."""
        try:
            if thread not in self._schedules:
                self._schedules[thread] = os.open(f"{TASKS}/{thread}/schedstat", os.O_RDONLY)
            return int(os.pread(self._schedules[thread], 100, 0).split()[1]) / 1e9
        except OSError:
            return 0.0

    def _queued_all_s(self) -> float:
        """Of all threads but the loop's."""
        names = [each.name for each in TASKS.iterdir()] if TASKS.is_dir() else []
        return sum(self._queued_s(name) for name in names if name != self._own)

    def _look(self) -> None:
        while True:
            time.sleep(LOOK_S)
            if not self._where and time.perf_counter() - self._last > BEAT_S + LOOK_S:
                frame = sys._current_frames().get(self._thread)
                self._where = [f"{at.filename}:{at.lineno} {at.name}" for at in traceback.extract_stack(frame)[-12:]]


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
