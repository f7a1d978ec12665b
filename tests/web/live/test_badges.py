"""The badges of forwards on an open list are replaced when their dispatches change."""

from collections.abc import AsyncIterator, Callable

import pytest

from app import keys
from app.settings import Settings
from app.web.live.badges import ForwardBadges
from tests.conftest import Running, run_server
from tests.services.forwards.target import a_target
from tests.web.forwards.calling import call, hit, until_state


@pytest.fixture
async def opened(make_settings: Callable[..., Settings]) -> AsyncIterator[Running]:
    async with run_server(make_settings(allow_targets="127.0.0.0/8")) as running:
        yield running


async def test_an_open_list_gets_the_new_badge_of_a_row(opened: Running) -> None:
    async with a_target() as target:
        made = await call(opened, "POST", status=201, name="F", url=target.url, paused=True)
        await hit(opened)
        await until_state(opened, 1, "held")
        address = f"{opened.url}/bins/{opened.bin.id}/live"
        async with opened.client.ws_connect(address, headers={"Origin": opened.url}) as socket:
            assert "hello" in await socket.receive_json(timeout=60)
            await call(opened, "POST", f"/{made['id']}/resume")
            while "forwards" not in (frame := await socket.receive_json(timeout=60)):
                pass
            assert '<span id="forwards-1">' in frame["forwards"]
            assert "forwarded" in frame["forwards"]


async def test_nothing_is_sent_twice(opened: Running) -> None:
    async with a_target() as target:
        badges, other = (ForwardBadges(opened.app, opened.bin.id) for _ in range(2))
        assert await badges.wire() == b""
        await call(opened, "POST", status=201, name="F", url=target.url)
        await hit(opened)
        await until_state(opened, 1, "delivered")
        wire = await badges.wire()
        assert b"forwards-1" in wire
        assert (await badges.wire(), await other.wire()) == (b"", wire)
        assert opened.app[keys.FORWARDS].recent.version(opened.bin.id) == 1
