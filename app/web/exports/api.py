"""The API of exports: everything in a bin as one file, streamed as fast as the database, the event loop and the client
allow."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from functools import partial

import msgspec
from aiohttp import web
from yarl import URL

from ... import __version__, clock, keys
from ...domain.answers.model import Answer
from ...domain.bins import Bin
from ...domain.captures import Capture
from ...domain.masking.policy import MaskingPolicy
from ...domain.messages.model import Message
from ...domain.search import Query
from ...errors import AppError, Invalid
from ...export import EXPORTERS, WHATS, About, Format
from ...log import get_log
from ...providers.custom import CustomReader
from ...services import exports as exporting
from ...services.forwards.shown import ShownDispatch
from ...services.large import is_large
from ...services.secrets import Secrets
from ...services.selections import MAX_NUMBERS
from ...tasks import run_in_thread
from ..captures.shapes import CaptureShape, CaptureSummary, show_capture, show_row
from ..messages.shapes import MessageShape, show_message
from ..site.audit import note
from ..site.auth import SessionCheck
from ..site.headers import FILE_HEADERS
from ..site.inputs import filter_of, numbers, read_query
from ..site.masking import export_masking_of
from ..site.parameters import names_of
from ..site.urls import root_of
from .operations import EXPORT_QUERY

# An export blocks the event loop no longer than this; large bodies are converted in a thread.
TURN_S = 0.002
CHUNK = 64 << 10

_log = get_log("export")

Maker = Callable[[], msgspec.Struct]


async def export(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/export"""
    query = read_query(request, names_of(EXPORT_QUERY))
    of, form = _choice(query)
    note(request, of=of, format=form.name, filtered="yes" if "q" in query or "n" in query else None)
    wanted, chosen = filter_of(query), numbers(query, "n", MAX_NUMBERS)
    if chosen and (of != "captures" or wanted is not None):
        raise Invalid(("n", "is only for of=captures without q"))
    masking = export_masking_of(request, query)
    store = request.app[keys.STORE]
    bin = await store.get_bin(request.match_info["bin"])
    shape = MessageShape if of == "messages" else CaptureSummary
    columns = [field.encode_name for field in msgspec.structs.fields(shape)]
    about = About(columns=columns, version=__version__, origin=str(URL(root_of(request)).origin()))
    if chosen:
        rows = _chosen_rows(request.app, bin, chosen, masking, whole=form.whole)
    else:
        rows = _rows(request.app, bin, of, wanted, masking, whole=form.whole)
    pieces = _pieces(form, about, rows)
    # An error before the first row gives an error response, not a file that breaks off.
    first = await anext(pieces)
    response = web.StreamResponse(headers={**FILE_HEADERS, "Content-Disposition": _disposition(bin, of, form)})
    response.content_type = form.content_type
    if form.content_type.startswith("text/"):
        response.charset = "utf-8"
    await response.prepare(request)
    try:
        if request.method != "HEAD":
            await _send(request, response, first, pieces)
    finally:
        await pieces.aclose()
    return response


def _choice(query: dict[str, str]) -> tuple[str, Format]:
    """What to export, and the format. Invalid."""
    of, name = query.get("of", "captures"), query.get("format", "jsonl")
    problems = []
    if of not in WHATS:
        problems.append(("of", f"must be one of {', '.join(WHATS)}"))
    if name not in EXPORTERS:
        problems.append(("format", f"must be one of {', '.join(EXPORTERS)}"))
    elif of in WHATS and of not in EXPORTERS[name].takes:
        problems.append(("format", f"{name} is only for of=captures"))
    if problems:
        raise Invalid(*problems)
    return of, EXPORTERS[name]


def _disposition(bin: Bin, of: str, form: Format) -> str:
    """Content-Disposition with a file name that holds no captured data."""
    return f'attachment; filename="smsbin-{bin.id}-{of}-{clock.now():%Y-%m-%d}.{form.name}"'


async def _rows(
    app: web.Application, bin: Bin, of: str, query: Query | None, masking: MaskingPolicy, *, whole: bool
) -> AsyncIterator[tuple[bool, Maker]]:
    """For each row: whether it is large, and the function that makes it."""
    store, secrets, custom = app[keys.STORE], app[keys.SECRETS], app[keys.MAPPINGS].reader_of(bin.id)
    if of == "messages":
        async for messages in exporting.each_message_page(store, bin, query):
            for message in messages:
                yield False, partial(_show_message, message, masking)
    elif whole:
        async for captures in exporting.each_whole_page(store, bin, query):
            dispatches = await app[keys.FORWARDS].dispatches(bin.id, [capture.row for capture, _ in captures])
            for capture, sent in captures:
                about = dispatches.get(capture.row.n, ())
                yield is_large(capture.raw), partial(_show_whole, capture, sent, secrets, custom, about, masking)
    else:
        async for rows in exporting.each_page(store, bin.id, bin.last_n, query):
            dispatches = await app[keys.FORWARDS].dispatches(bin.id, rows)
            for row in rows:
                yield False, partial(show_row, masking.row(row), dispatches.get(row.n, ()))


async def _chosen_rows(
    app: web.Application, bin: Bin, chosen: Sequence[int], masking: MaskingPolicy, *, whole: bool
) -> AsyncIterator[tuple[bool, Maker]]:
    """The same for captures that are listed by their numbers."""
    secrets, custom = app[keys.SECRETS], app[keys.MAPPINGS].reader_of(bin.id)
    async for capture, sent in exporting.each_chosen(app[keys.STORE], bin, chosen):
        about = (await app[keys.FORWARDS].dispatches(bin.id, [capture.row])).get(capture.row.n, ())
        if whole:
            yield is_large(capture.raw), partial(_show_whole, capture, sent, secrets, custom, about, masking)
        else:
            yield False, partial(show_row, masking.row(capture.row), about)


def _show_whole(
    capture: Capture, sent: Answer | None, secrets: Secrets, custom: CustomReader | None,
    dispatches: Sequence[ShownDispatch], masking: MaskingPolicy,
) -> CaptureShape:  # fmt: skip
    return show_capture(capture, sent, secrets.judge_listed(capture), custom, dispatches, masking)


def _show_message(message: Message, masking: MaskingPolicy) -> MessageShape:
    return show_message(masking.message(message))


async def _pieces(form: Format, about: About, rows: AsyncIterator[tuple[bool, Maker]]) -> AsyncGenerator[bytes, None]:
    """The file in chunks of about `CHUNK` bytes."""
    piece = bytearray(form.begin(about))
    since, between = clock.ticks(), b""
    async for large, make in rows:
        written = await run_in_thread(_write, form, about, make) if large else _write(form, about, make)
        piece += between + written
        between = form.between
        if len(piece) >= CHUNK:
            yield bytes(piece)
            piece.clear()
        if clock.ticks() - since > TURN_S:
            await asyncio.sleep(0)
            since = clock.ticks()
    yield bytes(piece) + form.end


def _write(form: Format, about: About, make: Maker) -> bytes:
    return form.row(about, msgspec.to_builtins(make()))


async def _send(request: web.Request, response: web.StreamResponse, first: bytes, rest: AsyncIterator[bytes]) -> None:
    """Send everything, or abort the connection: half a file must not look like a whole one."""
    session = SessionCheck(request)
    try:
        await response.write(first)
        async for piece in rest:
            if request.app[keys.HUB].closed:
                _break_off(request, "the server is stopping")
                return
            if await session.has_ended():
                _break_off(request, "the session has ended")
                return
            await response.write(piece)
        await response.write_eof()
    except ConnectionResetError:
        return  # the reader left
    except AppError as error:
        _break_off(request, str(error))
    except Exception as error:
        _log.exception("export.failed")
        _break_off(request, type(error).__name__)


def _break_off(request: web.Request, reason: str) -> None:
    _log.warning("export.broke_off", reason=reason)
    if request.transport is not None:
        request.transport.abort()
