"""Primary against fallback, as the pages are without a script."""

import asyncio
import html
import re

import pytest

from app import clock, keys
from app.domain.pairings.model import NO_FALLBACK
from app.domain.roles import Role
from tests.conftest import Running
from tests.pairs import FAILED, HUNG_UP, TAKEN, failed, hit, lost, settle, taken, timed_out


async def _page(server: Running, path: str, status: int = 200, **headers: str) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}", headers=headers) as answer:
        assert answer.status == status, await answer.text()
        return await answer.text()


def _words(page: str) -> str:
    """What people read, blanks squeezed."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).replace(" ,", ",")


def _rows(page: str) -> list[str]:
    return [_words(row) for row in re.findall(r'<li id="pairing-\d+".*?</li>', page, re.DOTALL)]


def _verdict(page: str) -> str:
    return _words(page.split("data-verdict", 1)[1].split(">", 1)[1].split("</div>", 1)[0])


def _table(page: str) -> list[str]:
    table = page.split('<table class="grid diff">', 1)[1].split("</table>", 1)[0]
    return [_words(row).strip() for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)]


async def _is_missed(server: Running) -> bool:
    """Whether the clock has found a fallback that never came."""
    found = await server.app[keys.STORE].list_pairings(server.bin.id, limit=100)
    return any(NO_FALLBACK in pairing.findings for pairing in found)


async def test_a_row_says_the_text_then_what_both_urls_did_and_how_late_it_was(server: Running) -> None:
    await taken(server, sid="ok-1", text="fine")
    await timed_out(server)
    (row,) = _rows(await _page(server, "/compare"))
    assert "hello from the front desk" in row
    assert "+1 415-555-0107" in row
    assert "P no response → F 200" in row
    assert "15.2 s" in row


async def test_views_show_what_their_counts_say(server: Running) -> None:
    await taken(server, sid="ok-1")
    await timed_out(server, sid="to-1")
    await failed(server, sid="err-1")
    await lost(server, sid="lost-1")
    await hit(server, Role.FALLBACK, TAKEN, at=clock.now(), sid="only-1", text="another")
    page = await _page(server, "/compare")
    counts = dict(re.findall(r"<span>([A-Z][\w ]+)</span><span>([\d,]+)</span>", page))
    assert counts == {
        "Problems": "4", "All pairs": "5", "Primary ok": "1", "Fallback used": "2", "Fallback only": "1",
        "Not accepted": "1",
    }  # fmt: skip
    for title, count in counts.items():
        link = re.search(rf'href="[^"]*/compare(\?show=[a-z-]+)?"[^>]*><span>{title}</span>', page)
        shown = await _page(server, f"/compare{link[1] or ''}")
        assert len(_rows(shown)) == int(count), title
        assert f'aria-current="true"><span>{title}</span>' in shown


async def test_older_pairs_are_paged_by_key(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.compare.page.PAGE", 2)
    for number in range(3):
        await failed(server, sid=f"err-{number}", text=f"number {number}")
    page = await _page(server, "/compare")
    assert [re.search(r"number \d", row)[0] for row in _rows(page)] == ["number 2", "number 1"]
    older = re.search(r'data-older="(\d+)"', page)[1]
    rest = await _page(server, f"/compare/rows?before={older}")
    assert [re.search(r"number \d", row)[0] for row in _rows(rest)] == ["number 0"]
    assert "data-older" not in rest
    assert len(_rows(await _page(server, f"/compare?before={older}"))) == 1


async def test_the_pair_is_told_as_verdict_axis_and_differences(server: Running) -> None:
    primary, fallback = await timed_out(server)
    page = await _page(server, f"/compare/{primary}")
    assert "The primary timed out, the fallback accepted it." in _verdict(page)
    assert "The sender disconnected after 15.0 s without a response and used the fallback once." in _verdict(page)
    assert "verdict lead warn" in page
    assert (
        'aria-label="Primary: no response, sender disconnected after 15.0 s at 0 s; Fallback: 200 in 4 ms at 15.2 s"'
        in page
    )
    head, *rows = _table(page)
    assert f"#{primary}" in head
    assert f"#{fallback}" in head
    assert re.fullmatch(r"Arrived [\d:.]+ [\d:.]+ 15.206 s after the primary", rows[0])
    assert rows[1] == "Response none fault “hold 16 s”; sender disconnected after 15.0 s 200 in 4 ms"
    assert rows[2] == "HTTP method POST GET set separately in the portal"
    key = server.bin.key
    action = next(row for row in rows if row.startswith("Field Action"))
    assert re.sub(r"[ …]", "", action) == f"FieldAction/{key}/{key}/fallback".replace("//", "/")
    assert "<mark>/fallback</mark>" in page
    assert rows[-1].startswith("Same in both From, To, Text, MessageSid, Status")
    assert f"{len(rows) - 1} differences" in head
    # Either of its requests leads to it.
    assert _verdict(await _page(server, f"/compare/{fallback}")) == _verdict(page)


async def test_bodies_headers_and_equal_fields_are_folded_away_not_left_out(server: Running) -> None:
    at = clock.now()
    await hit(server, Role.PRIMARY, FAILED, at=at, headers=((b"X-Try", b"1"),))
    await hit(server, Role.FALLBACK, TAKEN, at=at, headers=((b"X-Try", b"2"),))
    page = await _page(server, "/compare/1")
    words = _words(page)
    assert "Show the 6 equal fields" in words
    assert "1 header differs" in words
    assert "x-try 1 2" in words
    bodies = page.split('data-part="bodies"', 1)[1]
    assert "%2Ffallback&amp;" in bodies
    assert "one field per line" in bodies


async def test_every_try_is_listed_when_there_were_more_than_two(server: Running) -> None:
    at = clock.now()
    for _ in range(2):
        await hit(server, Role.PRIMARY, FAILED, at=at)
    await hit(server, Role.FALLBACK, TAKEN, at=at)
    page = await _page(server, "/compare/1")
    assert "All 3 requests" in page
    assert "P 2 × 500 → F 200" in _rows(page)[0]
    assert "attempt 1 of 2" in _words(page)
    # The second try lies beside the fallback as well, when it is asked for.
    assert "attempt 2 of 2" in _words(await _page(server, "/compare/2"))


async def test_of_very_many_tries_none_is_counted_that_is_not_kept(server: Running) -> None:
    at = clock.now()
    for _ in range(40):
        await hit(server, Role.PRIMARY, TAKEN, at=at)
    page = await _page(server, "/compare/1")
    words = _words(page)
    assert "The first and newest 32 requests" in words
    assert "The primary accepted it at one of many attempts." in words
    assert "attempt 1 of" not in words
    assert "P 32 or more × 200" in _rows(await _page(server, "/compare/1?show=all"))[0]


async def test_a_primary_that_was_never_hit_is_told_with_the_address_it_should_be(server: Running) -> None:
    await hit(server, Role.FALLBACK, TAKEN, at=clock.now())
    page = await _page(server, "/compare/1")
    assert "No request to the primary, the fallback accepted it." in _verdict(page)
    assert "Check the primary URL in the portal" in _verdict(page)
    assert f'data-copy="{server.capture_url}" aria-label="Copy primary URL"' in page
    assert "Arrived no request" in " ".join(_table(page))


async def test_what_nobody_took_is_red_once_it_is_sure(server: Running) -> None:
    n = await hit(server, Role.PRIMARY, FAILED, at=clock.now(), sid="new")
    assert "no request has come to the fallback so far" in _verdict(await _page(server, f"/compare/{n}"))
    n = await lost(server)
    await server.until(lambda: _is_missed(server))
    page = await _page(server, f"/compare/{n}")
    assert "The primary failed, and no request came to the fallback." in _verdict(page)
    assert "verdict lead bad" in page
    assert "not accepted" in _rows(page)[0]


async def test_an_answer_that_is_held_is_told_as_waiting(server: Running) -> None:
    n = await hit(server, Role.PRIMARY, None, at=clock.now())
    page = await _page(server, f"/compare/{n}")
    assert "The primary has not answered yet." in _verdict(page)
    assert "Response waiting" in " ".join(_table(page))
    await settle(server, n, TAKEN)
    assert "The primary accepted it." in _verdict(await _page(server, f"/compare/{n}"))


async def test_any_two_requests_lie_beside_each_other(server: Running) -> None:
    await taken(server, sid="a", text="one")
    await taken(server, sid="b", text="two")
    page = await _page(server, "/compare/2/1")
    assert "Two requests you picked." in _verdict(page)
    assert "picked by you" in page
    assert "Field Text one two" in _table(page)
    # The two of a pair are the pair, whoever picked them.
    await timed_out(server, sid="c")
    assert "The primary timed out" in _verdict(await _page(server, "/compare/4/3"))


async def test_what_is_no_pair_or_gone_is_told(server: Running) -> None:
    await taken(server)
    status = {"From": "+19495550142", "To": "+14155550123", "MessageSid": "SM2", "Status": "sent"}
    async with server.client.post(server.capture_url + "/status", data=status) as answer:
        assert answer.status == 200
    assert "is not part of a pair" in await _page(server, "/compare/2", 404)
    assert "There is no request #9" in html.unescape(await _page(server, "/compare/9", 404))
    assert "There is no request #9" in html.unescape(await _page(server, "/compare/1/9", 404))
    url = f"{server.url}/bins/{server.bin.id}/compare/1/1"
    async with server.client.get(url, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"][-10:]) == (303, "/compare/1")


async def test_the_script_gets_the_pane_alone(server: Running) -> None:
    primary, _ = await timed_out(server)
    pane = await _page(server, f"/compare/{primary}?show=all", **{"X-Partial": "detail"})
    assert "<html" not in pane
    assert re.search(r'data-open="pairing-\d+"', pane)
    assert "compare?show=all" in pane
    side = await _page(server, "/compare/side?show=all")
    assert 'id="views"' in side
    assert 'aria-current="true"><span>All pairs</span>' in side


async def test_the_provider_is_measured_beside_what_it_publishes(server: Running) -> None:
    for number in range(2):
        await timed_out(server, sid=f"to-{number}")
    await failed(server, sid="err")
    await lost(server, sid="lost")
    await server.until(lambda: _is_missed(server))
    words = _words(await _page(server, "/compare"))
    assert "Times out after 15.0 s" in words
    assert "Attempts on primary 1" in words
    assert "After a timeout fallback 2 of 2" in words
    assert "After a 500 fallback 1 of 2" in words
    assert "p95 15.2 s" in words
    assert "Documented by Ytel No timeout." in words
    async with server.client.patch(server.bin_api, json={"provider": "twilio"}) as answer:
        assert answer.status == 200
    assert "Documented by Twilio Times out after 15 s" in _words(await _page(server, "/compare"))


async def test_nothing_yet_teaches_how_to_make_one(server: Running) -> None:
    page = await _page(server, "/compare")
    words = _words(page)
    assert "No pairs yet." in words
    assert "No fallback requests yet. Test the fallback" in words
    forms = [dict(re.findall(r'name="(\w+)" value="(\w+)"', form)) for form in re.findall(r"<form.*?</form>", page)]
    assert {"kind": "hold", "seconds": "16", "count": "1"} in forms
    assert {"kind": "status", "status": "500", "count": "3"} in forms
    assert page.count(f'action="/bins/{server.bin.id}/faults/primary"') == 2


async def test_twilios_error_is_explained_where_it_differs(server: Running) -> None:
    async with server.client.patch(server.bin_api, json={"provider": "twilio"}) as answer:
        assert answer.status == 200
    at = clock.now()
    sid = {"MessageSid": "SM" + "0" * 32, "AccountSid": "AC" + "0" * 32, "Body": "hi", "ApiVersion": "2010-04-01"}
    await hit(server, Role.PRIMARY, HUNG_UP, at=at, more=sid)
    error = {"ErrorCode": "11205", "ErrorUrl": f"https://sms.example.net/{server.bin.key}"}
    await hit(server, Role.FALLBACK, TAKEN, at=at, more=sid | error)
    rows = _table(await _page(server, "/compare/1"))
    row = next(row for row in rows if row.startswith("Field ErrorCode"))
    assert row == "Field ErrorCode not sent 11205 The connection failed or took too long."


async def test_a_capture_leads_to_its_pair(server: Running) -> None:
    primary, fallback = await timed_out(server)
    for n in (primary, fallback):
        page = await _page(server, f"/captures/{n}")
        assert page.count(f'href="/bins/{server.bin.id}/compare/{n}"') >= 2
        assert "Used after a timeout" in page
    n = await taken(server, sid="ok-1")
    page = await _page(server, f"/captures/{n}")
    assert f"/compare/{n}" in page
    assert "Not needed" not in page


async def test_the_report_is_markdown_without_a_key_and_without_markup_of_the_sender(server: Running) -> None:
    primary, fallback = await timed_out(server, text="`*bold*` | [x](https://evil.example)\n# head\x1b")
    url = f"{server.url}/bins/{server.bin.id}/compare/{primary}/report"
    async with server.client.get(url) as answer:
        assert answer.content_type == "text/markdown"
        text = await answer.text()
    assert text.startswith(f"## Primary #{primary} and fallback #{fallback}\n\n**The primary timed out")
    assert "| Response | none (fault “hold 16 s”; sender disconnected after 15.0 s) | 200 (in 4 ms) |" in text
    assert "| `Action` | `…/…` | `…/…/fallback` |" in text
    assert server.bin.key not in text
    assert "`` `*bold*` \\| [x](https://evil.example) # head␛ ``" in text
    assert "\n# head" not in text
    two = f"{server.url}/bins/{server.bin.id}/compare/{fallback}/{primary}/report"
    async with server.client.get(two) as answer:
        assert await answer.text() == text


async def test_hostile_values_stay_text(server: Running) -> None:
    evil = "<script>alert(1)</script>"
    await timed_out(server, text=evil, more={evil: evil, "Status": evil})
    page = await _page(server, "/compare/1")
    assert evil not in page
    assert html.escape(evil) in page


async def test_a_call_is_compared_on_its_own_two_urls(server: Running) -> None:
    call = {"CallSid": "CA" + "4" * 32, "From": "+14155550107", "To": "+19495550142", "CallStatus": "ringing"}
    for role in ("voice", "voice-fallback"):
        async with server.client.post(f"{server.capture_url}/{role}", data=call) as answer:
            assert answer.status == 200
    async with asyncio.timeout(15):
        while not all(one["answered"]["status"] for one in await server.captures()):
            await asyncio.sleep(0)
    page = await _page(server, "/compare/1?show=all")
    assert "Both accepted it, so the message was handled twice." in _verdict(page)
    assert "matched by call id" in page
    assert "V 200 → VF 200" in _rows(page)[0]
    assert "after the voice URL" in " ".join(_table(page))
