"""Which alerts can be stored; `tests/limits/test_alerts.py` has their limits."""

import pytest

from app.domain.alerts.model import Alert, AlertKind, AlertWebhook, QuietHours
from app.errors import Invalid
from app.services.alerts.checking import check_alert


def test_a_valid_alert_is_trimmed() -> None:
    alert = Alert(
        name=" A ", kind=AlertKind.SILENCE, filter=" to:+1415* ", webhook=AlertWebhook(url="https://x.example/a#b")
    )
    assert check_alert(alert, ("bin.example",), has_mail=False) == Alert(
        name="A", kind=AlertKind.SILENCE, filter="to:+1415*", webhook=AlertWebhook(url="https://x.example/a")
    )


def test_every_wrong_field_is_named() -> None:
    alert = Alert(
        name="a\nb", kind=AlertKind.FALLBACK, filter="to:1", more_than=-1, within_s=0, remind_s=1,
        webhook=AlertWebhook(url="https://BIN.example:443/x"), emails=("no",),
        quiet=QuietHours(begin="1", end="2", zone="x"),
    )  # fmt: skip
    with pytest.raises(Invalid) as raised:
        check_alert(alert, ("bin.example",), has_mail=True)
    assert [field for field, _ in raised.value.problems] == [
        "name", "filter", "more_than", "within", "remind", "webhook.url", "emails", "quiet.begin", "quiet.end",
        "quiet.zone",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["forward:failed", "-target:app", "after:1h", "before:10m status:failed", "nothing:1"])
def test_a_filter_whose_result_changes_later_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="filter"):
        check_alert(Alert(name="A", kind=AlertKind.MATCHES, filter=text), (), has_mail=True)


def test_email_needs_a_mail_server() -> None:
    alert = Alert(name="A", kind=AlertKind.MATCHES, emails=("a@b.example",))
    assert check_alert(alert, (), has_mail=True) == alert
    with pytest.raises(Invalid, match="SMSBIN_SMTP_URL"):
        check_alert(alert, (), has_mail=False)


@pytest.mark.parametrize("address", ["a@b", "a b@c.example", "a@b.example\nBcc: x@y.example", "<a@b.example>", "@b.c"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid, match="emails"):
        check_alert(Alert(name="A", kind=AlertKind.MATCHES, emails=(address,)), (), has_mail=True)


@pytest.mark.parametrize("host", ["localhost", "10.0.0.7", "0x7f000001"])
def test_a_webhook_to_a_private_address_must_be_allowed(host: str) -> None:
    alert = Alert(name="A", kind=AlertKind.MATCHES, webhook=AlertWebhook(url=f"http://{host}/x"))
    with pytest.raises(Invalid, match=f"webhook.url.*--allow-targets {host}$"):
        check_alert(alert, (), has_mail=True)
    assert check_alert(alert, (), has_mail=True, allowed=(host,)) == alert
    assert check_alert(alert, (), has_mail=True, allowed=None) == alert
