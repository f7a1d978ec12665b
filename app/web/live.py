"""The live view of the page: HTML edits made from the page's own partials, over a WebSocket, or by polling."""

import json
from collections.abc import Sequence

import aiohttp_jinja2
from aiohttp import web

from .. import __version__, clock, keys
from ..domain.bins import Bin
from ..domain.captures import Change
from ..domain.search import parse_query, settle
from ..errors import Invalid
from ..live.frames import Frames, text_frames
from .api.captures import HIGHEST
from .api.inputs import number, read_query
from .edits import VIEWS, Scene, Work, page_frame
from .pair_words import BY_NAME, SHOWS
from .socket import PAGE, follow
from .urls import place_of

PING = '{"ping":1}'


async def follow_page(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/live?after=seq: a WebSocket; a plain GET is answered with the one frame that is due.

    `view` is what is looked at ("captures" unless it says else), `q` the filter, `theirs` and `ours` a conversation,
    `show` the view of the pairs.
    """
    query = read_query(request, ("after", "view", "q", "theirs", "ours", "show"))
    scene = _scene(query, place_of(request).base)
    wanted = number(query, "after", lowest=0, highest=HIGHEST)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    after = bin.seq if wanted is None else wanted
    hello = {"hello": {"seq": bin.seq, "version": __version__}}
    texts = [json.dumps(hello)]
    if after > bin.seq:
        texts.append(json.dumps({"reset": bin.seq}))
        after = bin.seq
    if request.method != "GET" or not web.WebSocketResponse().can_prepare(request).ok:
        return await _poll(request, bin, after, texts, scene)
    return await follow(
        request, bin.id, after, hello=texts, ping=PING, read=lambda cursor: _read(request, bin.id, cursor, scene)
    )


def _scene(query: dict[str, str], base: str) -> Scene:
    view = query.get("view", VIEWS[0])
    if view not in VIEWS:
        raise Invalid(("view", f"must be one of {', '.join(VIEWS)}"))
    q = query.get("q", "").strip()
    pair = (query["theirs"], query["ours"]) if "theirs" in query and "ours" in query else None
    show = BY_NAME.get(query.get("show", ""), SHOWS[0])
    meaning = settle(parse_query(q), clock.now()) if q else None
    return Scene(view=view, base=base, q=q, query=meaning, pair=pair, show=show)


async def _poll(request: web.Request, bin: Bin, after: int, texts: list[str], scene: Scene) -> web.Response:
    if len(texts) == 1:
        changes = await request.app[keys.STORE].changes_after(bin.id, after, PAGE)
        if changes:
            texts = [*texts, await _frame(request.app, bin, changes, scene)]
    return web.Response(text=f'{{"frames":[{",".join(texts)}]}}', content_type="application/json")


async def _read(request: web.Request, bin_id: str, cursor: int, scene: Scene) -> Frames:
    app = request.app
    store = app[keys.STORE]

    async def make() -> Frames:
        changes = await store.changes_after(bin_id, cursor, PAGE)
        if not changes:
            # The bin itself may have changed (renamed, key rotated): its seq moved on without a row.
            return Frames(cursor, b"", more=False)
        bin = await store.get_bin(bin_id)
        wire = text_frames([await _frame(app, bin, changes, scene)])
        return Frames(changes[-1].seq, wire, more=len(changes) == PAGE)

    return await app[keys.FRAMES].get(("page", bin_id, scene.key, cursor), make, keep=lambda made: bool(made.wire))


async def _frame(app: web.Application, bin: Bin, changes: Sequence[Change], scene: Scene) -> str:
    return await page_frame(Work(app[keys.STORE], aiohttp_jinja2.get_env(app), bin, changes, scene))
