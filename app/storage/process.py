"""What both storage processes share: their start, and the pipe to the server."""

import gc
import os
import select
import signal
import socket

from .frames import receive, send

# The exit code of a process that does not know what is on the disk.
EXIT_DOUBT = 4


class Pipe:
    """The pipe to the server, given as an inherited descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)

    def send(self, data: bytes) -> None:
        """Send one frame. Raises OSError when the server is gone."""
        send(self._socket, data)

    def receive(self, timeout_s: float | None = None) -> bytes | None:
        """The next frame. None when the server is gone, or when no frame came within `timeout_s`; `is_open`
        distinguishes the two."""
        if timeout_s is not None and not self.has_more(timeout_s):
            return None
        data = receive(self._socket)
        self.is_open = data is not None
        return data

    is_open = True

    def has_more(self, timeout_s: float = 0.0) -> bool:
        """Whether `receive` would return at once: there is a frame, or the server is gone."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(timeout_s * 1_000))


def begin() -> None:
    """Prepare the process before it opens files. The server ends the process by closing the pipe."""
    # Ctrl-C sends SIGINT to the whole process group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # Database files are readable for the server's user only, even in a directory of another user.
    os.umask(0o077)


def tune_gc() -> None:
    """Tune the garbage collector after everything is loaded: jobs and rows have no cycles, and there are thousands a
    second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000)
