"""A server that ends while a provider waits for the answer of its handler."""

import asyncio
import time
from pathlib import Path
from typing import Any

import aiohttp

from app.services.upkeep.settling import STOPPED
from tests.process import TOKEN, Process, answered, request_bytes, serving
from tests.services.forwards.target import Target, a_target

ALLOWED = ("--allow-targets", "127.0.0.0/8")
MOST_S = 10.0


async def test_a_stop_answers_the_provider_and_ends_in_time(tmp_path: Path) -> None:
    async with a_target(lambda _: None) as target:
        with serving(tmp_path / "data", *ALLOWED) as server:
            await _tap(server, target)
            reader, writer = await _send(server, target)
            since = time.monotonic()
            code = await asyncio.to_thread(server.stop)
            assert time.monotonic() - since < MOST_S
            assert code == 0
            assert (await answered(reader)) == (504, 1)
            writer.close()
        with serving(tmp_path / "data", *ALLOWED) as server:
            capture = await _get(server, "/captures/1")
            assert capture["answered"]["status"] == 504
            (attempt,) = (await _get(server, "/captures/1/attempts"))["items"]
            assert (attempt["trigger"], attempt["status"], attempt["error"]) == ("wiretap", None, "smsbin was stopping")
            assert target.numbers == [1]


async def test_after_a_kill_the_request_is_there_and_is_not_sent_again(tmp_path: Path) -> None:
    async with a_target(lambda _: None) as target:
        with serving(tmp_path / "data", *ALLOWED) as server:
            await _tap(server, target, on_failure="safe")
            _, writer = await _send(server, target)
            await asyncio.to_thread(server.kill_all)
            writer.close()
        with serving(tmp_path / "data", *ALLOWED) as server:
            answer: dict[str, Any] = {}
            async with asyncio.timeout(60):
                while answer.get("note") is None:
                    answer = (await _get(server, "/captures/1"))["answered"]
            assert (answer["status"], answer["note"]) == (None, STOPPED)
            assert target.numbers == [1]
            state = await _get(server, "/wiretaps/primary")
            assert state["wiretap"]["on_failure"] == "safe"


async def _tap(server: Process, target: Target, **more: str) -> None:
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client,
        client.put(f"{server.bin_api}/wiretaps/primary", json={"url": target.url, "timeout_s": 60, **more}) as answer,
    ):
        assert answer.status == 200


async def _send(server: Process, target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send a request, and wait until the handler has it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request_bytes(server.key))
    await target.got(1)
    return reader, writer


async def _get(server: Process, path: str) -> Any:
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client,
        client.get(f"{server.bin_api}{path}") as answer,
    ):
        assert answer.status == 200, await answer.text()
        return await answer.json()
