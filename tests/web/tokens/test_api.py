"""The API of tokens: made once, listed without their text, revoked at once with everything that is open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from app import keys
from app.services.tokens import digest
from tests.conftest import TOKEN, Running


async def make_token(server: Running, **more: object) -> dict:
    body = {"name": "ci", "role": "read", **more}
    async with server.client.post(f"{server.api}/tokens", json=body) as answer:
        assert answer.status == 201, await answer.text()
        return await answer.json()


@asynccontextmanager
async def client_of(text: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {text}"}) as client:
        yield client


async def test_a_token_is_shown_once_and_stored_as_a_hash(server: Running) -> None:
    async with server.client.post(f"{server.api}/tokens", json={"name": "ci", "role": "read"}) as answer:
        assert answer.status == 201
        made = await answer.json()
        assert answer.headers["Location"] == f"/api/v1/tokens/{made['id']}"
        assert answer.headers["Cache-Control"] == "no-store"
    text = made.pop("token")
    assert text.startswith("smsbin_")
    async with server.client.get(f"{server.api}/tokens") as answer:
        assert await answer.json() == {"items": [made]}
    (stored,) = await server.app[keys.STORE].list_tokens()
    assert (stored.hash, text in str(stored)) == (digest(text), False)
    async with client_of(text) as ci:
        async with ci.get(f"{server.api}/bins") as answer:
            assert answer.status == 200
    async with server.client.get(f"{server.api}/tokens") as answer:
        assert (await answer.json())["items"][0]["last_used_at"] is not None


async def test_wrong_input_is_named(server: Running) -> None:
    await make_token(server)
    for body, field in (
        ({"name": "ci", "role": "read"}, "name"),
        ({"name": "access token", "role": "read"}, "name"),
        ({"name": "x", "role": "read", "bins": ["nothere1"]}, "bins"),
        ({"name": "x"}, "role"),
    ):
        async with server.client.post(f"{server.api}/tokens", json=body) as answer:
            assert answer.status == 422
            assert [each["field"] for each in (await answer.json())["errors"]] == [field]
    async with server.client.delete(f"{server.api}/tokens/nothere1") as answer:
        assert answer.status == 404


async def test_a_revoked_token_is_out_at_once_with_all_that_is_open(server: Running) -> None:
    """Its calls, its session, a live view of the API and of a page, and a call that waits for a request."""
    made = await make_token(server, bins=[server.bin.id])
    live = f"{server.bin_api}/live"
    same = {"Sec-Fetch-Site": "same-origin", "Origin": server.url}
    jar = aiohttp.CookieJar(unsafe=True)
    async with client_of(made["token"]) as ci, aiohttp.ClientSession(cookie_jar=jar, headers=same) as browser:
        async with browser.post(f"{server.url}/sign-in", data={"token": made["token"]}, allow_redirects=False):
            pass
        page = f"{server.url}/bins/{server.bin.id}/live"
        async with ci.ws_connect(live) as program, browser.ws_connect(page) as viewer:
            for socket in (program, viewer):
                await socket.receive(timeout=15)
            waiting = asyncio.ensure_future(_status(ci, f"{server.bin_api}/captures?after=0&wait=50"))
            await server.until(lambda: _viewers(server, 4))
            async with server.client.delete(f"{server.api}/tokens/{made['id']}") as answer:
                assert answer.status == 204
            for socket in (program, viewer):
                last = await socket.receive(timeout=15)
                assert (last.type, last.data) == (aiohttp.WSMsgType.CLOSE, 4401)
            assert await asyncio.wait_for(waiting, 60) == 401
        assert await _status(ci, f"{server.api}/bins") == 401
        assert await _status(browser, f"{server.api}/bins") == 401
        async with browser.get(f"{server.url}/", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/sign-in")


async def _viewers(server: Running, count: int) -> bool:
    """`until` is a viewer, too."""
    return server.app[keys.HUB].viewers == count


async def _status(client: aiohttp.ClientSession, url: str) -> int:
    async with client.get(url) as answer:
        return answer.status


async def test_an_expired_token_is_out_without_anybody_doing_anything(server: Running) -> None:
    made = await make_token(server, expires_in=1)
    async with client_of(made["token"]) as ci:
        async with ci.ws_connect(f"{server.bin_api}/live") as program:
            await program.receive(timeout=15)
            last = await program.receive(timeout=15)
            assert (last.type, last.data) == (aiohttp.WSMsgType.CLOSE, 4401)
        assert await _status(ci, f"{server.api}/bins") == 401
    async with server.client.get(f"{server.api}/tokens") as answer:
        assert [item["expired"] for item in (await answer.json())["items"]] == [True]


async def test_a_token_of_some_bins_exports_and_follows_these_only(server: Running) -> None:
    async with server.client.post(f"{server.api}/bins", json={"name": "Secret"}) as answer:
        secret = (await answer.json())["id"]
    made = await make_token(server, bins=[server.bin.id], role="write")
    async with client_of(made["token"]) as ci:
        for bin_id, right in ((server.bin.id, 200), (secret, 404)):
            bin_api = f"{server.api}/bins/{bin_id}"
            for path in ("/export?format=csv", "/captures", "/messages", "/completions?q=", "/overview"):
                assert await _status(ci, bin_api + path) == right, path
        async with ci.post(f"{server.api}/bins", json={"name": "More"}) as answer:
            assert (answer.status, (await answer.json())["type"]) == (403, "urn:smsbin:role_too_small")
        assert await _status(ci, f"{server.url}/metrics") == 403
        async with ci.ws_connect(f"{server.bin_api}/live") as socket:
            assert (await socket.receive_json(timeout=15))["type"] == "hello"
        for live in (f"{server.api}/bins/{secret}/live", f"{server.url}/bins/{secret}/live"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await ci.ws_connect(live)
            assert refused.value.status == 404


async def test_the_access_token_of_the_installation_is_not_listed_and_stays_an_admin(server: Running) -> None:
    async with server.client.get(f"{server.api}/tokens") as answer:
        assert await answer.json() == {"items": []}
    made = await make_token(server, role="admin", name="boss")
    async with client_of(made["token"]) as boss:
        async with boss.get(f"{server.api}/tokens") as answer:
            assert [item["name"] for item in (await answer.json())["items"]] == ["boss"]
            assert TOKEN not in await answer.text()
        async with boss.delete(f"{server.api}/tokens/{made['id']}") as answer:
            assert answer.status == 204
        assert await _status(boss, f"{server.api}/tokens") == 401
    assert await _status(server.client, f"{server.api}/tokens") == 200
