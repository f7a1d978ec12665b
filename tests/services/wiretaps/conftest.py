"""A server whose primary URL has a wiretap, and the handler behind it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from app import keys
from app.domain.captures import CaptureRow, RawRequest
from app.domain.replays import Attempt
from app.domain.roles import Role
from app.domain.wiretaps.model import Wiretap
from app.services.wiretaps.target import TargetHandler
from tests.conftest import Running, run_server
from tests.ingress.wire import Wire, connect, post
from tests.services.forwards.target import Target, a_target


@dataclass
class Tapped:
    """`target` is the handler."""

    server: Running
    target: Target

    @property
    def path(self) -> str:
        return f"/{self.server.bin.key}"

    def tap(self, url: str | None = None, role: Role = Role.PRIMARY, **values: object) -> TargetHandler:
        """Add a handler without storing it."""
        app = self.server.app
        handler = TargetHandler(Wiretap(url=url or self.target.url, **values), app[keys.SETTINGS].allow_targets, None)
        app[keys.HANDLERS].add(self.server.bin.id, role, handler)
        return handler

    async def send(self, wire: Wire, body: bytes = b"Text=hi", *headers: str) -> None:
        await wire.send(post(self.path, body, *headers))

    async def raw(self, n: int) -> RawRequest:
        return (await self.server.app[keys.STORE].get_capture(self.server.bin.id, n)).raw

    async def row(self, n: int) -> CaptureRow:
        return await self.server.settled(n)

    async def attempts(self, n: int, count: int = 1) -> list[Attempt]:
        """The attempts of a capture, once there are so many."""
        store, found = self.server.app[keys.STORE], list[Attempt]()

        async def are_there() -> bool:
            found[:] = await store.list_attempts(self.server.bin.id, n, limit=20)
            return len(found) >= count

        await self.server.until(are_there)
        return found


@pytest.fixture
async def tapped(make_settings: Callable) -> AsyncIterator[Tapped]:
    settings = make_settings(allow_targets="127.0.0.0/8")
    async with run_server(settings) as server, a_target() as target:
        yield Tapped(server, target)


@pytest.fixture
async def wire(tapped: Tapped) -> AsyncIterator[Wire]:
    async with connect(tapped.server.port) as opened:
        yield opened
