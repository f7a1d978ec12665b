"""A request as code to copy: the same request again, at its own URL, without credentials."""

import pytest

from app.domain.captures import RawRequest
from app.domain.replays import address_of
from app.domain.roles import Role
from app.web.captures.copies import COPIES
from tests.conftest import Running
from tests.storage.builders import a_raw


async def _copy(server: Running, tool: str, n: int = 1) -> tuple[int, str]:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/{n}/copy/{tool}") as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("tool", COPIES)
async def test_each_tool_gets_the_whole_address_and_no_credentials(server: Running, tool: str) -> None:
    url = f"{server.capture_url}/status/tail?a=1"
    async with server.client.post(url, data="x=1", headers={"Cookie": "secret", "X-Kept": "yes"}) as answer:
        assert answer.status == 200
    status, text = await _copy(server, tool)
    assert status == 200
    assert "/status/tail?a=1" in text
    assert "X-Kept" in text
    assert "secret" not in text


async def test_what_a_tool_cannot_write_is_a_conflict(server: Running) -> None:
    async with server.client.request("GET", server.capture_url, data="x=1"):
        pass
    status, text = await _copy(server, "fetch")
    assert status == 409
    assert "Use curl" in text
    assert (await _copy(server, "curl"))[0] == 200


async def test_an_unknown_tool_or_request_is_not_found(server: Running) -> None:
    async with server.client.post(server.capture_url, data="x=1"):
        pass
    assert (await _copy(server, "wget"))[0] == 404
    assert (await _copy(server, "curl", n=7))[0] == 404


@pytest.mark.parametrize("tab", ["summary", "headers", "raw", "related"])
async def test_every_tab_can_copy_the_request(server: Running, tab: str) -> None:
    async with server.client.post(server.capture_url, data="x=1"):
        pass
    await server.settled(1)
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/1?tab={tab}") as answer:
        page = await answer.text()
    assert page.count("data-key-copy") == 1
    assert all(f"/captures/1/copy/{tool}" in page for tool in COPIES)


@pytest.mark.parametrize(
    ("target", "end"),
    [
        ("/0123456789abcdef/status/tail?a=%20", "/k/tail?a=%20"),
        ("/0123456789abcdef?a='\x9b \"é", "/k?a='%9B%20%22%E9"),
        ("/0123456789abcdef/status", "/k"),
    ],
)
def test_an_address_has_only_printable_characters(target: str, end: str) -> None:
    raw: RawRequest = a_raw(target=target)
    assert address_of(raw, Role.STATUS, "http://sms.example.net/k") == f"http://sms.example.net{end}"
