"""The server's end of a fake log process."""

import asyncio
from pathlib import Path

import pytest

from app.storage.log import client
from app.storage.log.client import LogClient
from app.storage.log.results import LogPosition
from app.storage.sqlite.store import log_program

from .playing import Process, Quick


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


@pytest.fixture
def positions() -> list[LogPosition]:
    return []


@pytest.fixture
async def log(path: Path, positions: list[LogPosition], monkeypatch) -> LogClient:
    """An open client on a fast disk."""
    monkeypatch.setattr(client, "Child", Process)
    monkeypatch.setattr(client, "CommitPace", Quick)
    made = LogClient(log_program(path), (), positions.extend, path.with_suffix(".suspect"))
    starting = asyncio.ensure_future(made.start())
    await asyncio.sleep(0)
    made._child.open()
    await starting
    return made


@pytest.fixture
def process(log: LogClient) -> Process:
    return log._child


@pytest.fixture
def impatient(monkeypatch) -> None:
    """A commit is waited for until the next check of timeouts."""
    monkeypatch.setattr(client, "COMMIT_WAIT_S", 0.01)
