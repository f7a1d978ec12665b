"""Changes of several captures: of listed ones, or of all that match a filter.

Each call is bounded in time and continues where the one before ended, so any number of captures can be changed while
others arrive.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from ..clock import ticks
from ..domain.annotations import AnnotationChange
from ..domain.search import Query, When
from ..live.hub import Hub
from ..store import StepResult, Store
from .exports import each_page
from .upkeep.retention import Sweeping

MAX_NUMBERS = 500
# A call ends after the chunk in which it has handled so many captures, or in which this time is over.
AT_ONCE = 1_000
CALL_S = 1.0
MOST_LATER = 10_000

Step = Callable[[Sequence[int]], Awaitable[StepResult]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The captures with these `numbers`; or with `upto` those that match the `query`, from `after` (not included) to
    `upto`, without those in `without`."""

    numbers: Sequence[int] = ()
    upto: int | None = None
    query: Query | None = None
    after: int = 0
    without: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionResult:
    """`changed` captures are different now, `refused` are not, because they would have too many tags. `next`: the
    number after which the next call continues; None: it is done."""

    changed: int = 0
    refused: int = 0
    next: int | None = None


async def annotate(
    store: Store, hub: Hub, bin_id: str, selection: Selection, change: AnnotationChange
) -> SelectionResult:
    """Change the annotations of captures. Raises NotFound, TooSlow."""
    result = await _call(store, bin_id, selection, lambda numbers: store.annotate(bin_id, numbers, change))
    hub.notify(bin_id)
    return result


async def delete(store: Store, hub: Hub, sweeping: Sweeping, bin_id: str, selection: Selection) -> SelectionResult:
    """Delete captures. Raises NotFound, TooSlow."""
    if selection.upto is not None and not (selection.query or selection.after or selection.without):
        result = await _delete_all(store, sweeping, bin_id, selection.upto)
    else:
        result = await _call(store, bin_id, selection, lambda numbers: store.drop_some(bin_id, numbers))
    hub.notify(bin_id)
    return result


async def _delete_all(store: Store, sweeping: Sweeping, bin_id: str, upto: int) -> SelectionResult:
    """Everything up to a number, which is one write however many captures there are."""
    bin = await store.get_bin(bin_id)
    later = 0
    if upto < bin.last_n:
        arrived = Query((When(key="after", raw=f"#{upto}", moment=upto),))
        later = await store.count_captures(bin_id, arrived, MOST_LATER)
    await store.drop_captures(bin_id, upto)
    sweeping.erase_soon()
    return SelectionResult(changed=max(0, bin.captures - later))


async def _call(store: Store, bin_id: str, selection: Selection, step: Step) -> SelectionResult:
    ends_at = ticks() + CALL_S
    result, handled = SelectionResult(), 0
    async with aclosing(_chunks(store, bin_id, selection)) as chunks:
        async for numbers, reached in chunks:
            left = numbers
            while left:
                done = await step(left)
                left = left[done.handled :]
                result = replace(result, changed=result.changed + done.changed, refused=result.refused + done.refused)
            handled += len(numbers)
            is_last = selection.upto is None or reached >= selection.upto
            if not is_last and (handled >= AT_ONCE or ticks() >= ends_at):
                return replace(result, next=reached)
    return result


async def _chunks(store: Store, bin_id: str, selection: Selection) -> AsyncGenerator[tuple[Sequence[int], int], None]:
    """The numbers, and the number up to which all are in this chunk or an earlier one."""
    if selection.upto is None:
        yield sorted(set(selection.numbers)), 0
        return
    async for rows in each_page(store, bin_id, selection.upto, selection.query, selection.after):
        yield [row.n for row in rows if row.n not in selection.without], rows[-1].n
