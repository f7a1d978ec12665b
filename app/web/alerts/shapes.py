"""The JSON of alerts; the OpenAPI document's components are generated from these types."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ...domain.alerts.model import Alert, AlertDelivery, StoredAlert, StoredNotice
from ...domain.alerts.words import condition_text, notice_text, notice_title
from ...domain.units import format_duration, rfc3339
from ..site.shapes import Time

KindName = Literal["matches", "fallback", "signature", "unfinished", "silence", "smsbin"]


class WebhookSetting(msgspec.Struct):
    """A URL that gets notices as JSON."""

    url: str
    shape: Literal["standard", "slack", "teams"]


class QuietSetting(msgspec.Struct):
    """Hours of each day in which no one is notified."""

    begin: str
    end: str
    zone: str


class AlertShape(msgspec.Struct):
    """An alert. `condition`: when it fires, in words. `since`: since when it fires, or fired while the all-clear waits
    for the end of quiet hours. `notified_at`: the last notice that it fires; null: no one was notified. `count`:
    captures or messages since then. `capture`: the newest of them. `secret`: of Standard Webhooks, null for other
    webhooks."""

    id: str
    name: str
    kind: KindName
    condition: str
    filter: str
    more_than: int
    within: str
    browser: bool
    webhook: WebhookSetting | None
    emails: list[str]
    remind: str
    quiet: QuietSetting | None
    include_texts: bool
    state: Literal["ok", "firing", "paused"]
    since: Time | None
    notified_at: Time | None
    count: int
    capture: int | None
    made_at: Time
    position: Annotated[int, Meta(description="Every capture up to this number has been processed.")]
    secret: str | None


class AlertList(msgspec.Struct):
    """All alerts of a bin, oldest first."""

    items: list[AlertShape]
    next: str | None = None


class AlertDeliveryShape(msgspec.Struct):
    """A notice on its way to a target. `status`: of the last answer; null: none, see `error`. `next_at`: the next
    attempt."""

    target: Literal["webhook", "email"]
    state: Literal["waiting", "retrying", "delivered", "rejected", "exhausted"]
    tries: int
    status: int | None
    error: str | None
    next_at: Time | None


class NoticeShape(msgspec.Struct):
    """A notice of an alert. `missed`: it fired and ended during quiet hours, and no one was notified. `number`: its
    number, which continues in the alert; `webhook_id` is the same for all attempts."""

    number: int
    kind: Literal["firing", "reminder", "resolved", "missed", "test"]
    at: Time
    since: Time | None
    count: int
    capture: int | None
    title: str
    text: str
    webhook_id: str
    deliveries: list[AlertDeliveryShape]


class NoticeList(msgspec.Struct):
    """The last notices of an alert, newest first."""

    items: list[NoticeShape]
    next: str | None = None


def show_alert(stored: StoredAlert, secret: str | None) -> AlertShape:
    """An alert as it stands."""
    alert, state = stored.alert, stored.state
    webhook, quiet = alert.webhook, alert.quiet
    return AlertShape(
        id=stored.id, name=alert.name, kind=alert.kind.value, condition=condition_text(alert), filter=alert.filter,
        more_than=alert.more_than, within=_duration(alert.within_s), browser=alert.browser,
        webhook=None if webhook is None else WebhookSetting(url=webhook.url, shape=webhook.shape.value),
        emails=list(alert.emails), remind=_duration(alert.remind_s),
        quiet=None if quiet is None else QuietSetting(begin=quiet.begin, end=quiet.end, zone=quiet.zone),
        include_texts=alert.include_texts, state=state.status.value,
        since=None if state.since is None else rfc3339(state.since),
        notified_at=None if state.notified_at is None else rfc3339(state.notified_at),
        count=state.count, capture=state.last_n,
        made_at=rfc3339(stored.made_at), position=stored.position, secret=secret,
    )  # fmt: skip


def show_notice(stored: StoredAlert, found: StoredNotice, bin_name: str) -> NoticeShape:
    """A notice of its history, in the words that its targets got."""
    notice = found.notice
    return NoticeShape(
        number=found.number, kind=notice.kind.value, at=rfc3339(notice.at),
        since=None if notice.since is None else rfc3339(notice.since), count=notice.count, capture=notice.n,
        title=notice_title(stored.alert, notice), text=notice_text(stored.alert, notice, bin_name),
        webhook_id=f"{stored.id}.{found.number}",
        deliveries=[_show_delivery(each) for each in found.deliveries],
    )  # fmt: skip


def show_notices(stored: StoredAlert, found: Sequence[StoredNotice], bin_name: str) -> NoticeList:
    """All of them."""
    return NoticeList([show_notice(stored, each, bin_name) for each in found])


def duration_of(alert: Alert, name: str) -> str:
    """`within_s` or `remind_s` as a user writes it."""
    return _duration(getattr(alert, name))


def _show_delivery(delivery: AlertDelivery) -> AlertDeliveryShape:
    return AlertDeliveryShape(
        target=delivery.target.value, state=delivery.state.value, tries=delivery.tries,  # type: ignore[arg-type]  # others are of dispatches
        status=delivery.status, error=delivery.error,
        next_at=None if delivery.due_at is None else rfc3339(delivery.due_at),
    )  # fmt: skip


def _duration(seconds: int) -> str:
    return format_duration(timedelta(seconds=seconds))
