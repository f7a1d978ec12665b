"""Forwards and dispatches come back as they went in, and the filter finds captures by their state."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from app import clock
from app.domain.bins import Bin
from app.domain.forwards.model import (
    FAILED,
    OPEN,
    Dispatch,
    DispatchMark,
    DispatchState,
    Forward,
    ForwardHealth,
    ForwardMarks,
    LaterEvent,
    LaterMark,
    Retry,
    StoredForward,
)
from app.domain.replays import FollowUp, Trigger
from app.domain.search import parse_query
from app.errors import NotFound
from app.store import Store
from tests.storage.builders import a_bin, a_capture, sweep
from tests.storage.conftest import store as store  # noqa: PLC0414
from tests.storage.test_attempts import an_attempt

FORWARD = Forward(name="My handler", url="https://example.net/sms", filter="kind:inbound")


async def a_forward(store: Store, captures: int = 0) -> tuple[Bin, StoredForward]:
    bin = await a_bin(store)
    for _ in range(captures):
        await store.add_capture(a_capture(bin))
    return bin, await store.add_forward(bin.id, clock.new_id(), FORWARD, secret=None, position=0)


async def mark(store: Store, bin: Bin, forward: StoredForward, *dispatches: Dispatch, attempts: bool = True) -> None:
    marks = [DispatchMark(dispatch=each, attempts=[an_attempt(each.n)] if attempts else []) for each in dispatches]
    await store.mark_dispatches(bin.id, forward.id, ForwardMarks(health=forward.health, position=None, marks=marks))


def dispatch(n: int, state: DispatchState, **values: object) -> Dispatch:
    due_at = clock.now() + timedelta(hours=1) if state in OPEN else None
    return Dispatch(n=n, state=state, **{"tries": 1, "step": 1, "due_at": due_at} | values)


async def test_a_forward_comes_back_as_it_was_set(store: Store) -> None:
    bin, forward = await a_forward(store)
    assert await store.list_forwards() == [forward] == [await store.get_forward(forward.id)]
    assert (forward.forward, forward.health, forward.position, forward.bin_id) == (FORWARD, ForwardHealth(), 0, bin.id)
    health = ForwardHealth(paused=True, failing_since=clock.now(), failures=3)
    await store.set_forward(forward.id, FORWARD, health, secret="plain:x")
    changed = await store.get_forward(forward.id)
    assert (changed.health, changed.secret) == (health, "plain:x")
    await store.drop_forward(forward.id)
    for call in (store.get_forward(forward.id), store.drop_forward(forward.id), store.get_forward("none")):
        with pytest.raises(NotFound):
            await call
    with pytest.raises(NotFound):
        await store.add_forward("none", "id", FORWARD, secret=None, position=None)
    with pytest.raises(NotFound):
        await store.retry_dispatches(forward.id, Retry(states=OPEN, trigger=Trigger.BULK), 10)


async def test_a_forward_cannot_begin_after_the_last_capture(store: Store) -> None:
    bin, _ = await a_forward(store, 2)
    for asked, position in ((None, 2), (1, 1), (99, 2)):
        made = await store.add_forward(bin.id, clock.new_id(), FORWARD, secret=None, position=asked)
        assert made.position == position


async def test_marks_are_kept_with_their_attempts_and_the_position_never_goes_back(store: Store) -> None:
    bin, forward = await a_forward(store, 3)
    done = dispatch(1, DispatchState.DELIVERED, status=200, message="twilio:SM1")
    late = dispatch(2, DispatchState.RETRYING, status=500, trigger=Trigger.BULK)
    await mark(store, bin, forward, done, late, dispatch(99, DispatchState.DELIVERED))
    found = await store.dispatches_of(bin.id, [1, 2, 3, 99])
    assert [(each.n, each.state, each.status, each.message, each.trigger) for each in found] == [
        (1, DispatchState.DELIVERED, 200, "twilio:SM1", None), (2, DispatchState.RETRYING, 500, None, Trigger.BULK),
    ]  # fmt: skip
    assert found[1].due_at == late.due_at
    assert [len(await store.list_attempts(bin.id, n, limit=9)) for n in (1, 2, 3)] == [1, 1, 0]
    assert (await store.get_forward(forward.id)).delivered == 1
    counts = await store.count_dispatches(forward.id)
    assert (counts.open, counts.failed, counts.due_at) == (1, 0, late.due_at)
    for position in (2, 1):
        await store.mark_dispatches(bin.id, forward.id, ForwardMarks(health=forward.health, position=position))
        assert (await store.get_forward(forward.id)).position == 2
    assert [each.n for each in await store.last_dispatches(forward.id, 9)] == [2, 1]
    assert [each.n for each in await store.dispatches_with_numbers(forward.id, [2, 3])] == [2]


async def test_the_events_that_have_arrived_stay_when_the_others_are_sent_again(store: Store) -> None:
    bin, forward = await a_forward(store, 2)
    await mark(store, bin, forward, dispatch(1, DispatchState.EXHAUSTED, arrived=(0, 7)))
    await mark(store, bin, forward, dispatch(2, DispatchState.DELIVERED), attempts=False)
    assert await store.retry_dispatches(forward.id, Retry(states=FAILED, trigger=Trigger.BULK), 9) == 1
    found = await store.dispatches_of(bin.id, [1, 2])
    assert [(each.state, each.arrived) for each in found] == [
        (DispatchState.RETRYING, (0, 7)), (DispatchState.DELIVERED, ()),
    ]  # fmt: skip


async def test_a_request_waits_for_an_earlier_one_of_its_message_until_that_ends(store: Store) -> None:
    bin, forward = await a_forward(store, 4)
    first = dispatch(1, DispatchState.RETRYING, message="m")
    await mark(store, bin, forward, first)
    second, third = (dispatch(n, DispatchState.WAITING, message="m", tries=0) for n in (2, 3))
    await mark(store, bin, forward, second, third, attempts=False)
    assert await store.open_messages(forward.id, ["m", "other"]) == {"m"}
    assert [each.due_at for each in await store.dispatches_with_numbers(forward.id, [2])] == [second.due_at]
    await mark(store, bin, forward, dispatch(1, DispatchState.EXHAUSTED, message="m"))
    open_ = await store.open_dispatches(forward.id, 10)
    assert [each.n for each in open_] == [2, 3]
    assert open_[0].due_at <= clock.now() < open_[1].due_at
    assert (await store.first_open_dispatch(forward.id)).n == 2
    # One that is stored after the earlier one has ended does not wait at all.
    await mark(store, bin, forward, *(dispatch(n, DispatchState.DELIVERED, message="m") for n in (2, 3)))
    await mark(store, bin, forward, dispatch(4, DispatchState.WAITING, message="m", tries=0), attempts=False)
    assert (await store.open_dispatches(forward.id, 10))[0].due_at <= clock.now()


async def test_a_retry_takes_those_that_are_asked_for_in_steps(store: Store) -> None:
    bin, forward = await a_forward(store, 6)
    states = [(1, 500), (2, 500), (3, 404), (4, None), (5, 503)]
    await mark(store, bin, forward, *(dispatch(n, DispatchState.EXHAUSTED, status=status) for n, status in states))
    await mark(store, bin, forward, dispatch(6, DispatchState.DELIVERED, status=200))
    wanted = Retry(states=FAILED, trigger=Trigger.BULK, first=2, lowest=500, highest=599)
    assert [await store.retry_dispatches(forward.id, wanted, 1) for _ in range(3)] == [1, 1, 0]
    open_ = await store.open_dispatches(forward.id, 10)
    assert [(each.n, each.step, each.tries, each.trigger) for each in open_] == [
        (2, 0, 1, Trigger.BULK), (5, 0, 1, Trigger.BULK),
    ]  # fmt: skip
    assert await store.retry_dispatches(forward.id, Retry(states=FAILED, trigger=Trigger.MANUAL, last=3), 10) == 2


async def test_the_filter_finds_captures_by_what_became_of_them(store: Store) -> None:
    bin, forward = await a_forward(store, 6)
    states = (
        DispatchState.DELIVERED, DispatchState.RETRYING, DispatchState.REJECTED, DispatchState.EXHAUSTED,
        DispatchState.WAITING,
    )  # fmt: skip
    await mark(store, bin, forward, *(dispatch(n, state) for n, state in enumerate(states, 1)))

    async def found(text: str) -> list[int]:
        rows = await store.list_captures(bin.id, limit=10, after=0, query=parse_query(text))
        numbers = [row.n for row in rows]
        assert await store.matching(bin.id, parse_query(text), range(1, 7)) == set(numbers)
        assert await store.count_captures(bin.id, parse_query(text), 10) == len(numbers)
        return numbers

    expected = {
        "forward:delivered": [1], "forward:retrying": [2], "forward:rejected": [3], "forward:exhausted": [4],
        "forward:failed": [3, 4], "forward:delivered,failed": [1, 3, 4], "-forward:delivered": [2, 3, 4, 5, 6],
        "forward:held": [], "forward:waiting": [5],
    }  # fmt: skip
    for text, numbers in expected.items():
        assert await found(text) == numbers, text
    await store.set_forward(forward.id, FORWARD, ForwardHealth(paused=True), secret=None)
    assert (await found("forward:held"), await found("forward:waiting")) == ([2, 5], [5])
    messages = await store.list_messages(bin.id, limit=10, query=parse_query("forward:failed"))
    assert [message.captures for message in messages] == [(4,), (3,)]
    await store.drop_forward(forward.id)
    assert await found("forward:failed") == []


async def test_the_filter_finds_captures_by_the_name_of_a_forward(store: Store) -> None:
    bin, first = await a_forward(store, 4)
    named = msgspec.structs.replace(FORWARD, name='Ä 100%_"Log"')
    second = await store.add_forward(bin.id, clock.new_id(), named, secret=None, position=0)
    await mark(store, bin, first, dispatch(1, DispatchState.DELIVERED), dispatch(2, DispatchState.RETRYING))
    await mark(store, bin, second, dispatch(2, DispatchState.DELIVERED), dispatch(3, DispatchState.EXHAUSTED))
    other, same = await a_forward(store, 4)
    await mark(store, other, same, dispatch(4, DispatchState.DELIVERED))
    expected = {
        'target:"my HANDLER"': [1, 2], "target:my*": [1, 2], "target:my": [], "target:handler": [],
        "target:none,m*": [1, 2],
        'target:"Ä 100%_\\"log\\""': [2, 3], 'target:"Ä 100"*': [2, 3], 'target:"ä 100"*': [], 'target:"% 100"*': [],
        "target:My*,Ä*": [1, 2, 3], "target:My* target:Ä*": [2], "-target:My*": [3, 4],
        "-target:None": [1, 2, 3, 4],
        "after:#1 -target:My*,Ä*": [4], "forward:waiting,held": [],
        "target:My* forward:delivered": [1, 2], "target:My* forward:failed": [], "target:My* -forward:delivered": [],
    }  # fmt: skip
    for text, numbers in expected.items():
        query = parse_query(text)
        captures = await store.list_captures(bin.id, limit=10, after=0, query=query)
        assert [row.n for row in captures] == numbers, text
        assert await store.matching(bin.id, query, range(1, 7)) == set(numbers), text
        messages = await store.list_messages(bin.id, limit=10, query=query)
        assert sorted(n for message in messages for n in message.captures) == numbers, text
    await store.drop_forward(first.id)
    assert await store.matching(bin.id, parse_query("target:My*"), range(1, 7)) == set()


async def test_a_clearing_and_the_retention_count_what_had_not_arrived(store: Store) -> None:
    bin, forward = await a_forward(store, 4)
    await mark(store, bin, forward, dispatch(1, DispatchState.DELIVERED), dispatch(2, DispatchState.RETRYING))
    await store.mark_dispatches(bin.id, forward.id, ForwardMarks(health=forward.health, position=3))
    await sweep(store, timedelta(days=1), clock.now() + timedelta(days=2))
    assert (await store.get_forward(forward.id)).expired == 2
    assert await store.dispatches_of(bin.id, [1, 2]) == []


async def test_what_follows_from_a_capture_is_sent_with_its_dispatch_or_alone(store: Store) -> None:
    bin, forward = await a_forward(store, captures=2)
    await mark(store, bin, forward, dispatch(1, DispatchState.DELIVERED))
    later = [LaterEvent(event=each, follow_up=FollowUp.STUCK, at=clock.now()) for each in (0, 2)]
    marks = [LaterMark(n=n, message="m", events=later) for n in (1, 2)]
    stuck = ForwardMarks(health=forward.health, position=None, later=marks, looked={FollowUp.STUCK: 2})
    for _ in range(2):
        await store.mark_dispatches(bin.id, forward.id, stuck)
    first, second = await store.dispatches_with_numbers(forward.id, [1, 2])
    assert (first.later, first.later_only, first.tries, first.message) == (tuple(later), True, 1, None)
    assert (second.later, second.later_only, second.tries, second.message) == (tuple(later), True, 0, "m")
    assert {each.n for each in await store.open_dispatches(forward.id, 9)} == {1, 2}
    assert (await store.get_forward(forward.id)).looked == {FollowUp.STUCK: 2, FollowUp.VERDICT: 0}
    verdict = LaterEvent(event=0, follow_up=FollowUp.VERDICT, at=clock.now())
    attempt = replace(an_attempt(1), event=0, follow_up=FollowUp.STUCK)
    kept = replace(first, later=(verdict,), state=DispatchState.RETRYING)
    marked = DispatchMark(dispatch=kept, attempts=[attempt])
    await store.mark_dispatches(bin.id, forward.id, ForwardMarks(health=None, position=None, marks=[marked]))
    assert (await store.dispatches_with_numbers(forward.id, [1]))[0].later == (verdict,)
    found = await store.list_attempts(bin.id, 1, limit=9)
    assert [(each.event, each.follow_up) for each in found] == [(None, None), (0, FollowUp.STUCK)]
