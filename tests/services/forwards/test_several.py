"""Several servers share a store: one sends, the others show what it does and change what it does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from app.domain.forwards.model import OPEN, DispatchOrder, ForwardMode, ForwardState, Retry
from app.domain.replays import FollowUp, Trigger
from app.services import leases
from app.services.forwards import registry, runner
from app.services.leases import LEASE_S
from tests.several import Passing

from .several import Server, several_servers
from .target import Target, answer_of
from .test_follow_ups import a_status, ids


@pytest.fixture(autouse=True)
def passing(monkeypatch: pytest.MonkeyPatch) -> Passing:
    for module, name in ((leases, "TAKE_S"), (leases, "EXTEND_S"), (registry, "FOLLOW_S"), (runner, "AGAIN_S")):
        monkeypatch.setattr(module, name, 0.05)
    return Passing(monkeypatch)


@pytest.fixture
async def servers(tmp_path: Path, passing: Passing) -> AsyncIterator[list[Server]]:
    async with several_servers(tmp_path / "data", 3) as opened:
        yield opened
        for server in opened:
            server.view.is_away = False


async def test_one_of_them_sends_and_all_of_them_show_it(servers: list[Server], target: Target) -> None:
    first, second, third = servers
    forward = await second.place.add(target.url)
    for _ in range(20):
        await third.place.capture()
    await target.got(20)
    for server in servers:
        await server.place.until(lambda server=server: _shows(server, forward.id, (0, 0, 20)))
        assert await server.place.shown(20) == "delivered"
    assert sorted(target.numbers) == list(range(1, 21)), "each of them once"
    assert first.view.flushed >= 20
    assert second.view.flushed == third.view.flushed == 0


async def _shows(server: Server, forward_id: str, counts: tuple[int, int, int]) -> bool:
    status = await server.forwards.status(server.place.bin.id, forward_id)
    return (status.lag, status.failed, status.stored.delivered) == counts


async def test_what_users_change_elsewhere_reaches_the_one_that_sends(servers: list[Server], target: Target) -> None:
    first, second, third = servers
    forward = await second.place.add(target.url)
    await first.place.capture()
    await target.got(1)
    await third.forwards.refresh()
    await third.forwards.pause(forward.bin_id, forward.id)
    await _until(lambda: _state(first, forward.id) is ForwardState.PAUSED)
    await first.place.capture()
    await second.forwards.refresh()
    assert _state(second, forward.id) is ForwardState.PAUSED
    await second.forwards.resume(forward.bin_id, forward.id)
    await target.got(2)
    await first.place.until_stored(forward, 2, "delivered")
    changed = structs.replace(forward.forward, name="G", url=f"{target.url}/other")
    await third.forwards.change(forward.bin_id, forward.id, changed)
    await _until(lambda: first.forwards.of(forward.bin_id)[0].forward.name == "G")
    await first.place.capture()
    await target.got(3)
    assert b"/sms/other" in target.seen[2].head
    await second.forwards.drop(forward.bin_id, forward.id)
    await _until(lambda: not first.forwards.of(forward.bin_id))
    assert target.numbers == [1, 2, 3]


async def test_a_retry_and_a_test_of_another_server_are_sent_once(servers: list[Server], target: Target) -> None:
    first, second, _ = servers
    target.say = lambda _: answer_of(503)
    forward = await first.place.add(target.url)
    await first.place.capture()
    await first.place.until_stored(forward, 1, "retrying")
    target.say = lambda _: answer_of(200)
    await second.forwards.refresh()
    wanted = Retry(states=OPEN, trigger=Trigger.RETRY, restart=True)
    assert await second.forwards.retry(forward.bin_id, forward.id, wanted) == 1
    await first.place.until_stored(forward, 1, "delivered")
    attempt = await second.forwards.test(forward.bin_id, forward.id, 1)
    assert attempt.status == 200
    assert target.numbers == [1, 1, 1]


async def test_another_one_continues_when_the_one_that_sends_is_gone(
    servers: list[Server], target: Target, passing: Passing
) -> None:
    first, second, third = servers
    forward = await first.place.add(target.url, order=DispatchOrder.STRICT)
    for _ in range(3):
        await first.place.capture()
    await first.place.until_stored(forward, 3, "delivered")
    first.cut_off()
    await second.place.capture()
    await asyncio.sleep(0)
    passing.ahead += LEASE_S + 1
    await target.got(4)
    await _until(lambda: not first.forwards.lease.may_begin)
    await second.place.until_stored(forward, 4, "delivered")
    assert target.numbers == [1, 2, 3, 4], "from where the other one was"
    assert second.forwards.lease.is_held != third.forwards.lease.is_held
    first.view.is_away = False
    await second.place.capture()
    await target.got(5)
    await second.place.until_stored(forward, 5, "delivered")
    assert target.numbers == [1, 2, 3, 4, 5]


async def test_nothing_is_sent_by_a_server_that_was_frozen(
    servers: list[Server], target: Target, passing: Passing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease has ended between the decision to send and the sending."""
    first, second, _ = servers
    forward = await first.place.add(target.url)
    wait_for_captures, is_frozen = registry.ForwardSender.send, asyncio.Event()

    async def frozen(self: object, *args: object) -> object:
        first.cut_off()
        passing.ahead += LEASE_S + 1
        is_frozen.set()
        return await wait_for_captures(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(first.forwards._sender, "send", frozen.__get__(first.forwards._sender))
    await second.place.capture()
    async with asyncio.timeout(60):
        await is_frozen.wait()
    await second.place.until_stored(forward, 1, "delivered")
    assert target.numbers == [1]


async def test_what_follows_is_found_by_the_one_that_sends_and_once(servers: list[Server], target: Target) -> None:
    first, second, third = servers
    forward = await second.place.add(target.url, mode=ForwardMode.EVENT)
    await a_status(third.place)
    await target.got(2)
    await second.place.until_stored(forward, 1, "delivered")
    first.cut_off()
    await a_status(third.place, "SM2")
    assert ids(target.seen) == ["1.0", "1.0.stuck"]
    for server in (second, third):
        await server.forwards.refresh()
        stored = server.forwards.runner(server.place.bin.id, forward.id).stored
        assert (stored.looked[FollowUp.STUCK], server.view.flushed) == (1, 0)


def _state(server: Server, forward_id: str) -> ForwardState:
    return server.forwards.runner(server.place.bin.id, forward_id).stored.health.state


async def _until(holds: object) -> None:
    async with asyncio.timeout(60):
        while not holds():  # type: ignore[operator]
            await asyncio.sleep(0.01)
