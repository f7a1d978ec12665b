"""Frames on the pipes between the server and its storage processes: a 4-byte length, then MessagePack."""

import socket
from collections.abc import Iterator

_CHUNK = 1 << 20


def frame(data: bytes) -> bytes:
    """One frame as bytes."""
    return len(data).to_bytes(4) + data


def take_frames(received: bytearray) -> Iterator[bytes]:
    """Complete frames, removed from the front of `received`."""
    while len(received) >= 4:
        end = 4 + int.from_bytes(received[:4])
        if len(received) < end:
            return
        data = bytes(received[4:end])
        del received[:end]
        yield data


def send(pipe: socket.socket, data: bytes) -> None:
    """Send one frame. Raises OSError when the other end is closed."""
    pipe.sendall(frame(data))


def receive(pipe: socket.socket) -> bytes | None:
    """Wait for the next frame; None when the other end is closed."""
    head = _exactly(pipe, 4)
    return _exactly(pipe, int.from_bytes(head)) if head else None


def _exactly(pipe: socket.socket, count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        try:
            part = pipe.recv(min(count - len(parts), _CHUNK))
        except ConnectionResetError:
            return None
        if not part:
            return None
        parts += part
    return bytes(parts)
