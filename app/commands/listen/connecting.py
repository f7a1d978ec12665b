"""Keeps the connection to the server: connects again until it can, and reports each loss with its reason."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from ... import clock
from ...domain.listening import (
    MAX_FRAME,
    PING_S,
    CaptureAssembly,
    ClientFrame,
    ListenBody,
    ListenCapture,
    ListenClose,
    ListenEvents,
    ListenHello,
    ListenRemoved,
    ListenReplaced,
    read_server_frame,
    write_frame,
)
from ...egress.sockets import SocketLimits, SocketLost, SocketRefused, TextSocket, open_socket
from ...errors import CannotStart, Invalid
from ..client import TIMEOUT_S, Client, in_path
from .sleeping import span_text

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
MAX_CAPTURE = 256 << 20
"""Bytes of the body and the events of a request, which are put together in memory."""

_LIMITS = SocketLimits(ping_s=PING_S, max_size=MAX_FRAME)
_FORBIDDEN = {
    401: "does not accept the access token from {source}.",
    403: "does not allow to listen on this bin.",
    404: "has no such bin, or is too old for `smsbin listen`.",
}
_CLOSED = {
    ListenClose.SIGNED_OUT: "The access token has ended, or was revoked.",
    ListenClose.BIN_GONE: "The bin was deleted.",
    ListenClose.REPLACED: "A newer listener of the name {name} has connected and gets the requests now."
    " Give each one its own --name, and each gets all of them.",
    ListenClose.REMOVED: "This listener was removed on the page or with the API.",
}


class Receiver(Protocol):
    """What gets the frames of a connection; `connection` is its number, counted from 1."""

    def begin(self, connection: int, hello: ListenHello) -> None:
        """A new connection. What the ones before have sent and was not acknowledged is sent again."""

    def take(self, connection: int, capture: ListenCapture) -> None:
        """A capture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenAddress:
    """`start`: the number after which the first connection begins; None: where the listener is. `query`: the other
    parameters, with `name`."""

    client: Client
    bin_id: str
    query: dict[str, str]
    start: int | None = None
    tls: ssl.SSLContext | None = None

    @property
    def path(self) -> str:
        """The path of the API."""
        return f"/bins/{in_path(self.bin_id)}/listen"


class ServerConnection:
    """Use from one event loop only. `report` gets lines for people."""

    def __init__(self, address: ListenAddress, receiver: Receiver, report: Callable[[str], None]) -> None:
        self._address = address
        self._receiver = receiver
        self._report = report
        self._socket: TextSocket | None = None
        self._number = 0
        self._pause_s = FIRST_PAUSE_S
        self._lost_at: float | None = None
        self._reported = ""
        self._at_once = asyncio.Event()
        self._scope: asyncio.Timeout | None = None
        # Set when the end of the connection is complete; None: it has not begun.
        self._closed: asyncio.Event | None = None

    async def run(self) -> None:
        """Connect, again and again. Raises CannotStart, Invalid when the server refuses it for good."""
        while True:
            self._at_once.clear()
            try:
                async with asyncio.timeout(None) as self._scope:
                    await self._follow()
            except TimeoutError:
                why = "the machine was asleep"
            except SocketRefused as error:
                why = await self._refused(error)
            except SocketLost as error:
                why = self._lost(error)
            if self._closed is not None:
                return
            self._report_loss(why)
            await self._wait()

    async def send(self, connection: int, *frames: ClientFrame) -> bool:
        """Send frames if this connection is still there; returns whether it was."""
        if self._socket is None or connection != self._number:
            return False
        try:
            for frame in frames:
                await self._socket.send(write_frame(frame))
        except SocketLost:
            return False  # `run` reports it
        return True

    def reconnect(self) -> None:
        """Begin a new connection now: the current one is dead although nothing has reported that."""
        self._at_once.set()
        if self._scope is not None and self._socket is not None:
            self._scope.reschedule(asyncio.get_running_loop().time())

    async def close(self) -> None:
        """End the connection when the server has received everything."""
        self._closed = asyncio.Event()
        if self._socket is not None:
            await self._socket.close()
        self._closed.set()

    async def _follow(self) -> None:
        """Read one connection until it is lost. Raises SocketLost, SocketRefused."""
        address, token = self._address, self._address.client.token
        # The server keeps the position from then on.
        start = {} if address.start is None or self._number else {"after": str(address.start)}
        url = f"{address.client.root}/api/v1{address.path}?{urlencode(address.query | start)}"
        assembly = CaptureAssembly(MAX_CAPTURE)
        headers = {"Authorization": f"Bearer {token}"}
        async with open_socket(url, headers, tls=address.tls, limits=_LIMITS) as socket:
            self._socket = socket
            try:
                await self._read(socket, assembly)
            except ValueError as error:
                raise SocketLost(f"the server does not use the protocol of this version ({error})") from None
            finally:
                self._socket = None
                if self._closed is not None:
                    await self._closed.wait()

    async def _read(self, socket: TextSocket, assembly: CaptureAssembly) -> None:
        while True:
            frame = read_server_frame(await socket.receive())
            match frame:
                case ListenHello():
                    self._begin(frame)
                case ListenCapture() | ListenBody() | ListenEvents():
                    whole = assembly.take(frame)
                    if whole is not None:
                        self._receiver.take(self._number, whole)
                case ListenReplaced():
                    raise SocketLost("replaced", ListenClose.REPLACED)
                case ListenRemoved():
                    raise SocketLost("removed", ListenClose.REMOVED)

    def _begin(self, hello: ListenHello) -> None:
        self._number += 1
        self._pause_s, self._reported = FIRST_PAUSE_S, ""
        if self._lost_at is not None:
            self._report(f"connected again after {span_text(clock.ticks() - self._lost_at)}.")
            self._lost_at = None
        self._receiver.begin(self._number, hello)

    def _report_loss(self, why: str) -> None:
        """Each loss is reported, and each new reason why there is still no connection."""
        if self._lost_at is None:
            self._lost_at = clock.ticks()
        if why != self._reported:
            what = "the connection was lost" if self._number and not self._reported else "no connection"
            self._report(f"{what}: {why}. Connecting again …")
        self._reported = why

    async def _wait(self) -> None:
        # Full jitter, so that many clients of one server do not come back at the same moment.
        pause_s = clock.dice() * self._pause_s
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
        try:
            async with asyncio.timeout(pause_s):
                await self._at_once.wait()
        except TimeoutError:
            return

    async def _refused(self, error: SocketRefused) -> str:
        """Why the server does not open the connection now. Raises CannotStart, Invalid if it never will."""
        address = self._address
        if error.status in _FORBIDDEN:
            why = _FORBIDDEN[error.status].format(source=address.client.source)
            raise CannotStart(f"{address.client.root} {why}")
        if error.status == 422:
            # The answer to a handshake has no body here; that to a plain request says which parameter is wrong.
            query: dict[str, str | None] = {**address.query}
            await asyncio.to_thread(lambda: address.client.get(address.path, timeout_s=TIMEOUT_S, **query))
            raise Invalid(("listen", "has parameters that the server does not accept"))
        return str(error)

    def _lost(self, error: SocketLost) -> str:
        """Why the connection was lost. Raises CannotStart if it was for good."""
        if error.code is not None and error.code in set(ListenClose):
            name = self._address.query["name"]
            raise CannotStart(_CLOSED[ListenClose(error.code)].format(name=name))
        return str(error)
