"""The queries of a search share one time limit."""

from collections.abc import Mapping, Sequence

import pytest

from app.errors import ReadTooLong
from app.storage.reads.timing import ReadTime, TimedReads


async def _run(text: str, values: Mapping[str, object], time: ReadTime) -> Sequence[tuple[str, object]]:
    """Takes a second."""
    if time.left_s < 1:
        raise ReadTooLong(f"longer than {time.limit_s:g} s")
    time.left_s -= 1
    return [(text, values["n"])]


async def test_each_query_has_the_time_that_others_have_left() -> None:
    search = TimedReads(_run, {"two": "2"}, 2)
    assert await search.run("1", {"n": 7}) == [("1", 7)]
    assert await search.ids("two", {"n": 8}) == [2]
    with pytest.raises(ReadTooLong, match="longer than 2 s"):
        await search.run("3", {"n": 9})


async def test_without_a_limit_time_does_not_run_out() -> None:
    search = TimedReads(_run, {}, None)
    assert [await search.run("1", {"n": n}) for n in range(3)] == [[("1", n)] for n in range(3)]
