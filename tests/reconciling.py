"""Files of a provider, and servers that compare them in this process: a new process for each would take most of the
time of these tests."""

import asyncio
import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app import clock, reconciler
from app.services.reconciliations import reconciling
from app.services.reconciliations.job import CompareJob, CompareReport
from app.services.reconciliations.scope import KnownTimes
from tests.conftest import Running

US, THEM = "+12125550199", "+14155550123"
HEADER = (
    "From", "To", "Body", "Status", "SentDate", "ApiVersion", "NumSegments", "ErrorCode", "AccountSid", "Sid",
    "Direction", "Price", "PriceUnit",
)  # fmt: skip


def sid(number: int) -> str:
    return f"SM{number:032x}"


def row(number: int, at: datetime | None = None, text: str = "hi", sender: str = THEM) -> list[str]:
    """An inbound message in the export of Twilio's console, an hour old unless a time is given."""
    at = at or clock.now() - timedelta(hours=1)
    return [
        sender, US, text, "received", f"{at:%Y-%m-%dT%H:%M:%SZ}", "2010-04-01", "1", "", "AC" + "1" * 32, sid(number),
        "inbound", "-0.0079", "USD",
    ]  # fmt: skip


def table(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    return out.getvalue().encode()


async def arrive(server: Running, number: int, role: str = "", text: str = "hi") -> None:
    """The webhook of an inbound message."""
    fields = {"From": THEM, "To": US, "Body": text, "MessageSid": sid(number), "AccountSid": "AC" + "1" * 32}
    async with server.client.post(server.capture_url + role, data=fields | {"NumMedia": "0"}) as answer:
        assert answer.status == 200


async def compare_here(job: CompareJob, report: Callable[[CompareReport], None]) -> None:
    """As the process does it, in a thread."""
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(reconciler.run, job, lambda found: loop.call_soon_threadsafe(report, found))
    await asyncio.sleep(0)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are compared in this process, and bins are a day old."""
    monkeypatch.setattr(reconciling, "compare", compare_here)
    known_times = reconciling.known_times

    async def a_day_old(*args: object) -> KnownTimes:
        times = await known_times(*args)  # type: ignore[arg-type]
        day_us = 86_400_000_000
        return replace(times, made_us=times.made_us - day_us, kept_us=times.kept_us - day_us)

    monkeypatch.setattr(reconciling, "known_times", a_day_old)


async def send(server: Running, body: bytes, status: int = 202, **query: str) -> dict:
    async with server.client.post(f"{server.bin_api}/reconciliations", data=body, params=query) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def get(server: Running, path: str, status: int = 200, **query: str) -> dict:
    async with server.client.get(f"{server.bin_api}/{path}", params=query) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def ended(server: Running, id: str) -> dict:
    """The comparison, when it has ended."""
    async with asyncio.timeout(60):
        while True:
            found = await get(server, f"reconciliations/{id}")
            if found["state"] not in ("waiting", "reading", "comparing", "saving"):
                return found
            await asyncio.sleep(0.02)


async def compared(server: Running, rows: Sequence[Sequence[str]], **query: str) -> dict:
    made = await send(server, table(rows), **query)
    found = await ended(server, made["id"])
    assert found["state"] == "done", found["problem"]
    return found
