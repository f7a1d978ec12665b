"""The pages of drills: start one with a click, watch it, take the score along."""

import asyncio
import re

import aiohttp

from tests.conftest import Running


async def _page(server: Running, path: str, **headers: str) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}", headers=headers) as answer:
        assert answer.status == 200
        return await answer.text()


async def _post(server: Running, path: str, **fields: str) -> aiohttp.ClientResponse:
    address = f"{server.url}/bins/{server.bin.id}{path}"
    headers = {"Origin": server.url}
    async with server.client.post(address, data=fields, headers=headers, allow_redirects=False) as answer:
        await answer.read()
        return answer


async def _sms(server: Running, path: str = "") -> None:
    form = {"From": "+14155550107", "To": "+19495550142", "Text": "hi", "MessageSid": "m1", "Action": "x"}
    async with server.client.post(server.capture_url + path, data=form) as answer:
        await answer.read()


def _words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_a_bin_without_drills_offers_some(server: Running) -> None:
    words = _words(await _page(server, "/drills"))
    assert "No drills yet." in words
    assert "Answer 500 to the next 3 requests" in words
    assert "Measure all" in words


async def test_a_click_starts_a_drill_and_its_page_follows_it_to_the_end(server: Running) -> None:
    started = await _post(server, "/drills", role="primary", kind="status", status="500", count="1")
    assert started.status == 303
    path = started.headers["Location"].split(server.bin.id, 1)[1]
    before = await _page(server, path)
    assert "Send an SMS to your number" in _words(before)
    assert "data-again=" in before
    await _sms(server)
    await _sms(server, "/fallback")
    async with asyncio.timeout(60):
        while "data-again=" in (part := await _page(server, path, **{"X-Partial": "parts"})):
            await asyncio.sleep(0.05)
    assert "<html" not in part
    assert "Nothing lost" in _words(part)
    assert "Recovered by the fallback 1" in _words(part)
    assert "Nothing lost" in _words(await _page(server, "/drills"))


async def test_a_series_says_what_to_do_and_stops_on_wish(server: Running) -> None:
    started = await _post(server, "/drills", role="primary", measure="1")
    path = started.headers["Location"].split(server.bin.id, 1)[1]
    words = _words(await _page(server, path))
    assert "Send one SMS to your number now. Step 1 of 6: the primary answers 500." in words
    assert (await _post(server, f"{path}/stop")).status == 303
    words = _words(await _page(server, path))
    assert "stopped" in words
    assert "Primary:" not in words, "the banner of its fault is gone"


async def test_the_report_is_markdown_without_addresses_or_numbers(server: Running) -> None:
    started = await _post(server, "/drills", role="primary", measure="1")
    path = started.headers["Location"].split(server.bin.id, 1)[1]
    await _sms(server)
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}/report") as answer:
        assert answer.content_type == "text/markdown"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        text = await answer.text()
    assert text.startswith(f"# Measure the provider: {server.bin.name}\n")
    assert "| answers 500 |" in text
    assert server.bin.key not in text
    assert "5550107" not in text


async def test_a_second_drill_on_the_same_url_is_turned_down_in_words(server: Running) -> None:
    await _post(server, "/drills", role="primary", measure="1")
    refused = await _post(server, "/drills", role="primary", measure="1")
    assert refused.status == 409
    wrong = await _post(server, "/drills", role="primary", kind="rain")
    assert wrong.status == 422
    assert (await _post(server, "/drills", role="status", measure="1")).status == 422
