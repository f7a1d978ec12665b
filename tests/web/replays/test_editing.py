"""Edit before replay, on the page and by the API: what is sent, what is shown, and what is refused."""

import html
import re

import pytest

from app.web.captures.page import MOST_REPLAY_FIELDS, REPLAY_BYTES
from tests.conftest import Running

from .test_api import _replay, listening
from .test_page import _send, opened

__all__ = ["opened"]


async def _posted(server: Running) -> None:
    form = {"MessageSid": "SM01", "From": "+14155550123", "Text": "two\r\nlines"}
    async with server.client.post(server.capture_url + "?a=1", data=form, headers={"X-Mine": "1", "Cookie": "s"}):
        pass
    await server.settled(2)


def _form_of(page: str) -> dict[str, str]:
    """What a browser would post of the form, line breaks included."""
    text = page[page.index("data-replay=") :].partition("</form>")[0]
    found = dict(re.findall(r'<input class="field mono" name="([^"]+)" value="([^"]*)"', text))
    found |= dict(re.findall(r'name="(seed)" value="([^"]*)"', text))
    areas = re.findall(r'<textarea class="field mono" name="([^"]+)"[^>]*>\n([^<]*)</textarea>', text)
    return {name: html.unescape(value) for name, value in found.items()} | {
        name: html.unescape(value).replace("\r\n", "\n").replace("\n", "\r\n") for name, value in areas
    }


async def _form(server: Running) -> dict[str, str]:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/2?tab=replay") as answer:
        return _form_of(await answer.text())


async def _post_form(server: Running, form: dict[str, str], status: int = 200) -> str:
    async with server.client.post(f"{server.url}/bins/{server.bin.id}/captures/2/replay", data=form) as answer:
        assert answer.status == status, await answer.text()
        return await answer.text()


async def test_an_untouched_form_sends_the_bytes_as_received(opened: Running) -> None:
    await _posted(opened)
    async with listening() as handler:
        page = await _post_form(opened, await _form(opened) | {"url": handler.url})
    (sent,) = handler.seen
    assert sent.endswith(b"MessageSid=SM01&From=%2B14155550123&Text=two%0D%0Alines")
    assert ", edited" not in page


async def test_what_is_changed_is_shown_and_then_sent(opened: Running) -> None:
    await _posted(opened)
    form = await _form(opened) | {"field.form.1": "+14155550199", "new_id": "on"}
    async with listening() as handler:
        form |= {"url": handler.url}
        page = await _post_form(opened, form | {"show": "1"})
        assert handler.seen == []
        shown = html.unescape(re.sub(r"<[^>]+>", "", page.partition("data-changes")[2].partition("</pre>")[0]))
        assert "− From=%2B14155550123&" in shown
        assert "+ From=%2B14155550199&" in shown
        new = re.search(r"\+ MessageSid=(SM\d\d)&", shown)
        assert new
        page = await _post_form(opened, _form_of(page) | {"url": handler.url, "new_id": "on"})
    (sent,) = handler.seen
    assert sent.endswith(b"MessageSid=" + new[1].encode() + b"&From=%2B14155550199&Text=two%0D%0Alines")
    assert b"Cookie" not in sent
    assert ", edited" in page


async def test_headers_are_replaced_and_a_wrong_line_is_named(opened: Running) -> None:
    await _posted(opened)
    form = await _form(opened)
    assert "X-Mine: 1" in form["headers"]
    assert "Cookie" not in form["headers"]
    async with listening() as handler:
        page = await _post_form(opened, form | {"url": handler.url, "headers": "X-Mine 2"}, 422)
        assert "Headers must have a name, a colon and a value in line 1." in page
        await _post_form(opened, form | {"url": handler.url, "headers": "X-Mine: 2"})
    (sent,) = handler.seen
    assert b"\r\nX-Mine: 2\r\n" in sent
    assert b"X-Mine: 1" not in sent


async def test_the_api_takes_the_same_changes(opened: Running) -> None:
    await _posted(opened)
    async with listening() as handler:
        edit = {"fields": [["From", "+1"], ["a", "2"]], "headers": [["X-Mine", "9"]], "new_message_id": True}
        said = await _replay(opened, 2, 1, url=handler.url, edit=edit)
        await _replay(opened, 2, url=handler.url, edit={"body": "hello"})
    first, second, third = handler.seen
    assert b"/?a=2 HTTP" in first
    assert b"\r\nX-Mine: 9\r\n" in first
    assert re.search(rb"MessageSid=SM\d\d&From=%2B1&", first)
    assert second.endswith(b"Text=hi")
    assert third.endswith(b"\r\n\r\nhello")
    assert [item["edited"] for item in said["items"]] == [True, False]


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({"fields": [["Nothing", "1"]]}, "edit.fields"),
        ({"headers": [["a b", "1"]]}, "headers"),
        ({"headers": [["X", "1\r\nY: 2"]]}, "headers"),
        ({"unknown": 1}, "edit.unknown"),
    ],
)
async def test_the_api_names_what_is_wrong(opened: Running, edit: dict[str, object], field: str) -> None:
    await _posted(opened)
    async with listening() as handler:
        said = await _replay(opened, 2, url=handler.url, status=422, edit=edit)
    assert [error["field"] for error in said["errors"]] == [field]
    assert handler.seen == []


async def test_a_request_without_an_id_gets_no_new_one(opened: Running) -> None:
    async with listening() as handler:
        _, page = await _send(opened, handler.url, 422, new_id="on")
        assert "no message id was found in the request" in page
    assert handler.seen == []


async def test_the_form_is_bounded(opened: Running) -> None:
    many = {f"x{n}": "" for n in range(MOST_REPLAY_FIELDS)} | {"url": "http://127.0.0.1:1/"}
    address = f"{opened.url}/bins/{opened.bin.id}/captures/1/replay"
    async with opened.client.post(address, data=many) as answer:
        assert answer.status == 422
    async with opened.client.post(address, data={"body": "x" * REPLAY_BYTES}) as answer:
        assert answer.status == 413
