"""Starts processes of tests as forks of one process that has imported their modules: the storage processes of stores
in the test process, and commands, the server among them, that are processes of their own.

The imports take 0.3 s for each store, more than most tests, 2 s for each server, and up to 2 s for other commands.
`python -m tests.forking <socket> <kind>` is the fork server, one of each kind for each test process. A fork has the
arguments, the environment, the working directory and the open files that a new interpreter would have, runs its module
as `__main__`, and ends like an interpreter.
"""

import fcntl
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from app import clock
from app.storage import ballast
from app.storage.children import ChildProcess, start_process
from app.storage.ledger import process as ledger_process

ROOT = Path(__file__).parents[1]
STORAGE = "storage"
PROGRAM = "program"
# What is imported, of each kind. The storage processes of a server that is a process of its own are not forked.
MODULES = {
    STORAGE: (
        "app.storage.log.process", "app.storage.postgres.log_process", "app.follower", "tests.storage.scripted",
        "tests.storage.obedient",
    ),
    PROGRAM: ("app.serving", "app.commands.serve"),
}  # fmt: skip
# Starts a new interpreter, even if a test has replaced the function.
start_new = start_process


class Forked:
    """A process that the fork server has started, with the methods of `subprocess.Popen`. The server sends its id
    and later its exit code."""

    def __init__(self, status: socket.socket) -> None:
        self._status = status
        self._code: int | None = None
        self.pid = int(status.recv(32))

    def send_signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0.001)
        return None

    def wait(self, timeout: float | None = None) -> int:
        if self._code is None:
            self._status.settimeout(timeout)
            try:
                self._code = int(self._status.recv(32))
            except TimeoutError:
                assert timeout is not None
                raise subprocess.TimeoutExpired(str(self.pid), timeout) from None
            self._status.close()
        return self._code


class ForkServer:
    """Of one kind. It is started with the first fork."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._control: socket.socket | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def start(self, module: str, arguments: Sequence[str], descriptors: Sequence[int]) -> ChildProcess:
        """Replaces `children.start_process`."""
        if module not in MODULES[self._kind]:
            return start_new(module, arguments, descriptors)
        files = {number: number for number in (1, 2, *descriptors)}
        return Forked(self._fork(module, arguments, dict(os.environ), Path.cwd(), files))

    def start_program(self, arguments: Sequence[str], environment: Mapping[str, str], files: Sequence[int]) -> Forked:
        """Replaces `process.start_program`."""
        return Forked(self._fork("app.__main__", arguments, environment, ROOT, dict(enumerate(files))))

    def _fork(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], folder: Path,
        files: Mapping[int, int],
    ) -> socket.socket:  # fmt: skip
        """`files`: the open files of the fork, each with the descriptor that it has here."""
        if self._control is None:
            self._control = self._begin()
        request = {
            "module": module,
            "arguments": list(arguments),
            "environment": dict(environment),
            "directory": str(folder),
            "descriptors": list(files),
        }
        ours, theirs = _pair()
        with theirs:
            socket.send_fds(self._control, [json.dumps(request).encode()], [theirs.fileno(), *files.values()])
        return ours

    def close(self) -> None:
        if self._control is not None and self._server is not None:
            self._control.close()
            self._server.wait()

    def _begin(self) -> socket.socket:
        ours, theirs = _pair()
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "tests.forking", str(theirs.fileno()), self._kind],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
            )
        return ours


def _pair() -> tuple[socket.socket, socket.socket]:
    """A pair of sockets that preserve message boundaries."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


# The fork server


def main(control: socket.socket, kind: str) -> None:
    """Fork until the tests close the socket. In a fork: run the requested module."""
    for module in MODULES[kind]:
        importlib.import_module(module)
    if kind == STORAGE:
        # Tests wait for the ledger, so it does not run with a low priority.
        ledger_process.NICENESS = 0
        # The reserve file of 16 MiB would take a tenth of the time of a start.
        ballast.SIZE = 1 << 16
    gc.collect()
    # Forks do not collect these objects, which would copy their pages.
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with control:
        requested = _serve(control)
    if requested is not None:
        _become(*requested)


def _serve(control: socket.socket) -> tuple[dict, list[int]] | None:
    """Returns in each fork with its request and its files, and in the server at the end."""
    running: dict[int, socket.socket] = {}
    ends, bell = socket.socketpair()
    with ends, bell:
        bell.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(bell.fileno(), warn_on_full_buffer=False)
        try:
            while True:
                readable, _, _ = select.select([control, ends], [], [])
                if ends in readable:
                    ends.recv(4_096)
                    _report_ends(running)
                if control in readable:
                    data, files, _, _ = socket.recv_fds(control, 1 << 20, 64)
                    if not data:
                        return None
                    if (pid := os.fork()) == 0:
                        return json.loads(data), files
                    status, *others = files
                    running[pid] = socket.socket(fileno=status)
                    running[pid].send(b"%d" % pid)
                    for file in others:
                        os.close(file)
        finally:
            signal.set_wakeup_fd(-1)
            for each in running.values():
                each.close()


def _report_ends(running: dict[int, socket.socket]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with running.pop(pid) as there, suppress(OSError):
            there.send(b"%d" % os.waitstatus_to_exitcode(status))


def _become(request: dict, files: list[int]) -> None:
    """Set up this process like a new interpreter, and run the module."""
    status, *given = files
    os.close(status)
    _place(given, request["descriptors"])
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(request["directory"])
    # Each would throw the same dice.
    clock._dice.seed()
    os.environ.clear()
    os.environ.update(request["environment"])
    module = request["module"]
    sys.modules.pop(module, None)
    sys.argv[1:] = request["arguments"]
    os._exit(_run(module))


def _run(module: str) -> int:
    """Returns the exit code. The interpreter is not finalized, which would take as long as the rest of a fork."""
    code = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    # Unreferenced files are closed.
    gc.collect()
    sys.stdout.flush()
    return code


def _place(given: Sequence[int], wanted: Sequence[int]) -> None:
    """Give the open files the same numbers as in the requesting process; nothing else is open but the null device."""
    above = max(*given, *wanted) + 1
    moved = [fcntl.fcntl(file, fcntl.F_DUPFD, above) for file in given]
    os.closerange(0, above)
    os.open(os.devnull, os.O_RDONLY)
    for file, number in zip(moved, wanted, strict=True):
        os.dup2(file, number)
        os.close(file)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
