"""The server's end of a storage process: started, watched, killed when it does not answer in time, started again when
it ends, for as long as the server runs.
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from ..clock import ticks
from ..log import get_log
from ..tasks import start_task
from .frames import frame, take_frames

# The pause before a process is started again: doubled each time that it does not live long.
MIN_PAUSE_S = 0.2
MAX_PAUSE_S = 10.0
STABLE_S = 30.0
# A process that was told to end, or killed, is waited for so long before that is logged.
END_S = 4.0

_log = get_log("storage")


class Owner(Protocol):
    """Who uses the process."""

    def arguments(self) -> Sequence[str]:
        """For the next start, behind the number of the pipe."""

    def received(self, data: bytes) -> None:
        """A frame has come."""

    def ended(self, code: int | None, why: str) -> None:
        """The process is gone; `code` None: it could not be started."""


class ChildProcess(Protocol):
    """A process that was started; the methods are those of `subprocess.Popen`."""

    @property
    def pid(self) -> int:
        """Its id."""

    def kill(self) -> None:
        """End it now. Nothing happens when it has ended."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, or minus the signal that ended it. `subprocess.TimeoutExpired` after so many seconds."""


def start_process(module: str, arguments: Sequence[str], descriptors: Sequence[int]) -> ChildProcess:
    """Run `python -m module`; of the open files it inherits these descriptors only. OSError: it cannot be started."""
    # It imports this very package, wherever that lies and whatever the working directory is.
    top = Path(__file__).resolve().parents[__package__.count(".") + 1]
    search = os.pathsep.join(filter(None, (str(top), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", module, *arguments],
        pass_fds=descriptors,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": search},
    )


class Child(asyncio.Protocol):
    """One process at a time. Belongs to one event loop. `keep_open` are descriptors that it inherits."""

    def __init__(self, module: str, owner: Owner, keep_open: Sequence[int] = ()) -> None:
        self._module = module
        self._owner = owner
        self._keep_open = tuple(keep_open)
        self._loop = asyncio.get_running_loop()
        self._process: ChildProcess | None = None
        self._transport: asyncio.WriteTransport | None = None
        self._received = bytearray()
        self._gone = asyncio.Event()
        self._closing = asyncio.Event()
        self._deadline: asyncio.TimerHandle | None = None
        self._killed_for: str | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Keep a process running from now on."""
        self._task = start_task(self._keep_running(), name=self._module)

    def send(self, data: bytes) -> bool:
        """One frame; False when there is no process now."""
        if self._transport is None:
            return False
        self._transport.write(frame(data))
        return True

    def expect(self, within_s: float, what: str) -> None:
        """It is killed when `met` is not called in time."""
        self.met()
        self._deadline = self._loop.call_later(within_s, self._kill_late, what, within_s)

    def met(self) -> None:
        """What was expected has come."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def kill(self, why: str) -> None:
        """End it now."""
        self._killed_for = why
        if self._process is not None:
            self._process.kill()
        if self._closing.is_set() and self._transport is not None:
            self._transport.abort()

    async def close(self) -> None:
        """Close the pipe, on which the process ends; kill it when it does not."""
        self._closing.set()
        self.met()
        if self._transport is not None:
            self._close_pipe(self._transport)
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _keep_running(self) -> None:
        pause_s = MIN_PAUSE_S
        while not self._closing.is_set():
            started = ticks()
            code, why = await self._run_once()
            self._owner.ended(code, why)
            pause_s = MIN_PAUSE_S if ticks() - started > STABLE_S else min(2 * pause_s, MAX_PAUSE_S)
            try:
                async with asyncio.timeout(pause_s):
                    await self._closing.wait()
            except TimeoutError:
                continue

    async def _run_once(self) -> tuple[int | None, str]:
        """From its start to its end: the exit code, and why it ended."""
        self._gone.clear()
        self._received.clear()
        self._killed_for = None
        try:
            await self._loop.create_connection(lambda: self, sock=self._spawn())
        except OSError as error:
            _log.error("process.not_started", module=self._module, reason=str(error))
            return None, f"it cannot be started: {error}"
        if self._closing.is_set() and self._transport is not None:
            # The end has overtaken the start.
            self._close_pipe(self._transport)
        await self._gone.wait()
        code = await self._reap()
        why = self._killed_for or f"it ended with code {code}"
        if not self._closing.is_set():
            _log.error("process.ended", module=self._module, code=code, reason=why)
        return code, why

    def _spawn(self) -> socket.socket:
        """The process, and our end of the pipe to it."""
        ours, theirs = socket.socketpair()
        with theirs:
            pipe = theirs.fileno()
            try:
                self._process = start_process(
                    self._module, (str(pipe), *self._owner.arguments()), (pipe, *self._keep_open)
                )
            except OSError:
                ours.close()
                raise
        ours.setblocking(False)
        return ours

    async def _reap(self) -> int | None:
        """Wait for its end. While an old process may still write no new one is started."""
        process = self._process
        assert process is not None, "it was started"
        while True:
            try:
                code = await asyncio.to_thread(process.wait, END_S)
            except subprocess.TimeoutExpired:
                _log.error("process.does_not_end", module=self._module, pid=process.pid)
                process.kill()
                if self._closing.is_set() and self._killed_for:
                    return None
                self._killed_for = self._killed_for or f"it did not end within {END_S:.0f} s"
            else:
                self._process = None
                return code

    def _close_pipe(self, transport: asyncio.WriteTransport) -> None:
        transport.close()
        # What is on its way to a process that reads no more keeps the pipe open.
        self.expect(END_S, "its end")

    def _kill_late(self, what: str, within_s: float) -> None:
        self._deadline = None
        _log.error("process.hung", module=self._module, waiting_for=what, seconds=within_s)
        self.kill(f"it did not answer within {within_s:.0f} s ({what})")

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The pipe stands."""
        # uvloop's transports do not inherit from asyncio's.
        self._transport = cast(asyncio.WriteTransport, transport)
        # What may be on its way is bounded by the owner.
        self._transport.set_write_buffer_limits(high=32 << 20)

    def data_received(self, data: bytes) -> None:
        """Collect whole frames."""
        self._received += data
        for each in take_frames(self._received):
            self._owner.received(each)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """The process has closed its end, or ended."""
        self.met()
        self._transport = None
        self._gone.set()
