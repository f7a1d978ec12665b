"""Completions of a filter that is being typed in a bin: keys, known values, and values that occur."""

from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ..domain.search import VALUES, Completion, Offer, complete, fits, offers_for, spellings
from ..domain.search.completing import EXAMPLE_VALUES, MAX_OFFERS, SPELLED
from ..store import Store

COUNTED = 1_000
"""The newest captures in which values are looked for, and counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An offer; `count`: in how many of the newest `COUNTED` captures the value is, None where that is not known."""

    offer: Offer
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """The choices for the part from `start` to `end` (characters from 0) of the text."""

    start: int
    end: int
    choices: tuple[Choice, ...] = ()


NUMBER_KEYS = frozenset({"from", "to"})
"""Keys whose values are numbers of people."""

Counts = Mapping[str, int | None]
"""Values with their counts, in the order in which they are offered."""

Source = Callable[[Store, str, Completion], Awaitable[Counts]]
"""The values of a key: store, id of the bin, what is typed."""


async def complete_in(
    store: Store, bin_id: str, text: str, caret: int, *, hidden: AbstractSet[str] = frozenset()
) -> Completed:
    """The choices for a text of which the caret is behind the character `caret`. The values of `hidden` keys are not
    offered. Raises NotFound, NotReadable."""
    place = complete(text, caret)
    if place is None or place.key in hidden:
        return Completed(start=caret, end=caret)
    source = _SOURCES.get(place.key)
    counts = await source(store, bin_id, place) if source else {}
    choices = tuple(
        Choice(offer=offer, count=None if offer.value is None else counts.get(offer.value))
        for offer in offers_for(place, counts)
    )
    return Completed(start=place.start, end=place.end, choices=choices)


async def _known(store: Store, bin_id: str, place: Completion) -> Counts:
    """The values of a fixed set; those that occur come first, the most frequent one in front."""
    recent = await store.recent_values(bin_id, place.key, among=COUNTED)
    known = VALUES[place.key]
    return {value: recent[value] for value in recent if value in known} | {
        value: None for value in known if value not in recent
    }


async def _tags(store: Store, bin_id: str, place: Completion) -> Counts:
    """The tags of the newest captures that have annotations, the most frequent first."""
    return dict.fromkeys(await store.recent_values(bin_id, place.key, among=COUNTED))


async def _forwards(store: Store, bin_id: str, _place: Completion) -> Counts:
    """The names of the forwards of the bin."""
    return dict.fromkeys(stored.forward.name for stored in await store.list_forwards(bin_id))


async def _occurring(store: Store, bin_id: str, place: Completion) -> Counts:
    """The values of the newest captures, then those of the index that begin with what is typed."""
    recent = await store.recent_values(bin_id, place.key, among=COUNTED)
    counts: dict[str, int | None] = {value: count for value, count in recent.items() if fits(place, value)}
    if place.typed and len(counts) < MAX_OFFERS:
        found = await store.values_from(bin_id, place.key, spellings(place), limit=MAX_OFFERS)
        counts |= {value: None for value in found if value not in counts}
    return counts


async def _examples(_store: Store, _bin_id: str, place: Completion) -> Counts:
    return dict.fromkeys(EXAMPLE_VALUES[place.key])


# A key whose values are stored elsewhere is one more line.
_SOURCES: Mapping[str, Source] = {
    **dict.fromkeys(VALUES, _known),
    **dict.fromkeys(SPELLED, _occurring),
    "tag": _tags,
    "target": _forwards,
    **dict.fromkeys(EXAMPLE_VALUES, _examples),
}
