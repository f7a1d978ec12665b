"""Sends one request unchanged and returns the response. Redirects are not followed, bodies are not decompressed,
proxies of the environment are not used, and a response is read up to a limit.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf

import aiohttp
from yarl import URL

from .. import clock
from .gate import BLOCKED, ForbiddenTarget, Network, guarded, sending_to

MAX_BYTES = 256 << 10
AT_ONCE = 1_000
_AUTOMATIC = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetResponse:
    """A response. `status` None: there was no complete response, and `error` is one of a few phrases. `ms` is the
    time until its end, and `took_s` the same, exactly. `refused`: there was no connection. `capture` is the number that
    a bin gave the request. `headers`: all of them in order, of a replay or a handler."""

    status: int | None
    ms: int
    error: str | None = None
    refused: bool = False
    content_type: str = ""
    location: str | None = None
    retry_after: str | None = None
    capture: int | None = None
    body: bytes = b""
    headers: Sequence[tuple[str, str]] = ()
    took_s: float = 0.0


class RequestSender:
    """Sends requests, each on a connection of its own, as webhooks have. Created by `open_sender`."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def send(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes, *, timeout_s: float
    ) -> TargetResponse:
        """Send one request. Never raises for errors of the target."""
        since = clock.ticks()
        try:
            target = URL(url, encoded=True)
            with sending_to(target.raw_host or ""):
                async with self._session.request(
                    method,
                    target,
                    headers=headers,
                    data=body or None,
                    allow_redirects=False,
                    # aiohttp rounds up timeouts above five seconds by default.
                    timeout=aiohttp.ClientTimeout(total=timeout_s, ceil_threshold=inf),
                ) as response:
                    return _reply(response, await _read(response), since)
        except TimeoutError:
            return TargetResponse(status=None, ms=_ms(since), error="no response in time")
        except aiohttp.ClientConnectorError as error:
            return TargetResponse(status=None, ms=_ms(since), error=_why(error), refused=True)
        except aiohttp.ClientPayloadError:
            return TargetResponse(status=None, ms=_ms(since), error="the response was incomplete")
        except (aiohttp.ClientError, ConnectionError, asyncio.IncompleteReadError):
            return TargetResponse(status=None, ms=_ms(since), error="the connection was closed", refused=True)
        except ValueError:
            return TargetResponse(status=None, ms=_ms(since), error="the URL is not valid")


@asynccontextmanager
async def open_sender(allowed: Sequence[Network | str] | None = None) -> AsyncIterator[RequestSender]:
    """A sender for the duration of the context. With `allowed` (what the operator allows) addresses are checked;
    None is for targets that no other person chose: this server itself, and those given on the user's own command
    line."""
    connector = aiohttp.TCPConnector(limit=AT_ONCE, force_close=True) if allowed is None else guarded(allowed)
    async with aiohttp.ClientSession(
        connector=connector,
        auto_decompress=False,
        trust_env=False,
        skip_auto_headers=_AUTOMATIC,
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as session:
        yield RequestSender(session)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The body up to the limit."""
    kept = bytearray()
    async for chunk in response.content.iter_any():
        kept += chunk
        if len(kept) > MAX_BYTES:
            response.close()
            break
    return bytes(kept[:MAX_BYTES])


def _reply(response: aiohttp.ClientResponse, body: bytes, since: float) -> TargetResponse:
    number = response.headers.get("X-Capture", "")
    return TargetResponse(
        status=response.status,
        ms=_ms(since),
        content_type=response.headers.get("Content-Type", ""),
        location=response.headers.get("Location"),
        capture=int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None,
        body=body,
    )


def _why(error: aiohttp.ClientConnectorError) -> str:
    if isinstance(error.os_error, ForbiddenTarget):
        return BLOCKED
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "the host name was not found"
    if isinstance(error, aiohttp.ClientSSLError):
        return "the TLS connection failed"
    return "the connection was refused"


def _ms(since: float) -> int:
    return round((clock.ticks() - since) * 1_000)
