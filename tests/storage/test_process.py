"""What both storage processes share: the pipe to the server, and their start."""

import gc
import os
import signal
import socket
from collections.abc import Iterator

import pytest

from app.storage import process
from app.storage.frames import frame
from app.storage.process import Pipe


@pytest.fixture
def ends() -> Iterator[tuple[Pipe, socket.socket]]:
    """The pipe of the process, and the server's end."""
    ours, theirs = socket.socketpair()
    with theirs:
        pipe = Pipe(ours.detach())
        yield pipe, theirs
        pipe._socket.close()


def test_frames_go_both_ways(ends: tuple[Pipe, socket.socket]) -> None:
    pipe, server = ends
    server.sendall(frame(b"a") + frame(b""))
    assert (pipe.receive(), pipe.receive()) == (b"a", b"")
    pipe.send(b"result")
    assert server.recv(100) == frame(b"result")


def test_a_timeout_is_distinguished_from_the_end_of_the_server(ends: tuple[Pipe, socket.socket]) -> None:
    pipe, server = ends
    assert (pipe.receive(0.0), pipe.is_open) == (None, True)
    server.close()
    assert (pipe.receive(0.0), pipe.is_open) == (None, False)


def test_there_is_more_when_a_frame_has_come_or_the_server_is_gone(ends: tuple[Pipe, socket.socket]) -> None:
    pipe, server = ends
    assert not pipe.has_more()
    server.sendall(frame(b"a"))
    assert pipe.has_more()
    pipe.receive()
    assert not pipe.has_more()
    server.close()
    assert pipe.has_more()


def test_signals_do_not_end_a_process_and_its_files_are_private() -> None:
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    mask = os.umask(0o022)
    try:
        process.begin()
        assert [signal.getsignal(name) for name in before] == [signal.SIG_IGN] * 2
        assert os.umask(0o022) == 0o077
    finally:
        os.umask(mask)
        for name, handler in before.items():
            signal.signal(name, handler)


def test_objects_of_the_start_are_not_collected_again() -> None:
    before = gc.get_threshold()
    try:
        process.tune_gc()
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] == 100_000
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
