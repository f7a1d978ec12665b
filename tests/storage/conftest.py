"""The store under test, with a reader that tests can script; a second engine becomes a second parameter."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from app.storage.opening import open_store
from app.store import Store

Until = Callable[[Callable[[], Awaitable[object]]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _scripted(monkeypatch) -> None:
    monkeypatch.setattr("app.storage.sqlite.store.FOLLOWER", "tests.storage.scripted")


@pytest.fixture(params=["sqlite"])
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path / "data") as opened:
        yield opened


async def until(store: Store, holds: Callable[[], Awaitable[object]], within_s: float = 20) -> None:
    """Wait for a change of the ledger until something holds."""
    changed = asyncio.Event()
    store.on_change(lambda _: changed.set())
    async with asyncio.timeout(within_s):
        while not await holds():
            try:
                async with asyncio.timeout(0.5):
                    await changed.wait()
            except TimeoutError:
                continue
            changed.clear()
