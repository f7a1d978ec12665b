"""A database with many captures, made by the writer's own code, and the time that a page of it takes."""

import asyncio
import statistics
import time
from itertools import chain
from pathlib import Path

import aiohttp

from app import clock
from app.domain.captures import Kind
from app.domain.events import Event
from app.domain.statuses import Status
from app.domain.units import micros
from app.storage.apply import Applier
from app.storage.connections import open_writer
from app.storage.jobs import AddBin, AddCapture, IndexWords, SetOutcome, SetOutcomes
from app.storage.migrate import migrate
from tests.process import TOKEN, Process

from .load import BODY

BATCH = 2_000
TRIES = 40


def fill(folder: Path, count: int) -> None:
    """`count` captures in one bin, with their outcomes, their ledger (3 messages in 10 captures) and their index."""
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
    headers = b"\n".join(chain.from_iterable(pairs))
    for start in range(0, count, BATCH):
        numbers = range(start + 1, min(start + BATCH, count) + 1)
        applier.apply([_capture(bin_id, now - (count - n) * 1_000, headers, n) for n in numbers])
        applier.apply([SetOutcomes([_outcome(bin_id, n) for n in numbers]), IndexWords(BATCH)])
    connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()


# Few among few and few among many.
RARE = frozenset({1, 700, 1_400})
STEPS = (
    ("queued", Status.QUEUED, False), ("sent", Status.SENT, False), ("delivered", Status.DELIVERED, True),
)  # fmt: skip


def _capture(bin_id: str, at: int, headers: bytes, n: int) -> AddCapture:
    """Of ten captures: three messages of three callbacks each, and one callback that comes again."""
    message, step = n // 10 * 3 + min(n % 10 // 3, 2), n % 10 % 3 if n % 10 < 9 else 2
    word, status, final = STEPS[step]
    recipient = party(message)
    text = f"Your order {message} is on its way{' with a rareword' if message in RARE else ''}"
    event = Event(
        kind=Kind.STATUS, message_id=message_id(message), sender="+14155550100", recipient=recipient,
        sender_said="+14155550100", recipient_said=recipient, text=text, status=status, raw_status=word, final=final,
    )  # fmt: skip
    return AddCapture(
        bin_id, at, "status", "POST", "/0123456789abcdef/status", "127.0.0.1", "application/x-www-form-urlencoded",
        True, "ytel", "status", event.message_id, event.sender, event.recipient, text, status.value, word, None, "1.1",
        headers, BODY, "", f"{text}\n{recipient}\n{event.message_id}", [event],
        None, False, False,
    )  # fmt: skip


def _outcome(bin_id: str, n: int) -> SetOutcome:
    return SetOutcome(bin_id, n, 200, 2, False, None, True, None, None, True)


def message_id(message: int) -> str:
    """Ids without an order, as providers give them."""
    return f"{message * 2_654_435_761 % (1 << 32):08x}-ab08-11e8-9936-413fe38766e4"


def party(message: int) -> str:
    """Twenty thousand numbers, made up."""
    return f"+1415555{message * 7_919 % 20_000:05d}"


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
