"""The bounds of forwards: what is read at the same time, how long is waited, and how much is kept."""

import asyncio
import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app import clock, keys
from app.domain.forwards import health
from app.domain.forwards.answers import GONE, AnswerMeaning, meaning_of
from app.domain.forwards.model import (
    FAILED,
    MAX_NAME,
    MAX_TIMEOUT_S,
    MIN_TIMEOUT_S,
    DispatchOrder,
    Forward,
    ForwardMode,
    ForwardSignature,
    Retry,
)
from app.domain.replays import Trigger
from app.errors import Invalid, StoreUnavailable
from app.services import sealed_secrets
from app.services.forwards import delivering, follow_ups, queue, registry, runner, sending
from app.services.forwards.queue import ForwardQueue
from app.web.forwards import cards, page
from tests.services.forwards.conftest import place as place  # noqa: PLC0414
from tests.services.forwards.conftest import target as target  # noqa: PLC0414
from tests.services.forwards.target import Forwarding, Target, a_target, answer_of, forwarding
from tests.services.forwards.test_delivering import send
from tests.web.forwards.calling import call, hit, until_state
from tests.web.forwards.conftest import opened as opened  # noqa: PLC0414


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ({"name": "a" * MAX_NAME}, True), ({"name": "a" * (MAX_NAME + 1)}, False), ({"timeout_s": MIN_TIMEOUT_S}, True),
        ({"timeout_s": MIN_TIMEOUT_S - 1}, False), ({"timeout_s": MAX_TIMEOUT_S}, True),
        ({"timeout_s": MAX_TIMEOUT_S + 1}, False),
    ],
)  # fmt: skip
async def test_names_and_timeouts_have_limits(place: Forwarding, values: dict[str, Any], fits: bool) -> None:
    forward = Forward(**{"name": "F", "url": "https://x.example/", **values})
    if fits:
        assert (await place.forwards.add(place.bin.id, forward, position=None)).forward == forward
        return
    with pytest.raises(Invalid):
        await place.forwards.add(place.bin.id, forward, position=None)


def test_one_status_only_means_that_the_target_is_gone() -> None:
    meanings = {status: meaning_of(status) for status in (GONE - 1, GONE, GONE + 1)}
    assert [each is AnswerMeaning.GONE for each in meanings.values()] == [False, True, False]


def test_the_last_pace_of_probes_reaches_the_longest_wait() -> None:
    assert health.FIRST_PROBE * 2 ** (health._LAST_PACE - 1) < health.LONGEST_PROBE
    assert health.FIRST_PROBE * 2**health._LAST_PACE >= health.LONGEST_PROBE


async def test_due_dispatches_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with forwarding(tmp_path) as place, a_target(lambda _: answer_of(404)) as target:
        forward = await place.add(target.url, order=DispatchOrder.NONE)
        for _ in range(5):
            await place.capture()
        for n in range(1, 6):
            await place.until_stored(forward, n, "retrying")
        await place.forwards.pause(place.bin.id, forward.id)
        states = (*FAILED, *runner.OPEN)
        await place.store.retry_dispatches(forward.id, Retry(states=states, trigger=Trigger.BULK), 9)
        monkeypatch.setattr(queue, "DUE", 2)
        waiting = ForwardQueue(place.store, forward.id, place.bin.id, forward.forward, 5)
        taken = []
        while (dispatch := await waiting.take(clock.now())) is not None:
            taken.append(dispatch.n)
            assert len(waiting._due) < 2 + len(taken)
        assert sorted(taken) == [1, 2, 3, 4, 5]


async def test_a_request_waits_so_long_for_its_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with forwarding(tmp_path) as place, a_target(lambda _: answer_of(500)) as target:
        forward = await place.add(target.url)
        await place.status_callback("SM1", "sent")
        await place.until_stored(forward, 1, "retrying")
        before = clock.now()
        await place.status_callback("SM1", "delivered")
        dispatch = await place.until_stored(forward, 2, "waiting")
        assert dispatch.due_at is not None
        assert before + queue.MESSAGE_WAIT <= dispatch.due_at <= clock.now() + queue.MESSAGE_WAIT


@pytest.mark.parametrize("more", [0, 1])
async def test_so_much_of_a_location_is_kept(tmp_path: Path, more: int) -> None:
    location = "/" + "a" * (sending.MAX_LOCATION - 1 + more)
    async with forwarding(tmp_path) as place, a_target(lambda _: answer_of(301, f"Location: {location}")) as target:
        forward = await place.add(target.url)
        await place.capture()
        await place.until_stored(forward, 1, "retrying")
        (kept,) = await place.store.list_attempts(place.bin.id, 1, limit=1)
        assert f" {location[: sending.MAX_LOCATION]}, which" in (kept.error or "")


@pytest.mark.parametrize(
    ("turn_s", "waits"),
    [
        (sending.BUSY_S, []), (sending.BUSY_S * 2, [sending.BUSY_S * 2 * sending.WAIT_FACTOR]),
        (1.0, [sending.LONGEST_WAIT_S]),
    ],
)  # fmt: skip
async def test_a_busy_loop_is_left_to_captures(
    monkeypatch: pytest.MonkeyPatch, turn_s: float, waits: list[float]
) -> None:
    slept: list[float] = []
    times = iter((5.0, 5.0 + turn_s))
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await real(0)

    monkeypatch.setattr(clock, "ticks", lambda: next(times))
    monkeypatch.setattr(sending.asyncio, "sleep", sleep)
    await sending.wait_for_captures()
    assert slept == [0, *map(pytest.approx, waits)]


async def test_the_secret_of_a_forward_has_so_many_random_bytes(place: Forwarding, target: Target) -> None:
    forward = await place.add(target.url, signature=ForwardSignature.SMSBIN)
    secret = (await place.forwards.status(place.bin.id, forward.id)).secret or ""
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == sealed_secrets.SECRET_BYTES


async def test_the_state_for_metrics_is_read_from_time_to_time(place: Forwarding) -> None:
    assert await place.forwards.look() == registry.LOOK_S


async def test_the_strip_has_so_many_dispatches(opened, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "STRIP", 2)
    await call(opened, "POST", status=201, name="F", url=target.url)
    for n in range(1, 4):
        await hit(opened, message=f"SM{n}")
        await until_state(opened, n, "delivered")
        async with opened.client.get(f"{opened.url}/bins/{opened.bin.id}/forwards") as answer:
            assert f"of the last {min(n, 2)} have arrived" in await answer.text()


@pytest.mark.parametrize("more", [0, 1])
async def test_so_much_of_an_example_is_shown(
    opened, target: Target, more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await call(opened, "POST", status=201, name="F", url=target.url, mode="event")
    await hit(opened)
    await until_state(opened, 1, "delivered")
    (stored,) = opened.app[keys.FORWARDS].of(opened.bin.id)
    example = msgspec.json.format(await opened.app[keys.FORWARDS].example(stored), indent=2).decode()
    monkeypatch.setattr(page, "MAX_EXAMPLE", len(example) - more)
    shown = await page._example(opened.app[keys.FORWARDS], stored)
    assert shown == (f"{example[:-1]}…" if more else example)


@pytest.mark.parametrize("more", [0, 1])
async def test_so_many_events_are_sent_before_it_is_stored_which_have_arrived(
    place: Forwarding, target: Target, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    monkeypatch.setattr(delivering, "EVENTS_AT_ONCE", 3)
    calls = Calls(place, monkeypatch)
    forward = await place.add(target.url, mode=ForwardMode.EVENT)
    await send(place, *(f"m{number}" for number in range(3 + more)))
    await place.until_stored(forward, 1, "delivered")
    assert len(target.seen) == 3 + more
    assert len(calls.marks) == 1 + more


class Calls:
    """The store, with the calls that change dispatches recorded, failed once or held."""

    def __init__(self, place: Forwarding, monkeypatch: pytest.MonkeyPatch) -> None:
        self.marks: list[int] = []
        self.fails = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.began = asyncio.Event()
        real = place.store.mark_dispatches

        async def mark(bin_id: str, forward_id: str, marks: Any) -> None:
            self.began.set()
            await self.go_on.wait()
            if self.fails:
                self.fails -= 1
                raise StoreUnavailable("planted")
            self.marks.append(len(marks.marks))
            await real(bin_id, forward_id, marks)

        monkeypatch.setattr(place.store, "mark_dispatches", mark)


async def test_results_are_gathered_into_one_job(
    place: Forwarding, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert runner.GATHER_S <= 0.05
    monkeypatch.setattr(runner, "GATHER_S", 0.5)
    calls = Calls(place, monkeypatch)
    for _ in range(4):
        await place.capture()
    await place.rows()
    forward = await place.add(target.url)
    await place.until_stored(forward, 4, "delivered")
    assert calls.marks == [4]


async def test_results_that_could_not_be_stored_are_stored_later(
    place: Forwarding, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert runner.AGAIN_S >= 0.5
    monkeypatch.setattr(runner, "AGAIN_S", 0.0)
    Calls(place, monkeypatch).fails = 2
    forward = await place.add(target.url)
    await place.capture()
    assert (await place.until_stored(forward, 1, "delivered")).tries == 1
    assert len(target.seen) == 1


async def test_so_many_results_may_wait_to_be_stored(
    place: Forwarding, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "UNSTORED", 1)
    calls = Calls(place, monkeypatch)
    calls.go_on.clear()
    for _ in range(9):
        await place.capture()
    await place.rows()
    forward = await place.add(target.url, order=DispatchOrder.NONE)
    await calls.began.wait()
    assert len(target.seen) <= sending.PER_TARGET
    calls.go_on.set()
    await place.until_stored(forward, 9, "delivered")


async def test_a_position_is_stored_after_so_many_captures_that_do_not_match(
    place: Forwarding, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "MAX_UNWRITTEN", 3)
    forward = await place.add(target.url, filter="size:>100")

    async def reaches(n: int) -> None:
        async def holds() -> bool:
            return place.forwards.of(place.bin.id)[0].position == n

        await place.until(holds)

    for _ in range(2):
        await place.capture()
    await reaches(2)
    assert (await place.store.get_forward(forward.id)).position == 0
    await place.capture()

    async def is_stored() -> bool:
        return (await place.store.get_forward(forward.id)).position == 3

    await place.until(is_stored)


async def test_many_are_sent_again_in_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "RETRY_STEP", 1)
    async with forwarding(tmp_path) as place:
        forward = await place.add("http://127.0.0.1:9999/", signature=ForwardSignature.TARGET)
        for _ in range(3):
            await place.capture()
        for n in (1, 2, 3):
            await place.until_stored(forward, n, "rejected")
        await place.forwards.pause(place.bin.id, forward.id)
        assert await place.forwards.retry(place.bin.id, forward.id, Retry(states=FAILED, trigger=Trigger.BULK)) == 3


async def test_a_stop_waits_so_long_for_requests_on_their_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert runner.STOP_S < 10
    monkeypatch.setattr(runner, "STOP_S", 0.01)
    async with a_target(lambda _: None) as target:
        async with forwarding(tmp_path) as place:
            forward = await place.add(target.url)
            await place.capture()
            await target.got(1)
        async with forwarding(tmp_path, bin=place.bin) as place:
            assert await place.stored(forward, 1) is None
            await target.got(2)


@pytest.mark.parametrize(("more", "is_sent"), [(timedelta(), False), (timedelta(microseconds=1), True)])
async def test_a_small_drift_of_the_clock_changes_nothing(
    place: Forwarding, target: Target, monkeypatch: pytest.MonkeyPatch, more: timedelta, is_sent: bool
) -> None:
    forward = await place.add(target.url)
    running = place.forwards.runner(place.bin.id, forward.id)
    await running.stop()
    calls: list[Retry] = []

    async def retry(wanted: Retry) -> int:
        calls.append(wanted)
        return 0

    monkeypatch.setattr(running, "retry", retry)
    running._wall, running._ticks = clock.now(), 5.0
    monkeypatch.setattr(clock, "uptime", lambda: 5.0)
    wall = running._wall - runner.JUMP - more
    monkeypatch.setattr(clock, "now", lambda: wall)
    await running._check_clock()
    assert bool(calls) is is_sent


def test_a_runner_looks_again_after_so_long() -> None:
    now = clock.now()
    longest = timedelta(seconds=runner.LONGEST_S)
    waits = [runner._seconds_until(at, now) for at in (now, now + longest, now + 2 * longest, None)]
    assert waits == [0.0, *[runner.LONGEST_S] * 3]


def test_what_follows_is_looked_for_at_most_once_a_second_and_at_least_once_a_minute() -> None:
    assert timedelta(seconds=1) <= follow_ups.PACE < follow_ups.LONGEST <= timedelta(seconds=runner.LONGEST_S)
