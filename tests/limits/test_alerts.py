"""The bounds of alerts: what they count, how long they wait, and how much is kept."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.domain.alerts import evaluation
from app.domain.alerts.evaluation import BUSY_WITHIN, LATE_FOR, AlertMatch, matched, settled, with_late
from app.domain.alerts.model import (
    LONGEST_REMINDER,
    LONGEST_WITHIN,
    MAX_ALERT_NAME,
    MOST_ALERTS,
    MOST_BEHIND,
    MOST_COUNTED,
    MOST_EMAILS,
    MOST_NOTICES,
    MOST_OPEN,
    SHORTEST_REMINDER,
    Alert,
    AlertKind,
    AlertNotice,
    AlertState,
    AlertTarget,
    LateMessage,
    NoticeKind,
    QuietHours,
)
from app.domain.alerts.quiet import MAX_ZONE
from app.domain.roles import Role
from app.egress.mail import read_smtp_url
from app.errors import Conflict, Invalid, StoreUnavailable
from app.services.alerts import checking, delivering, looking, registry, sending, watching
from app.services.alerts.checking import check_alert
from app.services.alerts.sending import AlertSender, MailSettings
from tests.egress.smtp import a_mail_server
from tests.services.alerts.conftest import hands as hands  # noqa: PLC0414
from tests.services.alerts.conftest import place as place  # noqa: PLC0414
from tests.services.alerts.conftest import target as target  # noqa: PLC0414
from tests.services.alerts.test_sending import content, delivery
from tests.services.alerts.watched import Clock, Watched
from tests.services.forwards.target import Target, a_target, answer_of

NOW = clock.now()
LONG_EMAIL = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.ex"


def _seconds(value: timedelta) -> int:
    return int(value.total_seconds())


@pytest.mark.parametrize(
    ("fits", "above", "field"),
    [
        ({"name": "a" * MAX_ALERT_NAME}, {"name": "a" * (MAX_ALERT_NAME + 1)}, "name"),
        ({"more_than": MOST_COUNTED}, {"more_than": MOST_COUNTED + 1}, "more_than"),
        (
            {"kind": AlertKind.SMSBIN, "more_than": MOST_BEHIND},
            {"kind": AlertKind.SMSBIN, "more_than": MOST_BEHIND + 1}, "more_than",
        ),
        ({"within_s": _seconds(LONGEST_WITHIN)}, {"within_s": _seconds(LONGEST_WITHIN) + 1}, "within"),
        ({"within_s": 1}, {"within_s": 0}, "within"),
        ({"remind_s": _seconds(SHORTEST_REMINDER)}, {"remind_s": _seconds(SHORTEST_REMINDER) - 1}, "remind"),
        ({"remind_s": _seconds(LONGEST_REMINDER)}, {"remind_s": _seconds(LONGEST_REMINDER) + 1}, "remind"),
        ({"emails": ("a@b.example",) * MOST_EMAILS}, {"emails": ("a@b.example",) * (MOST_EMAILS + 1)}, "emails"),
        (
            {"emails": (LONG_EMAIL[-checking._MAX_EMAIL :],)}, {"emails": ("a" + "b." * 130 + "@c.example",)}, "emails",
        ),
    ],
)  # fmt: skip
def test_settings_have_limits(fits: dict[str, Any], above: dict[str, Any], field: str) -> None:
    defaults = {"name": "A", "kind": AlertKind.MATCHES}
    assert check_alert(Alert(**defaults | fits), (), has_mail=True)
    with pytest.raises(Invalid) as raised:
        check_alert(Alert(**defaults | above), (), has_mail=True)
    assert [name for name, _ in raised.value.problems] == [field]


def test_a_zone_has_a_longest_name() -> None:
    quiet = QuietHours(begin="22:00", end="07:00", zone="A" * (MAX_ZONE + 1))
    with pytest.raises(Invalid, match=r"quiet\.zone"):
        check_alert(Alert(name="A", kind=AlertKind.MATCHES, quiet=quiet), (), has_mail=True)


async def test_a_bin_has_so_many_alerts(place: Watched) -> None:
    for _ in range(MOST_ALERTS):
        await place.add()
    with pytest.raises(Conflict, match=f"at most {MOST_ALERTS} "):
        await place.add()


def test_a_silence_counts_after_enough_within_a_day() -> None:
    alert = Alert(name="S", kind=AlertKind.SILENCE, more_than=1, within_s=60)
    for span, fires in ((BUSY_WITHIN, True), (BUSY_WITHIN + timedelta(seconds=1), False)):
        matches = [AlertMatch(n=1, at=NOW - span), AlertMatch(n=2, at=NOW)]
        state = matched(alert, AlertState(), matches, NOW).state
        later = NOW + timedelta(minutes=1)
        assert settled(alert, state, later, later).state.firing is fires


def test_a_message_is_late_for_a_day() -> None:
    alert = Alert(name="L", kind=AlertKind.UNFINISHED, within_s=60)
    late = LateMessage(provider="twilio", message_id="SM1", n=1, at=NOW)
    for since, fires in ((LATE_FOR - timedelta(seconds=1), True), (LATE_FOR, False)):
        found = with_late(alert, AlertState(), [late], NOW + timedelta(minutes=1) + since)
        assert found.state.firing is fires


def test_so_many_late_messages_are_remembered() -> None:
    alert = Alert(name="L", kind=AlertKind.UNFINISHED, within_s=60)
    late = [LateMessage(provider="twilio", message_id=f"SM{n}", n=n, at=NOW) for n in range(evaluation.MOST_LATE + 1)]
    assert len(with_late(alert, AlertState(), late[1:], NOW).state.late) == evaluation.MOST_LATE
    assert with_late(alert, AlertState(), late, NOW).state.late == tuple(late[1:])


async def test_undecided_requests_on_a_fallback_are_bounded_in_number_and_time(
    place: Watched, hands: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST_UNDECIDED", 1)
    alert = await place.add(kind=AlertKind.FALLBACK)
    for message in ("SM1", "SM2"):
        await place.inbound(message, ok=False)
        await place.inbound(message, Role.FALLBACK, ok=None)
    await place.until_looked(alert)
    assert place.now(alert).state.undecided == (4,)
    hands.ahead = looking.UNDECIDED_FOR + timedelta(seconds=1)
    place.alerts.bin_changed(place.bin.id)
    await place.until_kinds(alert, "firing")
    assert place.now(alert).state.undecided == ()


async def test_captures_are_read_in_parts(place: Watched, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "BATCH", 2)
    monkeypatch.setattr(watching, "LONGEST_S", 3_600.0)
    alert = await place.add(target.url, filter="status:failed", more_than=2)
    await place.alerts.pause(place.bin.id, alert.id)
    for number in range(3):
        await place.status(f"SM{number}", "sent")
    await place.alerts.resume(place.bin.id, alert.id)
    for number in range(5):
        await place.status(f"SN{number}", "failed")
    await target.got(1)
    await place.until_looked(alert)
    assert place.now(alert).state.count == 5


async def test_deliveries_above_a_number_are_given_up_and_the_history_is_bounded(place: Watched) -> None:
    async with a_target(lambda _: None) as silent:
        alert = await place.add(silent.url, filter="status:failed")
        watcher = place.alerts._watchers[place.bin.id]
        notice = AlertNotice(kind=NoticeKind.FIRING, at=NOW)
        async with watcher.lock:
            for number in range(1, MOST_OPEN + 2):
                await watcher.note(watcher.alerts[alert.id], AlertState(made=number), [notice])
        states = [each.deliveries[0].state.value for each in await place.history(alert)]
        assert states.count("exhausted") == 1
        assert len(states) == MOST_OPEN + 1 < MOST_NOTICES


async def test_each_alert_is_delivered_by_its_schedule(place: Watched) -> None:
    assert sum(delivering.ALERT_SCHEDULE, timedelta()) < timedelta(hours=6)
    async with a_target(lambda _: answer_of(503)) as target:
        alert = await place.add(target.url)
        place.alerts._deliveries._schedule = (timedelta(), timedelta())
        await place.status("SM1", "failed")

        async def exhausted() -> bool:
            found = [each for notice in await place.history(alert) for each in notice.deliveries]
            return [(each.state.value, each.tries) for each in found] == [("exhausted", 3)]

        await place.until(exhausted)


async def test_a_target_that_does_not_answer_is_left_after_a_time(
    place: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TIMEOUT_S", 0.05)
    async with a_target(lambda _: None) as silent:
        alert = await place.add(silent.url)
        notice = await place.alerts.test(place.bin.id, alert.id)
        assert notice.deliveries[0].error == "no response in time"
        monkeypatch.setattr(sending, "TIMEOUT_S", 20.0)
        monkeypatch.setattr(registry, "TEST_S", 0.05)
        monkeypatch.setattr(delivering, "STOP_S", 0.05)
        notice = await place.alerts.test(place.bin.id, alert.id)
        assert notice.deliveries[0].state.value == "waiting"


async def test_a_mail_server_that_does_not_answer_is_left_after_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MAIL_TIMEOUT_S", 0.05)
    async with a_mail_server(EHLO=None) as server:
        mail = MailSettings(server=read_smtp_url(f"smtp://127.0.0.1:{server.port}"), sender="smsbin@x.example")
        given = content(emails=("a@b.example",))
        sent = await AlertSender([], mail).send(given, delivery(AlertTarget.EMAIL), None)
    assert sent.error == "no response in time"


async def test_open_pages_get_the_newest_notices(place: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "SHOWN", 2)
    alert = await place.add(browser=True)
    for _ in range(watching.RECENT + 1):
        await place.alerts.test(place.bin.id, alert.id)
    recent = place.alerts.recent(place.bin.id)
    assert [each.number for each in recent] == list(range(2, watching.RECENT + 2))
    again = registry.Alerts(place.store, place.hub, place.alerts._secrets, place.alerts._sender)
    await again.start()
    assert [each.number for each in again.recent(place.bin.id)] == [watching.RECENT, watching.RECENT + 1]
    await again.close()


async def test_many_looks_and_retries_keep_their_pauses(place: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot be read is read again after a pause."""
    monkeypatch.setattr(delivering, "AGAIN_S", 0.01)
    monkeypatch.setattr(delivering, "LONGEST_S", 0.05)
    monkeypatch.setattr(delivering, "READ", 1)
    read, limits = place.store.open_alert_deliveries, []

    async def failing(limit: int) -> Any:
        limits.append(limit)
        if len(limits) < 3:
            raise StoreUnavailable("now")
        return await read(limit)

    monkeypatch.setattr(place.store, "open_alert_deliveries", failing)
    place.alerts._deliveries.wake()
    async with asyncio.timeout(60):
        while len(limits) < 5:
            await asyncio.sleep(0.01)
    assert set(limits) == {1}
    assert (0.1, 1.0, timedelta(seconds=1)) == (watching.PACE_S, watching.AGAIN_S, looking.EVERY)
