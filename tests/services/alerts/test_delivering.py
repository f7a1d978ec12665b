"""Deliveries: their order, their retries, and a sender that fails."""

import asyncio
from datetime import timedelta

import pytest

from app import clock
from app.services.alerts import delivering, sending
from app.services.alerts.delivering import FAILED
from tests.services.forwards.target import OK, Seen, Target, a_target, answer_of

from .watched import Clock, Watched, types


async def test_the_all_clear_waits_for_the_alert_and_a_test_for_nothing(place: Watched, hands: Clock) -> None:
    status = [503]
    async with a_target(lambda _: answer_of(status[0])) as target:
        alert = await place.add(target.url, within_s=60)
        place.alerts._deliveries._schedule = (timedelta(minutes=5),)
        await place.status("SM1", "failed")
        await target.got(1)
        hands.ahead = timedelta(minutes=2)
        place.alerts.bin_changed(place.bin.id)
        await place.until_kinds(alert, "firing", "resolved")
        status[0] = 200
        await place.alerts.test(place.bin.id, alert.id)
        assert types(target.seen) == ["alert.firing", "alert.test"]
        hands.ahead = timedelta(minutes=12)
        place.alerts._deliveries.wake()
        await place.until_delivered(alert, 3)
        assert types(target.seen) == ["alert.firing", "alert.test", "alert.firing", "alert.resolved"]
        ids = [seen.header("webhook-id") for seen in target.seen]
        assert ids == [f"{alert.id}.{number}" for number in (1, 3, 1, 2)]


async def test_a_target_that_asks_for_time_gets_it(place: Watched, hands: Clock) -> None:
    answers = [answer_of(429, "Retry-After: 3600"), OK]

    def say(_: Seen) -> bytes:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async with a_target(say) as target:
        alert = await place.add(target.url)
        await place.status("SM1", "failed")
        await target.got(1)

        async def retried() -> bool:
            found = (await place.history(alert))[0].deliveries[0]
            return found.due_at is not None and found.due_at - clock.now() > timedelta(minutes=50)

        await place.until(retried)
        hands.ahead = timedelta(hours=2)
        place.alerts._deliveries.wake()
        await place.until_delivered(alert, 1)


async def test_a_clock_that_is_set_back_does_not_hold_a_delivery_for_days(place: Watched, hands: Clock) -> None:
    status = [503]
    async with a_target(lambda _: answer_of(status[0])) as target:
        hands.ahead = timedelta(days=30)
        alert = await place.add(target.url)
        await place.status("SM1", "failed")

        async def retrying() -> bool:
            found = await place.history(alert)
            return bool(found) and found[0].deliveries[0].tries > 0

        await place.until(retrying)
        status[0], hands.ahead = 200, timedelta()
        place.alerts._deliveries.wake()
        await place.until_delivered(alert, 1)


async def test_a_read_that_is_older_than_the_result_of_a_delivery_sends_nothing_again(
    place: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, reads = place.store.open_alert_deliveries, 0
    async with a_target(lambda _: None) as slow:
        monkeypatch.setattr(sending, "TIMEOUT_S", 2.0)
        alert = await place.add(slow.url)

        async def ended() -> bool:
            return [each.state.value for each in (await place.history(alert))[0].deliveries] == ["exhausted"]

        async def read_late(limit: int) -> object:
            nonlocal reads
            found = await read(limit)
            if slow.seen:
                reads += 1
                await place.until(ended)
            return found

        monkeypatch.setattr(place.store, "open_alert_deliveries", read_late)
        testing = asyncio.ensure_future(place.alerts.test(place.bin.id, alert.id))
        await slow.got(1)
        place.alerts._deliveries.wake()
        await testing
        again = reads
        place.alerts._deliveries.wake()
        async with asyncio.timeout(60):
            while reads < again + 1:
                await asyncio.sleep(0.01)
        assert (reads > 1, len(slow.seen)) == (True, 1)


async def test_a_failure_of_smsbin_is_a_failed_attempt_and_not_an_endless_loop(
    place: Watched, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0

    async def fail(*_: object) -> None:
        nonlocal calls
        calls += 1
        raise RuntimeError("a defect")

    monkeypatch.setattr(place.alerts._sender, "send", fail)
    alert = await place.add(target.url)
    (delivery,) = (await place.alerts.test(place.bin.id, alert.id)).deliveries
    assert (delivery.state.value, delivery.error, calls) == ("exhausted", FAILED, 1)
    assert delivering.AGAIN_S > 0
