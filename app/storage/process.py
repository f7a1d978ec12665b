"""What the storage processes have in common: how they begin, and the pipe to the server."""

import gc
import os
import select
import signal
import socket

from .frames import receive, send

# The exit code of a process that cannot tell what is on the disk.
EXIT_DOUBT = 4


class Pipe:
    """To the server, by the descriptor that it has passed."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)

    def send(self, data: bytes) -> None:
        """One frame. OSError when the server is gone."""
        send(self._socket, data)

    def receive(self, timeout_s: float | None = None) -> bytes | None:
        """The next frame. None when the server is gone, or with `timeout_s` when none has come in time: then
        `is_open` tells which."""
        if timeout_s is not None and not self.has_more(timeout_s):
            return None
        data = receive(self._socket)
        self.is_open = data is not None
        return data

    is_open = True

    def has_more(self, timeout_s: float = 0.0) -> bool:
        """Something can be received, or the server is gone."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(timeout_s * 1_000))


def begin() -> None:
    """Before anything is opened. The server decides when the process ends: it closes the pipe."""
    # Ctrl-C reaches the whole process group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # The files of the database are for the user who runs the server, whoever made the directory.
    os.umask(0o077)


def tune_gc() -> None:
    """When everything is loaded: jobs and rows hold no cycles, and there are thousands a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000)
