"""What was opened to read a request is said on its page and in the API, and control characters can be seen."""

import html
import json
from collections.abc import Mapping

import pytest

from tests.conftest import Running

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
NOTE = "The form field “payload” contains JSON as text; it is shown as JSON."


async def _page(server: Running, body: bytes, headers: Mapping[str, str], tab: str) -> str:
    async with server.client.post(server.capture_url, data=body, headers=headers):
        pass
    await server.settled(1)
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/1?tab={tab}") as answer:
        assert answer.status == 200
        return html.unescape(await answer.text())


@pytest.mark.parametrize("tab", ["summary", "fields"])
async def test_the_page_says_what_was_opened(server: Running, tab: str) -> None:
    assert NOTE in await _page(server, b'payload={"from": "%2B14155550123", "text": "hi"}', FORM, tab)


async def test_the_fields_inside_are_shown_beside_the_field(server: Running) -> None:
    page = await _page(server, b'payload={"from": "%2B14155550123", "text": "hi"}', FORM, "fields")
    assert '{"from": "+14155550123", "text": "hi"}' in page
    assert "<bdi>payload.from</bdi>" in page


async def test_the_api_says_it_and_keeps_the_bytes(server: Running) -> None:
    body = b'payload={"from": "%2B14155550123", "text": "hi"}'
    await _page(server, body, FORM, "summary")
    capture = await server.capture(1)
    assert capture["parsed"]["notes"] == [NOTE]
    assert capture["parsed"]["form"] == [["payload", '{"from": "+14155550123", "text": "hi"}']]
    assert capture["parsed"]["json"] == {"payload": {"from": "+14155550123", "text": "hi"}}
    assert (capture["from"], capture["text"], capture["body"]["size"]) == ("+14155550123", "hi", len(body))


async def test_a_usual_request_has_no_notes(server: Running) -> None:
    page = await _page(server, b"From=%2B14155550123&Text=hi", FORM, "summary")
    assert "<dt>Parsing</dt>" not in page
    assert (await server.capture(1))["parsed"]["notes"] == []


async def test_utf_16_without_a_mark_is_named_with_its_reason(server: Running) -> None:
    page = await _page(server, '{"text": "hi"}'.encode("utf-16-le"), JSON, "raw")
    assert "utf-16-le" in page
    assert "from the zero bytes: no byte order mark" in page
    assert (await server.capture(1))["parsed"]["charset"]["source"] == "zeros"


@pytest.mark.parametrize("tab", ["summary", "fields", "raw"])
async def test_control_characters_can_be_seen_on_the_page(server: Running, tab: str) -> None:
    body = json.dumps({"from": "+14155550123", "text": "a\0b\x9b", "id": "1"}, ensure_ascii=False).encode()
    page = await _page(server, body, JSON, tab)
    assert not {"\0", "\x9b"} & set(page)
    assert "a␀b[U+009B]" in page or tab == "raw"
    assert "UCS-2 because of “<bdi>U+0000 control</bdi>”" in page
    assert (await server.capture(1))["text"] == "a\0b\x9b"


async def test_lists_messages_and_conversations_show_them_too(server: Running) -> None:
    body = json.dumps({"from": "+14155550123", "to": "+12125550199", "text": "a\0b", "id": "1"}).encode()
    await _page(server, body, JSON, "summary")
    for page in ("", "/messages", "/conversations", "/compare"):
        async with server.client.get(f"{server.url}/bins/{server.bin.id}{page}") as answer:
            text = await answer.text()
        assert "\0" not in text
        assert "a␀b" in text or page == "/compare"
