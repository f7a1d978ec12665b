"""A notice as each kind of target takes it."""

import email
import email.policy
from datetime import UTC, datetime
from typing import Any

import msgspec

from app.domain.alerts.model import Alert, AlertKind, AlertNotice, AlertState, NoticeKind, StoredAlert, WebhookShape
from app.domain.captures import CaptureRow, Reading
from app.domain.roles import Kind, Role
from app.services.alerts.content import MAX_SHOWN, NoticeContent, email_of, webhook_body

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
ROW = CaptureRow(
    n=7, seq=1, received_at=NOON, role=Role.PRIMARY, method="POST", target="/", peer="", size=1, content_type=None,
    body_complete=True, outcome=None,
    reading=Reading(provider="twilio", kind=Kind.INBOUND, sender="+14155550123", recipient="+14155550100",
                    text="a\n<b>"),
)  # fmt: skip


def content(
    kind: NoticeKind = NoticeKind.FIRING, *, name: str = "Failed <!channel>", **values: object
) -> NoticeContent:
    alert = Alert(name=name, kind=AlertKind.MATCHES, filter="to:+14155550100", more_than=3, **values)
    stored = StoredAlert(id="a", bin_id="b", alert=alert, state=AlertState(), made_at=NOON, position=0)
    notice = AlertNotice(kind=kind, at=NOON, since=NOON, count=4, n=7)
    rows = (ROW,) if alert.include_texts else ()
    url = "https://sms.example.net/bins/b/alerts/a"
    return NoticeContent(stored=stored, number=2, notice=notice, bin_name="Shop", url=url, rows=rows)


def body(shape: WebhookShape, given: NoticeContent | None = None) -> Any:
    return msgspec.json.decode(webhook_body(given or content(), shape))


def test_the_standard_shape_has_type_time_and_facts() -> None:
    made = body(WebhookShape.STANDARD)
    assert (made["type"], made["timestamp"]) == ("alert.firing", "2026-11-29T12:00:00.000000Z")
    assert made["data"] == {
        "alert": {
            "id": "a", "name": "Failed <!channel>", "kind": "matches",
            "condition": "more than 3 requests that match its filter within 10 minutes",
        },
        "bin": {"id": "b", "name": "Shop"}, "number": 2, "since": "2026-11-29T12:00:00.000000Z", "count": 4,
        "capture": 7, "title": "Alert: Failed <!channel>",
        "text": "More than 3 requests that match its filter within 10 minutes, in bin Shop. Since 2026-11-29 12:00:00"
        " UTC. 4 so far, the newest is #7.",
        "url": "https://sms.example.net/bins/b/alerts/a",
    }  # fmt: skip


def test_slack_gets_a_text_in_which_nothing_is_a_mention() -> None:
    (name, text) = body(WebhookShape.SLACK, content(include_texts=True)).popitem()
    assert name == "text"
    lines = text.split("\n")
    assert lines[0] == "*Alert: Failed &lt;!channel&gt;*"
    assert lines[2:] == [
        "> #7 +14155550123 → +14155550100: a &lt;b&gt;", "<https://sms.example.net/bins/b/alerts/a|Open in smsbin>",
    ]  # fmt: skip


def test_teams_gets_a_card_whose_texts_are_not_markdown() -> None:
    made = body(WebhookShape.TEAMS, content(name="[x](https://evil.example)"))
    (attachment,) = made["attachments"]
    card = attachment["content"]
    assert (made["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    assert (card["type"], card["version"], card["actions"][0]["url"]) == (
        "AdaptiveCard", "1.4", "https://sms.example.net/bins/b/alerts/a",
    )  # fmt: skip
    assert {each["type"] for each in card["body"]} == {"RichTextBlock"}
    assert card["body"][0]["inlines"] == [
        {"type": "TextRun", "text": "Alert: [x](https://evil.example)", "weight": "Bolder", "color": "Attention"}
    ]
    colours = [
        body(WebhookShape.TEAMS, content(kind))["attachments"][0]["content"]["body"][0]["inlines"][0]["color"]
        for kind in (NoticeKind.RESOLVED, NoticeKind.TEST)
    ]
    assert colours == ["Good", "Default"]


def test_an_email_is_plain_text_with_an_id_for_all_attempts() -> None:
    given = content(emails=("a@b.example", "c@d.example"), name="Größe")
    data = email_of(given, "a.2", "smsbin@x.example", NOON)
    mail = email.message_from_bytes(data, policy=email.policy.default)
    assert (mail["Subject"], mail["From"], mail["To"]) == (
        "Alert: Größe", "smsbin@x.example", "a@b.example, c@d.example",
    )  # fmt: skip
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == ("<a.2@x.example>", "auto-generated")
    text = mail.get_content()
    assert text.startswith("More than 3 requests")
    assert "https://sms.example.net/bins/b/alerts/a" in text
    assert data == email_of(given, "a.2", "smsbin@x.example", NOON)


def test_no_shape_has_a_number_or_a_text_unless_asked() -> None:
    for include in (False, True):
        given = content(name="To +14155550100", include_texts=include)
        made = [webhook_body(given, shape) for shape in WebhookShape]
        made.append(email_of(given, "a.2", "smsbin@x.example", NOON))
        assert [b"4155550100" in each for each in made] == [include] * 4
        assert [b"4155550123" in each for each in made] == [include] * 4


def test_a_long_text_is_cut() -> None:
    row = msgspec.structs.replace(ROW.reading, text="x" * (MAX_SHOWN + 1))
    values = {name: getattr(ROW, name) for name in ROW.__dataclass_fields__} | {"reading": row}
    given = content(include_texts=True)
    shown = NoticeContent(
        stored=given.stored, number=1, notice=given.notice, bin_name="B", rows=(CaptureRow(**values),)
    )  # fmt: skip
    assert shown.shown == [f"#7 +14155550123 → +14155550100: {'x' * MAX_SHOWN}"]
