"""The form of an alert and the JSON of its input."""

import pytest

from app.domain.alerts.model import Alert, AlertKind, AlertWebhook, QuietHours, WebhookShape
from app.web.alerts.form import form_of, new_form, read_alert_form
from app.web.alerts.inputs import AlertInput
from app.web.site.convert import convert


def test_a_form_of_an_alert_gives_that_alert_again() -> None:
    full = Alert(
        name="A", kind=AlertKind.MATCHES, filter="status:failed", more_than=3, within_s=600, browser=True,
        webhook=AlertWebhook(url="https://x.example/", shape=WebhookShape.TEAMS), emails=("a@b.example", "c@d.example"),
        remind_s=3_600, quiet=QuietHours(begin="22:00", end="07:00", zone="Europe/Berlin"), include_texts=True,
    )  # fmt: skip
    for alert in (full, Alert(name="B", kind=AlertKind.FALLBACK)):
        assert convert(form_of(alert).raw(), AlertInput).alert == alert


def test_what_was_posted_is_read_and_trimmed() -> None:
    form = read_alert_form({"name": " A ", "emails": " a@b.example , ", "quiet_begin": "22:00"}, AlertKind.MATCHES)
    raw = form.raw()
    assert (raw["name"], raw["emails"], raw["browser"], raw["webhook"]) == ("A", ["a@b.example"], False, None)
    assert raw["quiet"] == {"begin": "22:00", "end": "", "zone": "UTC"}


@pytest.mark.parametrize("kind", AlertKind)
def test_the_form_of_each_kind_needs_a_name_only(kind: AlertKind) -> None:
    form = new_form(kind)
    assert convert(form.raw() | {"name": form.name or "N"}, AlertInput).alert.kind is kind
