"""Listeners on the page of forwards and in the attempts of a request."""

import re

from tests.conftest import Running

from .listening import listed, listening, send, until_attempts, until_listed


async def words(server: Running, path: str) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}") as answer:
        assert answer.status == 200
        return " ".join(re.sub(r"<[^>]+>", " ", await answer.text()).split())


async def test_a_listener_is_shown_and_taken_off(server: Running) -> None:
    empty = await words(server, "/forwards")
    assert f"smsbin listen {server.bin.id} --to http://localhost:3000/sms --url {server.url}" in empty
    assert "Take off" not in empty
    async with listening(server, "Annas.laptop") as laptop:
        await send(server)
        await laptop.capture()
        await laptop.say("failed", n=1, why="<b>refused</b>", ms=2)
        await until_attempts(server, 1, 1)
        shown = await words(server, "/forwards")
        assert "Annas.laptop connected Connected since" in shown
        assert "Behind 1 request Last request #1 Its result &lt;b&gt;refused&lt;/b&gt; ," in shown
        await laptop.answer(1)
        await until_listed(server, "Annas.laptop", cursor=1)
    await until_listed(server, "Annas.laptop", connected=False)
    assert "Annas.laptop not connected Last seen" in await words(server, "/forwards")
    tab = await words(server, "/captures/1?tab=replay")
    assert "listener, first try listener Annas.laptop &lt;b&gt;refused&lt;/b&gt; after 2 ms" in tab
    address = f"{server.url}/bins/{server.bin.id}/listeners/Annas.laptop/remove"
    headers = {"Origin": server.url}
    async with server.client.post(address, headers=headers, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, f"/bins/{server.bin.id}/forwards?done=listener")
    assert "Taken off." in await words(server, "/forwards?done=listener")
    assert await listed(server) == {}
    async with server.client.post(address, headers=headers) as answer:
        assert answer.status == 404
