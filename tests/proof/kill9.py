"""kill -9 under load: what was acknowledged is there, and the numbers have no gaps."""

import asyncio
import random
import sqlite3
from contextlib import suppress
from pathlib import Path

from tests.process import Process, answered, request_bytes, serving

SENDERS = 8


async def _send(server: Process, acknowledged: dict[int, str], sender: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        for index in range(1_000_000):
            mark = f"s{sender}-{index}-{server.popen.pid}"
            writer.write(request_bytes(server.key, f"Text={mark}".encode()))
            status, number = await answered(reader)
            if status == 200 and number is not None:
                # Given twice is as bad as lost.
                acknowledged[number] = mark if number not in acknowledged else "two captures"
    finally:
        writer.transport.abort()


async def _load_until_killed(server: Process, acknowledged: dict[int, str], after_s: float) -> None:
    tasks = [asyncio.ensure_future(_send(server, acknowledged, sender)) for sender in range(SENDERS)]
    await asyncio.sleep(after_s)
    server.kill()
    for task in tasks:
        with suppress(OSError, asyncio.IncompleteReadError):
            await task


def round_of(data: Path, seed: int, acknowledged: dict[int, str]) -> None:
    """Load a server and kill it; what it acknowledged is noted. The next round starts on what this one left."""
    with serving(data) as server:
        asyncio.run(_load_until_killed(server, acknowledged, 0.2 + random.Random(seed).random() * 0.5))


def check(data: Path, acknowledged: dict[int, str]) -> list[str]:
    """What is wrong after all rounds."""
    # Started once more: the write-ahead log is replayed, the lock of the dead server is gone.
    with serving(data) as server:
        assert server.stop() == 0
    connection = sqlite3.connect(data / "smsbin.db")
    try:
        texts = dict(connection.execute("select n, text from captures"))
        last = connection.execute("select max(last_n) from bins").fetchone()[0]
        verdict = connection.execute("pragma integrity_check").fetchone()[0]
    finally:
        connection.close()
    wrong = [f"#{n} was acknowledged and is not there" for n, mark in acknowledged.items() if texts.get(n) != mark]
    if sorted(texts) != list(range(1, last + 1)):
        wrong.append("the numbers have gaps")
    if verdict != "ok":
        wrong.append(verdict)
    return wrong
