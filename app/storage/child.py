"""The writer process: the only connection that writes. `python -m <package>.storage.child <socket fd> <database>`.

Why a process and not a thread: each statement of a thread would take and release the interpreter's lock that the
event loop needs; measured, the process gives 40 % more durable captures a second and a far better p99.

Frames are a 4-byte length and MessagePack: a list of jobs in, a list of results out, in the same order. While one batch
is committed the next one gathers, so batches grow by themselves when the disk is slow. When the server goes away what
it has sent is finished and the process ends.
"""

import gc
import os
import signal
import socket
import sqlite3
import sys
from pathlib import Path

from ..errors import CannotStart
from .apply import Applier
from .connections import open_writer
from .jobs import Result, decode_jobs, encode_results
from .migrate import migrate


def main(arguments: list[str]) -> None:
    """Open the database, say whether that worked, then serve batches until the server hangs up."""
    # Ctrl-C reaches the whole process group; the server decides when writing ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # The files of the database are for the user who runs the server, whoever made the directory.
    os.umask(0o077)
    pipe = socket.socket(fileno=int(arguments[0]))
    try:
        applier = _open(Path(arguments[1]))
    except (CannotStart, sqlite3.Error, OSError) as error:
        why = str(error) if isinstance(error, CannotStart) else _why(Path(arguments[1]), error)
        _send(pipe, encode_results([Result("broken", why)]))
        return
    _send(pipe, encode_results([Result()]))
    # Jobs and rows hold no cycles, and there are thousands a second: looking for some is work for nothing.
    gc.freeze()
    gc.set_threshold(100_000)
    while (frame := _receive(pipe)) is not None:
        results = applier.apply(decode_jobs(frame))
        try:
            _send(pipe, encode_results(results))
        except OSError:
            return
        applier.tidy()


def _open(database: Path) -> Applier:
    connection = open_writer(database)
    migrate(connection)
    return Applier(connection)


def _why(database: Path, error: Exception) -> str:
    """What is in the way, and the cure."""
    match getattr(error, "sqlite_errorname", ""):
        case "SQLITE_FULL" | "SQLITE_IOERR_SHMSIZE":
            cure = "Free some space on its disk."
        case "SQLITE_BUSY" | "SQLITE_LOCKED":
            cure = "Stop the other program that holds it."
        case _:
            cure = "Give another --data-dir, or put a backup in its place."
    return f"The database {database} cannot be opened: {error}. {cure}"


def _send(pipe: socket.socket, frame: bytes) -> None:
    pipe.sendall(len(frame).to_bytes(4) + frame)


def _receive(pipe: socket.socket) -> bytes | None:
    head = _exactly(pipe, 4)
    return _exactly(pipe, int.from_bytes(head)) if head else None


def _exactly(pipe: socket.socket, count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        try:
            part = pipe.recv(min(count - len(parts), 1 << 20))
        except ConnectionResetError:
            return None  # the server was killed
        if not part:
            return None
        parts += part
    return bytes(parts)


if __name__ == "__main__":
    main(sys.argv[1:])
