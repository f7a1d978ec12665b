"""The rows of the palette for a text. Pages and actions are in each page already; these are in the store."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.masking.policy import MaskingPolicy
from ...domain.phones import show_phone
from ...domain.search import WrongTerm, parse_query, pattern_text
from ...errors import TooSlow
from ...store import Store
from ..conversations.search import number_queries
from ..site.bins import all_visible_bins
from ..site.filters import suffix_of
from ..site.masking import masking_of
from ..site.templates import render

MOST_TEXT = 100
# Of each kind; a longer text finds fewer.
MOST_ROWS = 5
# The newest messages whose numbers are offered.
SEARCHED = 50
# Fewer characters would be the beginning of too many ids.
FEWEST_CHARACTERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PaletteRow:
    """A link: `kind` says in a word what it leads to. `path` is below the base."""

    title: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PalettePage:
    """The rows that were found, and why there may be more."""

    rows: Sequence[PaletteRow]
    note: str = ""


async def find(request: web.Request) -> web.StreamResponse:
    """GET /palette?q=text&bin=id: rows as an HTML fragment. Without a bin only bins are found."""
    store = request.app[keys.STORE]
    text = request.query.get("q", "").strip()[:MOST_TEXT]
    rows, note = [], ""
    if text and "bin" in request.query:
        bin = await store.get_bin(request.query["bin"])
        try:
            rows = [row async for row in _rows_in(store, bin, text, masking_of(request, bin.id))]
        except TooSlow:
            note = "Numbers and ids took too long to find. Write more of them."
    if text:
        rows += _found_bins(await all_visible_bins(request), text)
    return render(request, "palette/_found.html", PalettePage(rows=rows, note=note))


def _found_bins(bins: Sequence[Bin], text: str) -> list[PaletteRow]:
    words = text.casefold().split()
    names = [(bin.name.casefold(), bin) for bin in bins]
    found = [(not name.startswith(words[0]), name, bin.id, bin) for name, bin in names if all(w in name for w in words)]
    return [PaletteRow(title=bin.name, kind="Bin", path=f"/bins/{bin.id}") for *_, bin in sorted(found)[:MOST_ROWS]]


async def _rows_in(store: Store, bin: Bin, text: str, masking: MaskingPolicy) -> AsyncIterator[PaletteRow]:
    home = f"/bins/{bin.id}"
    digits = text.removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) <= 18 and 1 <= int(digits) <= bin.last_n:
        yield PaletteRow(title=f"#{int(digits)}", kind="Request", path=f"{home}/captures/{int(digits)}")
    for key, numbers in (await _numbers(store, bin, text)).items():
        # A link to a masked number would have it, unless it is what was typed.
        known = [number for number in numbers if not masking.values or _digits(number) == _digits(text)]
        for number in known[:MOST_ROWS]:
            yield PaletteRow(
                title=show_phone(number), kind=f"Requests {key}", path=home + suffix_of(pattern_text(key, number))
            )
    for message_id in await _message_ids(store, bin, text):
        yield PaletteRow(title=message_id, kind="Message id", path=home + suffix_of(pattern_text("id", message_id)))


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdigit())


async def _numbers(store: Store, bin: Bin, text: str) -> dict[str, list[str]]:
    """The numbers that begin so, by the key of the filter that finds their requests."""
    found: dict[str, dict[str, None]] = {"from": {}, "to": {}}
    for (key, numbers), query in zip(found.items(), number_queries(text), strict=False):
        for message in await store.list_messages(bin.id, limit=SEARCHED, query=query):
            number = message.sender if key == "from" else message.recipient
            if number:
                numbers[number] = None
    return {key: list(numbers) for key, numbers in found.items()}


async def _message_ids(store: Store, bin: Bin, text: str) -> Sequence[str]:
    if len(text) < FEWEST_CHARACTERS or " " in text:
        return ()
    try:
        query = parse_query(pattern_text("id", text, prefix=True))
    except WrongTerm:
        return ()
    found = await store.list_messages(bin.id, limit=MOST_ROWS, query=query)
    return list(dict.fromkeys(message.message_id for message in found))
