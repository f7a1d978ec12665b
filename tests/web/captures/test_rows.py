"""Parts of the list: which rows they have, where they continue, and the mark of a place without a row."""

from datetime import datetime, timedelta

import pytest

from app import clock, keys
from app.domain.search import parse_query
from app.web.captures import rows
from app.web.captures.rows import CaptureParts, ListPart
from tests.browser.listing import fill
from tests.conftest import Running


@pytest.fixture
async def began(server: Running, monkeypatch) -> datetime:
    """30 requests a minute apart, without #12 and #13, in parts of 10."""
    monkeypatch.setattr(rows, "PAGE", 10)
    began = clock.now() - timedelta(hours=2)
    await fill(server, 30, began=began, gap_s=60)
    for n in (12, 13):
        await server.app[keys.STORE].drop_capture(server.bin.id, n)
    return began


async def _list(server: Running, q: str = "") -> CaptureParts:
    store = server.app[keys.STORE]
    return CaptureParts(store, await store.get_bin(server.bin.id), parse_query(q) if q else None)


def _numbers(part: ListPart) -> list[int]:
    return [row.n for row in part.rows]


async def test_parts_continue_each_other_in_both_directions(server: Running, began: datetime) -> None:
    captures = await _list(server)
    part = await captures.newest()
    assert (_numbers(part), part.newer, part.older) == ([*range(30, 20, -1)], None, 21)
    part = await captures.below(21)
    assert (_numbers(part), part.newer, part.older) == ([20, 19, 18, 17, 16, 15, 14, 11, 10, 9], 20, 9)
    part = await captures.below(9)
    assert (_numbers(part), part.newer, part.older) == ([*range(8, 0, -1)], 8, None)
    part = await captures.above(0)
    assert (_numbers(part), part.newer, part.older) == ([*range(10, 0, -1)], 10, None)
    part = await captures.above(10)
    assert (_numbers(part), part.newer, part.older) == ([22, 21, 20, 19, 18, 17, 16, 15, 14, 11], 22, 11)
    part = await captures.above(22)
    assert (_numbers(part), part.newer, part.older) == ([*range(30, 22, -1)], None, 23)


async def test_a_part_beyond_an_end_is_empty_and_leads_back(server: Running, began: datetime) -> None:
    captures = await _list(server)
    part = await captures.below(1)
    assert (_numbers(part), part.newer, part.older) == ([], 0, None)
    part = await captures.above(30)
    assert (_numbers(part), part.newer, part.older) == ([], None, 31)


@pytest.mark.parametrize(
    ("n", "first", "last", "newer", "older"),
    [(20, 25, 16, 25, 16), (30, 30, 21, None, 21), (28, 30, 21, None, 21), (1, 6, 1, 6, None), (5, 10, 1, 10, None)],
)
async def test_a_number_has_rows_on_both_sides(
    server: Running, began: datetime, n: int, first: int, last: int, newer: int | None, older: int | None
) -> None:
    part = await (await _list(server)).around(n)
    assert (_numbers(part)[0], _numbers(part)[-1], part.newer, part.older) == (first, last, newer, older)
    assert (part.chosen, part.mark) == (n, None)


@pytest.mark.parametrize(
    ("n", "chosen", "follower", "text"),
    [
        (12, 11, 11, "#12 was deleted. The nearest is #11."),
        (13, 14, 11, "#13 was deleted. The nearest is #14."),
        (99, 30, 30, "There is no #99 yet. The nearest is #30."),
        (0, 1, None, "Numbers begin at #1. The nearest is #1."),
    ],
)
async def test_a_number_without_a_row_has_a_mark_at_its_place(
    server: Running, began: datetime, n: int, chosen: int, follower: int, text: str
) -> None:
    part = await (await _list(server)).at(n)
    assert part.mark is not None
    assert (part.chosen, part.mark.n, part.mark.follower, part.mark.text) == (chosen, n, follower, text)
    assert chosen in _numbers(part)


async def test_a_filter_holds_for_every_part(server: Running, began: datetime) -> None:
    even = await _list(server, "even")
    assert _numbers(await even.newest()) == [*range(30, 12, -2), 10]
    assert _numbers(await even.above(0)) == [22, 20, 18, 16, 14, 10, 8, 6, 4, 2]
    assert (await even.around(20)).chosen == 20
    part = await even.at(21)
    assert part.mark is not None
    assert (part.chosen, part.mark.text) == (22, "#21 does not match the filter. The nearest is #22.")
    part = await (await _list(server, "nothing")).at(21)
    assert (part.rows, part.chosen, part.mark and part.mark.text) == ([], None, "#21 does not match the filter.")


async def test_a_time_chooses_the_first_row_since_then(server: Running, began: datetime) -> None:
    captures = await _list(server)
    at = began + timedelta(minutes=19, seconds=1)
    part = await captures.at(at)
    assert part.mark is not None
    assert (part.chosen, part.mark.follower, part.mark.at, part.mark.text) == (21, 20, at, "")
    part = await captures.at(began - timedelta(days=1))
    assert part.mark is not None
    assert (part.chosen, part.mark.follower) == (1, None)
    part = await captures.at(began + timedelta(days=1))
    assert part.mark is not None
    assert (part.chosen, part.mark.follower, part.mark.text) == (30, 30, "No request since then.")
    part = await (await _list(server, "odd")).at(at - timedelta(seconds=1))
    assert (part.chosen, part.mark and part.mark.follower) == (21, 19)


async def test_a_list_without_rows_has_no_place(make_settings, server: Running) -> None:
    captures = await _list(server)
    assert (await captures.around(5)).rows == []
    assert (await captures.at(clock.now())).chosen is None


async def test_the_script_gets_the_part_that_it_names(server: Running, began: datetime) -> None:
    async def fragment(query: str, status: int = 200) -> str:
        async with server.client.get(f"{server.url}/bins/{server.bin.id}/rows{query}") as answer:
            assert answer.status == status
            return await answer.text()

    assert 'data-older="21"' in await fragment("")
    assert 'data-newer="8"' in await fragment("?before=9")
    assert 'data-newer="22"' in await fragment("?after=10")
    assert 'captures/20" autofocus' in await fragment("?around=20")
    assert "#12 was deleted" in await fragment("?at=12")
    await fragment("?at=soon", 422)
    await fragment("?before=x", 422)
