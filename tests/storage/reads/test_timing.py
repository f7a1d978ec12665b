"""The queries of a search share one time limit."""

from collections.abc import Mapping, Sequence

import pytest

from app.errors import ReadTooLong
from app.storage.reads.timing import ReadTime, TimedReads


async def _run(text: str, values: Mapping[str, object], time: ReadTime) -> Sequence[tuple[object, ...]]:
    """Takes as many seconds as the text says."""
    time.spent_s += min(float(text), time.left_s)
    if time.left_s <= 0:
        raise ReadTooLong(f"longer than {time.limit_s:g} s")
    return [(values["n"],)]


async def test_each_query_has_the_time_that_others_have_left() -> None:
    search = TimedReads(_run, {}, 4)
    assert await search.run("1", {"n": 7}) == [(7,)]
    assert await search.run("2", {"n": 8}) == [(8,)]
    with pytest.raises(ReadTooLong, match="longer than 4 s"):
        await search.run("1", {"n": 9})


async def test_finding_candidates_may_take_a_part_of_the_time() -> None:
    search = TimedReads(_run, {"quick": "0.5", "slow": "2"}, 4)
    assert await search.candidates("quick", {"n": 7}) == [7]
    assert await search.candidates("slow", {"n": 7}) is None
    # 0.5 s and 1 s are gone.
    assert await search.run("2", {"n": 8}) == [(8,)]
    with pytest.raises(ReadTooLong):
        await search.run("1", {"n": 8})


async def test_candidates_do_not_take_time_that_is_gone() -> None:
    search = TimedReads(_run, {"quick": "0.5"}, 4)
    await search.run("3.75", {"n": 7})
    assert await search.candidates("quick", {"n": 7}) is None


async def test_without_a_limit_time_does_not_run_out() -> None:
    search = TimedReads(_run, {"slow": "1000"}, None)
    assert [await search.run("1000", {"n": n}) for n in range(3)] == [[(n,)] for n in range(3)]
    assert await search.candidates("slow", {"n": 7}) == [7]
