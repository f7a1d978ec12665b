"""Viewers that do not read, and hostile senders, do not bring the server down."""

import asyncio
import random
import resource
import time
from pathlib import Path

import aiohttp

from tests.process import TOKEN, answered, request_bytes, serving
from tests.proof.viewers import send, stuck

BEARER = {"Authorization": f"Bearer {TOKEN}"}


async def test_two_hundred_stuck_viewers_affect_no_one_and_do_not_delay_the_end(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        people = [await stuck(server) for _ in range(200)]
        async with aiohttp.ClientSession(headers=BEARER) as client:
            async with client.ws_connect(f"{server.bin_api}/live") as good:
                await good.receive_json(timeout=60)
                await send(server, 200, 4_000)
                seen = set()
                async with asyncio.timeout(60):
                    while len(seen) < 200:
                        frame = await good.receive_json()
                        if frame["type"] == "capture":
                            seen.add(frame["capture"]["n"])
        started = time.monotonic()
        assert await asyncio.to_thread(server.stop) == 0
        assert time.monotonic() - started < 10
        for _, writer in people:
            writer.transport.abort()


async def test_a_thousand_slow_connections_with_normal_traffic(tmp_path: Path) -> None:
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(files, min(most, 4_096)), most))
    with serving(tmp_path) as server:
        slow = []
        for index in range(1_000):
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            dripped = (b"", b"POST /", request_bytes(server.key, b"a" * 100)[:-50])[index % 3]
            writer.write(dripped)
            slow.append(writer)
        assert await send(server, 100) < 2
        for writer in slow:
            writer.transport.abort()
        assert await asyncio.to_thread(server.stop) == 0


GARBAGE = {
    "random bytes": random.Random(1).randbytes(20_000),
    "a frame without a mask": b"\x81\x05hello",
    "an unknown kind of frame": b"\x8b\x80aaaa",
    "bits that nobody agreed on": b"\xf1\x80aaaa",
    "a frame of nine exabytes": b"\x81\xff\x7f" + b"\xff" * 7 + b"aaaa",
    "pieces without an end": b"\x01\x81aaaaa" + b"\x00\x81aaaaa" * 5_000,
    "a ping longer than a ping": b"\x89\xfe\x01\x00aaaa" + b"a" * 256,
    "ten thousand pings": b"\x89\x80aaaa" * 10_000,
    "a close with an impossible code": b"\x88\x82aaaaaa",
    "text that is no utf-8": b"\x81\x82\0\0\0\0\xff\xfe",
    "http after all": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
}


async def test_viewers_that_send_garbage_affect_no_one(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        async with aiohttp.ClientSession(headers=BEARER) as client:
            async with client.ws_connect(f"{server.bin_api}/live") as good:
                await good.receive_json(timeout=60)
                bad = []
                for garbage in GARBAGE.values():
                    _, writer = await stuck(server)
                    writer.write(garbage)
                    bad.append(writer)
                await send(server, 20)
                seen = set()
                async with asyncio.timeout(60):
                    while len(seen) < 20:
                        frame = await good.receive_json()
                        if frame["type"] == "capture":
                            seen.add(frame["capture"]["n"])
            async with client.get(f"{server.ready['url']}metrics") as answer:
                assert "smsbin_viewers" in await answer.text()
        for writer in bad:
            writer.transport.abort()
        assert await asyncio.to_thread(server.stop) == 0


async def test_a_slow_body_in_flight_is_kept_when_the_server_is_reported_to_stop(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request_bytes(server.key, b"Text=slow" + b"a" * 100)[:-100])
        await writer.drain()
        await send(server, 1)
        started = time.monotonic()
        assert await asyncio.to_thread(server.stop) == 0
        assert time.monotonic() - started < 10
        writer.transport.abort()
    with serving(tmp_path) as server:
        async with aiohttp.ClientSession(headers=BEARER) as client, client.get(f"{server.bin_api}/captures") as answer:
            items = (await answer.json())["items"]
        assert len(items) == 2
        assert any(item["text"] and item["text"].startswith("slow") for item in items)


async def test_a_locked_database_is_503_within_five_seconds_and_then_works(tmp_path: Path) -> None:
    import sqlite3

    with serving(tmp_path) as server:
        other = sqlite3.connect(tmp_path / "log.db", isolation_level=None)
        other.execute("begin immediate")
        started = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request_bytes(server.key))
        status, number = await answered(reader)
        assert (status, number) == (503, None)
        assert time.monotonic() - started < 5
        other.execute("rollback")
        other.close()
        async with asyncio.timeout(60):
            while True:
                writer.write(request_bytes(server.key))
                status, number = await answered(reader)
                if status == 200:
                    break
        writer.close()
        assert server.stop() == 0
