"""The writes of a store on both engines: what their jobs keep of the values. The rest is in `test_contract.py`."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from app.domain.annotations import AnnotationChange
from app.errors import NotFound
from app.store import StepResult, Store
from tests.storage.builders import a_bin, a_capture


async def test_times_of_a_bin_are_kept_in_whole_seconds(store: Store) -> None:
    bin = await a_bin(store, retention=timedelta(seconds=90, milliseconds=900), stuck_after=timedelta(seconds=7.9))
    assert (bin.retention, bin.stuck_after) == (timedelta(seconds=90), timedelta(seconds=7))
    changed = await store.set_bin(
        bin.id, name="other", provider="twilio", retention=None, stuck_after=timedelta(minutes=1)
    )
    assert (changed.name, changed.provider, changed.retention) == ("other", "twilio", None)
    assert changed.stuck_after == timedelta(minutes=1)


async def test_steps_over_several_captures_return_how_many_they_handled_and_changed(store: Store) -> None:
    bin = await a_bin(store)
    for _ in range(3):
        await store.add_capture(a_capture(bin))
    note = AnnotationChange(note="look")
    assert await _in_steps([1, 9, 2], lambda left: store.annotate(bin.id, left, note)) == 2
    assert await _in_steps([2, 9, 3], lambda left: store.drop_some(bin.id, left)) == 2
    assert [row.n for row in await store.list_captures(bin.id, limit=9)] == [1]


async def _in_steps(numbers: list[int], step: Callable[[list[int]], Awaitable[StepResult]]) -> int:
    """Steps are bounded in time, and each handles at least one number; returns how many captures they changed."""
    changed = 0
    while numbers:
        result = await step(numbers)
        assert result.handled > 0
        assert result.refused == 0
        changed += result.changed
        numbers = numbers[result.handled :]
    return changed


async def test_a_step_of_a_bin_that_was_deleted_is_not_found(store: Store) -> None:
    bin = await a_bin(store)
    await store.drop_bin(bin.id)
    with pytest.raises(NotFound):
        await store.drop_some(bin.id, [1])
