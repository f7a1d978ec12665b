"""The API of sessions: listed, and ended at once."""

import aiohttp

from tests.conftest import Running

from ..site.test_auth import _signed_in


async def test_sessions_are_listed_and_ended_at_once(server: Running) -> None:
    same = {"Sec-Fetch-Site": "same-origin", "Origin": server.url}
    async with await _signed_in(server) as browser, await _signed_in(server) as other:
        async with browser.get(f"{server.api}/sessions") as answer:
            items = (await answer.json())["items"]
        assert [item["token"] for item in items] == ["access token"] * 2
        (mine,) = [item["id"] for item in items if item["current"]]
        (theirs,) = [item["id"] for item in items if not item["current"]]
        async with other.ws_connect(f"{server.bin_api}/live", headers=same) as viewer:
            await viewer.receive(timeout=15)
            async with browser.delete(f"{server.api}/sessions/{theirs}", headers=same) as answer:
                assert answer.status == 204
            last = await viewer.receive(timeout=15)
            assert (last.type, last.data) == (aiohttp.WSMsgType.CLOSE, 4401)
        async with other.get(f"{server.api}/info") as answer:
            assert answer.status == 401
        async with browser.get(f"{server.api}/sessions") as answer:
            assert [item["id"] for item in (await answer.json())["items"]] == [mine]
        async with browser.delete(f"{server.api}/sessions/{theirs}", headers=same) as answer:
            assert answer.status == 404
