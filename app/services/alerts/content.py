"""A notice as each kind of target takes it: JSON for webhooks, and an e-mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import msgspec

from ...domain.alerts.model import Alert, AlertNotice, NoticeKind, StoredAlert, WebhookShape
from ...domain.alerts.words import condition_text, masked, notice_text, notice_title
from ...domain.captures import CaptureRow
from ...domain.units import rfc3339

MAX_SHOWN = 300
"""Characters of the text of a capture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeContent:
    """All that a notice says. `url`: the page of the alert, None while no public URL is set. `rows`: captures that it
    shows: the newest one, if the alert includes texts."""

    stored: StoredAlert
    number: int
    notice: AlertNotice
    bin_name: str
    url: str | None = None
    rows: Sequence[CaptureRow] = ()

    @property
    def title(self) -> str:
        """One line."""
        return notice_title(self.stored.alert, self.notice)

    @property
    def text(self) -> str:
        """One or two sentences."""
        return notice_text(self.stored.alert, self.notice, self.bin_name)

    @property
    def shown(self) -> Sequence[str]:
        """A line for each capture."""
        return [_line(row) for row in self.rows]


def webhook_body(content: NoticeContent, shape: WebhookShape) -> bytes:
    """The body of the request."""
    made = {WebhookShape.STANDARD: _standard, WebhookShape.SLACK: _slack, WebhookShape.TEAMS: _teams}[shape](content)
    return msgspec.json.encode(made)


def email_of(content: NoticeContent, webhook_id: str, sender: str, at: datetime) -> bytes:
    """The whole e-mail. Its Message-ID is the same for every attempt."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = content.title
    mail["From"] = sender
    mail["To"] = ", ".join(content.stored.alert.emails)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{webhook_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    lines = [content.text, *content.shown, *([content.url] if content.url else [])]
    mail.set_content("\n\n".join(lines) + "\n")
    return mail.as_bytes()


def _standard(content: NoticeContent) -> Mapping[str, object]:
    alert, notice = content.stored.alert, content.notice
    data = {
        "alert": {
            "id": content.stored.id,
            "name": _visible_name(alert, alert.name),
            "kind": alert.kind.value,
            "condition": condition_text(alert, with_filter=alert.include_texts),
        },
        "bin": {"id": content.stored.bin_id, "name": _visible_name(alert, content.bin_name)},
        "number": content.number,
        "since": None if notice.since is None else rfc3339(notice.since),
        "count": notice.count,
        "capture": notice.n,
        "title": content.title,
        "text": content.text,
        "url": content.url,
    }
    if alert.include_texts:
        data["captures"] = [
            {"n": row.n, "from": row.reading.sender, "to": row.reading.recipient, "text": row.reading.text}
            for row in content.rows
        ]
    return {"type": f"alert.{notice.kind.value}", "timestamp": rfc3339(notice.at), "data": data}


def _slack(content: NoticeContent) -> Mapping[str, object]:
    lines = [f"*{_slack_text(content.title)}*", _slack_text(content.text)]
    lines += [f"> {_slack_text(line)}" for line in content.shown]
    if content.url:
        lines.append(f"<{content.url}|Open in smsbin>")
    return {"text": "\n".join(lines)}


def _slack_text(text: str) -> str:
    """Escaped as Slack requires: no mention and no link can be made. Formatting characters do no harm."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(content: NoticeContent) -> Mapping[str, object]:
    # Text runs, because a text block would be read as Markdown.
    good = content.notice.kind is NoticeKind.RESOLVED
    colour = "Good" if good else "Default" if content.notice.kind is NoticeKind.TEST else "Attention"
    body = [_run(content.title, weight="Bolder", color=colour), _run(content.text), *map(_run, content.shown)]
    card: dict[str, object] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if content.url:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open in smsbin", "url": content.url}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _run(text: str, **style: str) -> Mapping[str, object]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}


def _visible_name(alert: Alert, text: str) -> str:
    return text if alert.include_texts else masked(text)


def _line(row: CaptureRow) -> str:
    reading = row.reading
    text = (reading.text or "").replace("\n", " ")
    parts = f"#{row.n} {reading.sender or '?'} → {reading.recipient or '?'}"
    return f"{parts}: {text[:MAX_SHOWN]}" if text else parts
