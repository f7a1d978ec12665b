"""The inputs of the calls, and of the form, about alerts. What depends on other fields is checked by the service."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict

from ...domain.alerts.model import (
    MAX_ALERT_NAME,
    MOST_BEHIND,
    MOST_EMAILS,
    Alert,
    AlertKind,
    AlertWebhook,
    QuietHours,
    WebhookShape,
)
from ...domain.search import MAX_LENGTH
from ...domain.units import parse_duration
from ..site.convert import Input
from ..site.inputs import TargetUrl

DURATION = r"^\s*(0|[0-9]{1,9}[smhd])\s*$"


def _check_duration(text: str) -> None:
    parse_duration(text)


AlertName = Annotated[
    str,
    Meta(min_length=1, max_length=MAX_ALERT_NAME, extra={"reason": f"must have 1 to {MAX_ALERT_NAME} characters"}),
]
Kind = Annotated[
    AlertKind,
    Meta(
        description="matches, fallback and signature count captures; unfinished: messages without a final status;"
        " silence: no capture; smsbin: this server itself.",
        extra={"reason": f"must be one of {', '.join(AlertKind)}"},
    ),
]
AlertFilter = Annotated[
    str,
    Meta(
        description="In the filter grammar, for matches and silence; empty: every capture.",
        extra_json_schema={"maxLength": MAX_LENGTH},
        extra={"reason": "must be a filter such as status:failed"},
    ),
]
MoreThan = Annotated[
    int,
    Meta(
        description="It fires above this number of captures or messages; for silence: only after more in a day; for"
        " smsbin: captures that are not parsed.",
        ge=0,
        le=MOST_BEHIND,
        extra={"reason": "must be a whole number"},
    ),
]
Within = Annotated[
    str,
    Meta(
        description="The time in which captures are counted, or for which nothing comes, or something lasts.",
        examples=["10m"],
        extra_json_schema={"pattern": DURATION},
        extra={"reason": "must be a duration such as 10m", "check": _check_duration},
    ),
]
Remind = Annotated[
    str,
    Meta(
        description="Notify again after this time while it fires; 0: never.",
        examples=["1h"],
        extra_json_schema={"pattern": DURATION},
        extra={"reason": "must be a duration such as 1h, or 0 (never)", "check": _check_duration},
    ),
]
Emails = Annotated[
    tuple[str, ...],
    Meta(max_length=MOST_EMAILS, extra={"reason": f"must be a list of at most {MOST_EMAILS} addresses"}),
]
Browser = Annotated[bool, Meta(description="Open pages of smsbin show its notices.")]
Texts = Annotated[bool, Meta(description="Notices have phone numbers and texts.")]


class WebhookInput(Input, frozen=True, kw_only=True):
    """A URL that gets notices as JSON. standard: signed by Standard Webhooks, with the secret of the alert."""

    url: TargetUrl
    shape: Annotated[WebhookShape, Meta(extra={"reason": f"must be one of {', '.join(WebhookShape)}"})] = (
        WebhookShape.STANDARD
    )


class QuietInput(Input, frozen=True, kw_only=True):
    """Hours of each day in which no one is notified; an end before the begin is on the next day."""

    begin: Annotated[str, Meta(examples=["22:00"], extra={"reason": "must be a time such as 22:00"})]
    end: Annotated[str, Meta(examples=["07:00"], extra={"reason": "must be a time such as 07:00"})]
    zone: Annotated[
        str, Meta(examples=["Europe/Berlin"], extra={"reason": "must be a time zone such as Europe/Berlin"})
    ] = "UTC"


Webhook = Annotated[WebhookInput | None, Meta(extra={"reason": "must be an object with url, shape; or null"})]
Quiet = Annotated[QuietInput | None, Meta(extra={"reason": "must be an object with begin, end, zone; or null"})]


class AlertInput(Input, frozen=True, kw_only=True):
    """A new alert."""

    name: AlertName
    kind: Kind
    filter: AlertFilter = ""
    more_than: MoreThan = 0
    within: Within = "10m"
    browser: Browser = False
    webhook: Webhook = None
    emails: Emails = ()
    remind: Remind = "0"
    quiet: Quiet = None
    include_texts: Texts = False

    @property
    def alert(self) -> Alert:
        """The settings."""
        return Alert(**_settings_of(asdict(self)))


class AlertChange(Input, frozen=True, kw_only=True):
    """Changes of an alert. What is left out stays. With another kind, filter, more_than or within it starts from the
    beginning."""

    name: AlertName | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    filter: AlertFilter | UnsetType = UNSET
    more_than: MoreThan | UnsetType = UNSET
    within: Within | UnsetType = UNSET
    browser: Browser | UnsetType = UNSET
    webhook: Webhook | UnsetType = UNSET
    emails: Emails | UnsetType = UNSET
    remind: Remind | UnsetType = UNSET
    quiet: Quiet | UnsetType = UNSET
    include_texts: Texts | UnsetType = UNSET

    def changed(self, alert: Alert) -> Alert:
        """The settings with the changes."""
        given = {name: value for name, value in asdict(self).items() if value is not UNSET}
        return Alert(**(asdict(alert) | _settings_of(given)))


def _settings_of(given: dict[str, Any]) -> dict[str, Any]:
    """Fields of the input as those of `Alert`."""
    values = dict(given)
    for name in ("within", "remind"):
        text = values.pop(name, None)
        if isinstance(text, str):
            values[f"{name}_s"] = int(parse_duration(text).total_seconds())
    webhook, quiet = values.get("webhook"), values.get("quiet")
    if isinstance(webhook, WebhookInput):
        values["webhook"] = AlertWebhook(**asdict(webhook))
    if isinstance(quiet, QuietInput):
        values["quiet"] = QuietHours(**asdict(quiet))
    return values
