"""What a look at a bin finds; the kinds of alerts with the real store are in `test_registry.py`."""

import pytest

from app.domain.alerts.model import AlertKind
from app.services.alerts.looking import NOT_VALID, server_trouble
from app.store import Health, LedgerStatus
from tests.services.forwards.target import Target

from .watched import Watched, said

OK, FINE = Health(state="ok"), LedgerStatus(state="ok")


@pytest.mark.parametrize(
    ("health", "ledger", "trouble"),
    [
        (OK, FINE, ""), (OK, LedgerStatus(state="behind", behind=10), ""),
        (OK, LedgerStatus(state="building", behind=11), "11 requests are not parsed yet"),
        (OK, LedgerStatus(state="stopped"), "requests are kept, but not parsed"),
        (Health(state="ok", refused=1), FINE, "some requests are answered 503"),
        (Health(state="full"), FINE, "requests are answered 503"),
        (Health(state="gone"), FINE, "requests are answered 503"),
    ],
)  # fmt: skip
def test_trouble_of_the_server_in_words(health: Health, ledger: LedgerStatus, trouble: str) -> None:
    assert server_trouble(health, ledger, 10) == trouble


async def test_a_signature_that_is_not_valid_fires_and_a_bin_without_secrets_does_not(
    place: Watched, target: Target
) -> None:
    alert = await place.add(target.url, AlertKind.SIGNATURE)
    await place.inbound("SM1")
    await place.until_looked(alert)
    assert await place.kinds(alert) == []
    await place.secrets.set(place.bin.id, "main", "twilio", "a secret of this test")
    n = await place.inbound("SM2")
    await target.got(1)
    assert said(target.seen[0])["data"]["capture"] == n
    assert "whose signature is not valid" in said(target.seen[0])["data"]["text"]
    row = (await place.store.list_captures(place.bin.id, limit=1))[0]
    assert row.reading.signature is not None
    assert row.reading.signature.verdict in NOT_VALID


async def test_deleted_captures_do_not_hold_an_alert_up(place: Watched, target: Target) -> None:
    alert = await place.add(target.url, AlertKind.SILENCE, within_s=1)
    first = await place.inbound("SM1")
    last = await place.inbound("SM2")
    await place.store.drop_capture(place.bin.id, last)
    await target.got(1)
    assert place.now(alert).position == last
    assert said(target.seen[0])["data"]["capture"] in (first, last)
