"""The queue of a forward: bounded memory, in order, and nothing twice."""

import pytest

from app import clock
from app.domain.forwards.model import DispatchOrder, DispatchState, Forward
from app.services.forwards import queue
from app.services.forwards.queue import ForwardQueue, message_of

from .target import Forwarding


async def a_queue(place: Forwarding, **values: object) -> ForwardQueue:
    forward = Forward(name="F", url="http://127.0.0.1:9999/", **values)
    stored = await place.forwards.add(place.bin.id, forward, position=0, is_paused=True)
    return ForwardQueue(place.store, stored.id, place.bin.id, forward, 0)


async def test_many_that_wait_are_read_in_parts_oldest_first(
    place: Forwarding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "WINDOW", 3)
    for _ in range(8):
        await place.capture()
    await place.rows()
    waiting = await a_queue(place, order=DispatchOrder.NONE)
    taken = []
    while (dispatch := await waiting.take(clock.now())) is not None:
        taken.append(dispatch.n)
        assert len(waiting._window) < 3
    assert taken == list(range(1, 9))
    assert waiting.position == 0
    done = [each for each in waiting.in_progress.values() if each.n != 2]
    waiting.stored(done)
    assert waiting.position == 1
    waiting.put_back(waiting.in_progress[2])
    assert (await waiting.take(clock.now())).n == 2
    waiting.dropped(2)
    assert waiting.position == 8


async def test_new_settings_count_for_what_is_not_sent(place: Forwarding) -> None:
    for _ in range(3):
        await place.capture(b"a" * 9)
    await place.rows()
    waiting = await a_queue(place)
    assert (await waiting.take(clock.now())).n == 1
    waiting.use(Forward(name="F", url="http://127.0.0.1:9999/", filter="size:<5"))
    assert await waiting.take(clock.now()) is None
    assert waiting.position == 0
    waiting.stored(list(waiting.in_progress.values()))
    assert waiting.position == 3


async def test_a_request_of_a_message_in_progress_waits_and_others_do_not(place: Forwarding) -> None:
    for message in ("SM1", "SM1", "SM2"):
        await place.status_callback(message, "sent")
    rows = await place.rows()
    assert [message_of(row) for row in rows] == ["generic:SM2", "generic:SM1", "generic:SM1"]
    waiting = await a_queue(place)
    assert [(await waiting.take(clock.now())).n for _ in range(2)] == [1, 3]
    assert await waiting.take(clock.now()) is None
    waiting.stored([waiting.in_progress[1]])
    following = await waiting.take(clock.now())
    assert (following.n, following.state, following.due_at) == (2, DispatchState.WAITING, None)
