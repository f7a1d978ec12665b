"""A forward sends every capture that matches, repeats what failed, keeps the order, and loses nothing."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.domain.captures import Capture, Reading
from app.domain.forwards.health import FAILURES_TO_REST, GONE_REASON
from app.domain.forwards.model import FAILED, DispatchOrder, DispatchState, ForwardMode, ForwardState, Retry
from app.domain.replays import Trigger
from app.domain.roles import Role

from .target import Forwarding, Seen, Target, a_target, answer_of, forwarding

QUICK = (timedelta(), timedelta(), timedelta())


async def test_a_forward_of_today_begins_with_the_first_request_or_with_the_next(
    place: Forwarding, target: Target
) -> None:
    for _ in range(3):
        await place.capture()
    late = await place.add(target.url, start=None)
    assert late.position == 3
    first = await place.add(target.url, start=0)
    await target.got(3)
    assert sorted(target.numbers) == [1, 2, 3]
    await place.capture()
    await target.got(5)
    assert target.numbers[3:] == [4, 4]
    for forward in (late, first):
        assert (await place.until_stored(forward, 4, "delivered")).status == 200
    assert await place.stored(late, 3) is None
    assert (await place.forwards.status(place.bin.id, first.id)).stored.delivered == 4


async def test_what_does_not_match_is_not_sent(place: Forwarding, target: Target) -> None:
    forward = await place.add(target.url, filter="size:>5", roles=(Role.PRIMARY,))
    await place.capture(b"a=1")
    await place.capture(b"Text=long", Role.FALLBACK)
    await place.capture(b"Text=long")
    await target.got(1)
    await place.until_stored(forward, 3, "delivered")
    assert target.numbers == [3]
    assert [await place.shown(n) for n in (1, 2, 3)] == [None, None, "delivered"]
    assert place.forwards.runner(place.bin.id, forward.id).stored.position == 3


async def test_a_failure_is_repeated_with_the_same_id_and_every_attempt_is_kept(tmp_path: Path) -> None:
    answers = [answer_of(500), answer_of(503), answer_of(201)]
    async with forwarding(tmp_path, schedule=QUICK) as place, a_target(lambda _: answers.pop(0)) as target:
        forward = await place.add(target.url)
        await place.capture()
        dispatch = await place.until_stored(forward, 1, "delivered")
        assert (dispatch.tries, dispatch.status) == (3, 201)
        assert [each.header("X-Smsbin-Attempt") for each in target.seen] == ["1", "2", "3"]
        assert [each.header("X-Smsbin-Trigger") for each in target.seen] == ["first", "retry", "retry"]
        assert {each.header("X-Smsbin-Id") for each in target.seen} == {f"{place.bin.id}/1"}
        kept = await place.store.list_attempts(place.bin.id, 1, limit=10)
        assert [(each.status, each.forward, each.body) for each in kept] == [
            (500, forward.id, b"ok"), (503, forward.id, b"ok"), (201, forward.id, b"ok"),
        ]  # fmt: skip
        assert b"X-Smsbin-Attempt: 2\r\n" in kept[1].sent


async def test_all_attempts_used_is_exhausted_and_can_be_sent_again(tmp_path: Path) -> None:
    statuses = [500] * 4 + [200]
    async with forwarding(tmp_path, schedule=QUICK) as place, a_target(lambda _: answer_of(statuses.pop(0))) as target:
        forward = await place.add(target.url)
        await place.capture()
        assert (await place.until_stored(forward, 1, "exhausted")).due_at is None
        assert (await place.forwards.status(place.bin.id, forward.id)).failed == 1
        assert await place.forwards.retry(place.bin.id, forward.id, Retry(states=FAILED, trigger=Trigger.BULK)) == 1
        assert (await place.until_stored(forward, 1, "delivered")).tries == 5
        assert target.seen[-1].header("X-Smsbin-Trigger") == "bulk"


async def test_a_refusal_is_repeated_three_times_only_and_the_target_does_not_rest(tmp_path: Path) -> None:
    async with forwarding(tmp_path, schedule=(timedelta(),) * 8) as place, a_target(lambda _: answer_of(422)) as target:
        forward = await place.add(target.url)
        for _ in range(4):
            await place.capture()
        for n in range(1, 5):
            assert (await place.until_stored(forward, n, "rejected")).tries == 4
        assert len(target.seen) == 16
        assert place.forwards.of(place.bin.id)[0].health.state is ForwardState.ON


async def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    say = answer_of(302, "Location: http://127.0.0.1:1/there")
    async with forwarding(tmp_path) as place, a_target(lambda _: say) as target:
        forward = await place.add(target.url)
        await place.capture()
        await place.until_stored(forward, 1, "retrying")
        (kept,) = await place.store.list_attempts(place.bin.id, 1, limit=10)
        assert kept.error == "a redirect to http://127.0.0.1:1/there, which is not followed"
        assert len(target.seen) == 1


async def test_the_target_says_when_to_come_again(tmp_path: Path) -> None:
    async with (
        forwarding(tmp_path) as place,
        a_target(lambda _: answer_of(429, "Retry-After: 7200")) as target,
    ):
        forward = await place.add(target.url)
        await place.capture()
        dispatch = await place.until_stored(forward, 1, "retrying")
        assert dispatch.due_at is not None
        assert timedelta(seconds=7_190) < dispatch.due_at - clock.now() <= timedelta(hours=2)


async def test_a_target_that_is_gone_pauses_the_forward_and_nothing_is_lost(tmp_path: Path) -> None:
    statuses = [410, 200, 200]
    async with forwarding(tmp_path) as place, a_target(lambda _: answer_of(statuses.pop(0))) as target:
        forward = await place.add(target.url, order=DispatchOrder.STRICT)
        await place.capture()
        await place.until_stored(forward, 1, "retrying")
        health = place.forwards.of(place.bin.id)[0].health
        assert (health.state, health.reason) == (ForwardState.PAUSED, GONE_REASON)
        await place.capture()
        assert [await place.shown(n) for n in (1, 2)] == ["held", "held"]
        await place.forwards.resume(place.bin.id, forward.id)
        await place.until_stored(forward, 2, "delivered")
        assert target.numbers == [1, 1, 2]


async def test_a_paused_forward_sends_nothing_until_it_is_resumed(place: Forwarding, target: Target) -> None:
    forward = await place.add(target.url)
    await place.forwards.pause(place.bin.id, forward.id)
    await place.capture()
    await place.rows()
    assert await place.shown(1) == "held"
    assert target.seen == []
    await place.forwards.resume(place.bin.id, forward.id)
    await place.until_stored(forward, 1, "delivered")


async def test_requests_of_one_message_stay_in_order_while_others_pass(tmp_path: Path) -> None:
    failing = [True]

    def say(seen: Seen) -> bytes:
        return answer_of(500) if b"SM1" in seen.body and failing[0] else answer_of(200)

    async with forwarding(tmp_path, schedule=(timedelta(hours=1),)) as place, a_target(say) as target:
        forward = await place.add(target.url)
        await place.status_callback("SM1", "sent")
        await place.until_stored(forward, 1, "retrying")
        await place.status_callback("SM1", "delivered")
        await place.status_callback("SM2", "sent")
        await place.until_stored(forward, 3, "delivered")
        waiting = await place.until_stored(forward, 2, "waiting")
        assert (waiting.tries, target.numbers) == (0, [1, 3])
        assert waiting.due_at is not None
        assert waiting.due_at - clock.now() <= timedelta(seconds=60)
        failing[0] = False
        await place.forwards.retry(
            place.bin.id, forward.id, Retry(states=(DispatchState.RETRYING,), trigger=Trigger.MANUAL)
        )
        await place.until_stored(forward, 2, "delivered")
        assert target.numbers == [1, 3, 1, 2]


async def test_in_strict_order_one_failure_holds_everything_behind_it(tmp_path: Path) -> None:
    statuses = [500, 200, 200, 200]
    async with forwarding(tmp_path, schedule=QUICK) as place, a_target(lambda _: answer_of(statuses.pop(0))) as target:
        for _ in range(3):
            await place.capture()
        forward = await place.add(target.url, order=DispatchOrder.STRICT)
        await place.until_stored(forward, 3, "delivered")
        assert target.numbers == [1, 1, 2, 3]
        assert target.most_open == 1


async def test_a_target_that_fails_rests_and_is_probed_and_then_everything_arrives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.domain.forwards.health.FIRST_PROBE", timedelta(milliseconds=1))
    monkeypatch.setattr("app.domain.forwards.health.LONGEST_PROBE", timedelta(milliseconds=1))
    works = [False]
    async with (
        forwarding(tmp_path, schedule=(timedelta(hours=5),)) as place,
        a_target(lambda _: answer_of(200 if works[0] else 500)) as target,
    ):
        forward = await place.add(target.url, order=DispatchOrder.NONE)
        for _ in range(FAILURES_TO_REST + 5):
            await place.capture()
        await target.until(lambda: any(each.header("X-Smsbin-Trigger") == "probe" for each in target.seen))
        assert place.forwards.of(place.bin.id)[0].health.state is ForwardState.RESTING
        works[0] = True
        for n in range(1, FAILURES_TO_REST + 6):
            await place.until_stored(forward, n, "delivered")
        assert place.forwards.of(place.bin.id)[0].health.state is ForwardState.ON


async def test_a_start_continues_where_the_last_one_ended(tmp_path: Path) -> None:
    async with a_target() as target:
        async with forwarding(tmp_path) as place:
            forward = await place.add(target.url)
            for _ in range(3):
                await place.capture()
            await place.until_stored(forward, 3, "delivered")
        async with forwarding(tmp_path, bin=place.bin) as place:
            assert place.forwards.of(place.bin.id)[0].position == 3
            await place.capture()
            await place.until_stored(forward, 4, "delivered")
        assert sorted(target.numbers) == [1, 2, 3, 4]


async def test_a_deleted_capture_and_a_deleted_forward_end_their_dispatches(tmp_path: Path) -> None:
    async with forwarding(tmp_path) as place, a_target(lambda _: answer_of(500)) as target:
        forward = await place.add(target.url)
        await place.capture()
        await place.capture()
        for n in (1, 2):
            await place.until_stored(forward, n, "retrying")
        await place.store.drop_capture(place.bin.id, 1)
        assert await place.stored(forward, 1) is None
        assert (await place.store.get_forward(forward.id)).expired == 1
        await place.forwards.drop(place.bin.id, forward.id)
        await place.store.erase()
        assert await place.stored(forward, 2) is None
        assert len(await place.store.list_attempts(place.bin.id, 2, limit=10)) == 1


async def test_a_deleted_bin_ends_its_forwards(tmp_path: Path) -> None:
    async with forwarding(tmp_path) as place, a_target(lambda _: answer_of(500)) as target:
        forward = await place.add(target.url)
        await place.capture()
        await place.until_stored(forward, 1, "retrying")
        await place.store.drop_bin(place.bin.id)
        place.forwards.forget(place.bin.id)
        await place.store.erase()
        assert await place.store.list_forwards() == []
        assert await place.stored(forward, 1) is None


async def test_after_the_clock_was_set_back_nothing_is_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = [500, 200]
    async with forwarding(tmp_path) as place, a_target(lambda _: answer_of(statuses.pop(0))) as target:
        real, ahead = clock.now, timedelta(hours=3)
        monkeypatch.setattr(clock, "now", lambda: real() + ahead)
        forward = await place.add(target.url)
        await place.capture(received_at=real())
        await place.until_stored(forward, 1, "retrying")
        monkeypatch.setattr(clock, "now", real)
        place.forwards.bin_changed(place.bin.id)
        await place.until_stored(forward, 1, "delivered")
        assert len(target.seen) == 2


async def test_no_event_is_sent_before_the_ledger_has_the_capture(
    place: Forwarding, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a ledger is built again, a dispatch may be due whose capture it does not have yet."""
    monkeypatch.setattr("app.services.forwards.runner.AGAIN_S", 0.0)
    real, reads = place.store.get_capture, []

    async def get_capture(bin_id: str, n: int, *, wait: bool = True) -> Capture:
        found = await real(bin_id, n, wait=wait)
        reads.append(n)
        if len(reads) > 2:
            return found
        return replace(found, row=replace(found.row, seq=0, reading=Reading(problem="not parsed yet")), events=())

    monkeypatch.setattr(place.store, "get_capture", get_capture)
    forward = await place.add(target.url, mode=ForwardMode.EVENT)
    await place.status_callback("SM1", "delivered")
    assert (await place.until_stored(forward, 1, "delivered")).tries == 1
    assert reads == [1, 1, 1]
    (seen,) = target.seen
    assert json.loads(seen.body)["data"]["message_id"] == "SM1"
