"""The first bin: there is one, however many servers start at the same time."""

import asyncio
from typing import Any, cast

import pytest

from app.domain.bins import Bin, NewBin
from app.services import bins
from app.services.bins import first_bin
from app.services.keyring import Keyring
from app.store import Store
from tests.several import LeaseTable, Passing, SharedStore


class Rows:
    """Bins, in a store that needs a moment for everything."""

    def __init__(self) -> None:
        self.bins: list[Bin] = []

    async def list_bins(self, **_: Any) -> list[Bin]:
        await asyncio.sleep(0)
        return list(reversed(self.bins))

    async def add_bin(self, new: NewBin) -> Bin:
        await asyncio.sleep(0)
        self.bins.append(_bin(new))
        return self.bins[-1]


def _bin(new: NewBin) -> Bin:
    return Bin(id=new.id, key=new.key, name=new.id, provider=None, retention=None, created_at=new.created_at)


def _servers(rows: Rows, count: int) -> list[tuple[SharedStore, Keyring]]:
    table = LeaseTable()
    views = [SharedStore(cast(Store, rows), table, str(number)) for number in range(count)]
    return [(view, Keyring(cast(Store, view))) for view in views]


async def test_servers_that_start_at_the_same_time_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bins, "FIRST_BIN_S", 0.0)
    rows = Rows()
    servers = _servers(rows, 5)
    found = await asyncio.gather(*(first_bin(cast(Store, view), keyring) for view, keyring in servers))
    assert len(rows.bins) == 1
    assert {bin.id for bin in found} == {rows.bins[0].id}
    assert all(keyring.known(found[0].key) for _, keyring in servers)


async def test_a_server_that_dies_before_leaves_it_to_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bins, "FIRST_BIN_S", 0.0)
    rows = Rows()
    (dead, _), (view, keyring) = _servers(rows, 2)
    await dead.hold_lease(bins.FIRST_BIN, bins.LEASE_S)
    made = asyncio.create_task(first_bin(cast(Store, view), keyring))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not made.done()
    Passing(monkeypatch).ahead = bins.LEASE_S + 1
    async with asyncio.timeout(60):
        assert (await made).id == rows.bins[0].id


async def test_the_oldest_one_is_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows()
    ((view, keyring),) = _servers(rows, 1)
    first = await first_bin(cast(Store, view), keyring)
    await bins.create(cast(Store, view), keyring)
    assert await first_bin(cast(Store, view), keyring) == first
