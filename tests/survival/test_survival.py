"""What must not bring the server down: short forms of `make proof`, and senders that mean no good."""

import asyncio
import os
import shutil
import time
from pathlib import Path

import aiohttp
import pytest

from tests.process import TOKEN, answered, request_bytes, serving
from tests.proof.kill9 import round_of
from tests.proof.order import prove
from tests.proof.viewers import send, stuck

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    for seed in range(2):
        count, wrong = round_of(tmp_path / "data", seed)
        assert wrong == []
        assert count > 0


@pytest.mark.skipif(not shutil.which("strace") and not os.environ.get("CI"), reason="strace is not installed")
def test_every_answer_leaves_after_its_own_sync(tmp_path: Path) -> None:
    verdict = prove(tmp_path, 160)
    assert (verdict.after, verdict.before) == (160, 0)


@pytest.mark.skipif(not shutil.which("strace") and not os.environ.get("CI"), reason="strace is not installed")
def test_the_order_proof_catches_a_server_that_answers_early(tmp_path: Path) -> None:
    assert prove(tmp_path, 80, module="tests.proof.early").before > 0


async def test_fifty_stuck_viewers_harm_nobody_and_do_not_hold_up_the_end(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        people = [await stuck(server) for _ in range(50)]
        async with aiohttp.ClientSession(headers=BEARER) as client:
            async with client.ws_connect(f"{server.bin_api}/live") as good:
                await good.receive_json(timeout=5)
                await send(server, 200, 4_000)
                seen = set()
                async with asyncio.timeout(20):
                    while len(seen) < 200:
                        frame = await good.receive_json()
                        seen.add(frame["capture"]["n"])
        started = time.monotonic()
        assert await asyncio.to_thread(server.stop) == 0
        assert time.monotonic() - started < 10
        for _, writer in people:
            writer.transport.abort()


async def test_slow_connections_beside_normal_traffic(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        slow = []
        for index in range(300):
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            dripped = (b"", b"POST /", request_bytes(server.key, b"a" * 100)[:-50])[index % 3]
            writer.write(dripped)
            slow.append(writer)
        await send(server, 100)
        for writer in slow:
            writer.transport.abort()
        assert await asyncio.to_thread(server.stop) == 0


async def test_a_slow_body_in_flight_is_kept_when_the_server_is_told_to_stop(tmp_path: Path) -> None:
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
        other = sqlite3.connect(tmp_path / "smsbin.db", isolation_level=None)
        other.execute("begin immediate")
        started = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request_bytes(server.key))
        status, number = await answered(reader)
        assert (status, number) == (503, None)
        assert time.monotonic() - started < 5
        other.execute("rollback")
        other.close()
        async with asyncio.timeout(10):
            while True:
                writer.write(request_bytes(server.key))
                status, number = await answered(reader)
                if status == 200:
                    break
        writer.close()
        assert server.stop() == 0
