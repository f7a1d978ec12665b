"""The inputs of alerts."""

from app.domain.alerts.model import Alert, AlertKind, AlertWebhook, QuietHours, WebhookShape
from app.web.alerts.inputs import AlertChange, AlertInput
from app.web.site.convert import convert


def test_durations_and_objects_become_settings() -> None:
    given = {
        "name": "A", "kind": "silence", "within": "2h", "remind": "1h",
        "webhook": {"url": "https://x.example/", "shape": "slack"}, "quiet": {"begin": "22:00", "end": "07:00"},
    }  # fmt: skip
    assert convert(given, AlertInput).alert == Alert(
        name="A", kind=AlertKind.SILENCE, within_s=7_200, remind_s=3_600,
        webhook=AlertWebhook(url="https://x.example/", shape=WebhookShape.SLACK),
        quiet=QuietHours(begin="22:00", end="07:00"),
    )  # fmt: skip


def test_what_is_left_out_stays() -> None:
    before = Alert(
        name="A", kind=AlertKind.MATCHES, emails=("a@b.example",), within_s=60, quiet=QuietHours(begin="1", end="2")
    )
    assert convert({}, AlertChange).changed(before) == before
    changed = convert({"emails": [], "within": "1h", "quiet": None}, AlertChange).changed(before)
    assert changed == Alert(name="A", kind=AlertKind.MATCHES, within_s=3_600)
