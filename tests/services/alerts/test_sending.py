"""One notice to one target."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from app.domain.alerts.model import (
    Alert,
    AlertDelivery,
    AlertKind,
    AlertNotice,
    AlertState,
    AlertTarget,
    AlertWebhook,
    NoticeKind,
    StoredAlert,
    WebhookShape,
)
from app.domain.forwards.answers import AnswerMeaning
from app.egress.gate import BLOCKED
from app.egress.mail import read_smtp_url
from app.errors import CannotStart
from app.services.alerts.content import NoticeContent
from app.services.alerts.sending import (
    NO_MAIL,
    NO_SECRET,
    REMOVED,
    AlertSender,
    MailSettings,
    mail_meaning,
    mail_settings,
)
from app.settings import Settings
from tests.egress.smtp import a_mail_server
from tests.services.forwards.target import Target, a_target, answer_of

SECRET = "whsec_" + "QUFB" * 8
NOW = datetime(2026, 11, 29, tzinfo=UTC)


def content(url: str = "", shape: WebhookShape = WebhookShape.STANDARD, emails: tuple[str, ...] = ()) -> NoticeContent:
    webhook = AlertWebhook(url=url, shape=shape) if url else None
    alert = Alert(name="A", kind=AlertKind.MATCHES, webhook=webhook, emails=emails)
    stored = StoredAlert(id="a", bin_id="b", alert=alert, state=AlertState(), made_at=NOW, position=0)
    return NoticeContent(
        stored=stored, number=3, notice=AlertNotice(kind=NoticeKind.FIRING, at=NOW), bin_name="B"
    )  # fmt: skip


def delivery(target: AlertTarget = AlertTarget.WEBHOOK) -> AlertDelivery:
    return AlertDelivery(alert_id="a", number=3, target=target)


def sender(mail: MailSettings | None = None) -> AlertSender:
    return AlertSender(["127.0.0.1"], mail)


async def test_a_webhook_is_signed_by_standard_webhooks(target: Target) -> None:
    sent = await sender().send(content(f"{target.url}?a=b"), delivery(), SECRET)
    assert (sent.meaning, sent.status, sent.error) == (AnswerMeaning.SUCCESS, 200, None)
    (seen,) = target.seen
    assert seen.head.startswith(b"POST /sms?a=b HTTP/1.1\r\n")
    assert (seen.header("webhook-id"), seen.header("content-type")) == ("a.3", "application/json")
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    verified = Webhook(SECRET).verify(seen.body, {name: seen.header(name) or "" for name in names})
    assert verified["type"] == "alert.firing"


@pytest.mark.parametrize("shape", [WebhookShape.SLACK, WebhookShape.TEAMS])
async def test_slack_and_teams_need_no_signature(target: Target, shape: WebhookShape) -> None:
    await sender().send(content(target.url, shape), delivery(), None)
    assert (target.seen[0].header("webhook-signature"), target.seen[0].header("webhook-id")) == (None, "a.3")


@pytest.mark.parametrize(
    ("status", "headers", "meaning", "error"),
    [
        (410, [], AnswerMeaning.REFUSAL, None), (404, [], AnswerMeaning.REFUSAL, None),
        (503, ["Retry-After: 7"], AnswerMeaning.FAILURE, None),
        (302, ["Location: https://x.example/"], AnswerMeaning.REFUSAL, "a redirect, which is not followed"),
    ],
)  # fmt: skip
async def test_what_an_answer_means(status: int, headers: list[str], meaning: AnswerMeaning, error: str | None) -> None:
    async with a_target(lambda _: answer_of(status, *headers)) as target:
        sent = await sender().send(content(target.url, WebhookShape.SLACK), delivery(), None)
    assert (sent.status, sent.meaning, sent.error) == (status, meaning, error)
    assert sent.retry_after == (timedelta(seconds=7) if status == 503 else None)


async def test_what_cannot_be_sent_is_not_tried() -> None:
    cases = [
        (content("https://x.example/"), AlertTarget.WEBHOOK, f"not sent: {NO_SECRET}"),
        (content(), AlertTarget.WEBHOOK, REMOVED),
        (content(), AlertTarget.EMAIL, REMOVED),
        (content(emails=("a@b.example",)), AlertTarget.EMAIL, f"not sent: {NO_MAIL}"),
    ]
    for given, target, error in cases:
        sent = await sender().send(given, delivery(target), None)
        assert (sent.meaning, sent.error) == (AnswerMeaning.IMPOSSIBLE, error)


async def test_a_private_address_is_refused_unless_the_operator_allows_it(target: Target) -> None:
    sent = await AlertSender([], None).send(content(target.url), delivery(), SECRET)
    assert (sent.error, target.seen) == (BLOCKED, [])


async def test_an_email_is_handed_to_the_mail_server() -> None:
    async with a_mail_server() as server:
        mail = MailSettings(server=read_smtp_url(f"smtp://127.0.0.1:{server.port}"), sender="smsbin@x.example")
        given = content(emails=("a@b.example", "c@d.example"))
        sent = await sender(mail).send(given, delivery(AlertTarget.EMAIL), None)
    assert (sent.meaning, sent.status, sender(mail).has_mail) == (AnswerMeaning.SUCCESS, 250, True)
    assert b"Message-ID: <a.3@x.example>" in server.mails[0]


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (None, AnswerMeaning.FAILURE), (250, AnswerMeaning.SUCCESS), (421, AnswerMeaning.FAILURE),
        (550, AnswerMeaning.REFUSAL), (-1, AnswerMeaning.REFUSAL),
    ],
)  # fmt: skip
def test_what_a_code_of_a_mail_server_means(status: int | None, meaning: AnswerMeaning) -> None:
    assert mail_meaning(status) is meaning


def test_mail_is_set_up_by_both_settings_or_a_file(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    assert mail_settings(make_settings()) is None
    path = tmp_path / "smtp"
    path.write_text("smtps://u:p@mail.example.net\n")
    found = mail_settings(make_settings(smtp_url_file=str(path), smtp_from="smsbin@example.net"))
    assert found is not None
    assert (found.server.host, found.server.password, found.sender) == ("mail.example.net", "p", "smsbin@example.net")
    path.write_text("https://mail.example.net/with/a/path")
    with pytest.raises(CannotStart, match="is not the URL of a mail server"):
        mail_settings(make_settings(smtp_url_file=str(path), smtp_from="smsbin@example.net"))
