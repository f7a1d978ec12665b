"""The forms of saved filters, with and without a script, and their part of the lists."""

import re

import pytest

from app import clock, keys
from app.domain.saved_filters import SavedFilter
from tests.conftest import Running

FORM = {"id": "f1", "name": "Failed", "q": "status:failed", "of": "captures"}


async def post(server: Running, path: str = "", *, partial: bool = False, **fields: str) -> tuple[int, str, str]:
    """The status of the response, where it leads, and its text."""
    headers = {"X-Partial": "saved", "Origin": server.url} if partial else {"Origin": server.url}
    address = f"{server.url}/bins/{server.bin.id}/filters{path}"
    async with server.client.post(address, data=fields, headers=headers, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", ""), await answer.text()


async def page(server: Running, path: str = "", **query: str) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}", params=query) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.text()


async def capture(server: Running, status: str) -> None:
    async with server.client.post(f"{server.capture_url}/status", data={"MessageSid": status, "MessageStatus": status}):
        pass
    await server.captures()


def links(html: str, part: str) -> list[tuple[str, str, str, bool]]:
    """The saved filters in a part: id, title, count, and whether it is the active one."""
    _, _, rest = html.partition(f'data-saved="{part}"')
    inside = re.split(r'data-saved="|</nav>', rest)[0]
    found = re.findall(
        r'data-saved-id="(.*?)"( aria-current="true")?>.*?<bdi[^>]*>(.*?)</bdi>.*?data-saved-count>(.*?)</span>', inside
    )
    return [(id, title, count, bool(current)) for id, current, title, count in found]


@pytest.mark.parametrize(("of", "path"), [("captures", ""), ("messages", "/messages")])
async def test_a_filter_is_saved_renamed_and_deleted_without_a_script(server: Running, of: str, path: str) -> None:
    await capture(server, "failed")
    html = await page(server, path, q="status:failed")
    assert 'aria-label="Save this filter"' in html
    assert re.search(r'name="name" value="status:failed"', html)
    home = f"/bins/{server.bin.id}{path}?q=status%3Afailed"
    assert (await post(server, **FORM | {"of": of}))[:2] == (303, home)
    html = await page(server, path, q="status:failed")
    assert links(html, "nav") == links(html, "chips") == [("f1", "Failed", "", True)]
    assert 'aria-label="Saved as Failed"' in html
    assert (await post(server, **FORM | {"of": of, "name": "All failed"}))[0] == 303
    assert links(await page(server, path), "nav") == [("f1", "All failed", "", False)]
    assert (await post(server, "/f1/delete", q="status:failed", of=of))[:2] == (303, home)
    assert links(await page(server, path), "nav") == []
    assert (await post(server, "/f1/delete", of=of))[0] == 404


async def test_the_part_for_the_script_has_counts(server: Running) -> None:
    await capture(server, "failed")
    await capture(server, "sent")
    await post(server, **FORM)
    await post(server, **FORM | {"id": "f2", "name": "<b>Sent & so on", "q": "-status:failed"})
    html = await page(server, "/filters", of="captures", q="-status:failed")
    assert links(html, "nav") == [("f1", "Failed", "1", False), ("f2", "&lt;b&gt;Sent &amp; so on", "1", True)]
    assert links(html, "nav") == links(html, "chips")
    assert links(await page(server, "/filters", of="messages"), "nav")[0] == ("f1", "Failed", "1", False)
    assert "data-saved-behind" not in html
    # What is known is on the whole page, too.
    assert links(await page(server), "nav")[0] == ("f1", "Failed", "1", False)


async def test_a_problem_is_plain_text_for_the_script_and_a_page_without_it(server: Running) -> None:
    await post(server, **FORM)
    for fields, status, told in (
        ({"name": ""}, 422, "The name must have 1 to 60 characters."),
        ({"id": "f2"}, 409, "Another filter of this bin is named Failed."),
        ({"q": "stauts:x"}, 422, 'The filter unknown filter "stauts:". Did you mean status:?'),
    ):
        code, _, text = await post(server, partial=True, **FORM | fields)
        assert code == status
        assert text.startswith(told)
        code, _, text = await post(server, **FORM | fields)
        assert code == status
        assert "<html" in text


async def test_nothing_can_be_saved_without_a_filter_that_can_be_read(server: Running) -> None:
    await capture(server, "failed")
    for text in ("", "stauts:failed"):
        html = await page(server, q=text)
        assert "Save this filter" not in html


async def test_an_unknown_list_is_refused(server: Running) -> None:
    assert (await post(server, **FORM | {"of": "bins"}))[0] == 422
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/filters?of=x") as answer:
        assert answer.status == 422


async def test_a_filter_of_another_version_stays_a_link_without_a_number(server: Running) -> None:
    await capture(server, "failed")
    saved = SavedFilter(id="f1", name="Later", text="later:yes", saved_at=clock.now())
    await server.app[keys.STORE].set_filter(server.bin.id, saved)
    assert links(await page(server, "/filters", q="later:yes"), "nav") == [("f1", "Later", "…", True)]
