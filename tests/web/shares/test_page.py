"""The section of the settings: the form, the list, and what the buttons Share lead to."""

import html
import re

import pytest

from app.domain.shares import SharedComparison, SharedMessage, SharedPart
from app.web.shares.page import title_of
from tests.conftest import Running
from tests.web.shares.conftest import open_link


def _link(server: Running, text: str) -> str:
    found = re.search(rf"{server.url}/shared/[\w-]{{43}}", text)
    assert found, text
    return found[0]


async def _post(server: Running, path: str, form: dict[str, str]) -> tuple[int, str]:
    async with server.client.post(f"{server.url}{path}", data=form, allow_redirects=False) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("?q=kind:inbound", "Requests that match kind:inbound"),
        ("/captures/1", "Request #1"),
        ("/compare/1", "Comparison of #1 and #2"),
        ("/messages/{provider}/SM1", "Message SM1"),
    ],
)
async def test_the_button_beside_a_link_shares_what_is_open(full: Running, page: str, title: str) -> None:
    here = f"{full.url}/bins/{full.bin.id}"
    async with full.client.get(f"{full.bin_api}/messages") as answer:
        items = (await answer.json())["items"]
    provider = next(one["provider"] for one in items if one["message_id"] == "SM1")
    async with full.client.get(here + page.format(provider=provider), headers={"X-Partial": "detail"}) as answer:
        text = await answer.text()
    found = re.search(rf'href="(/bins/{full.bin.id}/shares\?[^"]+)"', text)
    assert found
    async with full.client.get(full.url + html.unescape(found[1])) as answer:
        text = await answer.text()
    assert title in text
    text = text.partition('aria-labelledby="add"')[2].partition("</form>")[0]
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text))
    status, text = await _post(full, f"/bins/{full.bin.id}/shares", {**form, "expires_in": "1h", "mask": "on"})
    assert status == 200, text
    assert (await open_link(_link(full, text)))[0] == 200
    async with full.client.get(f"{here}/shares") as answer:
        text = await answer.text()
    assert title in text
    assert "/shared/" not in text


async def test_a_share_is_listed_counted_and_revoked(server: Running) -> None:
    here = f"/bins/{server.bin.id}/shares"
    _, text = await _post(server, here, {"expires_in": "own", "own_time": "30d"})
    link = _link(server, text)
    assert (await open_link(link))[0] == 200
    async with server.client.get(server.url + here) as answer:
        text = await answer.text()
    assert "1 view," in text
    assert "not masked" in text
    found = re.search(rf'action="({here}/\w+/revoke)"', text)
    assert found
    assert (await _post(server, found[1], {}))[0] == 303
    assert (await open_link(link))[0] == 410
    async with server.client.get(f"{server.url}{here}?revoked") as answer:
        assert "Nothing is shared." in await answer.text()


async def test_a_wrong_form_says_what_is_wrong(server: Running) -> None:
    here = f"/bins/{server.bin.id}/shares"
    for form, words in (
        ({"expires_in": "own", "own_time": "91d"}, "at most 90d"),
        ({"expires_in": "own", "own_time": ""}, "The time must be"),
        ({"expires_in": "1d", "n": "7"}, "there is no request #7"),
        ({"expires_in": "1d", "n": "x"}, "must be the number of a request"),
    ):
        status, text = await _post(server, here, form)
        assert (status, words in text) == (422, True), text


def test_what_a_share_is_for_in_words() -> None:
    assert title_of(SharedPart()) == title_of(None) == "All requests"
    assert title_of(SharedPart(message=SharedMessage("ytel", "SM1"))) == "Message SM1"
    assert title_of(SharedPart(comparison=SharedComparison(3))) == "Comparison of #3"
