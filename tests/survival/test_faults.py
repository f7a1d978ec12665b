"""A fault ends at its time, even when the process is restarted in the meantime."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from tests.process import TOKEN, Process, serving

BEARER = {"Authorization": f"Bearer {TOKEN}"}


async def _post(client: aiohttp.ClientSession, server: Process) -> int:
    async with client.post(server.ready["urls"]["primary"], data={"Text": "hi"}) as answer:
        return answer.status


async def _set(client: aiohttp.ClientSession, server: Process, fault: dict) -> None:
    async with client.put(f"{server.bin_api}/faults/primary", json=fault) as answer:
        assert answer.status == 200, await answer.text()


async def _state(client: aiohttp.ClientSession, server: Process) -> dict:
    async with client.get(f"{server.bin_api}/faults/primary") as answer:
        return await answer.json()


async def _capture(client: aiohttp.ClientSession, server: Process, n: int, *, settled: bool) -> dict:
    async with asyncio.timeout(60):
        while True:
            async with client.get(f"{server.bin_api}/captures/{n}") as answer:
                found = await answer.json()
            if answer.status == 200 and (not settled or found["answered"]["ok"] is not None):
                return found["answered"]
            await asyncio.sleep(0.05)


@pytest.mark.timeout(180)
async def test_kill_9_changes_neither_the_count_of_a_fault_nor_its_end(tmp_path: Path) -> None:
    async with aiohttp.ClientSession(headers=BEARER) as client:
        with serving(tmp_path / "data") as server:
            await _set(client, server, {"kind": "status", "status": [500, 501, 502], "count": 3})
            assert await _post(client, server) == 500
            before = await _state(client, server)
            server.kill()
        with serving(tmp_path / "data") as server:
            state = await _state(client, server)
            assert (state["fault"], state["hits"], state["left"]["count"]) == (before["fault"], 1, 2)
            assert state["left"]["seconds"] <= before["left"]["seconds"]
            assert [await _post(client, server) for _ in range(3)] == [501, 502, 200]
            assert await _state(client, server) == {"fault": None}
            server.kill()
        with serving(tmp_path / "data") as server:
            assert await _state(client, server) == {"fault": None}
            assert await _post(client, server) == 200


@pytest.mark.timeout(180)
async def test_a_fault_that_should_have_ended_in_the_meantime_has(tmp_path: Path) -> None:
    until = datetime.now(UTC) + timedelta(seconds=12)
    async with aiohttp.ClientSession(headers=BEARER) as client:
        with serving(tmp_path / "data") as server:
            await _set(client, server, {"kind": "drop", "until": until.isoformat()})
            server.kill()
        with serving(tmp_path / "data") as server:
            while datetime.now(UTC) < until:
                await asyncio.sleep(0.1)
            assert await _post(client, server) == 200
            assert await _state(client, server) == {"fault": None}


@pytest.mark.timeout(180)
async def test_an_answer_that_was_held_when_the_server_was_killed_is_not_on_its_way_for_ever(tmp_path: Path) -> None:
    async with aiohttp.ClientSession(headers=BEARER) as client:
        with serving(tmp_path / "data") as server:
            await _set(client, server, {"kind": "hold", "seconds": 100})
            held = asyncio.ensure_future(_post(client, server))
            assert (await _capture(client, server, 1, settled=False))["status"] is None
            server.kill()
            with pytest.raises(aiohttp.ClientError):
                await held
        with serving(tmp_path / "data") as server:
            answered = await _capture(client, server, 1, settled=True)
            assert (answered["status"], answered["ok"], answered["fault"]) == (None, False, "hold")
            assert "stopped" in answered["note"]


@pytest.mark.timeout(180)
async def test_sigterm_ends_in_time_with_answers_that_are_held_or_dripped(tmp_path: Path) -> None:
    async with aiohttp.ClientSession(headers=BEARER) as client:
        with serving(tmp_path / "data") as server:
            for kind in ("hold", "slow"):
                await _set(client, server, {"kind": kind, "seconds": 100})
                count = 20
                held = [asyncio.ensure_future(_post(client, server)) for _ in range(count)]
                numbers = range(1, count + 1) if kind == "hold" else range(count + 1, 2 * count + 1)
                for n in numbers:
                    await _capture(client, server, n, settled=False)
                if kind == "hold":
                    first = held
            since = time.monotonic()
            assert await asyncio.to_thread(server.stop, 20) == 0
            assert time.monotonic() - since < 10
            assert await asyncio.gather(*first, *held) == [200] * 2 * count
        with serving(tmp_path / "data") as server:
            for n in (1, count, count + 1, 2 * count):
                answered = await _capture(client, server, n, settled=True)
                assert answered["status"] == 200
                assert "stopping" in answered["note"]
