"""A database that stops, or does not respond: nothing acknowledged is lost, each refusal has its reason, and the server
continues by itself."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.conftest import Running, run_server
from tests.postgres import Cluster

WITHIN_S = 60.0


@pytest.fixture
async def running(make_settings, durable_postgres: Cluster) -> AsyncIterator[Running]:
    async with run_server(make_settings(database=durable_postgres.url("postgres"))) as server:
        yield server


async def _capture(server: Running) -> int:
    async with server.client.post(server.capture_url, data={"Text": "hi"}) as answer:
        return answer.status


async def _ready(server: Running) -> dict:
    async with server.client.get(f"{server.url}/readyz") as answer:
        return {"http": answer.status, **await answer.json()}


async def _text(server: Running, path: str) -> str:
    async with server.client.get(server.url + path) as answer:
        return await answer.text()


async def _until_stored(server: Running) -> None:
    """Until a capture is stored, and shown without a gap before it."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            async with server.client.post(server.capture_url, data={"Text": "hi"}) as answer:
                if answer.status == 200:
                    n = int(answer.headers["X-Capture"])
                    break
            await asyncio.sleep(0.05)
        while [capture["n"] for capture in await server.captures()] != list(range(1, n + 1)):
            await asyncio.sleep(0.05)


async def test_a_stopped_database_is_named_everywhere_and_storing_continues_after_it(
    running: Running, durable_postgres: Cluster
) -> None:
    assert [await _capture(running) for _ in range(3)] == [200] * 3
    await asyncio.to_thread(durable_postgres.stop, "immediate")
    assert await _capture(running) == 503
    told = await _ready(running)
    assert (told["http"], told["store"], told["disk"]) == (503, "away", None)
    assert "failed" in told["reason"]
    for path in ("/", f"/bins/{running.bin.id}"):
        page = await _text(running, path)
        assert "The database cannot be reached" in page
        assert "disk" not in page
    async with running.client.get(f"{running.bin_api}/captures") as answer:
        assert (answer.status, (await answer.json())["type"]) == (503, "urn:smsbin:database_unreachable")
    metrics = await _text(running, "/metrics")
    assert "smsbin_store_ok 0.0" in metrics
    assert "smsbin_disk" not in metrics
    await asyncio.to_thread(durable_postgres.start)
    await _until_stored(running)
    assert (await _ready(running))["store"] == "ok"
    assert len(await running.captures()) >= 4


@contextmanager
def _frozen(cluster: Cluster) -> Iterator[None]:
    """The server and its processes do not run."""
    server = psutil.Process(cluster.pid)
    # First of all the one that starts others.
    os.kill(cluster.pid, signal.SIGSTOP)
    children = server.children(recursive=True)
    for child in children:
        os.kill(child.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in (*(child.pid for child in children), cluster.pid):
            os.kill(pid, signal.SIGCONT)


async def test_a_database_that_does_not_respond_is_no_reason_to_wait(
    running: Running, durable_postgres: Cluster
) -> None:
    assert await _capture(running) == 200
    with _frozen(durable_postgres):
        async with asyncio.timeout(WITHIN_S):
            status, told = await asyncio.gather(_capture(running), _ready(running))
        assert (status, told["http"], told["status"]) == (503, 503, "unavailable")
    await _until_stored(running)
