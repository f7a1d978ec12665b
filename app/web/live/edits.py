"""Changes as HTML edits for the open page, rendered from the page's own partials: a row is defined once, in Jinja.

Each noun makes the edits of its own list (`web/<noun>/live.py`); `views.py` names them.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jinja2

from ...domain.bins import Bin
from ...domain.captures import Captured, CaptureRow, Change, Deleted, MessageChanged, MessageGone
from ...domain.masking.policy import CREDENTIALS, MaskingPolicy
from ...domain.messages.model import Message
from ...domain.search import Query
from ...services.forwards.registry import Forwards
from ...store import Store
from ..site.addresses import name_anchor
from ..words.pairings import SHOWS, Show

# Rows that are rendered in one turn of the event loop: about half a millisecond.
AT_ONCE = 8
PLAIN = "plain"
FORWARDS = "forwards"
WITHOUT_LIST = (PLAIN, FORWARDS)
"""Views of pages that show no rows, so that changes of the ledger are not read for them."""

Edit = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewState:
    """What one viewer shows. `pair` is the open conversation; `q` the text of the filter, `query` its meaning;
    `show` the view of the pairs; `masking`: what is masked in it."""

    view: str
    base: str
    q: str = ""
    query: Query | None = None
    pair: tuple[str, str] | None = None
    show: Show = SHOWS[0]
    masking: MaskingPolicy = CREDENTIALS

    @property
    def key(self) -> tuple[object, ...]:
        """A key that viewers with the same frames share."""
        return (self.view, self.base, self.q, self.pair, self.show.name, self.masking)


@dataclass(frozen=True, slots=True)
class Work:
    """The input of a frame. `changes` are not masked: some views need the numbers to find the place of a row."""

    store: Store
    environment: jinja2.Environment
    bin: Bin
    changes: Sequence[Change]
    state: ViewState
    forwards: Forwards


def last_messages(changes: Sequence[Change]) -> dict[int, Message]:
    """The last state of each message, by its row id."""
    return {change.message.id: change.message for change in changes if isinstance(change, MessageChanged)}


def captured(changes: Sequence[Change]) -> list[CaptureRow]:
    """The captures that are new or changed."""
    return [change.row for change in changes if isinstance(change, Captured)]


def gone(changes: Sequence[Change]) -> list[Edit]:
    """Edits that remove rows. They follow the edits of rows: a message that was folded again from its other captures
    has an earlier last capture by then, and stays."""
    edits: list[Edit] = []
    there = {(message.provider, message.message_id) for message in last_messages(changes).values()}
    for change in changes:
        if isinstance(change, Deleted):
            edits.append({"op": "gone", "n": change.n, "through": change.through})
        elif isinstance(change, MessageGone) and (change.provider, change.message_id) not in there:
            edits.append({"op": "gone", "name": name_anchor(change.provider, change.message_id)})
    return edits


def macro_of(environment: jinja2.Environment, template: str, name: str) -> Callable[..., str]:
    """A macro of a partial, which renders a row in half of the time that a template takes."""
    macro: Callable[..., str] = getattr(environment.get_template(template).module, name)
    return macro


async def yield_to_loop(edits: Sequence[Edit]) -> None:
    """Let captures run between two batches of rows."""
    if len(edits) % AT_ONCE == AT_ONCE - 1:
        await asyncio.sleep(0)
