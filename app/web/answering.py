"""Sending one answer to a capture: a single write, then the truth about what became of it.

Not `web.Response`: its headers, cookies and payload machinery cost more than keeping the capture, and we need to know
when the last byte left.
"""

import asyncio
import http
from email.utils import formatdate
from functools import lru_cache

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from .. import clock
from ..domain.answers import Answer
from ..domain.captures import Outcome

# A sender that takes longer to read a hundred bytes is gone.
SEND_S = 30.0

_SAFE = (
    b"Content-Security-Policy: sandbox; default-src 'none'\r\nX-Content-Type-Options: nosniff\r\n"
    b"X-Robots-Tag: noindex\r\nCache-Control: no-store\r\n"
)
_REASONS = {status.value: status.phrase for status in http.HTTPStatus}

NOT_FOUND = Answer(status=404, content_type=None, body=b"")
UNAVAILABLE = Answer(status=503, content_type=None, body=b"")


class Sent(web.StreamResponse):
    """Tells aiohttp that the answer is on its way, and whether the connection may be used again."""

    def __init__(self, status: int, *, keep_alive: bool) -> None:
        super().__init__(status=status)
        self._keep_alive = keep_alive

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:  # noqa: ARG002
        """Already done."""
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Already done."""


def may_stay(request: web.BaseRequest) -> bool:
    """May the connection carry another request after this one?"""
    return bool(request.keep_alive) and request.content.is_eof() and request.content.exception() is None


async def send(
    request: web.BaseRequest, answer: Answer, *, n: int | None, since: float, retry_after: int | None = None
) -> tuple[Sent, Outcome]:
    """Write the answer and wait until the last byte has left, or the sender has."""
    stay = may_stay(request)
    if request.content.exception() is not None:
        _expect_no_more(request)
    transport = request.transport
    sent = Sent(answer.status, keep_alive=stay)
    if transport is None or transport.is_closing():
        return sent, Outcome(sender_left=True)
    transport.write(_bytes(request, answer, n, stay, retry_after))
    if transport.get_write_buffer_size() and not await _drained(request):
        return sent, Outcome(status=answer.status, sender_left=True)
    return sent, Outcome(status=answer.status, after_ms=round((clock.ticks() - since) * 1_000))


def _expect_no_more(request: web.BaseRequest) -> None:
    """The body broke off: keep aiohttp from waiting for its rest, which would end in its error log."""
    request.protocol.close()
    request.content.feed_eof()


async def _drained(request: web.BaseRequest) -> bool:
    try:
        async with asyncio.timeout(SEND_S):
            while (transport := request.transport) is not None and transport.get_write_buffer_size():
                if transport.is_closing():
                    return False
                await asyncio.sleep(0.01)
    except TimeoutError:
        return False
    return request.transport is not None


def _bytes(request: web.BaseRequest, answer: Answer, n: int | None, stay: bool, retry_after: int | None) -> bytes:
    version = "1.0" if request.version < (1, 1) else "1.1"
    head = f"HTTP/{version} {answer.status} {_REASONS.get(answer.status, '')}\r\n"
    if answer.content_type:
        head += f"Content-Type: {answer.content_type}\r\n"
    if answer.status not in (204, 304):
        head += f"Content-Length: {len(answer.body)}\r\n"
    if n is not None:
        head += f"X-Capture: {n}\r\n"
    if retry_after is not None:
        head += f"Retry-After: {retry_after}\r\n"
    if not stay:
        head += "Connection: close\r\n"
    elif version == "1.0":
        head += "Connection: keep-alive\r\n"
    body = b"" if request.method == "HEAD" else answer.body
    return b"%sDate: %s\r\n%s\r\n%s" % (head.encode("latin-1"), _date(), _SAFE, body)


@lru_cache(maxsize=2)
def _date_of(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()


def _date() -> bytes:
    """The Date header, made once a second."""
    return _date_of(int(clock.now().timestamp()))
