"""The form of an alert: what was posted, as the JSON of its input."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...domain.alerts.model import Alert, AlertKind, WebhookShape
from ..site.forms import number_of
from .shapes import duration_of

_WITHIN = {AlertKind.UNFINISHED: "5m", AlertKind.SILENCE: "2h", AlertKind.SMSBIN: "30s"}
_MORE_THAN = {AlertKind.MATCHES: "3", AlertKind.SMSBIN: "1000"}
_NAMES = {
    AlertKind.FALLBACK: "Fallback used",
    AlertKind.SIGNATURE: "Signature not valid",
    AlertKind.UNFINISHED: "No final status",
    AlertKind.SMSBIN: "smsbin has trouble",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertForm:
    """The fields as text. `emails`: separated by commas."""

    kind: AlertKind
    name: str = ""
    filter: str = ""
    more_than: str = "0"
    within: str = "10m"
    browser: bool = True
    webhook_url: str = ""
    webhook_shape: str = WebhookShape.STANDARD.value
    emails: str = ""
    remind: str = "0"
    quiet_begin: str = ""
    quiet_end: str = ""
    quiet_zone: str = ""
    include_texts: bool = False

    def raw(self) -> dict[str, object]:
        """As JSON. Quiet hours and the webhook are there if one of their fields is."""
        quiet = {"begin": self.quiet_begin, "end": self.quiet_end, "zone": self.quiet_zone or "UTC"}
        return {
            "kind": self.kind.value,
            "name": self.name,
            "filter": self.filter,
            "more_than": number_of(self.more_than),
            "within": self.within,
            "browser": self.browser,
            "webhook": {"url": self.webhook_url, "shape": self.webhook_shape} if self.webhook_url else None,
            "emails": [each.strip() for each in self.emails.split(",") if each.strip()],
            "remind": self.remind,
            "quiet": quiet if self.quiet_begin or self.quiet_end else None,
            "include_texts": self.include_texts,
        }


def new_form(kind: AlertKind, filter_text: str = "") -> AlertForm:
    """A form with what is usual for a kind."""
    return AlertForm(
        kind=kind,
        name=_NAMES.get(kind, ""),
        filter=filter_text,
        more_than=_MORE_THAN.get(kind, "0"),
        within=_WITHIN.get(kind, "10m"),
    )


def read_alert_form(form: Mapping[str, str], kind: AlertKind) -> AlertForm:
    """What was posted."""
    texts = {
        name: form[name].strip()
        for name in (
            "name", "filter", "more_than", "within", "webhook_url", "webhook_shape", "emails", "remind", "quiet_begin",
            "quiet_end", "quiet_zone",
        )
        if name in form
    }  # fmt: skip
    return AlertForm(kind=kind, browser="browser" in form, include_texts="include_texts" in form, **texts)


def form_of(alert: Alert) -> AlertForm:
    """The form with the settings of an alert."""
    quiet, webhook = alert.quiet, alert.webhook
    return AlertForm(
        kind=alert.kind, name=alert.name, filter=alert.filter, more_than=str(alert.more_than),
        within=duration_of(alert, "within_s"), browser=alert.browser,
        webhook_url="" if webhook is None else webhook.url,
        webhook_shape=WebhookShape.STANDARD.value if webhook is None else webhook.shape.value,
        emails=", ".join(alert.emails), remind=duration_of(alert, "remind_s"),
        quiet_begin="" if quiet is None else quiet.begin, quiet_end="" if quiet is None else quiet.end,
        quiet_zone="" if quiet is None else quiet.zone, include_texts=alert.include_texts,
    )  # fmt: skip
