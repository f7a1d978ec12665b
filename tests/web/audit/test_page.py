"""The page of the audit log."""

import re

from tests.conftest import Running
from tests.web.audit.test_api import rename


async def shown(server: Running, status: int = 200, **query: object) -> str:
    async with server.client.get(f"{server.url}/settings/audit", params=query) as answer:
        assert answer.status == status
        return await answer.text()


def rows(page: str) -> list[str]:
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in body.split("<tr>")[1:]]


async def test_an_empty_log_says_so(server: Running) -> None:
    page = await shown(server)
    assert "No entries yet" in page
    assert "Entries are kept for 400 days, at most 100,000 of them" in page
    assert "No entries match" in await shown(server, who="x")


async def test_a_row_has_who_what_where_and_the_result(server: Running) -> None:
    await rename(server, "<b>Ours</b>")
    await (await server.client.delete(f"{server.api}/bins/nothere1")).read()
    await (await server.client.delete(f"{server.bin_api}")).read()
    last, refused, first = rows(await shown(server))
    assert (
        "access token API Change a bin name: &lt;b&gt;Ours&lt;/b&gt;, changed: name Bin 1 from 127.0.0.1 Bin 1" in first
    )
    assert first.endswith(f"Bin 1 {server.bin.id} 127.0.0.1 Done")
    assert refused.endswith("127.0.0.1 Refused 404")
    assert "Delete a bin" in last
    # A deleted bin has no page.
    page = await shown(server, bin=server.bin.id)
    assert f'href="/bins/{server.bin.id}"' not in page
    assert f"{server.bin.id} (deleted)" in page


async def test_filter_and_pages_keep_each_other(server: Running, monkeypatch) -> None:
    monkeypatch.setattr("app.web.audit.page.SHOWN", 2)
    await rename(server, *"abc")
    page = await shown(server, action="bin")
    assert 'href="?action=bin&amp;before=2"' in page
    assert 'href="/api/v1/audit/export?action=bin"' in page
    older = await shown(server, action="bin", before=2)
    assert len(rows(older)) == 1
    assert 'href="/settings/audit?action=bin"' in older


async def test_a_wrong_filter_is_explained_and_kept(server: Running) -> None:
    page = await shown(server, 422, since="yesterday", who="me")
    assert "From must be a time such as" in page
    assert 'value="yesterday"' in page
    assert 'value="me"' in page
    assert "before must be" in (await shown(server, 422, before="x")).casefold()
