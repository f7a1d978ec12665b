"""What follows from requests later: verdicts and stuck messages, each once, in order, and not before it is certain."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.domain.captures import NewOutcome, Outcome
from app.domain.forwards.model import ForwardMode
from app.domain.roles import Role

from .target import Forwarding, Seen, Target

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
