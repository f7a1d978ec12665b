"""A bin with forwards, and a target on this machine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .target import Forwarding, Target, a_target, forwarding


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Forwarding]:
    async with forwarding(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    async with a_target() as opened:
        yield opened
