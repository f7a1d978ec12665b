"""The live view of the page: HTML edits made from the page's own partials, over a WebSocket, or by polling."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import aiohttp_jinja2
from aiohttp import web

from ... import __version__, clock, keys
from ...domain.bins import Bin
from ...domain.captures import Change, Restarted
from ...domain.search import parse_query, settle
from ...errors import Invalid
from ...live.frames import Frames, text_frames
from ..forwards.live import ForwardParts
from ..site.inputs import HIGHEST, number, read_query
from ..site.masking import masking_of
from ..site.urls import server_address
from ..words.pairings import BY_NAME, SHOWS
from .badges import ForwardBadges
from .edits import FORWARDS, WITHOUT_LIST, ViewState, Work
from .notices import NOTICES, Notices
from .socket import PAGE, ReadFrames, follow
from .views import VIEWS, page_frame

PAIR_NAMES = ("theirs", "ours", "provider", "message")
PING = '{"ping":1}'


async def follow_page(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/live?after=seq: a WebSocket; a plain GET is answered with the frames that are due.

    `view` is the view of the page (default "captures"), `q` the filter, `theirs` and `ours` a conversation, or
    `provider` and `message` one of its messages, `show` the view of the pairs, `faults`, `alerts`, `listeners`
    and `storage` the keys of the notices that the page shows.
    """
    query = read_query(request, ("after", "view", "q", *PAIR_NAMES, "show", *NOTICES))
    state = _state_of(query, server_address(request).base, await _pair_of(request, query))
    wanted = number(query, "after", lowest=0, highest=HIGHEST)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    after = bin.seq if wanted is None else wanted
    hello = {"hello": {"seq": bin.seq, "version": __version__}}
    texts = [json.dumps(hello)]
    if not bin.knows(after):
        texts.append(json.dumps({"reset": bin.seq}))
        after = bin.seq
    if request.method != "GET" or not web.WebSocketResponse().can_prepare(request).ok:
        return await _poll(request, bin, after, texts, state)
    notices = _notices(request, bin.id, state, query)
    read = _reader(request, bin.id, state, notices)
    return await follow(request, bin.id, after, hello=texts, ping=PING, read=read)


async def _pair_of(request: web.Request, query: dict[str, str]) -> tuple[str, str] | None:
    """The numbers of the open conversation. Raises NotFound."""
    if "theirs" in query and "ours" in query:
        return query["theirs"], query["ours"]
    if "provider" not in query or "message" not in query:
        return None
    store, bin_id = request.app[keys.STORE], request.match_info["bin"]
    message, _ = await store.get_message(bin_id, query["provider"], query["message"])
    return (message.theirs, message.ours) if message.theirs and message.ours else None


def _state_of(query: dict[str, str], base: str, pair: tuple[str, str] | None) -> ViewState:
    view = query.get("view", VIEWS[0])
    if view not in VIEWS:
        raise Invalid(("view", f"must be one of {', '.join(VIEWS)}"))
    q = query.get("q", "").strip()
    show = BY_NAME.get(query.get("show", ""), SHOWS[0])
    meaning = settle(parse_query(q), clock.now()) if q else None
    return ViewState(view=view, base=base, q=q, query=meaning, pair=pair, show=show)


async def _poll(request: web.Request, bin: Bin, after: int, texts: list[str], state: ViewState) -> web.Response:
    app = request.app
    if len(texts) == 1 and state.view not in WITHOUT_LIST:
        state = replace(state, masking=masking_of(request, bin.id))
        changes = await app[keys.STORE].changes_after(bin.id, after, PAGE)
        if changes:
            texts = [*texts, await _frame(app, bin, changes, state)]
    notices = _notices(request, bin.id, state, request.query)
    texts += [make() for _, make in notices.due()]
    return web.Response(text=f'{{"frames":[{",".join(texts)}]}}', content_type="application/json")


def _notices(request: web.Request, bin_id: str, state: ViewState, query: Mapping[str, str]) -> Notices:
    shown = {name: query.get(name, "") for name in NOTICES}
    return Notices(request.app, bin_id, state, **shown)


def _reader(request: web.Request, bin_id: str, state: ViewState, notices: Notices) -> ReadFrames:
    """The reader of one viewer's next frames."""

    badges = _forwards_shown(request, bin_id, state)

    async def read(cursor: int) -> Frames:
        frames = Frames(cursor, b"", more=False, version=request.app[keys.HUB].version(bin_id))
        if state.view not in WITHOUT_LIST:
            # The settings may have changed since the last frame.
            masked = replace(state, masking=masking_of(request, bin_id))
            frames = await _read(request, bin_id, cursor, masked)
        wire = await _notices_wire(request.app, notices)
        if badges is not None:
            wire += await badges.wire()
        return replace(frames, wire=frames.wire + wire) if wire else frames

    return read


def _forwards_shown(request: web.Request, bin_id: str, state: ViewState) -> ForwardBadges | ForwardParts | None:
    """What the page shows of forwards."""
    if state.view == FORWARDS:
        return ForwardParts(request.app, bin_id, state.base)
    return ForwardBadges(request.app, bin_id) if state.view == "captures" else None


async def _read(request: web.Request, bin_id: str, cursor: int, state: ViewState) -> Frames:
    app = request.app
    store = app[keys.STORE]

    async def make() -> Frames:
        version = app[keys.HUB].version(bin_id)
        changes = await store.changes_after(bin_id, cursor, PAGE)
        if not changes:
            # The bin itself may have changed (renamed, key rotated): its seq moved on without a row.
            return Frames(cursor, b"", more=False, version=version)
        bin = await store.get_bin(bin_id, wait=False)
        wire = text_frames([await _frame(app, bin, changes, state)])
        return Frames(changes[-1].seq, wire, more=len(changes) == PAGE, version=version)

    return await app[keys.FRAMES].get(("page", bin_id, state.key, cursor), make, keep=lambda made: bool(made.wire))


async def _frame(app: web.Application, bin: Bin, changes: Sequence[Change], state: ViewState) -> str:
    first = changes[0]
    if isinstance(first, Restarted):
        return json.dumps({"reset": first.seq})
    environment, forwards = aiohttp_jinja2.get_env(app), app[keys.FORWARDS]
    return await page_frame(Work(app[keys.STORE], environment, bin, changes, state, forwards))


async def _notices_wire(app: web.Application, notices: Notices) -> bytes:
    """Frames of notices that have changed; each is made once for all viewers with the same."""
    wire = b""
    for key, text in notices.due():

        async def make(text: Callable[[], str] = text) -> Frames:
            return Frames(0, text_frames([text()]), more=False, version=0)

        wire += (await app[keys.FRAMES].get(key, make, keep=lambda _: True)).wire
    return wire
