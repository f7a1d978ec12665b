"""The live view of a shared page: the rows of its list, or the notice that what it shows has changed."""

import json
from collections.abc import Sequence

import aiohttp_jinja2
from aiohttp import web

from ... import __version__, keys
from ...domain.captures import Captured, Change, Deleted, MessageChanged, MessageGone, Restarted
from ...domain.shares import SharedComparison, SharedPart
from ...errors import Ended
from ...live.frames import Frames, text_frames
from ...services.shares import ENDED
from ..live.edits import Edit, macro_of, yield_to_loop
from ..live.notices import NOTICES
from ..live.page import PING
from ..live.socket import PAGE, follow
from ..site.inputs import HIGHEST, number, read_query
from .scrubbing import scrubbed
from .viewing import here_of, query_of, share_of, shared_masking, shared_row


async def follow_share(request: web.Request) -> web.StreamResponse:
    """GET /shared/{share}/live?after=seq: a WebSocket; a plain GET is answered with the frame that is due. The other
    parameters are those that the script of all live pages sends."""
    query = read_query(request, ("after", *NOTICES))
    wanted = number(query, "after", lowest=0, highest=HIGHEST)
    bin = await request.app[keys.STORE].get_bin(share_of(request).bin)
    after = bin.seq if wanted is None else wanted
    is_known = bin.knows(after)
    # Not the seq of the bin: that counts requests which this page is not for.
    texts = [json.dumps({"hello": {"seq": after, "version": __version__}})]
    if not is_known:
        texts.append(json.dumps({"reset": bin.seq}))
        after = bin.seq
    if request.method != "GET" or not web.WebSocketResponse().can_prepare(request).ok:
        changes = await request.app[keys.STORE].changes_after(bin.id, after, PAGE) if is_known else ()
        text = await _text(request, changes)
        return web.Response(
            text=f'{{"frames":[{",".join([*texts, *([text] if text else [])])}]}}', content_type="application/json"
        )

    async def read(cursor: int) -> Frames:
        return await _read(request, bin.id, cursor)

    return await follow(request, bin.id, after, hello=texts, ping=PING, read=read)


async def _read(request: web.Request, bin_id: str, cursor: int) -> Frames:
    app, share = request.app, share_of(request)

    async def make() -> Frames:
        version = app[keys.HUB].version(bin_id)
        changes = await app[keys.STORE].changes_after(bin_id, cursor, PAGE)
        if not changes:
            return Frames(cursor, b"", more=False, version=version)
        text = await _text(request, changes)
        wire = text_frames([text]) if text else b""
        return Frames(changes[-1].seq, wire, more=len(changes) == PAGE, version=version)

    key = ("share", share.id, here_of(request), shared_masking(request), cursor)
    return await app[keys.FRAMES].get(key, make, keep=lambda made: bool(made.wire))


async def _text(request: web.Request, changes: Sequence[Change]) -> str:
    """The frame for these changes; empty if none of them is of this page."""
    if not changes:
        return ""
    store, share = request.app[keys.STORE], share_of(request)
    if share.part is None:
        raise Ended(ENDED)
    first = changes[0]
    if isinstance(first, Restarted):
        return json.dumps({"reset": first.seq})
    bin = await store.get_bin(share.bin, wait=False)
    if share.part.is_list:
        edits = await _edits(request, changes)
        if not edits:
            return ""
    elif await _concerns(request, share.part, changes):
        # A page without a list is loaded again.
        edits = []
    else:
        return ""
    return scrubbed(json.dumps({"after": changes[-1].seq, "edits": edits}, ensure_ascii=False), bin)


async def _edits(request: web.Request, changes: Sequence[Change]) -> list[Edit]:
    """Rows of captures that the share is for. Only a capture's last state is rendered."""
    share, masking = share_of(request), shared_masking(request)
    last = {change.row.n: change for change in changes if isinstance(change, Captured)}
    new = {change.row.n for change in changes if isinstance(change, Captured) and change.first}
    query = query_of(share)
    shown = set(last)
    if query is not None and shown:
        shown &= await request.app[keys.STORE].matching(share.bin, query, sorted(shown))
    render = macro_of(aiohttp_jinja2.get_env(request.app), "captures/_row.html", "capture_row")
    edits: list[Edit] = []
    for change in changes:
        if isinstance(change, Deleted):
            edits.append({"op": "remove-through" if change.through else "remove", "n": change.n})
        elif isinstance(change, Captured) and last[change.row.n] is change and change.row.n in shown:
            row = shared_row(change.row, masking)
            await yield_to_loop(edits)
            html = render(row, None, here_of(request))
            op = "prepend" if row.n in new else "replace"
            edits.append({"op": op, "n": row.n, "target": f"capture-{row.n}", "html": html})
    return edits


async def _concerns(request: web.Request, part: SharedPart, changes: Sequence[Change]) -> bool:
    """Whether one of the changes is of the one thing that the share is for."""
    message = part.message
    if message is not None:
        about = (message.provider, message.message_id)
        return any(
            (isinstance(change, MessageChanged) and (change.message.provider, change.message.message_id) == about)
            or (isinstance(change, MessageGone) and (change.provider, change.message_id) == about)
            for change in changes
        )
    numbers = {part.n} if part.comparison is None else await _compared(request, part.comparison)
    return any(
        (isinstance(change, Captured) and change.row.n in numbers)
        or (isinstance(change, Deleted) and _is_deleted(change, numbers))
        for change in changes
    )


def _is_deleted(change: Deleted, numbers: set[int | None]) -> bool:
    return any(n is not None and (n == change.n or (change.through and n <= change.n)) for n in numbers)


async def _compared(request: web.Request, pair: SharedComparison) -> set[int | None]:
    """The captures of a comparison: a pair may get another one."""
    chosen = [n for n in (pair.n, pair.m) if n is not None]
    pairings = await request.app[keys.STORE].pairings_of(share_of(request).bin, chosen)
    return {*chosen, *(hit.n for pairing in pairings for hit in pairing.hits)}
