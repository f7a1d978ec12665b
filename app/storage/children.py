"""Starts a storage process, watches it, kills it when it does not answer in time, and restarts it when it ends."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from ..clock import ticks
from ..log import get_log
from ..tasks import start_task
from .frames import frame, take_frames
from .starved import StarvedProcess

# The pause before a restart: doubled after each process that ended within `STABLE_S`.
MIN_PAUSE_S = 0.2
MAX_PAUSE_S = 10.0
STABLE_S = 30.0
# How long a late process that waits for a processor is given at a time.
STARVED_S = 1.0
# If a process does not end within this time after its pipe was closed, or after a kill, that is logged.
END_S = 4.0

_log = get_log("storage")


@dataclass(frozen=True, slots=True)
class Program:
    """What a storage process runs: a module, the arguments that name the place of its data, and the first frame that
    it gets, None for none. A password belongs into the frame, because everyone can read arguments."""

    module: str
    place: Sequence[str]
    first: bytes | None = None


class Owner(Protocol):
    """The user of the process."""

    def arguments(self) -> Sequence[str]:
        """Arguments for the next start; the first argument of the process is the number of the pipe."""

    def received(self, data: bytes) -> None:
        """Called with each frame from the process."""

    def ended(self, code: int | None, why: str) -> None:
        """Called when the process has ended. `code` is None if it could not be started."""


class ChildProcess(Protocol):
    """A process that was started, with the methods of `subprocess.Popen`."""

    @property
    def pid(self) -> int:
        """The process id."""

    def kill(self) -> None:
        """Send SIGKILL. Does nothing when the process has ended."""

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, or minus the number of the signal. Raises `subprocess.TimeoutExpired` after `timeout`
        seconds."""


def start_process(module: str, arguments: Sequence[str], descriptors: Sequence[int]) -> ChildProcess:
    """Run `python -m module`. It inherits these descriptors and no other open files. Raises OSError."""
    # The child imports this package from wherever it is installed, whatever the working directory is.
    top = Path(__file__).resolve().parents[__package__.count(".") + 1]
    search = os.pathsep.join(filter(None, (str(top), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", module, *arguments],
        pass_fds=descriptors,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": search},
    )


class Child(asyncio.Protocol):
    """Runs one process at a time. Use from one event loop only. The process inherits the descriptors `keep_open`.
    `first`: the first frame that each process gets, None for none."""

    def __init__(self, module: str, owner: Owner, keep_open: Sequence[int] = (), first: bytes | None = None) -> None:
        self._module = module
        self._owner = owner
        self._keep_open = tuple(keep_open)
        self._first = first
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
        """The process id, or None while no process runs."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Keep a process running from now on."""
        self._task = start_task(self._keep_running(), name=self._module)

    def send(self, data: bytes) -> bool:
        """Send one frame; False when no process runs."""
        if self._transport is None:
            return False
        self._transport.write(frame(data))
        return True

    def expect(self, within_s: float, what: str) -> None:
        """Kill the process if `met` is not called within this time, in which it could run."""
        self.met()
        self._deadline = self._loop.call_later(within_s, self._kill_late, what, within_s)

    def met(self) -> None:
        """Cancel the deadline of `expect`."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def kill(self, why: str) -> None:
        """Kill the process; `why` becomes the reason that the owner gets."""
        self._killed_for = why
        if self._process is not None:
            self._process.kill()
        if self._closing.is_set() and self._transport is not None:
            self._transport.abort()

    async def close(self) -> None:
        """Close the pipe, which ends the process; kill it if it does not end."""
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
        """Run one process from start to end. Returns the exit code and the reason of the end."""
        self._gone.clear()
        self._received.clear()
        self._killed_for = None
        try:
            await self._loop.create_connection(lambda: self, sock=self._spawn())
        except OSError as error:
            _log.error("process.not_started", module=self._module, reason=str(error))
            return None, f"it cannot be started: {error}"
        if self._closing.is_set() and self._transport is not None:
            # `close` was called while the process was starting.
            self._close_pipe(self._transport)
        await self._gone.wait()
        code = await self._reap()
        why = self._killed_for or f"it ended with code {code}"
        if not self._closing.is_set():
            _log.error("process.ended", module=self._module, code=code, reason=why)
        return code, why

    def _spawn(self) -> socket.socket:
        """Start the process; returns our end of the pipe."""
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
        """Wait for the end of the process. No new one is started while the old one may still write."""
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
        # Unsent data keeps the pipe open if the process does not read it.
        self.expect(END_S, "its end")

    def _kill_late(self, what: str, within_s: float, starved: StarvedProcess | None = None) -> None:
        self._deadline = None
        if self.pid is not None and not self._closing.is_set():
            starved = starved or StarvedProcess(self.pid, within_s)
            if starved.is_starved():
                self._deadline = self._loop.call_later(STARVED_S, self._kill_late, what, within_s, starved)
                return
        _log.error("process.hung", module=self._module, waiting_for=what, seconds=within_s)
        self.kill(f"it did not answer within {within_s:.0f} s ({what})")

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The pipe is open."""
        # uvloop's transports do not inherit from asyncio's.
        self._transport = cast(asyncio.WriteTransport, transport)
        # The owner limits how much is in flight.
        self._transport.set_write_buffer_limits(high=32 << 20)
        if self._first is not None:
            self.send(self._first)

    def data_received(self, data: bytes) -> None:
        """Split the received bytes into frames."""
        self._received += data
        for each in take_frames(self._received):
            self._owner.received(each)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """The process has closed its end of the pipe, or has ended."""
        self.met()
        self._transport = None
        self._gone.set()
