"""Alerts of all kinds with the real store: what they tell, once, and over restarts."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from app.domain.alerts.model import MOST_ALERTS, Alert, AlertKind, AlertStatus, AlertWebhook, WebhookShape
from app.domain.roles import Role
from app.errors import Conflict, Invalid, NotFound
from tests.services.forwards.target import Target

from .watched import Clock, Watched, said, types, watching

MINUTE = timedelta(minutes=1)


async def test_more_than_three_failures_fire_once_and_end(place: Watched, target: Target, hands: Clock) -> None:
    alert = await place.add(target.url, filter="status:failed", more_than=3, within_s=600)
    for number in range(3):
        await place.status(f"SM{number}", "failed")
        await place.status(f"SM{number}d", "delivered")
    await place.until_looked(alert)
    assert (await place.kinds(alert), target.seen) == ([], [])
    await place.status("SM4", "failed")
    await target.got(1)
    for number in range(5, 8):
        await place.status(f"SM{number}", "failed")
    await place.until_looked(alert)
    await place.until_delivered(alert, 1)
    assert place.now(alert).state.status is AlertStatus.FIRING
    data = said(target.seen[0])["data"]
    assert (data["count"], data["capture"], data["number"], data["url"]) == (4, 7, 1, None)
    hands.ahead = 11 * MINUTE
    place.alerts.bin_changed(place.bin.id)
    await place.until_delivered(alert, 2)
    assert types(target.seen) == ["alert.firing", "alert.resolved"]
    assert place.now(alert).state.status is AlertStatus.OK


async def test_an_alert_fires_soon_after_its_cause(place: Watched, target: Target) -> None:
    await place.add(target.url, filter="status:failed")
    await place.status("SM1", "failed")
    await target.until(lambda: target.seen, within_s=60)
    sent_at = (await place.history(place.alerts.of(place.bin.id)[0]))[0].notice.at
    row = (await place.store.list_captures(place.bin.id, limit=1))[0]
    # The machine may be busy; usually it takes a tenth of a second.
    assert sent_at - row.received_at < timedelta(seconds=10)


async def test_a_fallback_that_is_used_fires(place: Watched, target: Target) -> None:
    alert = await place.add(target.url, AlertKind.FALLBACK)
    await place.inbound("SM1", ok=True)
    await place.inbound("SM1", Role.FALLBACK, ok=True)
    await place.until_looked(alert)
    await place.inbound("SM2", ok=False)
    n = await place.inbound("SM2", Role.FALLBACK, ok=None)
    await place.until_looked(alert)
    assert (await place.kinds(alert), place.now(alert).state.undecided) == ([], (n,))
    place.answered(n, ok=True)
    await target.got(1)
    assert said(target.seen[0])["data"]["capture"] == n
    assert place.now(alert).state.undecided == ()


async def test_a_message_without_a_final_status(place: Watched, target: Target, hands: Clock) -> None:
    alert = await place.add(target.url, AlertKind.UNFINISHED, within_s=300)
    await place.status("SM1", "sent")
    await place.status("SM2", "sent")
    await place.status("SM2", "delivered")
    await place.store.get_bin(place.bin.id)
    hands.ahead = 4 * MINUTE
    place.alerts.bin_changed(place.bin.id)
    await place.status("SM3", "sent")
    assert await place.kinds(alert) == []
    hands.ahead = 6 * MINUTE
    place.alerts.bin_changed(place.bin.id)
    await target.got(1)
    assert (said(target.seen[0])["data"]["capture"], said(target.seen[0])["data"]["count"]) == (1, 1)
    await place.status("SM1", "delivered")
    await target.got(2)
    assert types(target.seen) == ["alert.firing", "alert.resolved"]


async def test_silence_on_a_number(place: Watched, target: Target, hands: Clock) -> None:
    await place.inbound("SM0")
    alert = await place.add(target.url, AlertKind.SILENCE, filter="to:+14155550100", within_s=7_200)
    assert len(place.now(alert).state.times) == 1
    other = await place.add(target.url, AlertKind.SILENCE, filter="to:+49301", within_s=7_200)
    hands.ahead = 119 * MINUTE
    await place.status("SM1", "sent")
    await place.until_looked(alert)
    hands.ahead = 239 * MINUTE + timedelta(seconds=5)
    place.alerts.bin_changed(place.bin.id)
    await target.got(1)
    await place.inbound("SM2")
    await target.got(2)
    assert types(target.seen) == ["alert.firing", "alert.resolved"]
    assert await place.kinds(other) == []


async def test_a_restart_loses_nothing_and_repeats_nothing(tmp_path: Path, target: Target) -> None:
    async with watching(tmp_path) as place:
        alert = await place.add(target.url, filter="status:failed", more_than=1)
        bin = place.bin
        await place.status("SM1", "failed")
        await place.until_looked(alert)
    async with watching(tmp_path, bin=bin) as place:
        await place.status("SM2", "failed")
        await place.until_delivered(alert, 1)
    async with watching(tmp_path, bin=bin) as place:
        await place.status("SM3", "failed")
        await place.until_looked(alert)
        assert await place.kinds(alert) == ["firing"]
        assert place.now(alert).state.status is AlertStatus.FIRING
    assert types(target.seen) == ["alert.firing"]


async def test_a_ledger_that_is_built_again_fires_nothing_again(tmp_path: Path, target: Target) -> None:
    async with watching(tmp_path) as place:
        alerts = [
            await place.add(target.url, filter="status:failed"),
            await place.add(target.url, AlertKind.FALLBACK),
            await place.add(target.url, AlertKind.UNFINISHED, within_s=1),
            await place.add(target.url, AlertKind.SILENCE, within_s=7_200),
        ]
        bin = place.bin
        await place.status("SM1", "failed")
        await place.status("SM2", "sent", ago=MINUTE)
        await place.inbound("SM3", ok=False)
        await place.inbound("SM3", Role.FALLBACK)
        for alert in alerts[:3]:
            await place.until_delivered(alert, 1)
    for path in tmp_path.glob("ledger.db*"):
        path.unlink()
    async with watching(tmp_path, bin=bin) as place:
        await place.status("SM4", "delivered")
        for alert in alerts:
            await place.until_looked(alert)
        assert [await place.kinds(alert) for alert in alerts] == [["firing"]] * 3 + [[]]
        assert [place.now(alert).state.status.value for alert in alerts] == ["firing"] * 3 + ["ok"]
        # It is parsed again into a new space, too.
        await place.store.reread(bin.id)
        await place.status("SM5", "delivered")
        for alert in alerts:
            await place.until_looked(alert)
        assert [await place.kinds(alert) for alert in alerts] == [["firing"]] * 3 + [[]]
    assert len(target.seen) == 3


async def test_captures_before_an_alert_or_a_pause_do_not_count(place: Watched, target: Target) -> None:
    await place.status("SM1", "failed")
    alert = await place.add(target.url, filter="status:failed")
    await place.alerts.pause(place.bin.id, alert.id)
    assert place.now(alert).state.status is AlertStatus.PAUSED
    await place.status("SM2", "failed")
    await place.alerts.resume(place.bin.id, alert.id)
    await place.status("SM3", "sent")
    await place.until_looked(alert)
    assert await place.kinds(alert) == []
    n = await place.status("SM4", "failed")
    await target.got(1)
    assert said(target.seen[0])["data"]["capture"] == n


async def test_another_condition_begins_anew_and_another_name_does_not(place: Watched, target: Target) -> None:
    alert = await place.add(target.url, filter="status:failed")
    await place.status("SM1", "failed")
    await place.until_delivered(alert, 1)
    webhook = AlertWebhook(url=target.url)
    secret = place.alerts.secret_of(place.bin.id, alert.id)
    changed = Alert(name="B", kind=AlertKind.MATCHES, filter="status:failed", webhook=webhook)
    await place.alerts.change(place.bin.id, alert.id, changed)
    assert (place.now(alert).state.status, place.alerts.secret_of(place.bin.id, alert.id)) == (
        AlertStatus.FIRING,
        secret,
    )
    slack = AlertWebhook(url=target.url, shape=WebhookShape.SLACK)
    other = Alert(name="B", kind=AlertKind.MATCHES, filter="status:sent", webhook=slack)
    await place.alerts.change(place.bin.id, alert.id, other)
    state = place.now(alert).state
    assert (state.status, state.made, place.alerts.secret_of(place.bin.id, alert.id)) == (AlertStatus.OK, 1, None)
    await place.status("SM2", "sent")
    await place.until_delivered(alert, 2)
    assert "Alert: B" in target.seen[1].body.decode()


async def test_a_test_goes_to_all_targets_and_is_in_the_history(place: Watched, target: Target) -> None:
    alert = await place.add(target.url, filter="status:failed", browser=True)
    notice = await place.alerts.test(place.bin.id, alert.id)
    assert [(each.state.value, each.status) for each in notice.deliveries] == [("delivered", 200)]
    assert types(target.seen) == ["alert.test"]
    assert await place.kinds(alert) == ["test"]
    assert [each.notice.kind.value for each in place.alerts.recent(place.bin.id)] == ["test"]
    assert place.now(alert).state.status is AlertStatus.OK
    nobody = await place.add(filter="status:failed")
    assert (await place.alerts.test(place.bin.id, nobody.id)).deliveries == ()


async def test_a_bin_has_so_many_alerts(place: Watched) -> None:
    for _ in range(MOST_ALERTS):
        await place.add()
    with pytest.raises(Conflict, match="at most 50"):
        await place.add()


async def test_a_deleted_alert_is_gone_with_its_history(place: Watched, target: Target) -> None:
    alert = await place.add(target.url, filter="status:failed")
    other = await place.add()
    await place.status("SM1", "failed")
    await place.until_delivered(alert, 1)
    await place.alerts.drop(place.bin.id, alert.id)
    with pytest.raises(NotFound):
        place.now(alert)
    assert await place.store.list_notices(alert.id, limit=10) == []
    await place.alerts.drop(place.bin.id, other.id)
    assert (place.alerts.of(place.bin.id), place.alerts.all_stored()) == ([], [])
    again = await place.add(target.url, filter="status:failed")
    await place.status("SM2", "failed")
    await place.until_delivered(again, 1)


async def test_a_bin_that_is_deleted_has_no_alerts(place: Watched) -> None:
    await place.add()
    await place.store.drop_bin(place.bin.id)
    place.alerts.forget(place.bin.id)
    assert await place.store.list_alerts() == []
    while (await place.store.erase()).next is not None:
        await asyncio.sleep(0)


async def test_a_secret_that_cannot_be_opened_is_said_and_can_be_made_again(tmp_path: Path, target: Target) -> None:
    async with watching(tmp_path, key="a key of this test") as place:
        alert, bin = await place.add(target.url, filter="status:failed"), place.bin
    async with watching(tmp_path, bin=bin, key="another key of it") as place:
        (delivery,) = (await place.alerts.test(bin.id, alert.id)).deliveries
        assert (delivery.state.value, "secrets-key" in (delivery.error or "")) == ("rejected", True)
        await place.alerts.change(bin.id, alert.id, place.now(alert).alert)
        (delivery,) = (await place.alerts.test(bin.id, alert.id)).deliveries
        assert delivery.state.value == "delivered"


async def test_texts_and_numbers_are_only_in_notices_that_ask_for_them(place: Watched, target: Target) -> None:
    await place.add(target.url, name="Line +14155550100", filter="to:+14155550100")
    await place.inbound("SM1")
    await target.got(1)
    assert not any(part in target.seen[0].body for part in (b"secret", b"4155550123", b"4155550100"))
    await place.add(target.url, name="Line +14155550100", filter="to:+14155550100", include_texts=True)
    await place.inbound("SM2")
    await target.got(2)
    assert said(target.seen[1])["data"]["captures"] == [
        {"n": 2, "from": "+14155550123", "to": "+14155550100", "text": "secret text"}
    ]


async def test_a_notice_links_to_its_alert(tmp_path: Path, target: Target) -> None:
    async with watching(tmp_path, root="https://sms.example.net/x") as place:
        alert = await place.add(target.url)
        await place.alerts.test(place.bin.id, alert.id)
        assert said(target.seen[0])["data"]["url"] == f"https://sms.example.net/x/bins/{place.bin.id}/alerts/{alert.id}"


async def test_a_webhook_to_this_server_is_refused(place: Watched) -> None:
    with pytest.raises(Invalid, match="this smsbin itself"):
        await place.add("https://bin.example/abc")


async def test_a_webhook_that_is_no_longer_allowed_can_be_kept_but_not_chosen(tmp_path: Path) -> None:
    url = "http://127.0.0.1/hook"
    async with watching(tmp_path) as place:
        alert = await place.add(url)
    async with watching(tmp_path, bin=place.bin, allowed=()) as place:
        with pytest.raises(Invalid, match=r"webhook\.url.*--allow-targets 127\.0\.0\.1"):
            await place.add(url)
        renamed = structs.replace(alert.alert, name="Other")
        assert (await place.alerts.change(place.bin.id, alert.id, renamed)).alert == renamed
        elsewhere = structs.replace(renamed, webhook=AlertWebhook(url=f"{url}/other"))
        with pytest.raises(Invalid, match=r"webhook\.url"):
            await place.alerts.change(place.bin.id, alert.id, elsewhere)
