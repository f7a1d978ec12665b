"""Receives a large file of a user: as the body of the request, or as a part of a form, in pieces as they arrive."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

from ... import clock
from ...errors import AppError, IncompleteBody, Invalid, MalformedBody, SlowBody
from ...ingress.pages import allow
from .expect import send_100_continue

STALL_S = 30.0
"""A file of which nothing arrives for so long is given up."""

LONGEST_S = 600.0
"""And one that takes longer than this."""

MAX_NAME = 100
MAX_FIELD = 4 << 10
MOST_PARTS = 20
_CHUNK = 64 << 10

T = TypeVar("T")


class UploadedFile:
    """A file that is arriving. `name` as the client gives it; `fields`: those of the form before the file."""

    def __init__(self, name: str, fields: dict[str, str], chunks: AsyncIterator[bytes]) -> None:
        self.name = name[-MAX_NAME:]
        self.fields = fields
        self.chunks = chunks


@asynccontextmanager
async def receive_file(request: web.Request, name: str = "") -> AsyncIterator[UploadedFile]:
    """The file in a request: the part `file` of a form, which comes last, or the whole body, whose file is called
    `name`. While its pieces are read, SlowBody, IncompleteBody and MalformedBody are raised."""
    send_100_continue(request)
    ends_at = clock.ticks() + LONGEST_S
    if request.content_type != "multipart/form-data":
        yield UploadedFile(unquote(name), {}, _body(request, ends_at))
        return
    fields: dict[str, str] = {}
    try:
        reader = await request.multipart()
    except (ValueError, AssertionError) as error:
        raise MalformedBody(f"The form cannot be read: {error}") from None
    for _ in range(MOST_PARTS):
        part = await _next(request, reader.next(), ends_at)
        if not isinstance(part, BodyPartReader):
            break
        if part.name == "file":
            yield UploadedFile(part.filename or "", fields, _part(request, part, ends_at))
            return
        fields[part.name or ""] = await _field(request, part, ends_at)
    raise Invalid(("file", "is missing; choose the file that your provider exports"))


async def _body(request: web.Request, ends_at: float) -> AsyncIterator[bytes]:
    while chunk := await _next(request, request.content.readany(), ends_at):
        yield chunk


async def _part(request: web.Request, part: BodyPartReader, ends_at: float) -> AsyncIterator[bytes]:
    while chunk := await _next(request, part.read_chunk(_CHUNK), ends_at):
        yield bytes(chunk)


async def _field(request: web.Request, part: BodyPartReader, ends_at: float) -> str:
    data = b""
    while chunk := await _next(request, part.read_chunk(_CHUNK), ends_at):
        data += chunk
        if len(data) > MAX_FIELD:
            raise Invalid((part.name or "form", f"must have at most {MAX_FIELD:,} bytes"))
    return data.decode("utf-8", "replace")


async def _next(request: web.Request, reading: Coroutine[object, object, T], ends_at: float) -> T:
    """The result of one read, which is given up after a while."""
    allow(request, STALL_S + 1)
    try:
        async with asyncio.timeout(min(STALL_S, ends_at - clock.ticks())):
            return await reading
    except TimeoutError:
        raise SlowBody(f"Nothing of the file arrived for {STALL_S:.0f} seconds, or it took too long.") from None
    except (AppError, asyncio.CancelledError):
        raise
    except Exception:
        # aiohttp raises many types (connection lost, bad chunk, bad part); all are errors of the client.
        raise IncompleteBody("The file is incomplete.") from None
