"""A database with many captures, made by the writer's own code, and the time that a page of it takes."""

import asyncio
import statistics
import time
from pathlib import Path

import aiohttp
import msgspec

from app import clock
from app.domain.units import micros
from app.storage.apply import Applier
from app.storage.connections import open_writer
from app.storage.jobs import AddBin, AddCapture, SetOutcome, SetOutcomes
from app.storage.migrate import migrate
from tests.process import TOKEN, Process

from .load import BODY

BATCH = 2_000
TRIES = 40


def fill(folder: Path, count: int) -> None:
    """`count` captures with their outcomes in one bin."""
    folder.mkdir()
    connection = open_writer(folder / "smsbin.db")
    migrate(connection)
    applier = Applier(connection)
    bin_id, now = clock.new_id(), micros(clock.now())
    applier.apply([AddBin(bin_id, clock.new_key(), None, None, None, 300, now)])
    pairs = [
        (b"Host", b"127.0.0.1"),
        (b"Content-Type", b"application/x-www-form-urlencoded"),
        (b"Content-Length", b"292"),
    ]
    headers = msgspec.msgpack.encode(pairs)
    for start in range(0, count, BATCH):
        numbers = range(start + 1, min(start + BATCH, count) + 1)
        applier.apply([_capture(bin_id, now, headers) for _ in numbers])
        applier.apply([SetOutcomes([SetOutcome(bin_id, n, 200, 2, None, False) for n in numbers])])
    connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()


def _capture(bin_id: str, now: int, headers: bytes) -> AddCapture:
    return AddCapture(
        bin_id, now, "primary", "POST", "/0123456789abcdef", "127.0.0.1", "application/x-www-form-urlencoded", True,
        "generic", "inbound", "9d3ed970-ab08-11e8-9936-413fe38766e4", "+14155550123", "+19495550142",
        "Testing Inbound", "received", "success", None, "1.1", headers, BODY,
    )  # fmt: skip


def list_ms(server: Process) -> float:
    """Median milliseconds of a page of 100 from the middle and from the top, over the API."""

    async def ask() -> float:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        times = []
        async with aiohttp.ClientSession(headers=headers) as client:
            for index in range(TRIES):
                before = "" if index % 2 else "?before=5000"
                started = time.perf_counter()
                async with client.get(f"{server.bin_api}/captures{before}") as answer:
                    await answer.read()
                times.append((time.perf_counter() - started) * 1_000)
        return statistics.median(times)

    return asyncio.run(ask())
