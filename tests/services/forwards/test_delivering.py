"""A capture with several events: what one attempt sends, what is sent again, and in which order."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.domain.forwards.answers import AnswerMeaning
from app.domain.forwards.model import FAILED, Dispatch, DispatchOrder, DispatchState, ForwardMode, Retry
from app.domain.replays import NewAttempt, Trigger
from app.services.forwards import delivering
from app.services.forwards.delivering import Delivery
from app.services.forwards.sending import SentDispatch

from .target import Forwarding, Seen, a_target, answer_of, forwarding

QUICK = (timedelta(), timedelta())
SLOW = (timedelta(hours=1),)


def batch_of(*ids: str) -> bytes:
    """A request of Infobip with an inbound SMS for each id."""
    results = [
        {
            "messageId": each, "from": "447700900163", "to": "447700900142", "text": f"text {number}",
            "receivedAt": "2024-07-11T09:33:10.200+0000", "smsCount": 1,
        }
        for number, each in enumerate(ids)
    ]  # fmt: skip
    return json.dumps({"results": results, "messageCount": len(ids), "pendingMessageCount": 0}).encode()


async def send(place: Forwarding, *ids: str) -> int:
    return await place.capture(batch_of(*ids), headers=((b"Content-Type", b"application/json"),))


def positions(seen: list[Seen]) -> list[int]:
    return [json.loads(each.body)["data"]["event"] for each in seen]


def failing(*events: int, status: int = 500, times: int = 99):
    """A target that answers so to these events."""
    left = dict.fromkeys(events, times)

    def say(seen: Seen) -> bytes:
        position = json.loads(seen.body)["data"]["event"]
        left[position] = left.get(position, 0) - 1
        return answer_of(status if left[position] >= 0 else 200)

    return say


async def test_a_batch_becomes_several_requests_in_order(tmp_path: Path) -> None:
    async with forwarding(tmp_path) as place, a_target() as target:
        forward = await place.add(target.url, mode=ForwardMode.EVENT)
        await send(place, "m0", "m1", "m2")
        dispatch = await place.until_stored(forward, 1, "delivered")
        assert (dispatch.tries, dispatch.arrived) == (1, ())
        assert [each.header("webhook-id") for each in target.seen] == [f"{place.bin.id}.1.{i}" for i in range(3)]
        assert [json.loads(each.body)["data"]["message_id"] for each in target.seen] == ["m0", "m1", "m2"]
        kept = await place.store.list_attempts(place.bin.id, 1, limit=9)
        assert [(each.event, each.status) for each in kept] == [(0, 200), (1, 200), (2, 200)]


async def test_only_what_has_not_arrived_is_sent_again_also_after_a_restart(tmp_path: Path) -> None:
    async with a_target(failing(1, times=1)) as target:
        async with forwarding(tmp_path, schedule=SLOW) as place:
            forward = await place.add(target.url, mode=ForwardMode.EVENT)
            await send(place, "m0", "m1", "m2")
            dispatch = await place.until_stored(forward, 1, "retrying")
            assert (dispatch.status, dispatch.tries, dispatch.arrived) == (500, 1, (0, 2))
        async with forwarding(tmp_path, schedule=SLOW, bin=place.bin) as place:
            await place.forwards.retry(place.bin.id, forward.id, Retry(states=(DispatchState.RETRYING,),
                                                                      trigger=Trigger.MANUAL))  # fmt: skip
            dispatch = await place.until_stored(forward, 1, "delivered")
            assert positions(target.seen) == [0, 1, 2, 1]
            assert [each.header("X-Smsbin-Attempt") for each in target.seen] == ["1", "1", "1", "2"]
            assert (dispatch.tries, dispatch.arrived) == (2, ())


@pytest.mark.parametrize(
    ("order", "first"),
    [
        (DispatchOrder.STRICT, [0]),
        # The third event is of the same message as the first.
        (DispatchOrder.MESSAGE, [0, 1]),
        (DispatchOrder.NONE, [0, 1, 2]),
    ],
)
async def test_what_fails_holds_as_much_as_the_order_says(
    tmp_path: Path, order: DispatchOrder, first: list[int]
) -> None:
    async with (
        forwarding(tmp_path, schedule=SLOW) as place,
        a_target(failing(0)) as target,
    ):
        forward = await place.add(target.url, mode=ForwardMode.EVENT, order=order)
        await send(place, "m0", "m1", "m0")
        await place.until_stored(forward, 1, "retrying")
        assert positions(target.seen) == first


async def test_an_event_without_another_attempt_holds_nothing(tmp_path: Path) -> None:
    async with forwarding(tmp_path, schedule=QUICK) as place, a_target(failing(0)) as target:
        forward = await place.add(target.url, mode=ForwardMode.EVENT, order=DispatchOrder.STRICT)
        await send(place, "m0", "m0")
        dispatch = await place.until_stored(forward, 1, "exhausted")
        assert dispatch.arrived == (1,)
        # The schedule begins again when the second one has arrived.
        assert positions(target.seen) == [0, 0, 0, 1, 0, 0]
        assert await place.forwards.retry(place.bin.id, forward.id, Retry(states=FAILED, trigger=Trigger.BULK)) == 1
        await target.got(7)
        assert positions(target.seen)[6:] == [0]


async def test_a_refused_event_is_rejected_and_the_others_arrive(tmp_path: Path) -> None:
    async with forwarding(tmp_path, schedule=(timedelta(),) * 8) as place, a_target(failing(1, status=422)) as target:
        forward = await place.add(target.url, mode=ForwardMode.EVENT)
        await send(place, "m0", "m1", "m2")
        dispatch = await place.until_stored(forward, 1, "rejected")
        assert (dispatch.arrived, dispatch.status) == ((0, 2), 422)
        assert sorted(positions(target.seen)) == [0, 1, 1, 1, 1, 2]


async def test_without_an_answer_the_rest_waits(tmp_path: Path) -> None:
    async with (
        forwarding(tmp_path, schedule=SLOW) as place,
        a_target(lambda seen: b"" if positions([seen]) == [1] else answer_of(200)) as target,
    ):
        forward = await place.add(target.url, mode=ForwardMode.EVENT, order=DispatchOrder.NONE)
        await send(place, "m0", "m1", "m2")
        assert (await place.until_stored(forward, 1, "retrying")).arrived == (0,)
        assert positions(target.seen) == [0, 1]


async def test_a_large_batch_is_stored_in_between_and_a_pause_holds_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "EVENTS_AT_ONCE", 2)
    status = [200, 200, 200, 410]
    async with (
        forwarding(tmp_path) as place,
        a_target(lambda _: answer_of(status.pop(0) if status else 200)) as target,
    ):
        forward = await place.add(target.url, mode=ForwardMode.EVENT)
        await send(place, *(f"m{number}" for number in range(5)))
        assert (await place.until_stored(forward, 1, "retrying")).arrived == (0, 1, 2)
        assert positions(target.seen) == [0, 1, 2, 3]
        await place.forwards.resume(place.bin.id, forward.id)
        await place.until_stored(forward, 1, "delivered")
        assert positions(target.seen) == [0, 1, 2, 3, 3, 4]


async def test_a_stop_in_between_keeps_what_has_arrived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.forwards.runner.STOP_S", 0.01)
    async with a_target(lambda seen: None if positions([seen]) == [1] else answer_of(200)) as target:
        async with forwarding(tmp_path) as place:
            forward = await place.add(target.url, mode=ForwardMode.EVENT)
            await send(place, "m0", "m1", "m2")
            await target.got(2)
        target.say = lambda _: answer_of(200)
        async with forwarding(tmp_path, bin=place.bin) as place:
            await place.until_stored(forward, 1, "delivered")
            assert positions(target.seen) == [0, 1, 1, 2]


def result(meaning: AnswerMeaning, event: int, retry_after: timedelta | None = None) -> SentDispatch:
    attempt = NewAttempt(n=1, url="", sent_at=clock.now(), status=200, ms=1, event=event)
    return SentDispatch(attempt=attempt, meaning=meaning, retry_after=retry_after)


def test_the_worst_result_counts_and_an_arrival_begins_the_schedule_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "EVENTS_AT_ONCE", 2)
    delivery, dispatch = Delivery(), Dispatch(n=1, state=DispatchState.RETRYING, step=3)
    assert (delivery.meaning, delivery.step(dispatch)) == (AnswerMeaning.SUCCESS, 4)
    delivery.note(result(AnswerMeaning.REFUSAL, 0, timedelta(seconds=9)))
    assert delivery.step(dispatch) == 4
    delivery.note(result(AnswerMeaning.SUCCESS, 1))
    delivery.note(result(AnswerMeaning.FAILURE, 2, timedelta(seconds=5)))
    assert (delivery.meaning, delivery.step(dispatch), delivery.retry_after) == (
        AnswerMeaning.FAILURE, 1, timedelta(seconds=9),
    )  # fmt: skip
    assert (delivery.count, [each.event for each in delivery.kept], delivery.arrived) == (3, [0, 1], {1})
