"""A listener through restarts, kills, cut sockets and sleep: every capture arrives, in order, byte for byte."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from app import clock
from app.settings import Settings
from app.web.listeners import socket
from tests.conftest import Running, run_server
from tests.process import TOKEN, serving
from tests.web.listeners.listening import Laptop, listening, until_listed

CAPTURES = 1_000
ROUNDS = 4


class Arrived:
    """What arrived, in that order; a repeat must have a higher attempt."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.digests: dict[int, str] = {}
        self.attempts: dict[int, int] = {}
        self.repeats = 0

    def add(self, capture: dict) -> None:
        n, body = capture["n"], capture["bytes"]
        self.repeats += n in self.digests
        assert self.digests.setdefault(n, hashlib.sha256(body).hexdigest()) == hashlib.sha256(body).hexdigest()
        if n not in self.attempts:
            self.numbers.append(n)
        assert capture["attempt"] > self.attempts.get(n, 0)
        self.attempts[n] = capture["attempt"]


def body_of(number: int) -> bytes:
    return f"Body=capture+{number}&MessageSid=SM{number}&AccountSid=AC1&From=%2B14155550123&To=%2B12125550199".encode()


async def post(server: Running, first: int, last: int) -> None:
    for start in range(first, last + 1, 10):
        posts = [
            server.client.post(server.capture_url, data=body_of(n)) for n in range(start, min(start + 10, last + 1))
        ]
        for answer in await asyncio.gather(*posts):
            assert answer.status == 200
            answer.release()


async def take(laptop: Laptop, arrived: Arrived, count: int, *, acknowledge: bool = True) -> None:
    for _ in range(count):
        capture = await laptop.capture()
        arrived.add(capture)
        if acknowledge:
            await laptop.answer(capture["n"])


def cut(laptop: Laptop) -> None:
    """As when the network is gone: no close frame."""
    laptop.socket._response.connection.transport.abort()


async def asleep(server: Running, arrived: Arrived, sleep: Callable[[float], None]) -> None:
    """The machine gets some captures and falls asleep for ten minutes; smsbin closes the connection meanwhile."""
    async with listening(server) as laptop:
        await take(laptop, arrived, 3, acknowledge=False)
        sleep(600)
        await until_listed(server, "laptop", connected=False)
        with suppress(ConnectionError):
            await laptop.say("ack", n=laptop.got[0]["n"])


async def test_1000_of_1000_arrive_in_order(
    make_settings: Callable[..., Settings], free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, ahead = clock.ticks, [0.0]

    def sleep(seconds: float) -> None:
        ahead[0] += seconds

    monkeypatch.setattr(clock, "ticks", lambda: real() + ahead[0])
    monkeypatch.setattr(socket, "PING_S", 0.05)
    arrived, each = Arrived(), CAPTURES // ROUNDS
    for number in range(ROUNDS):
        async with run_server(make_settings(), free_port) as server:
            first = number * each + 1
            async with listening(server, **({"after": 0} if not number else {})) as laptop:
                posting = asyncio.create_task(post(server, first, first + each - 1))
                await take(laptop, arrived, 60)
                cut(laptop)
            await asleep(server, arrived, sleep)
            async with listening(server) as laptop:
                await take(laptop, arrived, 60)
                await take(laptop, arrived, 4, acknowledge=False)
            await posting
    async with run_server(make_settings(), free_port) as server, listening(server) as laptop:
        while len(arrived.numbers) < CAPTURES:
            await take(laptop, arrived, 1)
        await until_listed(server, "laptop", cursor=CAPTURES, lag=0, in_flight=0)
        stored = [await server.capture(n) for n in range(1, CAPTURES + 1, 100)]
    assert arrived.numbers == list(range(1, CAPTURES + 1))
    assert sorted(arrived.digests.values()) == sorted(hashlib.sha256(body_of(n)).hexdigest() for n in arrived.numbers)
    assert all(each["body"]["sha256"] == arrived.digests[each["n"]] for each in stored)
    assert 0 < arrived.repeats < CAPTURES


async def test_nothing_is_lost_though_the_server_is_killed(tmp_path: Path) -> None:
    arrived: list[int] = []
    for number in range(2):
        with serving(tmp_path / "data") as server:
            async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
                address = f"{server.bin_api}/listen?name=laptop" + ("&after=0" if not number else "")
                async with client.ws_connect(address, timeout=aiohttp.ClientWSTimeout(ws_close=0.1)) as laptop:
                    await laptop.receive_json(timeout=60)
                    for n in range(20):
                        async with client.post(f"{server.ready['url']}{server.key}", data=body_of(n)) as answer:
                            assert answer.status == 200
                    for _ in range(15):
                        frame = await laptop.receive_json(timeout=60)
                        arrived.append(frame["n"])
                        await laptop.send_str(json.dumps({"t": "ack", "n": frame["n"]}))
                    server.kill_all()
    with serving(tmp_path / "data") as server:
        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client,
            client.ws_connect(f"{server.bin_api}/listen?name=laptop") as laptop,
        ):
            await laptop.receive_json(timeout=60)
            while max(arrived) < 40:
                frame = await laptop.receive_json(timeout=60)
                arrived.append(frame["n"])
                await laptop.send_str(json.dumps({"t": "ack", "n": frame["n"]}))
    assert list(dict.fromkeys(arrived)) == list(range(1, 41))
