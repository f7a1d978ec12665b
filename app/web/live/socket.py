"""Live viewers: each waits for a notification, reads the store from its own cursor, and sends (P4, P5).

Missed and new changes take the same path. At most one frame is buffered for a viewer; one that does not read for
`SEND_S` is disconnected.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import WSCloseCode, web

from ... import keys
from ...errors import NotFound, StoreUnavailable, TooSlow
from ...ingress.pages import drained
from ...live.frames import Frames
from ..site import auth

SEND_S = 10.0
PING_S = 20.0
# Changes in one frame: enough for a burst, small enough to render without holding the loop.
PAGE = 100
GONE = 4404
SIGNED_OUT = 4401


ReadFrames = Callable[[int], Awaitable[Frames]]


async def follow(
    request: web.Request, bin_id: str, after: int, *, hello: Sequence[str], ping: str | None, read: ReadFrames
) -> web.WebSocketResponse:
    """Serve one viewer until it disconnects, is disconnected or signed out, or the server stops."""
    socket = web.WebSocketResponse(heartbeat=PING_S, compress=False, max_msg_size=65_536, timeout=2.0)
    await socket.prepare(request)
    try:
        async with asyncio.TaskGroup() as group:
            listener = group.create_task(_wait_until_left(socket))
            sender = group.create_task(_send_frames(request, socket, bin_id, after, hello, ping, read))
            await asyncio.wait([listener, sender], return_when=asyncio.FIRST_COMPLETED)
            listener.cancel()
            sender.cancel()
    finally:
        # `await socket.close()` waits for a peer that may never read; the transport does not.
        if request.transport is not None:
            request.transport.abort()
    return socket


async def _wait_until_left(socket: web.WebSocketResponse) -> None:
    """Read until the viewer disconnects; viewers send nothing."""
    async for _ in socket:
        pass


async def _send_frames(
    request: web.Request,
    socket: web.WebSocketResponse,
    bin_id: str,
    after: int,
    hello: Sequence[str],
    ping: str | None,
    read: ReadFrames,
) -> None:
    hub, session = request.app[keys.HUB], auth.SessionCheck(request)
    try:
        for text in hello:
            await _send(socket, text)
        with hub.subscribe(bin_id) as subscription:
            while not hub.closed:
                subscription.clear()
                version = hub.version(bin_id)
                frames = await read(after)
                # Before anything is sent: signing out in another tab ends this session too.
                if await session.has_ended():
                    await _close(socket, SIGNED_OUT)
                    return
                after = frames.after
                if frames.wire:
                    await _send_wire(request, frames.wire)
                # The frames may have been read for another viewer, before this notification.
                at_once = frames.more or frames.version < version
                if not at_once and not await subscription.wait(session.at_most_s(PING_S)) and ping is not None:
                    await _send(socket, ping)
        await _close(socket, WSCloseCode.GOING_AWAY)
    except NotFound:
        await _close(socket, GONE)
    except (StoreUnavailable, TooSlow):
        await _close(socket, WSCloseCode.TRY_AGAIN_LATER)
    except (TimeoutError, ConnectionError):
        return  # it stopped reading, or has left; `follow` aborts the connection


async def _send(socket: web.WebSocketResponse, text: str) -> None:
    async with asyncio.timeout(SEND_S):
        await socket.send_str(text)


async def _send_wire(request: web.Request, wire: bytes) -> None:
    """Frames that are ready; waits while the viewer is behind, at most `SEND_S`."""
    transport = request.transport
    if transport is None or transport.is_closing():
        raise ConnectionResetError("The viewer has left.")
    transport.write(wire)
    async with asyncio.timeout(SEND_S):
        await drained(request)


async def _close(socket: web.WebSocketResponse, code: int) -> None:
    """A close frame, if the viewer takes it quickly."""
    try:
        async with asyncio.timeout(0.5):
            await socket.close(code=code, drain=False)
    except (TimeoutError, ConnectionError):
        return
