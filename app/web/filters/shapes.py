"""The JSON of saved filters and of completions; the OpenAPI document's components are generated from these types."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from ...domain.saved_filters import SavedFilter
from ...domain.units import rfc3339
from ...services.completions import COUNTED, Choice, Completed
from ..site.shapes import Time
from ..words.terms import about_key, about_value


class SavedFilterShape(msgspec.Struct):
    """A saved filter."""

    id: str
    name: str
    q: str
    saved_at: Time


class SavedFilterList(msgspec.Struct):
    """All saved filters of a bin, in the order in which they were added."""

    items: list[SavedFilterShape]


class CompletionShape(msgspec.Struct):
    """A text for the place, for example a key or one value."""

    insert: Annotated[str, Meta(description="Replaces the part from `start` to `end`; quoted where it must be.")]
    label: Annotated[str, Meta(description="The same without quotes.")]
    about: Annotated[str, Meta(description='What it finds or means; "" if the label is clear.')]
    count: Annotated[
        int | None,
        Meta(description="In how many of the newest captures the value is; null: not known, or a key."),
    ]


class CompletionList(msgspec.Struct):
    """What may be written at the caret. Positions count characters (Unicode code points) from 0."""

    start: int
    end: int
    counted: Annotated[int, Meta(description="The number of newest captures in which values are counted.")]
    items: list[CompletionShape]


def show_filter(saved: SavedFilter) -> SavedFilterShape:
    """One saved filter."""
    return SavedFilterShape(saved.id, saved.name, saved.text, rfc3339(saved.saved_at))


def show_filters(saved: Sequence[SavedFilter]) -> SavedFilterList:
    """All of them."""
    return SavedFilterList([show_filter(each) for each in saved])


def show_completed(completed: Completed) -> CompletionList:
    """The completions of a text."""
    return CompletionList(completed.start, completed.end, COUNTED, [_shown(choice) for choice in completed.choices])


def _shown(choice: Choice) -> CompletionShape:
    offer = choice.offer
    if offer.value is None:
        return CompletionShape(offer.insert, offer.insert, about_key(offer.key), None)
    label = offer.insert if offer.insert == f"{offer.key}:{offer.value}" else offer.value
    return CompletionShape(offer.insert, label, about_value(offer.key, offer.value), choice.count)
