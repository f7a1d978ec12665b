"""A bin with alerts, a webhook on this machine, and a clock that can be advanced."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import clock
from tests.services.forwards.target import Target, a_target

from .watched import Clock, Watched, watching


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Watched]:
    async with watching(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    async with a_target() as opened:
        yield opened


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "now", made.now)
    return made
