"""The connection of a listener: sends captures from its queue, and reads results and acknowledgements.

At most one capture is in memory for it, however slow it is; the next one is read when this one is sent.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress

import msgspec
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from ... import clock, keys
from ...errors import NotFound, StoreUnavailable, TooSlow
from ...log import get_log
from ...services.listeners.connection import ConnectionEnd, ListenerConnection
from ...services.listeners.queue import OutgoingCapture
from ..site import auth
from .frames import (
    MAX_FRAME,
    AckFrame,
    BadFrame,
    DropFrame,
    FailedFrame,
    ReplayLastFrame,
    ResultFrame,
    answer_of,
    read_frame,
)
from .shapes import ListenerRemovedFrame, ListenerReplacedFrame

PING_S = 15.0
SILENCE_S = 30.0
"""A listener that sends nothing for so long, not even the answer to a ping, is gone."""
AGAIN_S = 1.0
"""The pause after a store that could not be read."""
CLOSE_S = 0.5
SIGNED_OUT, BIN_GONE, NAME_REUSED, REMOVED = 4401, 4404, 4409, 4410
MAX_WHY = 100
"""Characters of the reason in a close frame, which has at most 123 bytes."""

_ENDS: dict[ConnectionEnd, tuple[msgspec.Struct | None, int]] = {
    ConnectionEnd.REPLACED: (ListenerReplacedFrame(), NAME_REUSED),
    ConnectionEnd.REMOVED: (ListenerRemovedFrame(), REMOVED),
    ConnectionEnd.BIN_DELETED: (None, BIN_GONE),
    ConnectionEnd.STOPPED: (None, WSCloseCode.GOING_AWAY),
}
_log = get_log("listeners")

MakeFrames = Callable[[OutgoingCapture], Iterator[str]]


class _Closed(Exception):
    """The socket is to be closed, with this code and reason."""

    def __init__(self, code: int, why: str = "") -> None:
        self.code = code
        self.why = why
        super().__init__(why)


class ListenerSocket:
    """One connection, for as long as it is open. `frames_of` may raise ValueError for a capture that cannot be
    sent."""

    def __init__(
        self, request: web.Request, connection: ListenerConnection, hello: msgspec.Struct, frames_of: MakeFrames
    ) -> None:
        self._request = request
        self._connection = connection
        self._hello = hello
        self._frames_of = frames_of
        # Pings are answered here: aiohttp would hide the answers to ours, which show that the listener is there.
        self._socket = web.WebSocketResponse(autoping=False, compress=False, max_msg_size=MAX_FRAME, timeout=2.0)
        self._session = auth.SessionCheck(request)
        self._received_at = clock.ticks()

    async def serve(self) -> web.WebSocketResponse:
        """Serve the listener until it disconnects, or is disconnected."""
        try:
            await self._socket.prepare(self._request)
            await self._run()
        finally:
            self._connection.left()
            # `await socket.close()` waits for a peer that may never read; the transport does not.
            if self._request.transport is not None:
                self._request.transport.abort()
        return self._socket

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group:
            ended = group.create_task(self._connection.ended.wait())
            tasks = [group.create_task(work) for work in (self._read(), self._send(), self._ping())]
            await asyncio.wait([ended, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in (ended, *tasks):
                task.cancel()
        closed = [task.result() for task in tasks if not task.cancelled()]
        if self._connection.end is not None:
            frame, code = _ENDS[self._connection.end]
            await self._close(frame, _Closed(code))
        elif closed and closed[0] is not None:
            await self._close(None, closed[0])

    async def _close(self, frame: msgspec.Struct | None, closed: _Closed) -> None:
        """The last frames, if the listener takes them quickly."""
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(CLOSE_S):
                if frame is not None:
                    await self._socket.send_str(msgspec.json.encode(frame).decode())
                await self._socket.close(code=closed.code, message=closed.why.encode(), drain=False)

    async def _send(self) -> _Closed | None:
        """Send captures. Returns how to close the socket; None: the listener has left."""
        app = self._request.app
        try:
            await self._socket.send_str(msgspec.json.encode(self._hello).decode())
            with app[keys.HUB].subscribe(self._connection.stored.bin_id) as subscription:
                self._connection.wake = subscription.notify
                while True:
                    subscription.clear()
                    if await self._session.has_ended():
                        return _Closed(SIGNED_OUT)
                    pause_s = await self._send_next()
                    if pause_s:
                        await subscription.wait(self._session.at_most_s(pause_s))
        except NotFound:
            return _Closed(BIN_GONE)
        except ConnectionError:
            return None

    async def _send_next(self) -> float:
        """Send one capture. Returns the seconds until the next look; zero: at once."""
        try:
            outgoing = await self._connection.take()
        except (StoreUnavailable, TooSlow) as error:
            _log.warning("listener.waits", listener=self._connection.stored.name, reason=str(error))
            return AGAIN_S
        if outgoing is None:
            return PING_S
        try:
            for frame in self._frames_of(outgoing):
                await self._socket.send_str(frame)
        except ValueError as error:
            self._connection.refuse(outgoing.n, str(error))
        return 0

    async def _read(self) -> _Closed | None:
        """Handle what the listener sends. Returns how to close the socket; None: it has left."""
        try:
            while True:
                message = await self._socket.receive()
                self._received_at = clock.ticks()
                if message.type is WSMsgType.PING:
                    await self._socket.pong(message.data)
                elif message.type is WSMsgType.TEXT:
                    self._handle(message)
                elif message.type is not WSMsgType.PONG:
                    return None if message.type is not WSMsgType.BINARY else _Closed(WSCloseCode.UNSUPPORTED_DATA)
        except BadFrame as error:
            return _Closed(WSCloseCode.INVALID_TEXT, str(error)[:MAX_WHY].encode("ascii", "replace").decode())
        except ConnectionError:
            return None

    def _handle(self, message: WSMessage) -> None:
        match read_frame(message.data):
            case ResultFrame() | FailedFrame() as frame:
                self._connection.answered(frame.n, answer_of(frame))
            case AckFrame(n=n) | DropFrame(n=n):
                self._connection.acknowledge(n)
            case ReplayLastFrame():
                self._connection.repeat_last()

    async def _ping(self) -> None:
        """Ping the listener, until it is silent for too long."""
        with suppress(ConnectionError):
            while clock.ticks() - self._received_at < SILENCE_S:
                # A listener that reads a long frame slowly blocks the ping as well.
                with suppress(TimeoutError):
                    async with asyncio.timeout(PING_S):
                        await self._socket.ping()
                await asyncio.sleep(PING_S)
