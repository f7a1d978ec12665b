"""Requests whose answers no server will send any more get an outcome; those that another server is holding do not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from app import clock
from app.domain.captures import NewOutcome, Outcome
from app.services.upkeep import settling
from app.services.upkeep.settling import AFTER, EVERY_S, LONGEST_WAIT, SERVER_S, STOPPED, Settling
from app.storage.opening import open_store
from app.store import Health, Store
from tests.several import LeaseTable, Passing, SharedStore
from tests.storage.builders import a_bin, a_capture


@dataclass
class Server:
    view: SharedStore
    settling: Settling


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Passing:
    """The wall clock stands still, so that captures keep their age."""
    now = clock.now()
    made = Passing(monkeypatch)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=made.ahead))
    return made


@pytest.fixture
async def servers(tmp_path: Path, passing: Passing) -> AsyncIterator[list[Server]]:
    async with open_store(tmp_path / "data") as store:
        table = LeaseTable()
        views = [SharedStore(store, table, name) for name in ("a", "b")]
        yield [Server(view, Settling(cast(Store, view))) for view in views]


async def _captured(server: Server, bin: object, ago: timedelta = timedelta(), *, answered: bool = False) -> int:
    store = server.view._store
    n = await store.add_capture(a_capture(bin, received_at=clock.now() - ago))  # type: ignore[arg-type]
    if answered:
        outcome = Outcome(status=200, after_ms=3)
        store.note_outcome(NewOutcome(bin.id, n, outcome))  # type: ignore[attr-defined]
    return n


async def _notes(server: Server, bin: object) -> list[str | None]:
    rows = await server.view._store.list_captures(bin.id, limit=9)  # type: ignore[attr-defined]
    return [None if row.outcome is None else row.outcome.note or "sent" for row in reversed(rows)]


async def test_what_a_server_that_died_was_holding_is_settled_by_another_one(
    servers: list[Server], passing: Passing
) -> None:
    first, second = servers
    bin = await a_bin(first.view._store)
    await first.settling.step()
    await _captured(first, bin, timedelta(hours=1))
    await _captured(first, bin, LONGEST_WAIT - timedelta(seconds=1))
    await _captured(first, bin, answered=True)
    await _captured(first, bin)
    await second.settling.lease.step()
    for later_s in (0.0, SERVER_S + 1, AFTER.total_seconds() - SERVER_S):
        passing.ahead += later_s
        await second.settling.lease.step()
        await second.settling.step()
        assert await _notes(second, bin) == [None, None, "sent", None], "it may still be sent"
    passing.ahead += SERVER_S
    await _captured(second, bin)
    await second.settling.lease.step()
    assert await second.settling.step() == EVERY_S
    assert await _notes(second, bin) == [None, STOPPED, "sent", STOPPED, None]
    assert await second.view.lapsed_leases(settling.SERVER, timedelta()) == {}


async def test_only_the_server_with_the_lease_settles(servers: list[Server], passing: Passing) -> None:
    first, second = servers
    bin = await a_bin(first.view._store)
    await first.settling.step()
    await _captured(first, bin)
    passing.ahead += AFTER.total_seconds() + SERVER_S + 1
    await second.settling.step()
    assert await _notes(second, bin) == [None]
    assert len(await second.view.lapsed_leases(settling.SERVER, AFTER)) == 1


async def test_a_server_that_could_not_write_may_have_lost_outcomes(
    servers: list[Server], passing: Passing, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = servers
    bin = await a_bin(first.view._store)
    await first.settling.lease.step()
    await first.settling.step()
    await _captured(first, bin)
    monkeypatch.setattr(first.view._store, "health", lambda: Health(state="ok", refused=1))
    await first.settling.step()
    monkeypatch.setattr(first.view._store, "health", lambda: Health(state="ok"))
    passing.ahead += AFTER.total_seconds() + SERVER_S + 1
    await first.settling.lease.step()
    await first.settling.step()
    assert await _notes(first, bin) == [STOPPED]
    first.view.is_away = True
    name = first.settling._name
    await first.settling.step()
    assert first.settling._name != name
    first.view.is_away = False


async def test_a_server_that_stops_leaves_nothing_to_settle(servers: list[Server], passing: Passing) -> None:
    first, second = servers
    await first.settling.step()
    await first.settling.release()
    passing.ahead += AFTER.total_seconds() * 2
    assert await second.view.lapsed_leases(settling.SERVER, timedelta()) == {}


async def test_a_single_server_settles_once_when_it_starts(servers: list[Server]) -> None:
    store = servers[0].view._store
    bin = await a_bin(store)
    await _captured(servers[0], bin)
    alone = Settling(store)
    assert await alone.step() is None
    assert await _notes(servers[0], bin) == [None], "it was not there when the store was opened"
    await alone.release()
