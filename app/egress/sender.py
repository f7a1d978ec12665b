"""Sending one request as it is, and telling what came back. No redirect is followed, nothing is unpacked, no proxy of
the environment is asked, and an answer is read up to a limit.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf

import aiohttp
from yarl import URL

from .. import clock
from .gate import BLOCKED, Closed, Network, guarded, sending_to

MOST_BYTES = 256 << 10
AT_ONCE = 1_000
_AUTOMATIC = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back. `status` None: no whole answer; then `error` says why, in one of a few phrases. `ms` until its
    end. `refused`: there was no connection at all. `capture` is the number that a bin gave the request."""

    status: int | None
    ms: int
    error: str | None = None
    refused: bool = False
    content_type: str = ""
    location: str | None = None
    capture: int | None = None
    body: bytes = b""


class Sender:
    """Sends requests; each has a connection of its own, as webhooks have. Made by `open_sender`."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def send(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes, *, timeout_s: float
    ) -> Reply:
        """One request. Never raises for what the other side does."""
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
                    # Exactly so long: by itself aiohttp rounds up what is over five seconds.
                    timeout=aiohttp.ClientTimeout(total=timeout_s, ceil_threshold=inf),
                ) as response:
                    return _reply(response, await _read(response), since)
        except TimeoutError:
            return Reply(status=None, ms=_ms(since), error="no response in time")
        except aiohttp.ClientConnectorError as error:
            return Reply(status=None, ms=_ms(since), error=_why(error), refused=True)
        except aiohttp.ClientPayloadError:
            return Reply(status=None, ms=_ms(since), error="the response was incomplete")
        except (aiohttp.ClientError, ConnectionError, asyncio.IncompleteReadError):
            return Reply(status=None, ms=_ms(since), error="the connection was closed", refused=True)
        except ValueError:
            return Reply(status=None, ms=_ms(since), error="the URL is not valid")


@asynccontextmanager
async def open_sender(allowed: Sequence[Network | str] | None = None) -> AsyncIterator[Sender]:
    """A sender for a while. With `allowed`, what the operator opened, it passes the gate; None is for addresses that
    nobody else chose: this server's own, and those that a person names on their own terminal."""
    connector = aiohttp.TCPConnector(limit=AT_ONCE, force_close=True) if allowed is None else guarded(allowed)
    async with aiohttp.ClientSession(
        connector=connector,
        auto_decompress=False,
        trust_env=False,
        skip_auto_headers=_AUTOMATIC,
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as session:
        yield Sender(session)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The body, as far as it is kept."""
    kept = bytearray()
    async for chunk in response.content.iter_any():
        kept += chunk
        if len(kept) > MOST_BYTES:
            response.close()
            break
    return bytes(kept[:MOST_BYTES])


def _reply(response: aiohttp.ClientResponse, body: bytes, since: float) -> Reply:
    number = response.headers.get("X-Capture", "")
    return Reply(
        status=response.status,
        ms=_ms(since),
        content_type=response.headers.get("Content-Type", ""),
        location=response.headers.get("Location"),
        capture=int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None,
        body=body,
    )


def _why(error: aiohttp.ClientConnectorError) -> str:
    if isinstance(error.os_error, Closed):
        return BLOCKED
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "the host name was not found"
    if isinstance(error, aiohttp.ClientSSLError):
        return "the TLS connection failed"
    return "the connection was refused"


def _ms(since: float) -> int:
    return round((clock.ticks() - since) * 1_000)
