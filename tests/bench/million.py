"""A data directory with many captures: its log written by the appender, its ledger by the follower.

`python -m tests.bench.million FOLDER COUNT` creates both, and prints the captures/s of the follower.
"""

import asyncio
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from app import clock
from app.domain.units import micros
from app.storage.ballast import Ballast
from app.storage.log.appender import Appender
from app.storage.log.jobs import AddBin, AddCapture, OutcomeRecord, SetOutcomes
from app.storage.opening import open_store
from app.storage.sqlite.log_file import open_log_file
from tests.process import TOKEN, Process

BATCH = 2_000
TRIES = 40


def fill(folder: Path, count: int, apart_us: int = 1_000) -> float:
    """`count` captures in one bin, with their outcomes, their messages (3 in 10 captures) and the search index.
    Returns the captures/s of the follower, without the index.
    """
    fill_log(folder, count, apart_us)
    return asyncio.run(_follow(folder, count))


def fill_log(folder: Path, count: int, apart_us: int = 1_000) -> None:
    """Create the log only, of captures that came so many microseconds after each other."""
    folder.mkdir()
    file = open_log_file(folder / "log.db", doubt=False)
    appender = Appender(file.database, Ballast(folder / "ballast"), clock.new_id())
    appender.begin()
    append(appender, count, apart_us, file.checkpoints.checkpoint_if_due)
    file.connection.close()


def append(appender: Appender, count: int, apart_us: int = 1_000, after: Callable[[], object] = int) -> None:
    """In a new bin. `after` is called after each batch."""
    bin_id, now = clock.new_id(), micros(clock.now())
    appender.apply([AddBin(bin_id, clock.new_key(), None, None, None, 300, now)])
    for start in range(0, count, BATCH):
        numbers = range(start + 1, min(start + BATCH, count) + 1)
        appender.apply([_capture(bin_id, now - (count - n) * apart_us, n) for n in numbers])
        appender.apply([SetOutcomes([_outcome(bin_id, n) for n in numbers])])
        after()


async def _follow(folder: Path, count: int) -> float:
    async with open_store(folder) as store:
        started = time.perf_counter()
        left = count - store.ledger_status().behind
        while store.ledger_status().behind:
            await asyncio.sleep(0.01)
        rate = (count - left) / (time.perf_counter() - started)
        while _is_indexing(folder / "ledger.db"):
            await asyncio.sleep(0.1)
    return rate


def _is_indexing(ledger: Path) -> bool:
    with closing(sqlite3.connect(ledger)) as connection:
        return bool(connection.execute("select count(*) from spaces where indexed_n < n").fetchone()[0])


# A few rare and a few frequent ones.
RARE = frozenset({1, 700, 1_400})
STEPS = ("queued", "sent", "delivered")
HEADERS = b"Host: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 292\r\n"


def _capture(bin_id: str, at: int, n: int) -> AddCapture:
    """In ten captures: three messages with three callbacks each, and one repeated callback."""
    message, step = n // 10 * 3 + min(n % 10 // 3, 2), n % 10 % 3 if n % 10 < 9 else 2
    text = f"Your order {message} is on its way{' with a rareword' if message in RARE else ''}"
    fields = {
        "MessageSid": message_id(message), "MessageStatus": STEPS[step], "From": "+14155550100", "To": party(message),
        "Body": text, "AccountSid": "AC00000000000000000000000000000000", "ApiVersion": "2010-04-01",
    }  # fmt: skip
    return AddCapture(
        bin_id, at, "status", "POST", "/0123456789abcdef/status", "127.0.0.1", "1.1", HEADERS,
        urlencode(fields).encode(), True, None, None, None, False,
    )  # fmt: skip


def _outcome(bin_id: str, n: int) -> OutcomeRecord:
    return OutcomeRecord(bin_id, n, 200, 2, False, None, True, None, None)


PROVIDER = "twilio"


def message_id(message: int) -> str:
    """Ids without an order, as providers use them."""
    return f"SM{message * 2_654_435_761 % (1 << 32):08x}ab0811e89936413fe38766e4"


def party(message: int) -> str:
    """Twenty thousand invented phone numbers."""
    return f"+1415555{message * 7_919 % 20_000:05d}"


def list_ms(server: Process) -> float:
    """Median milliseconds of a page of 100 from the middle and from the top, through the API."""
    return asyncio.run(_page_ms(server, ("?before=5000", "")))


def newest_ms(server: Process) -> float:
    """Of one from the top."""
    return asyncio.run(_page_ms(server, ("",)))


async def _page_ms(server: Process, pages: Sequence[str]) -> float:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    times = []
    async with aiohttp.ClientSession(headers=headers) as client:
        for index in range(TRIES):
            started = time.perf_counter()
            async with client.get(f"{server.bin_api}/captures{pages[index % len(pages)]}") as answer:
                await answer.read()
                assert answer.status == 200
            times.append((time.perf_counter() - started) * 1_000)
    return statistics.median(times)


if __name__ == "__main__":
    print(f"{fill(Path(sys.argv[1]), int(sys.argv[2])):.0f}")
