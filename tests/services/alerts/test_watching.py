"""The watcher of a bin: what it stores, when, and what it does while the store cannot be read or written."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.alerts.model import AlertKind, AlertMark, AlertStatus
from app.domain.bins import Bin
from app.errors import StoreUnavailable, TooSlow
from app.services.alerts import watching as module
from app.store import Health
from tests.services.forwards.target import Target

from .watched import Clock, Watched, said, types, watching


async def test_a_filter_that_took_too_long_is_tried_again(
    place: Watched, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TOO_SLOW", timedelta(milliseconds=50))
    matching, calls = place.store.matching, 0

    async def slow_once(*args: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise TooSlow(("q", "took too long"))
        return await matching(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(place.store, "matching", slow_once)
    await place.add(target.url, filter="status:failed")
    other = await place.add(target.url)
    await place.status("SM1", "failed")
    await target.got(2)
    assert (calls, await place.kinds(other)) == (2, ["firing"])


async def test_captures_without_a_match_are_written_from_time_to_time(
    place: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_UNWRITTEN", 3)
    alert = await place.add(filter="status:failed")
    for number in range(2):
        await place.status(f"SM{number}", "sent")
    await place.until_looked(alert)
    assert (await place.store.get_alert(alert.id)).position == 0
    await place.status("SM2", "sent")

    async def holds() -> bool:
        return (await place.store.get_alert(alert.id)).position == 3

    await place.until(holds)


async def test_a_request_that_the_ledger_does_not_have_yet_is_not_passed_over(
    place: Watched, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger cannot be read for a moment, and its server was not notified of the request."""
    get_bin, looks = place.store.get_bin, asyncio.Event()

    async def unreadable(bin_id: str, **values: object) -> Bin:
        return replace(await get_bin(bin_id, **values), seq=0, first_seq=0, behind=0)

    async def empty(*_: object, **__: object) -> list[object]:
        looks.set()
        return []

    alert = await place.add(target.url, filter="status:failed")
    with monkeypatch.context() as patch:
        patch.setattr(place.store, "get_bin", unreadable)
        patch.setattr(place.store, "list_captures", empty)
        await place.status("SM1", "failed")
        looks.clear()
        place.alerts.bin_changed(place.bin.id)
        async with asyncio.timeout(60):
            await looks.wait()
    place.alerts.bin_changed(place.bin.id)
    await target.got(1)
    assert place.now(alert).position == 1


async def test_a_stop_stores_what_was_looked_at(tmp_path: Path) -> None:
    async with watching(tmp_path) as place:
        alert, bin = await place.add(filter="status:failed", more_than=5), place.bin
        await place.status("SM1", "failed")
        await place.until_looked(alert)
    async with watching(tmp_path, bin=bin) as place:
        stored = await place.store.get_alert(alert.id)
        assert (stored.position, len(stored.state.times), stored.state.last_n) == (1, 1, 1)


async def test_nothing_is_sent_that_is_not_stored(
    place: Watched, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.01)
    mark_alerts, refused = place.store.mark_alerts, 0

    async def refuse(marks: Sequence[AlertMark]) -> int:
        nonlocal refused
        refused += 1
        if refused < 4:
            raise StoreUnavailable("the disk is full")
        assert target.seen == []
        return await mark_alerts(marks)

    monkeypatch.setattr(place.store, "mark_alerts", refuse)
    alert = await place.add(target.url, filter="status:failed")
    await place.status("SM1", "failed")
    await target.got(1)
    await place.until_delivered(alert, 1)
    assert (await place.kinds(alert), len(target.seen)) == (["firing"], 1)


async def test_a_server_that_refuses_requests_says_so_although_it_cannot_store_it(
    place: Watched, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.01)
    mark_alerts, is_full = place.store.mark_alerts, True
    alert = await place.add(target.url, AlertKind.SMSBIN, within_s=0, more_than=10)

    async def refuse(marks: Sequence[AlertMark]) -> int:
        if is_full:
            raise StoreUnavailable("the disk is full")
        return await mark_alerts(marks)

    monkeypatch.setattr(place.store, "mark_alerts", refuse)
    monkeypatch.setattr(place.store, "health", lambda: Health(state="full" if is_full else "ok"))
    await target.got(1)
    assert types(target.seen) == ["alert.firing"]
    assert "Requests are answered 503." in str(said(target.seen[0])["data"]["text"])
    assert await place.kinds(alert) == []
    is_full = False
    await place.until_kinds(alert, "firing", "resolved")
    await place.until_delivered(alert, 2)
    assert types(target.seen) == ["alert.firing", "alert.resolved"]
    assert place.now(alert).state.status is AlertStatus.OK


async def test_quiet_hours_hold_a_notice_until_they_end(place: Watched, target: Target, hands: Clock) -> None:
    # 03:30 in Berlin does not exist on 29 March 2026: at 03:00 in summer time the quiet hours are over.
    hands.set("2026-03-29T00:30:00+00:00")
    alert = await place.add(
        target.url, filter="status:failed", within_s=86_400,
        quiet={"begin": "01:00", "end": "03:00", "zone": "Europe/Berlin"},
    )  # fmt: skip
    await place.status("SM1", "failed")

    async def fires() -> bool:
        return place.now(alert).state.status is AlertStatus.FIRING

    await place.until(fires)
    assert (await place.kinds(alert), target.seen) == ([], [])
    hands.set("2026-03-29T01:00:01+00:00")
    place.alerts.bin_changed(place.bin.id)
    await place.until_delivered(alert, 1)
    assert said(target.seen[0])["data"]["since"] < "2026-03-29T00:31"
