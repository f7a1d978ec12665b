"""The store under test; a second backend becomes a second parameter."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.storage import Store, open_store


@pytest.fixture(params=["sqlite"])
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path / "data" / "smsbin.db") as opened:
        yield opened
