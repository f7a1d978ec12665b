"""Reading again, from the page and over the API, and what those see who watch meanwhile."""

import asyncio

from app import keys
from tests.conftest import Running

FIELDS = {"MessageSid": "SM" + "0" * 32, "MessageStatus": "delivered", "From": "+14155550100", "To": "+14155550123"}


async def _post(server: Running, role: str = "status") -> None:
    async with server.client.post(f"{server.capture_url}/{role}", data=FIELDS) as answer:
        assert answer.status == 200


async def _provider(server: Running, name: str) -> None:
    async with server.client.patch(server.bin_api, json={"provider": name}) as answer:
        assert answer.status == 200


async def _until_read(server: Running) -> None:
    async def is_done() -> bool:
        async with server.client.get(f"{server.bin_api}/reread") as answer:
            return (await answer.json())["state"] == "done"

    await server.until(is_done)


async def test_the_api_accepts_it_at_once_and_tells_how_far_it_is(server: Running) -> None:
    await _post(server)
    assert (await server.capture(1))["provider"] == "twilio"
    await _provider(server, "plivo")
    async with server.client.post(f"{server.bin_api}/reread") as answer:
        assert answer.status == 202
        told = await answer.json()
    assert told["state"] == "reading"
    await _until_read(server)
    assert (await server.capture(1))["provider"] == "plivo"


async def test_an_unknown_bin_is_not_found(server: Running) -> None:
    for method in ("GET", "POST"):
        async with server.client.request(method, f"{server.api}/bins/nothing0/reread") as answer:
            assert answer.status == 404


async def test_the_settings_have_a_button_that_leads_back(server: Running) -> None:
    await _post(server)
    await _provider(server, "plivo")
    settings = f"{server.url}/bins/{server.bin.id}/settings"
    async with server.client.get(settings) as answer:
        assert f'action="/bins/{server.bin.id}/reread"' in await answer.text()
    async with server.client.post(f"{server.url}/bins/{server.bin.id}/reread", allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"].startswith(f"/bins/{server.bin.id}/settings")
    await _until_read(server)
    assert (await server.capture(1))["provider"] == "plivo"


async def test_who_watches_is_told_to_begin_anew_and_misses_nothing(server: Running) -> None:
    await _post(server)
    await server.settled(1)
    async with server.client.ws_connect(f"{server.bin_api}/live") as socket:
        before = (await socket.receive_json(timeout=15))["seq"]
        await _provider(server, "plivo")
        async with server.client.post(f"{server.bin_api}/reread") as answer:
            assert answer.status == 202
        async with asyncio.timeout(15):
            while (frame := await socket.receive_json())["type"] != "reset":
                pass
        assert frame["seq"] > before
        await _post(server, "primary")
        async with asyncio.timeout(15):
            while (frame := await socket.receive_json())["type"] != "capture" or frame["capture"]["n"] != 2:
                pass
    # A cursor of the earlier reading means nothing any more.
    async with server.client.ws_connect(f"{server.bin_api}/live?after={before}") as socket:
        assert (await socket.receive_json(timeout=15))["type"] == "hello"
        assert (await socket.receive_json(timeout=15))["type"] == "reset"


async def test_a_message_that_vanishes_with_its_captures_is_told(server: Running) -> None:
    await _post(server)
    await server.settled(1)
    async with server.client.ws_connect(f"{server.bin_api}/live") as socket:
        await socket.receive_json(timeout=15)
        await (await server.client.delete(f"{server.bin_api}/captures/1")).read()
        async with asyncio.timeout(15):
            while (frame := await socket.receive_json())["type"] != "message_gone":
                pass
    assert (frame["provider"], frame["message_id"]) == ("twilio", FIELDS["MessageSid"])


async def test_the_bin_says_how_far_reading_is_behind(server: Running, monkeypatch) -> None:
    async with server.client.get(server.bin_api) as answer:
        assert (await answer.json())["behind"] == 0
    async with server.client.get(f"{server.url}/metrics") as answer:
        told = (await answer.text()).splitlines()
    assert "smsbin_ledger_behind 0.0" in told
    assert "smsbin_ledger_ok 1.0" in told


async def test_the_retention_is_told_and_confirmed_over_the_api(server: Running) -> None:
    server.app[keys.SWEEPING]._hold("the clock jumped")
    async with server.client.get(f"{server.api}/retention") as answer:
        held = await answer.json()
    assert held["held"] == "the clock jumped"
    async with server.client.post(f"{server.api}/retention/confirm") as answer:
        assert (await answer.json())["held"] is None
