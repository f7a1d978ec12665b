"""Subscriptions: notified at once when it is quiet, once a tick in a burst, never lost."""

import asyncio
from contextlib import ExitStack

from app.live.frames import FrameCache
from app.live.hub import AT_ONCE, TICK_S, Hub


async def test_a_single_notification_wakes_at_once() -> None:
    hub = Hub()
    with hub.subscribe("b") as subscription:
        hub.notify("b")
        assert await subscription.wait(0)


async def test_a_burst_wakes_twice_not_fifty_times() -> None:
    hub = Hub()
    wakes = 0
    with hub.subscribe("b") as subscription:
        for _ in range(50):
            hub.notify("b")
        while await subscription.wait(TICK_S * 4):
            subscription.clear()
            wakes += 1
    assert wakes == 2


async def test_a_notification_between_clearing_and_waiting_is_not_lost() -> None:
    hub = Hub()
    with hub.subscribe("b") as subscription:
        subscription.clear()
        hub.notify("b")
        assert await subscription.wait(1)


async def test_other_bins_and_viewers_who_left_are_not_notified() -> None:
    hub = Hub()
    with hub.subscribe("b") as gone:
        pass
    with hub.subscribe("a") as subscription:
        hub.notify("b")
        assert not await subscription.wait(0.001)
        assert hub.viewers == 1
    assert not await gone.wait(0)
    assert hub.viewers == 0


async def test_every_notification_is_counted_with_and_without_subscribers() -> None:
    hub = Hub()
    hub.notify("b")
    assert (hub.version("b"), hub.version("a")) == (1, 0)
    with hub.subscribe("b") as subscription:
        for _ in range(50):
            hub.notify("b")
        assert hub.version("b") == 2
        subscription.clear()
        assert await subscription.wait(TICK_S * 4)
        assert hub.version("b") == 3
        hub.notify("b")
    # It would arrive with the next tick.
    assert hub.version("b") == 4


async def test_closing_wakes_all_viewers() -> None:
    hub = Hub()
    with hub.subscribe("a") as first, hub.subscribe("b") as second:
        hub.close()
        assert await first.wait(0)
        assert await second.wait(0)
    assert hub.closed


async def test_a_frame_is_made_once_for_all_concurrent_callers() -> None:
    cache: FrameCache[int] = FrameCache()
    made = 0

    async def make() -> int:
        nonlocal made
        made += 1
        await asyncio.sleep(0)
        return made

    values = await asyncio.gather(*(cache.get("k", make, keep=bool) for _ in range(10)))
    assert values == [1] * 10
    assert await cache.get("k", make, keep=bool) == 1
    assert await cache.get("other", make, keep=lambda _: False) == 2
    assert await cache.get("other", make, keep=lambda _: False) == 3


async def test_a_frame_that_failed_is_tried_again() -> None:
    cache: FrameCache[int] = FrameCache()
    tries = 0

    async def make() -> int:
        nonlocal tries
        tries += 1
        await asyncio.sleep(0)
        if tries == 1:
            raise ValueError("first")
        return tries

    failed = await asyncio.gather(*(cache.get("k", make, keep=bool) for _ in range(3)), return_exceptions=True)
    assert [type(error) for error in failed] == [ValueError] * 3
    assert await cache.get("k", make, keep=bool) == 2


async def test_who_renders_for_others_may_leave_without_them() -> None:
    cache: FrameCache[int] = FrameCache()
    never = asyncio.get_running_loop().create_future()

    async def stuck() -> int:
        await never
        return 1

    async def make() -> int:
        return 2

    leader = asyncio.ensure_future(cache.get("k", stuck, keep=bool))
    await asyncio.sleep(0)
    followers = [asyncio.ensure_future(cache.get("k", make, keep=bool)) for _ in range(3)]
    await asyncio.sleep(0)
    leader.cancel()
    assert await asyncio.gather(*followers) == [2, 2, 2]


async def test_a_crowd_is_woken_a_few_a_turn() -> None:
    hub = Hub()
    with ExitStack() as stack:
        subscriptions = [stack.enter_context(hub.subscribe("b")) for _ in range(AT_ONCE * 2 + 1)]
        hub.notify("b")
        woken = []
        while not woken or woken[-1] < len(subscriptions):
            woken.append(sum([await subscription.wait(0) for subscription in subscriptions if subscription._notified]))
            await asyncio.sleep(0)
    assert woken == [AT_ONCE, AT_ONCE * 2, AT_ONCE * 2 + 1]
