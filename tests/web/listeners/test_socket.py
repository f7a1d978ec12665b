"""The connection of a listener: silence, sign-out, hostile frames, and a listener that does not read."""

import asyncio
import io
import re
from collections.abc import Callable

import aiohttp
import pytest

from app import keys
from app.ingress.head import MAX_BYTES as MAX_HEAD
from app.services.listeners.registry import ListenerStatus
from app.settings import Settings
from app.web.listeners import socket
from tests.conftest import TOKEN, Running, run_server
from tests.ingress.http import parse, talk

from .listening import Laptop, listening, send, until_attempts, until_listed


async def test_one_that_is_silent_is_disconnected_and_one_that_answers_pings_is_not(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "PING_S", 0.02)
    monkeypatch.setattr(socket, "SILENCE_S", 2.0)
    async with listening(server, "silent") as silent, listening(server, "there") as there:
        pings = 0
        async with asyncio.timeout(60):
            while (await there.socket.receive()).type is aiohttp.WSMsgType.PING:
                pings += 1
                await there.socket.pong()
                if not (await _status(server, "silent")).connected_since:
                    break
        assert (await _status(server, "there")).connected_since
        message = await silent.socket.receive()
        while message.type is aiohttp.WSMsgType.PING:
            message = await silent.socket.receive()
        assert message.type is aiohttp.WSMsgType.CLOSED
        assert pings > 3


async def _status(server: Running, name: str) -> ListenerStatus:
    found = await server.app[keys.LISTENERS].of(server.bin.id)
    return {each.stored.name: each for each in found}[name]


async def test_signing_out_closes_the_connection_of_that_session(server: Running) -> None:
    async with server.client.post(f"{server.url}/sign-in", data={"token": TOKEN}, allow_redirects=False) as answer:
        name, cookie = re.match(r"([^=]+)=([^;]+)", answer.headers["Set-Cookie"]).groups()
    headers = {"Cookie": f"{name}={cookie}", "Origin": server.url}
    async with aiohttp.ClientSession(headers=headers) as browser:
        address = f"{server.bin_api}/listen?name=page"
        async with browser.ws_connect(address, autoping=False) as connection, listening(server) as laptop:
            await connection.receive_json(timeout=60)
            async with browser.post(f"{server.url}/sign-out", allow_redirects=False) as answer:
                assert answer.status == 303
            assert await Laptop(connection, {}).closed() == 4401
            await laptop.nothing()


async def test_a_stopping_server_says_so(make_settings: Callable[..., Settings]) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        async with run_server(make_settings()) as server:
            connection = await client.ws_connect(f"{server.bin_api}/listen?name=laptop", autoping=False)
            await connection.receive_json(timeout=60)
            closing = asyncio.create_task(Laptop(connection, {}).closed())
        assert await closing == 1001


@pytest.mark.parametrize(
    ("data", "code"), [("{", 1007), ('{"t":"ack"}', 1007), ('{"t":"result","n":1,"status":200,"body":"%"}', 1007),
                       (b"binary", 1003), ("x" * (socket.MAX_FRAME + 1), 1009)],
)  # fmt: skip
async def test_a_frame_that_is_not_understood_closes_its_own_connection_only(
    server: Running, data: str | bytes, code: int
) -> None:
    async with listening(server, "good") as good:
        async with listening(server, "bad") as bad:
            await (bad.socket.send_bytes(data) if isinstance(data, bytes) else bad.socket.send_str(data))
            assert await bad.closed() == code
        await send(server)
        assert (await good.capture())["n"] == 1


async def test_unknown_types_are_ignored(server: Running) -> None:
    async with listening(server) as laptop:
        await laptop.say("new_in_2030", n=1)
        await laptop.nothing()


async def test_one_that_does_not_read_costs_one_capture_and_holds_nobody_up(server: Running) -> None:
    async with listening(server, "slow") as slow, listening(server, "quick") as quick:
        slow.socket._response.connection.transport.pause_reading()
        body = bytes(4 << 20)
        for _ in range(6):
            async with server.client.post(server.capture_url, data=io.BytesIO(body)) as answer:
                assert answer.status == 200
        for n in range(1, 7):
            assert (await quick.capture())["n"] == n
            await quick.answer(n)
        await until_listed(server, "quick", cursor=6)
        assert (await _status(server, "slow")).in_flight <= 2
        slow.socket._response.connection.transport.resume_reading()
        assert [each["n"] for each in await slow.captures(6)] == [1, 2, 3, 4, 5, 6]


async def test_a_store_that_cannot_be_read_is_waited_for(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "AGAIN_S", 0.01)
    store = server.app[keys.STORE]
    real, fails = store.list_captures, [3]

    async def list_captures(*args: object, **values: object) -> object:
        if fails[0] and "after" in values and values.get("wait") is False:
            fails[0] -= 1
            raise socket.StoreUnavailable("planted")
        return await real(*args, **values)

    monkeypatch.setattr(store, "list_captures", list_captures)
    async with listening(server) as laptop:
        await send(server)
        assert (await laptop.capture())["n"] == 1
    assert fails == [0]


async def test_a_capture_that_fits_into_no_frame_is_passed(server: Running) -> None:
    start, end = f"GET /{server.bin.key}?".encode(), b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    reply = await talk(server.port, start + b"\xff" * (MAX_HEAD - len(start + end)) + end)
    assert parse(reply).status == 200
    async with listening(server, after=0) as laptop:
        await send(server)
        await laptop.answer((await laptop.capture())["n"])
        await until_listed(server, "laptop", cursor=2)
    (attempt,) = await until_attempts(server, 1, 1)
    assert attempt["error"] == "not sent: its headers are too long for a frame of 1 MiB"


async def test_who_may_connect(server: Running) -> None:
    address = f"{server.bin_api}/listen?name=a"
    upgrade = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }  # fmt: skip
    cases = [
        (address, {"Authorization": "Bearer wrong"}, 401), (address.replace(server.bin.id, "none"), {}, 404),
        (address, {"Origin": "https://evil.example"}, 403), (f"{server.bin_api}/listen", {}, 422),
    ]  # fmt: skip
    for url, headers, status in cases:
        async with server.client.get(url, headers=upgrade | headers) as answer:
            assert (answer.status, answer.content_type) == (status, "application/problem+json")
    for method in ("GET", "HEAD"):
        async with server.client.request(method, address) as answer:
            assert answer.status == 409
    assert await server.app[keys.LISTENERS].of(server.bin.id) == []
