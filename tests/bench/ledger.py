"""The time of reads with many messages: milliseconds of the store itself, without HTTP."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path

from app import clock
from app.domain.pairings.model import PROBLEMS
from app.domain.search import parse_query, settle
from app.domain.volume import DAY, HOUR, MINUTE, TimeSpan
from app.services.completions import complete_in
from app.services.volume import volume_of
from app.storage.opening import open_store
from app.store import Store

from .million import PROVIDER, message_id, party

TRIES = 15

Ask = Callable[[Store, str], Awaitable[object]]


def _find(of: str, text: str) -> Ask:
    query = settle(parse_query(text), clock.now())

    async def ask(store: Store, bin_id: str) -> object:
        lists = {"captures": store.list_captures, "messages": store.list_messages}
        return await lists[of](bin_id, limit=101, query=query)

    return ask


def _complete(text: str) -> Ask:
    return lambda store, bin_id: complete_in(store, bin_id, text, len(text))


async def _axis(store: Store, bin_id: str) -> object:
    return await volume_of(store, await store.get_bin(bin_id), None, clock.now())


def _overview(step: timedelta, count: int) -> Ask:
    return lambda store, bin_id: store.get_overview(bin_id, TimeSpan.up_to(clock.now(), step, count))


def _intervals(step: timedelta, count: int) -> Ask:
    return lambda store, bin_id: store.count_intervals(bin_id, TimeSpan.up_to(clock.now(), step, count))


QUESTIONS: dict[str, Ask] = {
    "newest messages": lambda store, bin_id: store.list_messages(bin_id, limit=101),
    "one message": lambda store, bin_id: store.get_message(bin_id, PROVIDER, message_id(700)),
    "a number's conversation": lambda store, bin_id: store.list_pair(bin_id, party(700), "+14155550100", limit=101),
    "conversations": lambda store, bin_id: store.list_conversations(bin_id, limit=51),
    "counts of the views": lambda store, bin_id: store.count_messages(bin_id, 1_000),
    "newest pairings": lambda store, bin_id: store.list_pairings(bin_id, limit=101),
    "pairings with a problem": lambda store, bin_id: store.list_pairings(bin_id, limit=101, only=PROBLEMS),
    "pairings summed up": lambda store, bin_id: store.sum_up_pairings(bin_id),
    "messages by number": _find("messages", f"to:{party(700)}"),
    "messages by a number's beginning": _find("messages", "to:+1415*"),
    "messages by a rare word": _find("messages", "text~rareword"),
    "messages by a common word": _find("messages", "order"),
    "failed messages (none)": _find("messages", "status:failed"),
    "captures by number": _find("captures", f"to:{party(700)}"),
    "captures by a number's beginning": _find("captures", "to:+1415*"),
    "captures by a rare word": _find("captures", "rareword"),
    "captures by a common word": _find("captures", "text~order"),
    "captures by id": _find("captures", f"id:{message_id(700)}"),
    "a number and a common word": _find("captures", f"to:{party(700)} text~order"),
    "completion of a status": _complete("status:"),
    "completion of a number": _complete("to:+1415"),
    "completion of an id": _complete("id:SM0"),
}

COUNTS: dict[str, Ask] = {
    "time axis": _axis,
    "time axis of a day": _intervals(15 * MINUTE, 96),
    "overview of a day": _overview(HOUR, 24),
    "overview of a month": _overview(DAY, 30),
}
"""Questions about counts by time, of captures that came in the course of a month."""


def ask_all(folder: Path, questions: Mapping[str, Ask] = QUESTIONS) -> dict[str, float]:
    """Median milliseconds of each read."""

    async def run() -> dict[str, float]:
        async with open_store(folder) as store:
            (bin,) = await store.list_bins(limit=1)
            return {name: await _time(ask, store, bin.id) for name, ask in questions.items()}

    return asyncio.run(run())


async def _time(ask: Ask, store: Store, bin_id: str) -> float:
    times = []
    for _ in range(TRIES):
        started = time.perf_counter()
        await ask(store, bin_id)
        times.append((time.perf_counter() - started) * 1_000)
    return statistics.median(times)
