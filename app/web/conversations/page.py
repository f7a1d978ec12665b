"""The conversations of a bin: pairs of numbers, and their messages as a phone shows them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from aiohttp import web
from msgspec import structs

from ... import keys
from ...domain.bins import Bin
from ...domain.masking.policy import NO_MASK, MaskingPolicy
from ...domain.messages.model import CONTRADICTORY, Conversation, Direction, Message
from ...domain.roles import Role
from ...domain.statuses import Status
from ...domain.units import from_micros, gap_text, micros
from ...errors import Invalid, NotFound, TooSlow
from ...store import Store
from ...tasks import run_in_thread
from ..site.addresses import message_path, pair_anchor, pair_path
from ..site.filters import ListFilter, filter_of, stopped
from ..site.inputs import HIGHEST, number
from ..site.masking import is_unmasked, masking_of, open_masking_of
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
    """A row of the list, masked. `path` is below the page of the bin, and `anchor` its element id: both are made of the
    whole numbers. `opted_out`: the newest text is an opt-out word."""

    conversation: Conversation
    path: str
    anchor: str
    opted_out: bool
    is_open: bool = False


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
    """`chosen` is the open pair, masked, and `path` its address below the page of the bin; `live` are the parameters of
    its live view; `unmasked`: a person has requested its values. `bubbles` stand oldest first, `older` pages back, None
    at the beginning. `filter` is the search; with one, `pairs` are those that it found, each with its newest match."""

    bin: Bin
    urls: dict[Role, str]
    pairs: Sequence[ConversationEntry]
    more: int | None
    filter: ListFilter = ListFilter()
    chosen: tuple[str, str] | None = None
    path: str = ""
    live: str = ""
    is_masked: bool = False
    unmasked: bool = False
    bubbles: Sequence[Bubble] = ()
    older: str | None = None


def opt_word(message: Message) -> str | None:
    """STOP, HELP and the like in capitals, when the whole text is such a word."""
    if message.direction is not Direction.INBOUND or not message.text or len(message.text) > 20:
        return None
    word = message.text.strip().rstrip(".!").lower()
    return word.upper() if word in OPT_WORDS else None


def bubble_of(message: Message, masking: MaskingPolicy = NO_MASK) -> Bubble:
    """A message as a bubble, masked."""
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
    shown = masking.message(message)
    return Bubble(message=shown, mine=mine, says=says if mine else "", tone=tone, word=opt_word(message))


def show_pair(
    conversation: Conversation, bin: Bin, masking: MaskingPolicy, chosen: tuple[str, str] | None = None
) -> ConversationEntry:
    """A conversation as a row of the list; `chosen` is the open pair."""
    ends, latest = (conversation.theirs, conversation.ours), conversation.latest
    return ConversationEntry(
        conversation=masking.conversation(conversation),
        path=path_of(ends, latest, masking),
        anchor=pair_anchor(*ends, bin.key if masking.values else ""),
        opted_out=bubble_of(latest).opts_out,
        is_open=ends == chosen,
    )


def path_of(ends: tuple[str, str], message: Message, masking: MaskingPolicy) -> str:
    """The address of a conversation below the page of its bin: without its numbers where they are masked."""
    if not masking.values:
        return f"conversations/{pair_path(*ends)}"
    return f"messages/{message_path(message.provider, message.message_id)}/conversation"


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/conversations?q=search"""
    filter = filter_of(request)
    page = await (_found(request, filter) if filter.text else _page(request, None))
    return render(request, "conversations/index.html", page, status=page.filter.status)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/conversations/{theirs}/{ours}"""
    return _render(request, await _page(request, (request.match_info["theirs"], request.match_info["ours"])))


async def of_message(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/messages/{provider}/{message_id}/conversation: the conversation that a message is part of."""
    place = request.match_info
    message, _ = await request.app[keys.STORE].get_message(place["bin"], place["provider"], place["message_id"])
    if not message.theirs or not message.ours:
        raise NotFound("This message has no two numbers, so it is part of no conversation.")
    return _render(request, await _page(request, (message.theirs, message.ours)))


def _render(request: web.Request, page: ConversationsPage) -> web.Response:
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
            masking = masking_of(request, bin.id)
            pairs = [show_pair(conversation, bin, masking) for conversation in found[:PAIRS]]
        except TooSlow as error:
            filter = stopped(filter, error)
    urls = urls_of(site_of(request).root, bin)
    return ConversationsPage(bin=bin, urls=urls, pairs=pairs, more=None, filter=filter)


async def _page(request: web.Request, chosen: tuple[str, str] | None) -> ConversationsPage:
    store = request.app[keys.STORE]
    bin = await store.get_bin(request.match_info["bin"])
    before = None if chosen else number(dict(request.query), "before", lowest=0, highest=HIGHEST)
    found = await store.list_conversations(bin.id, limit=PAIRS + 1, before=before)
    masking = masking_of(request, bin.id)
    pairs = [show_pair(conversation, bin, masking, chosen) for conversation in found[:PAIRS]]
    more = found[PAIRS - 1].seq if len(found) > PAIRS else None
    urls = urls_of(site_of(request).root, bin)
    page = ConversationsPage(bin=bin, urls=urls, pairs=pairs, more=more)
    if chosen is None:
        return page
    messages = await _messages(store, bin.id, chosen, request.query.get("before"))
    shown = open_masking_of(request, bin.id)
    first = messages[0]

    def bubbles() -> list[Bubble]:
        return [bubble_of(message, shown) for message in reversed(messages[:BUBBLES])]

    named = {"provider": first.provider, "message": first.message_id}
    return replace(
        page,
        chosen=(shown.number(chosen[0]) or "", shown.number(chosen[1]) or ""),
        path=path_of(chosen, first, masking),
        live=urlencode(named if masking.values else {"theirs": chosen[0], "ours": chosen[1]}, errors="surrogatepass"),
        is_masked=masking.values,
        unmasked=is_unmasked(request),
        bubbles=await run_in_thread(bubbles) if shown.values else bubbles(),
        older=_cursor(messages[BUBBLES - 1]) if len(messages) > BUBBLES else None,
    )


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
