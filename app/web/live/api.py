"""The API of the live view: JSON frames over a WebSocket, with the same cursor and the same loop as the page."""

import msgspec
from aiohttp import web

from ... import __version__, keys
from ...errors import Conflict
from ...live.frames import Frames, text_frames
from ..site.inputs import HIGHEST, number, read_query
from ..site.parameters import names_of
from .edits import captured
from .operations import LIVE_QUERY
from .shapes import Hello, Reset, frame_of
from .socket import PAGE, follow


async def follow_bin(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/live"""
    query = read_query(request, names_of(LIVE_QUERY))
    wanted = number(query, "after", lowest=0, highest=HIGHEST)
    store = request.app[keys.STORE]
    bin = await store.get_bin(request.match_info["bin"])
    if request.method != "GET" or not web.WebSocketResponse().can_prepare(request).ok:
        raise Conflict("This URL is a WebSocket; connect with Upgrade: websocket.")
    means_nothing = wanted is not None and not bin.knows(wanted)
    after = bin.seq if wanted is None or means_nothing else wanted
    cache, hub = request.app[keys.FRAMES], request.app[keys.HUB]

    async def make(cursor: int) -> Frames:
        version = hub.version(bin.id)
        changes = await store.changes_after(bin.id, cursor, PAGE)
        dispatches = await request.app[keys.FORWARDS].dispatches(bin.id, captured(changes))
        wire = text_frames([frame_of(change, dispatches) for change in changes])
        return Frames(changes[-1].seq if changes else cursor, wire, more=len(changes) == PAGE, version=version)

    async def read(cursor: int) -> Frames:
        return await cache.get(("json", bin.id, cursor), lambda: make(cursor), keep=lambda made: bool(made.wire))

    hello: list[msgspec.Struct] = [Hello(bin.seq, __version__)]
    if means_nothing:
        hello.append(Reset(bin.seq))
    texts = [msgspec.json.encode(frame).decode() for frame in hello]
    return await follow(request, bin.id, after, hello=texts, ping=None, read=read)
