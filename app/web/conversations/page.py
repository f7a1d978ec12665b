"""The conversations of a bin: pairs of numbers, and their messages as a phone shows them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web
from msgspec import structs

from ... import keys
from ...domain.bins import Bin
from ...domain.messages.model import CONTRADICTORY, Conversation, Direction, Message
from ...domain.roles import Role
from ...domain.statuses import Status
from ...domain.units import from_micros, gap_text, micros
from ...errors import Invalid, NotFound, TooSlow
from ...store import Store
from ..site.addresses import pair_path
from ..site.filters import ListFilter, filter_of, stopped
from ..site.inputs import HIGHEST, number
from ..site.templates import render, site_of, urls_of
from ..words.titles import look_of_message
from .search import find_conversations

_CURSOR = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)
PAIRS = 100
BUBBLES = 50
# What carriers and providers act on in the United States and Canada, as the only word of a text.
OPT_OUT = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
OPT_WORDS = OPT_OUT | {"help", "start"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationEntry:
    """A row of the list. `opted_out`: the newest text is an opt-out word."""

    conversation: Conversation
    path: str
    opted_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One message as a phone shows it; `says` is the state in words under it, `word` the opt-out word, if it is one."""

    message: Message
    mine: bool
    says: str
    tone: str
    word: str | None

    @property
    def word_says(self) -> str:
        """The effect of the word."""
        role = "opt-in" if self.word == "START" else "help" if self.word == "HELP" else "opt-out"
        return f"{role} word {self.word}"

    @property
    def opts_out(self) -> bool:
        """The sender opted out."""
        return (self.word or "").lower() in OPT_OUT


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationsPage:
    """`chosen` is the open pair; `bubbles` stand oldest first, `older` pages back, None at the beginning. `filter` is
    the search; with one, `pairs` are those that it found, each with its newest match."""

    bin: Bin
    urls: dict[Role, str]
    pairs: Sequence[ConversationEntry]
    more: int | None
    filter: ListFilter = ListFilter()
    chosen: tuple[str, str] | None = None
    bubbles: Sequence[Bubble] = ()
    older: str | None = None


def opt_word(message: Message) -> str | None:
    """STOP, HELP and the like in capitals, when the whole text is such a word."""
    if message.direction is not Direction.INBOUND or not message.text or len(message.text) > 20:
        return None
    word = message.text.strip().rstrip(".!").lower()
    return word.upper() if word in OPT_WORDS else None


def bubble_of(message: Message) -> Bubble:
    """A message as a bubble."""
    mine = message.direction is Direction.OUTBOUND
    look = look_of_message(message)
    says, tone = look.word, look.tone
    if CONTRADICTORY in message.findings:
        says, tone = "Failed and a success, both final", "warn"
    elif mine and message.final and message.final_at is not None and message.final_at > message.first_at:
        joint = "in" if message.status in (Status.DELIVERED, Status.READ) else "after"
        says += f" {joint} {gap_text(message.final_at - message.first_at)}"
    if mine and message.error_code:
        says += f", code {message.error_code}"
    return Bubble(message=message, mine=mine, says=says if mine else "", tone=tone, word=opt_word(message))


def show_pair(conversation: Conversation) -> ConversationEntry:
    """A conversation as a row of the list."""
    return ConversationEntry(
        conversation=conversation,
        path=pair_path(conversation.theirs, conversation.ours),
        opted_out=bubble_of(conversation.latest).opts_out,
    )


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/conversations?q=search"""
    filter = filter_of(request)
    page = await (_found(request, filter) if filter.text else _page(request, None))
    return render(request, "conversations/index.html", page, status=page.filter.status)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/conversations/{theirs}/{ours}"""
    page = await _page(request, (request.match_info["theirs"], request.match_info["ours"]))
    template = "_bubbles.html" if request.headers.get("X-Partial") == "bubbles" else "index.html"
    return render(request, f"conversations/{template}", page)


async def _found(request: web.Request, filter: ListFilter) -> ConversationsPage:
    """The conversations that a search found, at most a page of them."""
    store = request.app[keys.STORE]
    bin = await store.get_bin(request.match_info["bin"])
    pairs: Sequence[ConversationEntry] = ()
    if filter.query is not None:
        try:
            found = await find_conversations(store, bin.id, filter.text, filter.query)
            pairs = [show_pair(conversation) for conversation in found[:PAIRS]]
        except TooSlow as error:
            filter = stopped(filter, error)
    urls = urls_of(site_of(request).root, bin)
    return ConversationsPage(bin=bin, urls=urls, pairs=pairs, more=None, filter=filter)


async def _page(request: web.Request, chosen: tuple[str, str] | None) -> ConversationsPage:
    store = request.app[keys.STORE]
    bin = await store.get_bin(request.match_info["bin"])
    before = None if chosen else number(dict(request.query), "before", lowest=0, highest=HIGHEST)
    found = await store.list_conversations(bin.id, limit=PAIRS + 1, before=before)
    pairs = [show_pair(conversation) for conversation in found[:PAIRS]]
    more = found[PAIRS - 1].seq if len(found) > PAIRS else None
    urls = urls_of(site_of(request).root, bin)
    page = ConversationsPage(bin=bin, urls=urls, pairs=pairs, more=more, chosen=chosen)
    if chosen is None:
        return page
    messages = await _messages(store, bin.id, chosen, request.query.get("before"))
    bubbles = [bubble_of(message) for message in reversed(messages[:BUBBLES])]
    return replace(page, bubbles=bubbles, older=_cursor(messages[BUBBLES - 1]) if len(messages) > BUBBLES else None)


async def _messages(store: Store, bin_id: str, pair: tuple[str, str], before: str | None) -> Sequence[Message]:
    """One more than a page holds, newest first, older than the cursor `before`."""
    newest = await store.list_pair(bin_id, *pair, limit=BUBBLES + 1)
    if not newest:
        raise NotFound("These two numbers have no messages in this bin.")
    if before is None:
        return newest
    cursor = _CURSOR.fullmatch(before)
    if cursor is None:
        raise Invalid(("before", "must be a value from a link on this page"))
    far = structs.replace(newest[0], first_at=from_micros(int(cursor[1])), id=int(cursor[2]))
    return await store.list_pair(bin_id, *pair, limit=BUBBLES + 1, before=far)


def _cursor(message: Message) -> str:
    """The cursor of a bubble: its time and, for messages of the same time, its row id."""
    return f"{micros(message.first_at)}-{message.id}"
