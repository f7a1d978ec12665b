"""The live view of a share: rows that it is for, masked, until it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest

from app import clock, keys
from app.domain.shares import SharedPart
from app.web.live.notices import NOTICES
from app.web.live.socket import GONE, SIGNED_OUT
from tests.conftest import Running
from tests.web.shares.conftest import make_share, open_link, send
from tests.web.site.test_masking import FORM, STATUS, leaks

WITHIN_S = 60


@asynccontextmanager
async def watching(
    server: Running, url: str, after: int | None = None
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """The socket of a link, as a page opens it."""
    notices = "".join(f"&{name}=" for name in NOTICES)
    query = f"/live?after={await _seq(server) if after is None else after}{notices}"
    headers = {"Origin": server.url}
    async with (
        aiohttp.ClientSession() as visitor,
        visitor.ws_connect(url + query, headers=headers, autoclose=False) as socket,
    ):
        yield socket


async def _seq(server: Running) -> int:
    return (await server.app[keys.STORE].get_bin(server.bin.id)).seq


async def frame(socket: aiohttp.ClientWebSocketResponse, name: str) -> tuple[dict, str]:
    """The next frame with this name, and its text."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            text = await socket.receive_str()
            if name in json.loads(text):
                return json.loads(text), text


async def closed(socket: aiohttp.ClientWebSocketResponse) -> int:
    """The code with which the server closes a socket."""
    async with asyncio.timeout(WITHIN_S):
        while (message := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
    assert message.type is aiohttp.WSMsgType.CLOSE
    return int(message.data)


async def test_a_filter_gets_masked_rows_of_requests_that_match_and_no_others(full: Running) -> None:
    share = await make_share(full, q="kind:inbound")
    async with watching(full, share["url"]) as socket:
        await send(full, "/status", data=STATUS | {"MessageSid": "SM8"})
        await send(full, "", data=FORM | {"MessageSid": "SM9", "Callback": full.capture_url})
        found, text = await frame(socket, "edits")
        assert {edit["n"] for edit in found["edits"]} == {6}
        assert found["edits"][0]["op"] == "prepend"
        assert leaks(text) == []
        assert full.bin.key not in text
        assert full.bin.id not in text
        assert share["url"].partition("/shared/")[2] in text


async def test_one_request_is_loaded_again_when_it_has_changed_and_only_then(full: Running) -> None:
    share = await make_share(full, n=1)
    async with watching(full, share["url"]) as socket:
        await send(full, "", data=FORM)
        async with full.client.delete(f"{full.bin_api}/captures/2") as answer:
            assert answer.status == 204
        async with full.client.delete(f"{full.bin_api}/captures/1") as answer:
            assert answer.status == 204
        found, _ = await frame(socket, "edits")
        assert (found["edits"], found["after"]) == ([], await _seq(full))


@pytest.mark.parametrize(
    "part",
    [{"message": {"provider": "", "message_id": "SM1"}}, {"comparison": {"n": 1}}],
    ids=["message", "comparison"],
)
async def test_a_message_and_a_pair_are_loaded_again_when_they_get_another_request(full: Running, part: dict) -> None:
    if "message" in part:
        async with full.client.get(f"{full.bin_api}/messages") as answer:
            items = (await answer.json())["items"]
        part["message"]["provider"] = next(one["provider"] for one in items if one["message_id"] == "SM1")
    share = await make_share(full, **part)
    async with watching(full, share["url"]) as socket:
        await send(full, "", data=FORM)
        found, _ = await frame(socket, "edits")
        assert found["edits"] == []


async def test_without_a_socket_the_frame_is_answered(full: Running) -> None:
    share = await make_share(full, q="kind:inbound")
    status, text = await open_link(f"{share['url']}/live?after=0")
    frames = json.loads(text)["frames"]
    assert (status, leaks(text)) == (200, [])
    assert {edit["n"] for edit in frames[1]["edits"]} == {1, 2, 4}
    _, text = await open_link(f"{share['url']}/live?after=999999")
    assert "reset" in json.loads(text)["frames"][1]


async def test_a_revoked_share_ends_its_open_pages_at_once(full: Running) -> None:
    share, other = await make_share(full), await make_share(full)
    async with watching(full, share["url"]) as socket, watching(full, other["url"]) as still:
        await frame(socket, "hello")
        async with full.client.delete(f"{full.bin_api}/shares/{share['id']}") as answer:
            assert answer.status == 204
        assert await closed(socket) == SIGNED_OUT
        await send(full, "", data=FORM)
        assert (await frame(still, "edits"))[0]["edits"]


async def test_an_expired_share_ends_its_open_pages(full: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    shares = full.app[keys.SHARES]
    made_at = clock.now()
    async with AsyncExitStack() as opened:
        with monkeypatch.context() as stopped:
            # However long it takes, the page is open before its time ends.
            stopped.setattr(clock, "now", lambda: made_at)
            share, secret = await shares.add(
                full.bin.id, SharedPart(), expires_in=timedelta(seconds=1), masked=True, made_by="x"
            )
            socket = await opened.enter_async_context(watching(full, f"{full.url}/shared/{secret}"))
            await frame(socket, "hello")
        assert await closed(socket) == SIGNED_OUT
    assert clock.now() - share.expires_at < timedelta(seconds=WITHIN_S)
    assert (await open_link(f"{full.url}/shared/{secret}"))[0] == 410


async def test_a_deleted_bin_ends_open_pages_and_links(full: Running) -> None:
    share = await make_share(full)
    async with watching(full, share["url"]) as socket:
        await frame(socket, "hello")
        async with full.client.delete(full.bin_api) as answer:
            assert answer.status == 204
        assert await closed(socket) in (SIGNED_OUT, GONE)
    assert (await open_link(share["url"]))[0] == 410

    async def is_forgotten() -> bool:
        (stored,) = await full.app[keys.STORE].list_shares()
        return stored.part is None

    await full.until(is_forgotten)


async def test_a_page_of_another_site_cannot_open_the_socket(full: Running) -> None:
    share = await make_share(full)
    for headers in ({}, {"Origin": "https://evil.example"}):
        async with aiohttp.ClientSession() as visitor:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await visitor.ws_connect(share["url"] + "/live", headers=headers)
        assert refused.value.status == 403
