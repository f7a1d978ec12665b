"""What a wiretap adds to the time of a handler: the same requests to the handler and through smsbin, in turns.

The handler is a bare server in a process of its own, which answers at once. So what is left is the time of smsbin:
storing, and a connection more. `python -m tests.bench wiretap` measures it.
"""

import asyncio
import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.process import TOKEN, Process, answered, request_bytes, serving

from .measure import Row, bare

COUNT = 1_000
# A provider sends its requests one after the other on connections of their own.
ROUND = 50
BAR_MS = 10.0


def wiretap(folder: Path) -> Iterator[Row]:
    """Percentiles of the time that is added."""
    with serving(folder / "wiretap", "--allow-targets", "127.0.0.0/8") as server, bare() as (port, _):
        _call(server, "PUT", json.dumps({"url": f"http://127.0.0.1:{port}/"}).encode())
        direct, through, stored = asyncio.run(_measure(server, port))
        overhead = _get(server)["overhead"]
    for part, name in ((0.5, "p50"), (0.99, "p99")):
        added_ms = (_at(through, part) - _at(direct, part)) * 1_000
        text = f"{added_ms:.1f} ms ({_at(through, part) * 1_000:.1f} − {_at(direct, part) * 1_000:.1f})"
        is_bar = name == "p99"
        bar = f"<= {BAR_MS:g} ms" if is_bar else "told"
        yield Row(f"{name} of an answer through a wiretap − direct", text, bar, not is_bar or added_ms <= BAR_MS)
    text = f"{_at(stored, 0.5) * 1_000:.1f} / {_at(stored, 0.99) * 1_000:.1f} ms"
    yield Row("p50 / p99 of an answer of smsbin itself, without one", text, "told", True)
    text = f"{overhead['p50_ms']:.1f} / {overhead['p99_ms']:.1f} ms of {overhead['count']}"
    yield Row("p50 / p99 that smsbin reports itself", text, "told", True)


async def _measure(server: Process, port: int) -> tuple[list[float], list[float], list[float]]:
    """Seconds of each request to the handler, through smsbin, and to a URL that smsbin answers; in order."""
    await _until_listening(port)
    direct: list[float] = []
    through: list[float] = []
    stored: list[float] = []
    for _ in range(COUNT // ROUND):
        direct += [await _once(port, "") for _ in range(ROUND)]
        through += [await _once(server.port, server.key) for _ in range(ROUND)]
        stored += [await _once(server.port, f"{server.key}/fallback") for _ in range(ROUND)]
    return sorted(direct), sorted(through), sorted(stored)


async def _once(port: int, path: str) -> float:
    since = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request_bytes(path, keep=False))
    status, _ = await answered(reader)
    took = time.perf_counter() - since
    writer.close()
    if status != 200:
        raise RuntimeError(f"status {status}")
    return took


async def _until_listening(port: int) -> None:
    """The reference server prints its port a moment before it listens."""
    async with asyncio.timeout(10):
        while True:
            try:
                await _once(port, "")
            except ConnectionRefusedError:
                continue
            return


def _at(ordered: list[float], part: float) -> float:
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


def _get(server: Process) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = json.loads(_call(server, "GET", None))
    return found


def _call(server: Process, method: str, body: bytes | None) -> bytes:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    url = f"{server.bin_api}/wiretaps/primary"
    request = urllib.request.Request(url, body, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return bytes(answer.read())
