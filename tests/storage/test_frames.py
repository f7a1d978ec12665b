"""Frames on a pipe: complete ones only, in order, however the bytes arrive."""

import socket
import threading
from collections.abc import Iterator

import pytest

from app.storage.frames import frame, receive, send, take_frames

FRAMES = [b"one", b"", b"x" * 70_000, b"last"]


@pytest.fixture
def pipe() -> Iterator[tuple[socket.socket, socket.socket]]:
    ends = socket.socketpair()
    for end in ends:
        end.settimeout(10)
    yield ends
    for end in ends:
        end.close()


@pytest.mark.parametrize("size", [1, 3, 4, 5, 1_000, 1 << 20])
def test_frames_come_out_whole_however_they_are_cut(size: int) -> None:
    wire = b"".join(map(frame, FRAMES))
    received = bytearray()
    taken = []
    for start in range(0, len(wire), size):
        received += wire[start : start + size]
        taken += take_frames(received)
    assert taken == FRAMES
    assert received == b""


def test_what_is_not_whole_yet_stays() -> None:
    received = bytearray(frame(b"one") + frame(b"two")[:-1])
    assert list(take_frames(received)) == [b"one"]
    assert received == frame(b"two")[:-1]


def test_frames_go_through_a_pipe_larger_than_its_buffer(pipe: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pipe
    large = bytes(range(256)) * 20_000
    sender = threading.Thread(target=send, args=(ours, large))
    sender.start()
    assert receive(theirs) == large
    sender.join()
    send(ours, b"")
    assert receive(theirs) == b""


@pytest.mark.parametrize("sent", [b"", b"\0\0", frame(b"half")[:-2], frame(b"")[:3]], ids=["none", "head", "body", "3"])
def test_an_end_in_the_middle_of_a_frame_is_an_end(pipe: tuple[socket.socket, socket.socket], sent: bytes) -> None:
    ours, theirs = pipe
    ours.sendall(sent)
    ours.close()
    assert receive(theirs) is None


def test_an_end_by_force_is_an_end_and_nothing_can_be_sent(pipe: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pipe
    theirs.sendall(b"unread")  # unread data turns the close into a reset
    ours.close()
    assert receive(theirs) is None
    with pytest.raises(OSError):
        send(theirs, b"to nobody")
