"""A bin whose captures listeners get."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.listeners import ListenerChoice, StoredListener
from app.services.listeners.connection import ListenerConnection
from app.services.listeners.registry import Listeners, ListenerStatus
from app.services.wiretaps.handlers import Handlers
from tests.services.forwards.target import Forwarding, forwarding

EVERYTHING = ListenerChoice()


@dataclass
class Listening:
    """The listeners of a bin."""

    place: Forwarding
    listeners: Listeners
    handlers: Handlers

    async def capture(self, count: int = 1, body: bytes = b"Text=hi") -> None:
        for _ in range(count):
            await self.place.capture(body)
        await self.place.rows()

    async def connect(
        self, cursor: int | None = 0, name: str = "laptop", choice: ListenerChoice = EVERYTHING, *,
        is_answering: bool = False,
    ) -> ListenerConnection:  # fmt: skip
        return await self.listeners.connect(
            self.place.bin.id, name, choice, cursor=cursor, is_answering=is_answering
        )  # fmt: skip

    async def taken(self, connection: ListenerConnection) -> list[tuple[int, int]]:
        """Number and attempt of everything that can be sent now."""
        found = []
        while (outgoing := await connection.take()) is not None:
            found.append((outgoing.n, outgoing.attempt))
        return found

    async def status(self, name: str = "laptop") -> ListenerStatus:
        return {each.stored.name: each for each in await self.listeners.of(self.place.bin.id)}[name]

    async def stored(self, name: str = "laptop") -> StoredListener:
        """What is in the log."""
        return {each.name: each for each in await self.place.store.list_listeners(self.place.bin.id)}[name]

    async def errors(self, n: int) -> list[str | None]:
        return [each.error for each in await self.place.store.list_attempts(self.place.bin.id, n, limit=9)]


@pytest.fixture
async def listening(tmp_path: Path) -> AsyncIterator[Listening]:
    async with forwarding(tmp_path / "data") as place:
        handlers = Handlers()
        listeners = Listeners(place.store, handlers)
        yield Listening(place, listeners, handlers)
        await listeners.close()
