"""Sends bytes that are a complete request, unchanged, and reads the response.

aiohttp's client encodes headers in UTF-8, upper-cases methods and adds headers of its own; a replay must not change
anything. The address is checked by the same gate (`gate.py`), for the numeric address that is connected to.
"""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from functools import cache
from urllib.parse import urlsplit

from .. import clock
from .gate import BLOCKED, ForbiddenTarget, Network, is_closed
from .sender import TargetResponse

TIMEOUT_S = 10.0
# The part of a response body that is kept.
MAX_BODY = 4 << 10
_MAX_HEAD = 64 << 10
_NO_BODY = (204, 304)


async def send_exactly(
    url: str, data: bytes, *, allowed: Sequence[Network | str] | None, timeout_s: float | None = None,
    connect_s: float | None = None, max_body: int = MAX_BODY, tls: ssl.SSLContext | None = None,
) -> TargetResponse:  # fmt: skip
    """Send one request on a connection of its own, within `timeout_s` (None: `TIMEOUT_S`), of which `connect_s` are
    for the connection. `allowed` None: no address is checked. Of the body at most `max_body` bytes are read. `tls`:
    which certificates are trusted (None: those of the system). Never raises for errors of the target."""
    since = clock.ticks()

    def failed(error: str, *, refused: bool = False) -> TargetResponse:
        return TargetResponse(status=None, ms=_ms(since), error=error, refused=refused, took_s=clock.ticks() - since)

    try:
        async with asyncio.timeout(timeout_s or TIMEOUT_S):
            async with asyncio.timeout(connect_s):
                reader, writer = await _connect(url, allowed, tls)
            try:
                writer.write(data)
                status, pairs = await _read_head(reader)
                headers = {name.lower(): value for name, value in pairs}
                has_body = status not in _NO_BODY and not data.startswith(b"HEAD ")
                body = await _read_body(reader, headers, max_body) if has_body else b""
            finally:
                writer.transport.abort()
        return TargetResponse(
            status=status, ms=_ms(since), content_type=headers.get("content-type", ""), body=body[:max_body],
            location=headers.get("location"), retry_after=headers.get("retry-after"), headers=pairs,
            took_s=clock.ticks() - since,
        )  # fmt: skip
    except TimeoutError:
        return failed("no response in time")
    except ForbiddenTarget:
        return failed(BLOCKED, refused=True)
    except socket.gaierror:
        return failed("the host name was not found", refused=True)
    except ssl.SSLError:
        return failed("the TLS connection failed", refused=True)
    except asyncio.IncompleteReadError as error:
        return failed("the response was incomplete" if error.partial else "the connection was closed")
    except (asyncio.LimitOverrunError, ValueError):
        return failed("the response is not HTTP")
    except (ConnectionResetError, BrokenPipeError):
        return failed("the connection was closed")
    except OSError:
        return failed("the connection was refused", refused=True)


async def _connect(
    url: str, allowed: Sequence[Network | str] | None, tls: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    trouble: OSError = ForbiddenTarget(f"{host} has no address")
    for family, kind, protocol, _, address in found:
        if allowed is not None and is_closed(host, str(address[0]), allowed):
            trouble = ForbiddenTarget(f"{address[0]} is not on the public internet")
            continue
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        try:
            await loop.sock_connect(sock, address)
            context = (tls or _tls_context()) if secure else None
            name = host if secure else None
            return await asyncio.open_connection(sock=sock, limit=_MAX_HEAD, ssl=context, server_hostname=name)
        except BaseException as error:
            sock.close()
            if not isinstance(error, OSError) or isinstance(error, ssl.SSLError):
                raise
            trouble = error
    raise trouble


@cache
def _tls_context() -> ssl.SSLContext:
    """Created once, because reading the certificates of the system takes tens of milliseconds."""
    return ssl.create_default_context()


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, list[tuple[str, str]]]:
    """Status and headers of the response; informational responses (1xx) are skipped."""
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head.rstrip("\r\n").split("\r\n")
        version, _, status = line.partition(" ")
        if not version.startswith("HTTP/1.") or not status[:3].isdigit():
            raise ValueError(line)
        if not status.startswith("1"):
            pairs = (each.partition(":") for each in rest)
            return int(status[:3]), [(name, value.strip(" \t")) for name, _, value in pairs]


async def _read_body(reader: asyncio.StreamReader, headers: dict[str, str], most: int) -> bytes:
    """The beginning of the body; what follows `most` bytes is not waited for."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return await _read_chunks(reader, most)
    if "content-length" in headers:
        return await reader.readexactly(min(int(headers["content-length"]), most))
    kept = bytearray()
    while len(kept) < most and (piece := await reader.read(most)):
        kept += piece
    return bytes(kept)


async def _read_chunks(reader: asyncio.StreamReader, most: int) -> bytes:
    kept = bytearray()
    while len(kept) < most:
        size = int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16)
        if size == 0:
            break
        kept += await reader.readexactly(min(size, most))
        if size > most:
            break
        await reader.readexactly(2)
    return bytes(kept)


def _ms(since: float) -> int:
    return round((clock.ticks() - since) * 1_000)
