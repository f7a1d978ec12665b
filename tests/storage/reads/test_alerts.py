"""Alerts, notices and deliveries come back as they went in."""

from dataclasses import replace

import pytest
from msgspec import structs

from app import clock
from app.domain.alerts.model import (
    MOST_NOTICES,
    Alert,
    AlertDelivery,
    AlertKind,
    AlertMark,
    AlertNotice,
    AlertState,
    AlertTarget,
    AlertWebhook,
    LateMessage,
    NoticeKind,
    QuietHours,
    StoredAlert,
    StoredNotice,
)
from app.domain.events import Event
from app.domain.forwards.model import DispatchState
from app.domain.roles import Kind, Role
from app.domain.statuses import Status
from app.errors import NotFound
from app.store import Store
from tests.storage.builders import a_bin, a_capture, stating
from tests.storage.conftest import store as store  # noqa: PLC0414
from tests.storage.ledger.events import THEM, US, an_inbound

NOW = clock.now()
ALERT = Alert(
    name="A", kind=AlertKind.MATCHES, filter="status:failed", more_than=3, webhook=AlertWebhook(url="https://x.example/"),
    emails=("a@b.example",), quiet=QuietHours(begin="22:00", end="07:00"),
)  # fmt: skip
STATE = AlertState(
    times=(1, 2), last_n=2, undecided=(1,), late=(LateMessage(provider="twilio", message_id="SM1", n=1, at=NOW),),
    firing=True, since=NOW, notified_at=NOW, count=2, made=1,
)  # fmt: skip


async def an_alert(store: Store) -> StoredAlert:
    bin = await a_bin(store)
    await store.add_capture(a_capture(bin))
    return await store.add_alert(bin.id, clock.new_id(), ALERT, secret="plain:x")


def notice(alert: StoredAlert, number: int, kind: NoticeKind = NoticeKind.FIRING) -> StoredNotice:
    deliveries = tuple(
        AlertDelivery(alert_id=alert.id, number=number, target=target, due_at=NOW) for target in sorted(AlertTarget)
    )
    return StoredNotice(number=number, notice=AlertNotice(kind=kind, at=NOW, n=1), deliveries=deliveries)


async def mark(store: Store, alert: StoredAlert, *notices: StoredNotice) -> None:
    edition = (await store.get_alert(alert.id)).edition
    await store.mark_alerts([AlertMark(alert_id=alert.id, edition=edition, state=STATE, position=1, notices=notices)])


def _status(message_id: str, status: Status) -> Event:
    return Event(
        kind=Kind.STATUS, message_id=message_id, sender=US, recipient=THEM, status=status, raw_status=status.value,
        final=status is Status.DELIVERED,
    )  # fmt: skip


async def test_an_alert_comes_back_as_it_was_set(store: Store) -> None:
    alert = await an_alert(store)
    assert await store.list_alerts() == [alert] == [await store.get_alert(alert.id)]
    assert (alert.alert, alert.state, alert.position, alert.secret) == (ALERT, AlertState(), 1, "plain:x")
    other = structs.replace(ALERT, name="B")
    changed = await store.set_alert(alert.id, other, STATE, secret=None, restart=False, edition=alert.edition)
    assert (changed.alert, changed.state, changed.secret) == (other, STATE, None)
    await store.drop_alert(alert.id)
    for call in (store.get_alert(alert.id), store.drop_alert(alert.id), store.get_alert("none")):
        with pytest.raises(NotFound):
            await call
    with pytest.raises(NotFound):
        await store.add_alert("none", clock.new_id(), ALERT, secret=None)


async def test_a_history_is_newest_first_with_the_deliveries_of_each_notice(store: Store) -> None:
    alert = await an_alert(store)
    notices = [notice(alert, number) for number in (1, 2, 3)]
    await mark(store, alert, *notices)
    assert (await store.get_alert(alert.id)).state == STATE
    found = await store.list_notices(alert.id, limit=2)
    assert [each.number for each in found] == [3, 2]
    assert [sorted(each.deliveries, key=lambda one: one.target) for each in found] == [
        list(notices[2].deliveries), list(notices[1].deliveries),
    ]  # fmt: skip
    assert [each.number for each in await store.list_notices(alert.id, limit=9, before=2)] == [1]
    assert await store.list_notices("none", limit=9) == []


async def test_of_each_target_only_the_oldest_notice_is_open_and_tests(store: Store) -> None:
    alert = await an_alert(store)
    await mark(store, alert, notice(alert, 1), notice(alert, 2), notice(alert, 3, NoticeKind.TEST))

    async def open_ones() -> list[tuple[int, str]]:
        found = await store.open_alert_deliveries(9)
        return sorted((delivery.number, delivery.target.value) for delivery, _ in found)

    assert await open_ones() == [(1, "email"), (1, "webhook"), (3, "email"), (3, "webhook")]
    first = notice(alert, 1).deliveries[1]
    done = replace(first, state=DispatchState.DELIVERED, tries=1, due_at=None, status=200)
    await store.mark_alert_deliveries([done])
    assert await open_ones() == [(1, "email"), (2, "webhook"), (3, "email"), (3, "webhook")]
    stored = (await store.list_notices(alert.id, limit=1, before=2))[0]
    assert done in stored.deliveries


async def test_so_many_notices_stay(store: Store) -> None:
    alert = await an_alert(store)
    notices = [StoredNotice(number=each, notice=notice(alert, 1).notice) for each in range(1, MOST_NOTICES + 2)]
    await mark(store, alert, *notices)
    found = await store.list_notices(alert.id, limit=500)
    assert (len(found), found[-1].number) == (MOST_NOTICES, 2)


async def test_messages_without_a_final_status_are_found_by_their_captures(store: Store) -> None:
    bin = await a_bin(store)
    for event in (
        _status("SM1", Status.SENT), _status("SM2", Status.SENT), _status("SM2", Status.DELIVERED), an_inbound("SM3"),
    ):  # fmt: skip
        await store.add_capture(stating(bin, Role.STATUS, event))
    await store.get_bin(bin.id)
    assert await store.unfinished_messages(bin.id, [1, 2, 3, 4, 99]) == [(1, "ytel", "SM1", 1)]
    assert await store.unfinished_messages(bin.id, []) == []
    with pytest.raises(NotFound):
        await store.unfinished_messages("none", [1])
