"""What follows from requests later: verdicts and stuck messages, each once, in order, and not before it is certain."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from app import clock
from app.domain.captures import NewOutcome, Outcome
from app.domain.forwards.model import DispatchOrder, DispatchState, EventContent, Forward, ForwardMode, Retry
from app.domain.replays import FollowUp, Trigger
from app.domain.roles import Role
from app.services.forwards import follow_ups
from app.services.forwards.follow_ups import FollowUpLook, looks_of
from app.services.forwards.runner import LONGEST_S
from app.store import Store

from .target import Forwarding, Seen, Target, a_target, answer_of, forwarding
from .test_delivering import batch_of

LONG_AGO = timedelta(hours=1)
PARTIES = "AccountSid=AC1&From=%2B14155550123&To=%2B14155550100"


class Clock:
    """The wall clock, which a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ahead = timedelta()
        monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + self._ahead)

    def move(self, place: Forwarding, by: timedelta) -> None:
        self._ahead += by
        place.forwards.bin_changed(place.bin.id)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


async def a_status(place: Forwarding, message: str = "SM1", status: str = "sent", ago: timedelta = LONG_AGO) -> int:
    body = f"MessageSid={message}&MessageStatus={status}&{PARTIES}"
    return await place.capture(body.encode(), Role.STATUS, received_at=clock.now() - ago)


async def an_inbound(
    place: Forwarding, message: str = "SM1", role: Role = Role.PRIMARY, *, ok: bool | None = True,
    ago: timedelta = LONG_AGO,
) -> int:  # fmt: skip
    body = f"MessageSid={message}&{PARTIES}&Body=hi"
    n = await place.capture(body.encode(), role, received_at=clock.now() - ago)
    if ok is not None:
        answered(place, n, ok=ok)
    return n


def answered(place: Forwarding, n: int, *, ok: bool) -> None:
    outcome = Outcome(status=200 if ok else 500, after_ms=3, sender_left=False, well_formed=True)
    place.store.note_outcome(NewOutcome(bin_id=place.bin.id, n=n, outcome=outcome))


def ids(seen: list[Seen]) -> list[str]:
    """Without the bin."""
    return [str(each.header("webhook-id")).partition(".")[2] for each in seen]


def datas(seen: list[Seen]) -> list[dict]:
    return [json.loads(each.body) for each in seen]


def types(seen: list[Seen]) -> list[str]:
    return [each["type"] for each in datas(seen)]


class Counted:
    """The store, with the calls in order, and so many captures that the ledger has not read."""

    def __init__(self, store: Store, behind: int = 0) -> None:
        self._store = store
        self._behind = behind
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> object:
        self.calls.append(name)
        return getattr(self._store, name)

    async def get_bin(self, bin_id: str, **values: object):
        self.calls.append("get_bin")
        bin = await self._store.get_bin(bin_id, **values)
        return replace(bin, behind=self._behind)


async def a_look(
    place: Forwarding, follow_up: FollowUp = FollowUp.STUCK, behind: int = 0
) -> tuple[FollowUpLook, Counted]:
    """Of a forward that does not send."""
    stored = await place.forwards.add(
        place.bin.id,
        Forward(name="F", url="http://127.0.0.1:9999/", mode=ForwardMode.EVENT),
        position=0,
        is_paused=True,
    )
    counted = Counted(place.store, behind)
    looks = {each.follow_up: each for each in looks_of(cast(Store, counted), stored)}
    return looks[follow_up], counted


async def test_a_message_without_a_callback_is_stuck_and_again_after_another_one(
    place: Forwarding, target: Target, moved: Clock
) -> None:
    forward = await place.add(target.url, mode=ForwardMode.EVENT)
    await a_status(place)
    await target.got(2)
    dispatch = await place.until_stored(forward, 1, "delivered")
    assert ids(target.seen) == ["1.0", "1.0.stuck"]
    event = json.loads(target.seen[1].body)
    row = (await place.rows())[0]
    assert event["type"] == "message.stuck"
    assert event["timestamp"] == (row.received_at + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
    assert (event["data"]["message_id"], event["data"]["event"], event["data"]["captures"]) == ("SM1", 0, [1])
    assert (event["data"]["status"], event["data"]["final"], event["data"]["verdict"]) == ("sent", False, None)
    assert dispatch.later == ()
    kept = await place.store.list_attempts(place.bin.id, 1, limit=9)
    assert [(each.event, each.follow_up) for each in kept] == [(0, None), (0, "stuck")]
    await a_status(place, status="sending", ago=timedelta())
    await target.got(3)
    moved.move(place, timedelta(minutes=6))
    await target.got(4)
    assert ids(target.seen)[2:] == ["2.0", "2.0.stuck"]
    assert datas(target.seen)[3]["data"]["captures"] == [1, 2]
    assert (await place.forwards.status(place.bin.id, forward.id)).stored.delivered == 2


async def test_a_fallback_that_was_used_is_told_with_its_verdict(place: Forwarding, target: Target) -> None:
    forward = await place.add(target.url, mode=ForwardMode.EVENT)
    await an_inbound(place, ok=False)
    await an_inbound(place, role=Role.FALLBACK, ago=LONG_AGO - timedelta(seconds=2))
    await an_inbound(place, "SM2")
    await target.got(4)
    await place.until_stored(forward, 2, "delivered")
    assert sorted(ids(target.seen)) == ["1.0", "2.0", "2.0.verdict", "3.0"]
    (event,) = [each for each in datas(target.seen) if each["type"] == "pairing.verdict"]
    assert (event["data"]["verdict"], event["data"]["captures"]) == ("fallback_after_error", [1, 2])
    assert event["data"]["gap_ms"] == pytest.approx(2_000, abs=500)
    assert (event["data"]["text"], event["data"]["role"]) == ("hi", "fallback")


async def test_no_fallback_for_a_failed_primary_is_told(place: Forwarding, target: Target) -> None:
    await place.add(target.url, mode=ForwardMode.EVENT)
    n = await an_inbound(place, ok=False)
    row = (await place.rows())[0]
    await target.got(2)
    event = datas(target.seen)[1]
    assert (event["type"], event["data"]["verdict"], event["data"]["captures"]) == (
        "pairing.verdict",
        "neither_ok",
        [n],
    )
    assert event["timestamp"] > (row.received_at + timedelta(seconds=30)).isoformat().replace("+00:00", "Z")
    assert event["data"]["gap_ms"] is None


async def test_what_only_other_requests_of_a_stuck_message_say_is_taken_from_them(
    place: Forwarding, target: Target
) -> None:
    await place.add(target.url, mode=ForwardMode.EVENT, order=DispatchOrder.STRICT)
    await a_status(place, ago=LONG_AGO)
    await place.capture(b"MessageSid=SM1&MessageStatus=sending", Role.STATUS, received_at=clock.now() - LONG_AGO / 2)
    await target.got(3)
    event = datas(target.seen)[2]["data"]
    assert (event["n"], event["status"], event["from"], event["to"]) == (2, "sending", "+14155550123", "+14155550100")


async def test_the_newest_request_of_a_pairing_has_the_verdict_that_it_changed(
    place: Forwarding, target: Target, moved: Clock
) -> None:
    await place.add(target.url, mode=ForwardMode.EVENT)
    await an_inbound(place, ok=False, ago=timedelta(minutes=1))
    await target.got(2)
    await an_inbound(place, role=Role.FALLBACK, ago=timedelta())
    await target.got(3)
    moved.move(place, timedelta(seconds=36))
    await target.got(4)
    assert ids(target.seen) == ["1.0", "1.0.verdict", "2.0", "2.0.verdict"]
    verdicts = [each["data"]["verdict"] for each in datas(target.seen)]
    assert verdicts == [None, "neither_ok", None, "fallback_after_error"]


async def test_nothing_is_told_while_an_answer_is_held(place: Forwarding, target: Target, moved: Clock) -> None:
    forward = await place.add(target.url, mode=ForwardMode.EVENT)
    held = await an_inbound(place, ok=None, ago=timedelta(minutes=1))
    failed = await an_inbound(place, "SM2", ok=False, ago=timedelta(minutes=1))
    await target.got(2)
    await place.until_stored(forward, failed, "delivered")
    look = place.forwards.runner(place.bin.id, forward.id)._looks[0]

    async def has_looked() -> bool:
        return look.next_look is not None

    await place.until(has_looked)
    assert look.position == 0
    answered(place, held, ok=False)
    await place.rows()
    moved.move(place, timedelta(minutes=2))
    await target.got(4)
    assert sorted(ids(target.seen)[2:]) == ["1.0.verdict", "2.0.verdict"]


@pytest.mark.parametrize(
    "values",
    [
        {"filter": "kind:inbound"}, {"roles": (Role.PRIMARY,)}, {"follow_ups": False}, {"mode": ForwardMode.RAW},
    ],
)  # fmt: skip
async def test_what_the_forward_does_not_send_leads_to_nothing(place: Forwarding, target: Target, values: dict) -> None:
    forward = await place.add(target.url, **{"mode": ForwardMode.EVENT} | values)
    await a_status(place)
    await an_inbound(place, "SM2")
    await target.until(lambda: 2 in target.numbers)
    await place.until_stored(forward, 2, "delivered")
    runner = place.forwards.runner(place.bin.id, forward.id)

    async def has_looked() -> bool:
        return all(each.position == 2 for each in runner._looks)

    await place.until(has_looked)
    assert target.numbers.count(1) == (1 if runner.stored.forward.roles == () and not values.get("filter") else 0)


async def test_a_message_with_a_final_status_or_a_later_request_is_not_stuck(place: Forwarding) -> None:
    look, _ = await a_look(place)
    await a_status(place, "SM1", "sent")
    await a_status(place, "SM2", "delivered")
    await a_status(place, "SM1", "sending", ago=LONG_AGO / 2)
    await an_inbound(place, "SM3")
    await place.rows()
    found = await look.look(clock.now(), 4)
    assert ([each.n for each in found.later], found.position) == ([3], 4)


async def test_nothing_is_stuck_while_the_ledger_may_not_have_its_callback(place: Forwarding) -> None:
    """It has nothing that was received in the last hour, as far as it is known."""
    look, counted = await a_look(place, behind=1)
    await a_status(place)
    await place.rows()
    now = clock.now()
    found = await look.look(now, 1)
    assert (list(found.later), found.position, look.next_look) == ([], 0, now + follow_ups.PACE)
    # What it has read since then shows that there was none.
    await a_status(place, "SM2", ago=LONG_AGO - timedelta(minutes=6))
    await place.rows()
    found = await look.look(now, 1)
    assert ([each.n for each in found.later], found.position) == ([1], 1)
    assert counted.calls.count("get_bin") == 4


async def test_a_bin_without_stuck_messages_is_not_read(place: Forwarding) -> None:
    await place.store.set_bin(
        place.bin.id, name="B", provider=None, retention=None, stuck_after=timedelta()
    )  # fmt: skip
    look, counted = await a_look(place)
    await a_status(place)
    await place.rows()
    found = await look.look(clock.now(), 1)
    assert (found.later, found.position, counted.calls) == ((), 1, ["get_bin"])
    assert not look.is_due(clock.now(), 9), "not again for each request"


async def test_a_thousand_requests_are_read_in_parts_and_the_young_ones_once(
    place: Forwarding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_ups, "WINDOW", 300)
    look, counted = await a_look(place)
    for number in range(1_000):
        await a_status(place, f"SM{number}", ago=LONG_AGO if number < 950 else timedelta())
    await place.rows()
    counted.calls.clear()
    now, found, looks = clock.now(), 0, 0
    while look.is_due(now, 1_000):
        looked = await look.look(now, 1_000)
        look.position, found, looks = looked.position, found + len(looked.later), looks + 1
    assert (found, looks, look.position) == (950, 4, 950)
    assert counted.calls.count("list_captures") == looks
    assert len(counted.calls) <= 6 * looks
    assert not look.is_due(now + timedelta(seconds=59), 1_000)
    assert look.is_due(now + follow_ups.LONGEST, 1_000)
    assert look.is_due(now - timedelta(hours=1), 1_000), "the clock was set back"
    assert not look.is_due(now + LONG_AGO, 950)


async def test_what_is_deleted_leads_to_nothing(place: Forwarding) -> None:
    look, _ = await a_look(place)
    for number in range(3):
        await a_status(place, f"SM{number}")
    await place.store.drop_captures(place.bin.id, 1)
    await place.store.drop_capture(place.bin.id, 3)
    await place.rows()
    found = await look.look(clock.now(), 3)
    assert ([each.n for each in found.later], found.position) == ([2], 3)


async def test_a_paused_forward_tells_what_is_still_so_when_it_sends_again(place: Forwarding, target: Target) -> None:
    forward = await place.add(target.url, mode=ForwardMode.EVENT)
    await place.forwards.pause(place.bin.id, forward.id)
    await a_status(place, "SM1")
    await a_status(place, "SM2")
    await a_status(place, "SM1", "delivered", ago=timedelta())
    await place.rows()
    assert target.seen == []
    await place.forwards.resume(place.bin.id, forward.id)
    await target.got(4)
    await place.until_stored(forward, 3, "delivered")
    assert sorted(ids(target.seen)) == ["1.0", "2.0", "2.0.stuck", "3.0"]


async def test_another_mode_begins_with_the_next_request(place: Forwarding, target: Target) -> None:
    forward = await place.add(target.url)
    await a_status(place, "SM1")
    await place.until_stored(forward, 1, "delivered")
    await place.forwards.change(place.bin.id, forward.id, Forward(name="F", url=target.url, mode=ForwardMode.EVENT))
    await a_status(place, "SM2")
    await target.got(3)
    assert ids(target.seen)[1:] == ["2.0", "2.0.stuck"]


async def test_what_fails_is_tried_again_alone_and_after_the_events_of_its_request(tmp_path: Path) -> None:
    def say(seen: Seen) -> bytes:
        status.append(str(seen.header("webhook-id")).partition(".")[2])
        return answer_of(500 if status.count("1.0.verdict") == 1 and status[-1] == "1.0.verdict" else 200)

    status: list[str] = []
    async with forwarding(tmp_path, schedule=(timedelta(), timedelta())) as place, a_target(say) as target:
        forward = await place.add(target.url, mode=ForwardMode.EVENT)
        n = await place.capture(
            batch_of("m0", "m1"), headers=((b"Content-Type", b"application/json"),),
            received_at=clock.now() - LONG_AGO,
        )  # fmt: skip
        answered(place, n, ok=False)
        await target.got(5)
        dispatch = await place.until_stored(forward, n, "delivered")
        assert status == ["1.0", "1.1", "1.0.verdict", "1.1.verdict", "1.0.verdict"]
        assert [each.header("X-Smsbin-Trigger") for each in target.seen] == ["first"] * 4 + ["retry"]
        assert (dispatch.tries, dispatch.later, dispatch.later_only) == (3, (), True)


async def test_a_decision_survives_a_stop_before_it_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.forwards.runner.STOP_S", 0.01)
    async with a_target(lambda seen: None if types([seen]) == ["message.stuck"] else answer_of(200)) as target:
        async with forwarding(tmp_path) as place:
            forward = await place.add(target.url, mode=ForwardMode.EVENT, event_content=EventContent.THIN)
            await a_status(place)
            await target.got(2)
            stored = await place.store.get_forward(forward.id)
            assert stored.looked[FollowUp.STUCK] == 1
        target.say = lambda _: answer_of(200)
        async with forwarding(tmp_path, bin=place.bin) as place:
            await place.until_stored(forward, 1, "delivered")
    assert ids(target.seen) == ["1.0", "1.0.stuck", "1.0.stuck"]
    assert target.seen[1].body == target.seen[2].body


async def test_what_is_switched_off_before_it_was_sent_is_not_sent(tmp_path: Path) -> None:
    async with (
        forwarding(tmp_path, schedule=(timedelta(hours=1),)) as place,
        a_target(lambda seen: answer_of(500 if types([seen]) == ["message.stuck"] else 200)) as target,
    ):
        forward = await place.add(target.url, mode=ForwardMode.EVENT)
        await a_status(place)
        assert (await place.until_stored(forward, 1, "retrying")).later != ()
        off = Forward(name="F", url=target.url, mode=ForwardMode.EVENT, follow_ups=False)
        await place.forwards.change(place.bin.id, forward.id, off)
        await place.forwards.resume(place.bin.id, forward.id)
        await place.until_stored(forward, 1, "delivered")
        assert ids(target.seen) == ["1.0", "1.0.stuck"]


async def test_a_request_on_its_way_is_not_looked_at(place: Forwarding) -> None:
    """Its result would overwrite what follows from it."""
    async with a_target(lambda seen: None if str(seen.header("X-Smsbin-Attempt")) == "2" else answer_of(500)) as target:
        forward = await place.add(target.url, mode=ForwardMode.EVENT)
        await a_status(place, ago=timedelta())
        await place.until_stored(forward, 1, "retrying")
        await place.forwards.retry(
            place.bin.id, forward.id, Retry(states=(DispatchState.RETRYING,), trigger=Trigger.MANUAL)
        )
        await target.got(2)
        runner = place.forwards.runner(place.bin.id, forward.id)
        looked = [each.is_due(clock.now() + LONG_AGO, 1) for each in runner._looks]
        assert await runner._look(clock.now() + LONG_AGO) == LONGEST_S
        assert (looked, [each.position for each in runner._looks]) == ([True, True], [0, 0])
