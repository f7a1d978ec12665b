"""Replay from the page: the form, what came back beside what we answered, and what is hostile in it."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from app import clock, keys
from app.domain.replays import NewAttempt, Trigger
from app.egress.gate import BLOCKED
from app.settings import Settings
from tests.conftest import Running, run_server

from .test_api import listening


@pytest.fixture
async def opened(make_settings: Callable[..., Settings]) -> AsyncIterator[Running]:
    async with run_server(make_settings(allow_targets="127.0.0.0/8")) as running:
        async with running.client.post(running.capture_url, data={"Text": "hi"}, headers={"Cookie": "a=b"}):
            pass
        async with asyncio.timeout(15):
            while (await running.capture(1))["answered"]["status"] is None:
                await asyncio.sleep(0.01)
        yield running


async def _send(server: Running, url: str, status: int = 200, **said: str) -> tuple[str, str]:
    address = f"{server.url}/bins/{server.bin.id}/captures/1/replay"
    async with server.client.post(address, data={"url": url} | said) as answer:
        assert answer.status == status
        return str(answer.url), await answer.text()


async def test_the_answer_stands_beside_our_own(opened: Running) -> None:
    async with listening() as handler:
        where, page = await _send(opened, handler.url)
        await _send(opened, handler.url, credentials="on")
    assert where.endswith("/captures/1?tab=replay")
    assert "from smsbin" in page
    assert "</svg>201</span>" in page
    assert "grü" in page
    assert [b"Cookie: a=b" in seen for seen in handler.seen] == [False, True]


async def test_an_answer_is_text_and_nothing_else(opened: Running) -> None:
    body = b"<script>alert(1)</script>"
    async with listening(b"HTTP/1.1 200 OK\r\nContent-Type: <b>\r\n\r\n" + body) as handler:
        _, page = await _send(opened, handler.url)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;" in page


async def test_what_is_no_address_is_told_under_the_field_and_kept_there(opened: Running) -> None:
    _, page = await _send(opened, "ftp://example.net/", 422)
    assert 'id="url-problem">The URL must be an http or https address such as' in page
    assert 'value="ftp://example.net/"' in page


async def test_a_selection_is_sent_in_its_order_behind_the_open_request(opened: Running) -> None:
    for text in ("two", "three"):
        async with opened.client.post(opened.capture_url, data={"Text": text}):
            pass
    async with listening() as handler:
        await _send(opened, handler.url, then="#3, 2-2")
    assert [seen.rpartition(b"=")[2] for seen in handler.seen] == [b"hi", b"three", b"two"]


@pytest.mark.parametrize("then", ["two", "9", "3-2", "1-99", "99999999999999999999"])
async def test_a_selection_that_is_none_is_told_under_its_field_and_nothing_is_sent(opened: Running, then: str) -> None:
    async with listening() as handler:
        _, page = await _send(opened, handler.url, 422, then=then)
    assert 'id="then-problem">' in page
    assert f'value="{then}"' in page
    assert handler.seen == []


async def test_a_request_that_is_gone_is_not_sent(opened: Running) -> None:
    async with opened.client.post(
        f"{opened.url}/bins/{opened.bin.id}/captures/9/replay", data={"url": "http://x.example/"}
    ) as answer:
        assert answer.status == 404


async def test_headers_are_shown_of_what_was_sent_and_not_of_what_was_blocked(opened: Running) -> None:
    store, now = opened.app[keys.STORE], clock.now()
    for error in (BLOCKED, "no response in time"):
        new = NewAttempt(
            n=1, url="http://10.0.0.1/", sent_at=now, status=None, ms=1, error=error, trigger=Trigger.RETRY,
            sent=b"X-Of: " + error.encode() + b"\r\n\r\n{}", event=0,
        )  # fmt: skip
        await store.add_attempt(opened.bin.id, new)
    async with opened.client.get(f"{opened.url}/bins/{opened.bin.id}/captures/1?tab=replay") as answer:
        text = await answer.text()
    assert "X-Of: no response in time" in text
    assert f"X-Of: {BLOCKED}" not in text
    assert text.count("Event sent</summary>") == 1
