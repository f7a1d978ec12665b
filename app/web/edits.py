"""Changes as HTML edits for the open page, made from the page's own partials: a row exists once, in Jinja.

There are four scenes to follow: the live list, the messages, the conversations, and the pairs of primary and fallback.
Each makes its frame from the same changes; whoever looks through a filter gets what matches it. A plain scene follows
the faults only (`banners.py`).
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import jinja2

from ..domain.bins import Bin
from ..domain.captures import Captured, Change, Deleted, MessageChanged, MessageGone
from ..domain.messages import Conversation, Direction, Message
from ..domain.search import Query
from ..store import Store
from .addresses import name_anchor
from .conversations import bubble_of, show_pair
from .filters import suffix_of
from .pair_words import SHOWS, Show, row_of

# Rows that are rendered in one turn of the loop: about half a millisecond, then captures come first.
AT_ONCE = 8
PLAIN = "plain"

Edit = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What one viewer looks at. `pair` is the open conversation; `q` the text of the filter, `query` its meaning;
    `show` the view of the pairs."""

    view: str
    base: str
    q: str = ""
    query: Query | None = None
    pair: tuple[str, str] | None = None
    show: Show = SHOWS[0]

    @property
    def key(self) -> tuple[object, ...]:
        """The same for viewers that get the same frames."""
        return (self.view, self.base, self.q, self.pair, self.show.name)


@dataclass(frozen=True, slots=True)
class Work:
    """What a frame is made of."""

    store: Store
    environment: jinja2.Environment
    bin: Bin
    changes: Sequence[Change]
    scene: Scene


async def page_frame(work: Work) -> str:
    """One frame: `after` is the cursor, `edits` go to elements by id."""
    edits = await _MAKERS[work.scene.view](work)
    return json.dumps({"after": work.changes[-1].seq, "edits": edits}, ensure_ascii=False)


async def _captures(work: Work) -> list[Edit]:
    """Rows of requests. Only a capture's last state is rendered."""
    last = {change.row.n: change for change in work.changes if isinstance(change, Captured)}
    new = {change.row.n for change in work.changes if isinstance(change, Captured) and change.first}
    if work.scene.query is not None and new:
        new &= await work.store.matching(work.bin.id, work.scene.query, sorted(new))
    row = work.environment.get_template("captures/_row.html")
    suffix = suffix_of(work.scene.q)
    edits: list[Edit] = []
    for change in work.changes:
        if isinstance(change, Deleted):
            edits.append({"op": "remove-through" if change.through else "remove", "n": change.n})
        elif isinstance(change, Captured) and last[change.row.n] is change:
            op = "prepend" if change.row.n in new else "replace"
            await _breathe(edits)
            html = row.render(row=change.row, bin=work.bin, base=work.scene.base, suffix=suffix)
            edits.append({"op": op, "n": change.row.n, "target": f"capture-{change.row.n}", "html": html})
    side = work.environment.get_template("captures/_counts.html")
    html = side.render(bin=work.bin, base=work.scene.base, q=work.scene.q)
    edits.append({"op": "replace", "target": "counts", "html": html})
    return edits


async def _messages(work: Work) -> list[Edit]:
    """Rows of messages: `put` shows it, `leave` says that it no longer is what the filter asks for."""
    last = _last_messages(work.changes)
    shown: AbstractSet[int] = last.keys()
    if work.scene.query is not None and last:
        shown = await work.store.matching_messages(work.bin.id, work.scene.query, list(last))
    row = work.environment.get_template("messages/_row.html")
    suffix = suffix_of(work.scene.q)
    edits: list[Edit] = []
    for message in last.values():
        await _breathe(edits)
        html = row.render(message=message, bin=work.bin, base=work.scene.base, suffix=suffix)
        edits.append({"op": "put" if message.id in shown else "leave", "place": "rows", "html": html})
    return edits + _gone(work.changes)


async def _conversations(work: Work) -> list[Edit]:
    """Lines of pairs, and the bubbles of the open one."""
    edits: list[Edit] = []
    pair = work.environment.get_template("conversations/_pair.html")
    bubble = work.environment.get_template("conversations/_bubble.html")
    frame = {"bin": work.bin, "base": work.scene.base, "chosen": work.scene.pair}
    newest: dict[tuple[str, str], Message] = {}
    for message in _last_messages(work.changes).values():
        if not message.theirs or not message.ours:
            continue
        ends = (message.theirs, message.ours)
        newest[ends] = max(newest.get(ends, message), message, key=lambda one: (one.first_at, one.id))
        if ends == work.scene.pair:
            await _breathe(edits)
            html = bubble.render(bubble=bubble_of(message), **frame)
            edits.append({"op": "put", "place": "log", "html": html})
    for (theirs, ours), message in newest.items():
        await _breathe(edits)
        talk = Conversation(theirs=theirs, ours=ours, seq=message.seq, last_at=message.last_at, latest=message)
        edits.append({"op": "put", "place": "rows", "html": pair.render(pair=show_pair(talk), **frame)})
    return edits + _gone(work.changes)


async def _pairs(work: Work) -> list[Edit]:
    """Rows of pairs whose requests are new or were answered, or whose message changed (the clock missed a fallback):
    `put` shows it, `leave` says that it is no longer among what is looked at."""
    captured = {change.row.n for change in work.changes if isinstance(change, Captured)}
    told = {
        message.last_n for message in _last_messages(work.changes).values() if message.direction is Direction.INBOUND
    }
    numbers = sorted(captured | told)
    row = work.environment.get_template("compare/_row.html")
    show = work.scene.show
    edits: list[Edit] = []
    pairings = await work.store.pairings_of(work.bin.id, numbers, wait=False) if numbers else ()
    for pairing in pairings:
        await _breathe(edits)
        html = row.render(row=row_of(pairing), bin=work.bin, base=work.scene.base, suffix=show.suffix)
        shown = show.verdicts is None or pairing.verdict in show.verdicts
        edits.append({"op": "put" if shown else "leave", "place": "rows", "html": html})
    return edits + _gone(work.changes)


_MAKERS: dict[str, Callable[[Work], Awaitable[list[Edit]]]] = {
    "captures": _captures,
    "messages": _messages,
    "conversations": _conversations,
    "compare": _pairs,
}
VIEWS = (*_MAKERS, PLAIN)


def _last_messages(changes: Sequence[Change]) -> dict[int, Message]:
    """Messages by their rows, as they stand now."""
    return {change.message.id: change.message for change in changes if isinstance(change, MessageChanged)}


def _gone(changes: Sequence[Change]) -> list[Edit]:
    """Behind the rows: what was folded anew from the rest has an earlier last capture by now, and stays."""
    edits: list[Edit] = []
    there = {(message.provider, message.message_id) for message in _last_messages(changes).values()}
    for change in changes:
        if isinstance(change, Deleted):
            edits.append({"op": "gone", "n": change.n, "through": change.through})
        elif isinstance(change, MessageGone) and (change.provider, change.message_id) not in there:
            edits.append({"op": "gone", "name": name_anchor(change.provider, change.message_id)})
    return edits


async def _breathe(edits: Sequence[Edit]) -> None:
    """Captures come first, now and then."""
    if len(edits) % AT_ONCE == AT_ONCE - 1:
        await asyncio.sleep(0)
