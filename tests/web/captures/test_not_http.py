"""A request that is not valid HTTP, as the page and the exports show it."""

import json

from tests.conftest import Running
from tests.ingress.http import talk

SENT = "POST /{key} HTTP/1.1\r\nHost: x\r\nX A: <b>\r\nContent-Length: 2\r\n\r\nhi"


async def _page(server: Running, path: str) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}") as answer:
        assert answer.status == 200
        return await answer.text()


async def test_the_page_says_why_it_is_not_valid_and_shows_all_that_came(server: Running) -> None:
    await talk(server.port, SENT.format(key=server.bin.key).encode())
    page = await _page(server, "/captures/1")
    assert "This is not valid HTTP." in page
    assert "Invalid header token. All received bytes are kept; see the Raw tab." in page
    assert "Invalid HTTP is always answered with 400." in page
    assert "Copy as curl" not in page
    raw = await _page(server, "/captures/1?tab=raw")
    assert "All received bytes" in raw
    assert "X A: &lt;b&gt;" in raw
    replay = await _page(server, "/captures/1?tab=replay")
    assert "cannot be sent again" in replay
    assert "Copy as curl" not in replay


async def test_the_list_names_it(server: Running) -> None:
    await talk(server.port, SENT.format(key=server.bin.key).encode())
    await server.capture(1)
    assert "not valid HTTP" in await _page(server, "")


async def test_it_is_exported_without_a_version_and_not_sent_again(server: Running) -> None:
    await talk(server.port, SENT.format(key=server.bin.key).encode())
    assert (await server.capture(1))["http_version"] is None
    async with server.client.get(f"{server.bin_api}/export?of=captures&format=har") as answer:
        entry = json.loads(await answer.text())["log"]["entries"][0]
    assert entry["request"]["httpVersion"] == "unknown"
    async with server.client.post(f"{server.bin_api}/replays", json={"n": 1, "url": "https://example.net/"}) as answer:
        text = await answer.text()
    assert answer.status < 500, text


async def test_it_is_found_by_its_words(server: Running) -> None:
    await talk(server.port, f"POST /{server.bin.key} HTTP/1.1\r\nX A: zebra\r\n\r\n".encode())
    async with server.client.get(f"{server.bin_api}/captures?q=zebra") as answer:
        assert [capture["n"] for capture in (await answer.json())["items"]] == [1]
