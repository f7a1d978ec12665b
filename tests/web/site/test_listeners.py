"""Listeners that lag, on the pages of their bin and on those that are open."""

import json

import aiohttp

from app import keys
from app.services.listeners import registry
from app.web.site.listeners import listeners_of
from tests.conftest import Running
from tests.web.listeners.listening import listening, send, until_listed


async def _page(server: Running, path: str = "") -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}") as answer:
        return await answer.text()


async def _notice(socket: aiohttp.ClientWebSocketResponse) -> str:
    while "forwards" not in (frame := json.loads(await socket.receive_str(timeout=60))):
        pass
    text: str = frame["forwards"]
    return text


async def test_a_page_has_the_notice_and_an_open_one_gets_it_and_loses_it(server: Running, monkeypatch) -> None:
    monkeypatch.setattr(registry, "MOST_BEHIND", 1)
    listeners, live = server.app[keys.LISTENERS], f"{server.url}/bins/{server.bin.id}/live?after=0&view=messages"
    async with server.client.ws_connect(live, headers={"Origin": server.url}) as socket:
        async with listening(server, "Annas.laptop") as laptop:
            for _ in range(2):
                await send(server)
            await laptop.captures(2)
            await listeners.look()
            assert listeners_of(server.app, server.bin.id).key == "Annas.laptop:2"
            for path in ("", "/forwards", "/messages"):
                assert "Listener “<bdi>Annas.laptop</bdi>” is 2 behind." in await _page(server, path)
            server.app[keys.HUB].notify(server.bin.id)
            assert "is 2 behind.</b> It is connected" in (shown := await _notice(socket))
            assert f'<a href="/bins/{server.bin.id}/forwards">' in shown
            for n in (1, 2):
                await laptop.answer(n)
            await until_listed(server, "Annas.laptop", cursor=2)
        await listeners.look()
        server.app[keys.HUB].notify(server.bin.id)
        gone = await _notice(socket)
    assert ('id="listeners-lag"' in gone, "hidden" in gone, "behind" in gone) == (True, True, False)
    assert "is 2 behind" not in await _page(server)
