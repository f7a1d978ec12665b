"""A WebSocket to another server, for texts. Redirects are not followed, because the credential would be sent along."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

OPEN_S = 15.0
"""The time until a server has accepted a connection."""
CLOSE_S = 3.0
"""How long an end waits until the server has received everything."""


class SocketRefused(Exception):
    """The server answered with this status instead of opening the socket."""

    def __init__(self, status: int) -> None:
        super().__init__(f"it answered {status}")
        self.status = status


class SocketLost(Exception):
    """There is no connection; the message says why. `code`: that of the close frame, if there was one."""

    def __init__(self, why: str, code: int | None = None) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketLimits:
    """`ping_s`: after so many seconds without data a ping is sent, and after half of that again the connection is
    dead. `max_size`: bytes of a text."""

    ping_s: float
    max_size: int


class TextSocket:
    """An open WebSocket. Created by `open_socket`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def receive(self) -> str:
        """The next text. Raises SocketLost."""
        message = await self._socket.receive()
        match message.type:
            case aiohttp.WSMsgType.TEXT:
                return str(message.data)
            case aiohttp.WSMsgType.CLOSE:
                why = str(message.extra or "") or _WHY.get(int(message.data), "without a reason")
                raise SocketLost(f"the server has closed it: {why} ({int(message.data)})", int(message.data))
            case aiohttp.WSMsgType.CLOSING | aiohttp.WSMsgType.CLOSED:
                raise SocketLost("the connection was cut", self._socket.close_code)
            case aiohttp.WSMsgType.ERROR:
                raise SocketLost(_why(message.data))
            case _:
                raise SocketLost("the server does not use the protocol of smsbin")

    async def send(self, text: str) -> None:
        """Send a text. Raises SocketLost."""
        try:
            await self._socket.send_str(text)
        except (aiohttp.ClientError, ConnectionError) as error:
            raise SocketLost(_why(error)) from None

    async def close(self) -> None:
        """End it when the server has received everything, at the latest after `CLOSE_S`."""
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._socket.close()
        except (TimeoutError, aiohttp.ClientError, ConnectionError):
            return


@asynccontextmanager
async def open_socket(
    url: str, headers: Mapping[str, str], *, tls: ssl.SSLContext | None, limits: SocketLimits
) -> AsyncIterator[TextSocket]:
    """Connect to an http or https URL. Raises SocketRefused, SocketLost."""
    is_local = (urlsplit(url).hostname or "") in ("localhost", "127.0.0.1", "::1")
    tracing = aiohttp.TraceConfig()
    tracing.on_request_redirect.append(_refuse)
    # A proxy of the environment is not for this machine.
    async with aiohttp.ClientSession(
        trust_env=not is_local, cookie_jar=aiohttp.DummyCookieJar(), trace_configs=[tracing]
    ) as session:
        try:
            async with asyncio.timeout(OPEN_S):
                socket = await session.ws_connect(
                    url, headers=headers, ssl=True if tls is None else tls, heartbeat=limits.ping_s,
                    max_msg_size=limits.max_size + 1,
                )  # fmt: skip
        except aiohttp.WSServerHandshakeError as error:
            raise SocketRefused(error.status) from None
        except TimeoutError:
            raise SocketLost("the server does not answer") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise SocketLost(_why(error)) from None
        try:
            yield TextSocket(socket)
        finally:
            # The connection is given up; there is no other way in aiohttp to release it.
            with suppress(TimeoutError):
                async with asyncio.timeout(0):
                    await socket.close()


async def _refuse(_: object, __: object, redirect: aiohttp.TraceRequestRedirectParams) -> None:
    raise SocketRefused(redirect.response.status)


_WHY = {1000: "it has ended", 1001: "it is stopping", 1009: "a message was too long", 1013: "it is busy"}


def _why(error: BaseException | None) -> str:
    """A few words for people."""
    match error:
        case TimeoutError():
            return "the server did not answer a ping"
        case aiohttp.ClientConnectorDNSError():
            return "the host name was not found"
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return f"the TLS connection failed ({error})"
        case aiohttp.ClientConnectorError():
            return "the connection was refused"
        case aiohttp.WebSocketError():
            return f"the server does not use the protocol of smsbin ({error})"
        case None | ConnectionError() | aiohttp.ClientConnectionError():
            return "the connection was cut"
        case _:
            return str(error)
