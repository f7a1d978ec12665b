"""The time axis above the list, as the page is without a script."""

import html
import re
from datetime import timedelta

import pytest

from app import clock, keys
from app.domain.volume import DAY, MINUTE
from app.errors import TooSlow
from app.services.volume import volume_of
from app.web.captures import axis
from app.web.captures.axis import LONGEST, SEARCHES_EACH, SHORTEST, STEPS_PER_INTERVAL
from tests.conftest import Running


async def _send(server: Running, role: str = "", text: str = "hi") -> None:
    fields = {"From": "+14155550123", "To": "+14155550100", "Text": text, "MessageSid": clock.new_id()}
    async with server.client.post(server.capture_url + role, data=fields):
        pass


async def _get(server: Running, path: str) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}") as answer:
        assert answer.status == 200, await answer.text()
        return html.unescape(await answer.text())


def _links(page: str) -> dict[str, str]:
    """The addresses of the links to a time by their titles."""
    part = page.split("data-axis ", 1)[1]
    return {title: where for where, title in re.findall(r'<a class="chip low" href="([^"]*)"[^>]*>([^<]*)<', part)}


def _total(part: str) -> int:
    """The requests of all bars."""
    counts = re.search(r'data-axis-counts="([^"]*)"', part)
    assert counts is not None
    return sum(int(number) for number in re.findall(r"\d+", counts[1]))


async def test_the_list_has_its_volume_above_it_with_the_numbers_as_text(server: Running) -> None:
    await _send(server)
    await _send(server, "/status")
    page = await _get(server, "")
    assert 'aria-label="Requests per minute: 2 requests; at most ' in page
    assert page.index("data-filter-box") < page.index("data-axis-plot") < page.index("data-rows role")
    assert _total(page) == 2
    table = (await _get(server, "/axis?numbers=")).split("axis-table", 1)[1].split("</table>", 1)[0]
    total = 0
    for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", table):
        requests, *others = re.findall(r"<td class=\"num\">(\d+)<", row)
        terms = re.search(r"data-axis-span=\"([^\"]*)\"", row)
        assert terms is not None
        assert f"{requests} match" in await _get(server, f"?q={terms[1]}")
        assert others == ["0", "0"]
        total += int(requests)
    assert total == 2


async def test_times_are_replaced_in_the_filter_and_the_rest_stays(server: Running) -> None:
    await _send(server)
    links = _links(await _get(server, "?q=after:3h text~hi before:1m"))
    assert links == {
        "1 h": f"/bins/{server.bin.id}?q=text~hi%20after%3A1h",
        "24 h": f"/bins/{server.bin.id}?q=text~hi%20after%3A24h",
        "7 d": f"/bins/{server.bin.id}?q=text~hi%20after%3A7d",
        "All": f"/bins/{server.bin.id}?q=text~hi",
    }
    assert "All" not in _links(await _get(server, ""))


async def test_matches_are_counted_when_the_script_asks_and_the_page_does_not_wait_for_them(server: Running) -> None:
    await _send(server)
    await _send(server, "/status", "other")
    page = await _get(server, "?q=role:status")
    assert "per minute, all requests" in page
    assert "data-axis-due" in page
    part = await _get(server, "/axis?q=role:status")
    assert "per minute, that match" in part
    assert "data-axis-due" not in part
    assert _total(part) == 1
    part = await _get(server, "/axis?q=role:status&all=")
    assert "data-axis-all" in part
    assert _total(part) == 2


async def test_a_search_that_takes_too_long_shows_all_requests_and_is_not_asked_again(
    server: Running, monkeypatch
) -> None:
    await _send(server)
    store = server.app[keys.STORE]
    count = store.count_intervals

    async def slow(bin_id: str, span: object, query: object = None):
        if query is not None:
            raise TooSlow(("q", "too slow"))
        return await count(bin_id, span)

    monkeypatch.setattr(store, "count_intervals", slow)
    part = await _get(server, "/axis?q=text~nothing")
    assert "per minute, all requests" in part
    assert "data-axis-all" in part


async def test_a_wrong_filter_leaves_the_axis_as_it_is_without_one(server: Running) -> None:
    await _send(server)
    page = await _get(server, "?q=fro:x")
    assert 'aria-label="Requests per minute: 1 request; at most 1 per minute"' in page
    assert _links(page)["1 h"] == f"/bins/{server.bin.id}?q=after%3A1h"


@pytest.mark.parametrize(
    ("text", "each"),
    [
        ("", max(SHORTEST, MINUTE / STEPS_PER_INTERVAL)),
        ("after:2001-01-01", SHORTEST),
        ("role:primary", SEARCHES_EACH),
    ],
)
async def test_it_is_asked_for_again_so_often(server: Running, text: str, each: timedelta) -> None:
    await _send(server)
    part = await _get(server, f"/axis?q={text}")
    assert f'data-axis-every="{each // timedelta(milliseconds=1)}"' in part


async def test_long_intervals_do_not_make_it_old(server: Running, monkeypatch) -> None:
    await _send(server)

    async def of_a_year(store, bin, query, now, *, search: bool = True):
        monkeypatch.setattr("app.services.volume.LEAST", 365 * DAY)
        return await volume_of(store, bin, query, now, search=search)

    monkeypatch.setattr(axis, "volume_of", of_a_year)
    part = await _get(server, "/axis")
    assert f'data-axis-every="{LONGEST // timedelta(milliseconds=1)}"' in part
