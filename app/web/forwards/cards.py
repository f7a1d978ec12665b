"""The forwards of a bin as their page shows them: counts, and their last dispatches."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from ... import keys
from ...domain.forwards.model import FAILED, Dispatch, DispatchState
from ...domain.replays import Attempt
from ...errors import NotFound
from ...services.forwards.shown import ForwardStatus

STRIP = 100
"""The dispatches in the strip of a forward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardCard:
    """A forward. `strip`: the colours of its last dispatches, oldest first; `arrived`: how many of them have arrived;
    `failing`: the number of the last one that was tried and has not, None if each has. `tested`: the result of a test
    that was just made. `example`: the JSON of an event that it sends, "" for none."""

    status: ForwardStatus
    strip: Sequence[str]
    arrived: int
    failing: int | None = None
    tested: Attempt | None = None
    example: str = ""


async def cards_of(app: web.Application, bin_id: str) -> Sequence[ForwardCard]:
    """All of them, oldest first, without tests and examples."""
    store, forwards = app[keys.STORE], app[keys.FORWARDS]
    cards = []
    for each in forwards.of(bin_id):
        try:
            status = await forwards.status(bin_id, each.id)
        except NotFound:
            continue  # deleted in the meantime
        last = await store.last_dispatches(each.id, STRIP)
        arrived = sum(dispatch.state is DispatchState.DELIVERED for dispatch in last)
        strip = [_colour(dispatch) for dispatch in reversed(last)]
        failing = [dispatch.n for dispatch in last if dispatch.tries and dispatch.state is not DispatchState.DELIVERED]
        cards.append(ForwardCard(status=status, strip=strip, arrived=arrived, failing=max(failing, default=None)))
    return cards


def _colour(dispatch: Dispatch) -> str:
    if dispatch.state is DispatchState.DELIVERED:
        return "ok"
    return "bad" if dispatch.state in FAILED else "warn"
