"""The JSON live view: hello, every capture once and again with its outcome, resume, reset, deletion."""

import asyncio

import aiohttp
import pytest

from app import keys
from tests.conftest import TOKEN, Running

from ...ingress.http import parse, talk


async def _post(server: Running, text: str = "hi") -> None:
    async with server.client.post(server.capture_url, data={"Text": text}) as answer:
        assert answer.status == 200


async def _collect(socket: aiohttp.ClientWebSocketResponse, until) -> list[dict]:
    """Frames until something is true of them; those of messages left out."""
    frames: list[dict] = []
    async with asyncio.timeout(15):
        while not until(frames):
            frame = await socket.receive_json()
            frames += [frame] if frame["type"] != "message" else []
    return frames


def _outcomes(frames: list[dict]) -> int:
    return sum(1 for frame in frames if frame["type"] == "capture" and frame["capture"]["answered"]["status"])


async def test_a_capture_arrives_while_watching(server: Running) -> None:
    async with server.client.ws_connect(f"{server.bin_api}/live") as socket:
        hello = await socket.receive_json(timeout=15)
        assert hello.keys() == {"type", "seq", "version"}
        await _post(server)
        frames = await _collect(socket, _outcomes)
    assert frames[0]["capture"]["text"] == "hi"
    assert frames[-1]["capture"]["answered"]["status"] == 200
    assert {frame["capture"]["n"] for frame in frames} == {1}


async def test_who_was_away_gets_everything_from_its_cursor(server: Running) -> None:
    async with server.client.ws_connect(f"{server.bin_api}/live") as socket:
        await socket.receive_json(timeout=15)
        await _post(server)
        cursor = (await _collect(socket, _outcomes))[-1]["seq"]
    for _ in range(150):
        await _post(server)
    async with server.client.ws_connect(f"{server.bin_api}/live?after={cursor}") as socket:
        frames = (await _collect(socket, lambda frames: len(frames) > 1 and frames[-1]["capture"]["n"] == 151))[1:]
    seqs = [frame["seq"] for frame in frames]
    assert seqs == sorted(set(seqs))
    assert seqs[0] > cursor
    # The first capture may come again: its outcome was written after the cursor.
    assert {frame["capture"]["n"] for frame in frames} | {1} == set(range(1, 152))


async def test_a_cursor_from_the_future_is_reset(server: Running) -> None:
    async with server.client.ws_connect(f"{server.bin_api}/live?after=999") as socket:
        hello = await socket.receive_json(timeout=15)
        reset = await socket.receive_json(timeout=15)
        assert reset == {"type": "reset", "seq": hello["seq"]}
        await _post(server)
        assert (await socket.receive_json(timeout=15))["type"] == "capture"


async def test_deletions_are_told(server: Running) -> None:
    await _post(server)
    await _post(server)
    async with server.client.ws_connect(f"{server.bin_api}/live") as socket:
        await socket.receive_json(timeout=15)
        await (await server.client.delete(f"{server.bin_api}/captures/1")).read()
        one = await _collect(socket, lambda frames: any(frame["type"] == "deleted" for frame in frames))
        await (await server.client.delete(f"{server.bin_api}/captures")).read()
        rest = await _collect(socket, lambda frames: any("through" in frame for frame in frames))
    assert one[-1]["n"] == 1
    assert rest[-1]["through"] == 2


async def test_a_deleted_bin_closes_its_viewers(server: Running) -> None:
    async with server.client.ws_connect(f"{server.bin_api}/live") as socket:
        await socket.receive_json(timeout=15)
        await (await server.client.delete(server.bin_api)).read()
        message = await socket.receive(timeout=15)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 4404)


@pytest.mark.parametrize("query", ["after=x", "before=1", "after=-1"])
async def test_a_bad_parameter_is_named_before_the_upgrade(server: Running, query: str) -> None:
    async with server.client.get(f"{server.bin_api}/live?{query}") as answer:
        assert answer.status == 422


async def test_a_plain_request_is_told_to_upgrade(server: Running) -> None:
    async with server.client.get(f"{server.bin_api}/live") as answer:
        assert answer.status == 409


async def test_head_never_upgrades(server: Running) -> None:
    upgrade = (
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer {TOKEN}\r\n"
    )
    for path, status in ((f"/api/v1/bins/{server.bin.id}/live", 409), (f"/bins/{server.bin.id}/live", 200)):
        request = f"HEAD {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{upgrade}\r\n".encode()
        reply = parse(await talk(server.port, request, half_close=True))
        assert reply.status == status


async def test_a_viewer_that_sends_garbage_harms_nobody(server: Running) -> None:
    async with server.client.ws_connect(f"{server.bin_api}/live") as good:
        async with server.client.ws_connect(f"{server.bin_api}/live") as bad:
            for garbage in ("{", "x" * 60_000, "\x00"):
                await bad.send_str(garbage)
            await bad.send_bytes(bytes(70_000))
            await _post(server)
            assert (await _collect(good, lambda frames: len(frames) > 1))[1]["type"] == "capture"


async def test_a_message_comes_as_a_frame_and_again_when_a_callback_moves_it(server: Running) -> None:
    async def status(word: str) -> None:
        fields = {"MessageSid": "m1", "Action": "x", "Text": "hi", "DateSent": "", "Status": word}
        async with server.client.post(f"{server.capture_url}/status", data=fields) as answer:
            assert answer.status == 200

    async def next_message(socket: aiohttp.ClientWebSocketResponse) -> dict:
        async with asyncio.timeout(15):
            while (frame := await socket.receive_json())["type"] != "message":
                pass
            return frame

    async with server.client.ws_connect(f"{server.bin_api}/live") as socket:
        await status("Queued")
        first = await next_message(socket)
        await status("Success")
        second = await next_message(socket)
    assert (first["message"]["status"], first["message"]["final"]) == ("queued", False)
    assert (second["message"]["status"], second["message"]["final"]) == ("sent", True)
    assert second["message"]["captures"] == [1, 2]
    assert second["seq"] > first["seq"]


async def _settled(server: Running, n: int) -> None:
    """Until the outcome of capture `n` is written and nothing rings any more."""
    room = server.app[keys.HUB]._topics[server.bin.id]
    async with asyncio.timeout(15):
        while (await server.capture(n))["answered"]["status"] is None or room.timer is not None:
            await asyncio.sleep(0.01)


async def test_a_frame_that_others_have_read_does_not_hide_what_came_after_it(server: Running) -> None:
    async with server.client.ws_connect(f"{server.bin_api}/live?after=0") as first:
        await first.receive_json(timeout=15)
        for n in (1, 2):
            await _post(server)
            await _collect(first, lambda frames, n=n: frames and frames[-1]["capture"]["n"] == n)
        await _settled(server, 2)
        # What the first one got after 0 is remembered, and ends before the second capture; nothing rings any more.
        async with server.client.ws_connect(f"{server.bin_api}/live?after=0") as second:
            await second.receive_json(timeout=15)
            frames = await _collect(second, lambda frames: frames and frames[-1]["capture"]["n"] == 2)
    assert {frame["capture"]["n"] for frame in frames} == {1, 2}


async def test_that_others_have_just_found_nothing_is_not_believed(server: Running, monkeypatch) -> None:
    store, flights = server.app[keys.STORE], server.app[keys.FRAMES]._flights
    read, looked, go_on = type(store).changes_after, asyncio.Event(), asyncio.Event()

    async def slow(self: object, bin_id: str, after: int, limit: int = 500) -> object:
        found = await read(self, bin_id, after, limit)
        if not found:
            looked.set()
            await go_on.wait()
        return found

    async with server.client.ws_connect(f"{server.bin_api}/live?after=0") as first:
        await first.receive_json(timeout=15)
        monkeypatch.setattr(type(store), "changes_after", slow)
        server.app[keys.HUB].notify(server.bin.id)
        await asyncio.wait_for(looked.wait(), 60)
        await _post(server)
        await _settled(server, 1)
        async with server.client.ws_connect(f"{server.bin_api}/live?after=0") as second:
            await second.receive_json(timeout=15)
            async with asyncio.timeout(15):
                while not any(flight.followers for flight in flights.values()):
                    await asyncio.sleep(0)
            go_on.set()
            for viewer in (first, second):
                assert (await viewer.receive_json(timeout=15))["capture"]["n"] == 1
