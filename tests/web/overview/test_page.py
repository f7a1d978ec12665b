"""The overview, as the page is without a script; each of its numbers leads to the list that has it."""

import html
import re

import pytest

from app.domain.volume import DAY, HOUR
from app.web.bins.home import RECENT_HOURS
from app.web.overview.ranges import RANGES
from tests.conftest import Running
from tests.pairs import failed, taken

STATUSES = {"MessageSid": "SM" + "1" * 32, "From": "+14155550100", "To": "+14155550123", "AccountSid": "AC" + "2" * 32}


async def _send(server: Running, status: str, sid: str, **more: str) -> None:
    fields = STATUSES | {"MessageSid": "SM" + sid * 32, "MessageStatus": status} | more
    async with server.client.post(server.capture_url + "/status", data=fields):
        pass


async def _page(server: Running, path: str) -> str:
    async with server.client.get(f"{server.url}{path}") as answer:
        assert answer.status == 200, await answer.text()
        return html.unescape(await answer.text())


def _part(page: str, name: str) -> str:
    return page.split(f'aria-labelledby="{name}"', 1)[1].split("</section>", 1)[0]


async def test_each_number_leads_to_the_list_that_has_it(server: Running) -> None:
    await taken(server, sid="ok-1")
    await failed(server, sid="err-1")
    await _send(server, "sent", "1")
    await _send(server, "undelivered", "1", ErrorCode="30003")
    await _send(server, "failed", "3")
    page = await _page(server, f"/bins/{server.bin.id}/overview")
    found = re.findall(rf'href="(/bins/{server.bin.id}\?q=[^"]*)"[^>]*>([\d,]+)<', page)
    numbers = {}
    for where, number in found:
        shown = await _page(server, where)
        rows = len(re.findall(r'<li id="capture-', shown))
        assert rows == int(number), where
        numbers.setdefault(where.split("q=")[1].split("%20")[0].split(" ")[0], int(number))
    assert numbers["result%3Afailed"] == 3
    assert len(found) >= 4


async def test_failures_have_the_meaning_of_their_code_and_their_messages(server: Running) -> None:
    for number, code in enumerate(("30003", "30003", "99999", "")):
        await _send(server, "undelivered", str(number + 1), ErrorCode=code)
    page = _part(await _page(server, f"/bins/{server.bin.id}/overview"), "failures")
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page, re.DOTALL)
    assert len(rows) == 3
    assert "The handset cannot be reached" in rows[0]
    assert "Not known to smsbin" in "".join(rows)
    assert "No code" in "".join(rows)
    where = re.search(r'href="([^"]*)"', rows[0])
    assert where is not None
    shown = await _page(server, where[1])
    assert len(re.findall(r'<li id="message-', shown)) == 2


async def test_times_and_the_share_of_the_fallback_are_shown_with_their_numbers(server: Running) -> None:
    await taken(server, sid="ok-1")
    await failed(server, sid="err-1")
    await _send(server, "sent", "1")
    await _send(server, "delivered", "1")
    page = await _page(server, f"/bins/{server.bin.id}/overview")
    assert "<dt>p50</dt>" in _part(page, "finals")
    assert "<dd>50 %</dd>" in _part(page, "fallback")
    assert 'aria-label="Share of the fallback: 50 %; the table below has the numbers"' in page


async def test_an_empty_bin_says_what_will_be_here(server: Running) -> None:
    page = await _page(server, f"/bins/{server.bin.id}/overview")
    assert "Nothing has arrived yet" in page
    assert f'href="/bins/{server.bin.id}/setup"' in page
    assert '<svg class="volume' not in page


@pytest.mark.parametrize("range", [*(one.name for one in RANGES), "nothing"])
async def test_the_time_can_be_chosen(server: Running, range: str) -> None:
    await taken(server, sid="ok-1")
    page = await _page(server, f"/bins/{server.bin.id}/overview?range={range}")
    name = range if range != "nothing" else "24h"
    assert f'overview?range={name}" aria-current="page"' in page
    assert "No message failed in this time." in page


async def test_the_home_page_has_the_last_day_of_each_bin(server: Running) -> None:
    assert "Last 24 hours:" not in await _page(server, "/")
    await taken(server, sid="ok-1")
    page = await _page(server, "/")
    assert re.search(r"Last 24 hours: 1 request</span>\s*<svg class=.volume", page)
    assert RECENT_HOURS * HOUR == DAY
