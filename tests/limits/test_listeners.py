"""The bounds of listeners: what is sent ahead, how much is kept, and how long is waited."""

import io
from datetime import timedelta

import aiohttp
import pytest

from app import clock
from app.domain.listeners import MAX_REASON, SEND_WINDOW
from app.domain.roles import Role
from app.domain.wiretaps.model import HandlerAnswer
from app.services.listeners import answering, queue, registry
from app.services.listeners.answering import ProgramAnswer
from app.web.listeners import socket
from tests.conftest import Running
from tests.services.listeners.conftest import Listening
from tests.services.listeners.conftest import listening as listening  # noqa: PLC0414
from tests.web.listeners import listening as client

OPEN = (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.PING)


async def test_so_many_are_sent_and_not_acknowledged(listening: Listening) -> None:
    await listening.capture(SEND_WINDOW + 2)
    laptop = await listening.connect()
    assert [n for n, _ in await listening.taken(laptop)] == list(range(1, SEND_WINDOW + 1))
    laptop.acknowledge(2)
    assert [n for n, _ in await listening.taken(laptop)] == [SEND_WINDOW + 1]


async def test_so_many_may_be_acknowledged_while_an_earlier_one_is_not(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_AHEAD", 3)
    await listening.capture(6)
    laptop = await listening.connect()
    assert (await laptop.take()).n == 1
    for n in (2, 3, 4):
        assert (await laptop.take()).n == n
        laptop.acknowledge(n)
    assert await laptop.take() is None
    laptop.acknowledge(1)
    assert (await laptop.take()).n == 5
    assert len(laptop.progress.sent) == 1


@pytest.mark.parametrize("more", [0, 1])
async def test_so_much_of_a_reason_is_kept(listening: Listening, more: int) -> None:
    await listening.capture()
    laptop = await listening.connect()
    await laptop.take()
    laptop.answered(1, ProgramAnswer(status=None, ms=1, error="a" * (MAX_REASON + more)))
    await listening.listeners.close()
    assert await listening.errors(1) == ["a" * MAX_REASON]


async def test_so_many_answers_are_kept_in_case_that_they_are_waited_for(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_EARLY", 2)
    laptop = await listening.connect(is_answering=True)
    handler = listening.handlers.of(listening.place.bin.id, Role.PRIMARY)
    assert handler is not None
    await listening.capture(3)
    await listening.taken(laptop)
    results = []
    for n in (1, 2, 3):
        laptop.answered(n, ProgramAnswer(status=200, ms=1))
        laptop.acknowledge(n)
    for n in (1, 2, 3):
        capture = await listening.place.store.get_capture(listening.place.bin.id, n)
        results.append(await handler.answer(listening.place.bin.id, capture, clock.ticks() + 9))
    assert [isinstance(each, HandlerAnswer) for each in results] == [False, True, True]


@pytest.mark.parametrize("more", [0, 1])
async def test_a_connected_listener_so_many_captures_behind_lags(listening: Listening, more: int) -> None:
    bin_id = listening.place.bin.id
    await listening.capture(registry.MOST_BEHIND + more)
    laptop = await listening.connect()
    assert list(listening.listeners.lagging(bin_id)) == []
    await listening.listeners.look()
    assert [each.stored.lag for each in listening.listeners.lagging(bin_id)] == [registry.MOST_BEHIND + 1] * more
    assert list(listening.listeners.lagging("other")) == []
    laptop.left()
    await listening.listeners.look()
    assert list(listening.listeners.lagging(bin_id)) == []


async def test_a_connected_listener_that_acknowledges_nothing_for_so_long_lags(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    bin_id, now = listening.place.bin.id, [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    laptop = await listening.connect()

    async def lags_after(span: timedelta) -> bool:
        now[0] += span
        await listening.listeners.look()
        return bool(listening.listeners.lagging(bin_id))

    # It has nothing to acknowledge.
    assert not await lags_after(registry.LONGEST_WAIT * 2)
    await listening.capture(3)
    await listening.taken(laptop)
    laptop.answered(1, ProgramAnswer(status=None, ms=1, error="the connection was refused"))
    assert not await lags_after(registry.LONGEST_WAIT)
    assert await lags_after(timedelta(seconds=1))
    laptop.acknowledge(1)
    assert not await lags_after(registry.LONGEST_WAIT)
    assert await lags_after(timedelta(seconds=1))
    for n in (2, 3):
        laptop.acknowledge(n)
    assert not await lags_after(registry.LONGEST_WAIT * 2)


async def test_the_state_for_metrics_is_read_from_time_to_time(listening: Listening) -> None:
    assert await listening.listeners.look() == registry.LOOK_S


async def test_the_reason_in_a_close_frame_is_short(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    assert socket.MAX_WHY <= 123
    monkeypatch.setattr(socket, "MAX_WHY", 9)
    async with client.listening(server) as laptop:
        await laptop.socket.send_str('{"t":"ack","n":"x"}')
        message = await laptop.raw()
        assert (message.type, message.data, message.extra) == (aiohttp.WSMsgType.CLOSE, 1007, "Expected ")


async def test_one_that_does_not_read_is_not_waited_for_when_its_connection_ends(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert socket.CLOSE_S <= 1
    monkeypatch.setattr(socket, "CLOSE_S", 0.01)
    async with client.listening(server) as laptop:
        transport = laptop.socket._response.connection.transport
        transport.pause_reading()
        for _ in range(4):
            async with server.client.post(server.capture_url, data=io.BytesIO(bytes(4 << 20))) as answer:
                assert answer.status == 200
        async with server.client.delete(f"{server.bin_api}/listeners/laptop") as answer:
            assert answer.status == 204
        transport.resume_reading()
        while (message := await laptop.socket.receive(timeout=60)).type in OPEN:
            pass
        assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSE)
