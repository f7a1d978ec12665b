"""The annotation of an open request, with and without a script; what a user writes is shown as text."""

from urllib.parse import urlencode

from tests.conftest import Running

from .test_api import FULL, put, three

__all__ = ["three"]
PARTIAL = {"X-Partial": "annotation"}


async def post(server: Running, n: int, status: int, headers: dict[str, str] | None = None, **form: str) -> str:
    address = f"{server.url}/bins/{server.bin.id}/captures/{n}/annotation"
    options = {"Content-Type": "application/x-www-form-urlencoded", "Origin": server.url, **(headers or {})}
    data = urlencode(form)
    async with server.client.post(address, data=data, headers=options, allow_redirects=False) as answer:
        assert answer.status == status, await answer.text()
        return answer.headers["Location"] if status == 303 else await answer.text()


async def page(server: Running, path: str) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}") as answer:
        assert answer.status == 200, await answer.text()
        return await answer.text()


async def test_the_row_and_the_open_request_show_it(three: Running) -> None:
    await put(three, 2, FULL | {"tags": ["billing", "late", "vip", "zoo"]})
    html = await page(three, "")
    row = html[html.index('id="capture-2"') :]
    row = row[: row.index("</li>")]
    assert all(part in row for part in ("#i-pin", "#i-note", ">billing</span>", ">late</span>", ">+2</span>"))
    assert ">vip<" not in row
    other = html[html.index('id="capture-1"') :]
    assert "#i-pin" not in other[: other.index("</li>")]
    html = await page(three, "/captures/2")
    assert all(part in html for part in ("Called back,\nnot again.", '?q=tag:zoo"', 'value="billing late vip zoo"'))


async def test_without_a_script_the_form_leads_back_to_the_request(three: Running) -> None:
    where = await post(three, 2, 303, note="Called", tags="Late, billing")
    assert where == f"/bins/{three.bin.id}/captures/2"
    await post(three, 2, 303, pinned="1")
    told = await three.capture(2)
    assert (told["pinned"], told["note"], told["tags"]) == (True, "Called", ["billing", "late"])
    assert "two!words" in await post(three, 2, 422, note="", tags="two!words")


async def test_the_script_gets_the_part_of_the_page_with_what_is_wrong(three: Running) -> None:
    html = await post(three, 2, 200, PARTIAL, pinned="1")
    assert 'data-pinned="1"' in html
    assert "<html" not in html
    html = await post(three, 2, 422, PARTIAL, note="<b>kept</b>", tags="no!good")
    assert "Tags: “no!good”: a tag has letters" in html
    assert "&lt;b&gt;kept&lt;/b&gt;" in html
    assert 'value="no!good"' in html
    assert (await three.capture(2))["note"] == ""
    assert await page(three, "/captures/2/annotation") == await page(three, "/captures/2/annotation")
    await post(three, 9, 404, PARTIAL, pinned="1")


async def test_what_a_user_wrote_is_text(three: Running) -> None:
    await put(three, 1, {"note": "</textarea><script>alert(1)</script>"})
    for path in ("", "/captures/1", "/captures/1/annotation"):
        assert "<script>alert" not in await page(three, path)
