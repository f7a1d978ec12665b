"""An alert: a condition on a bin, the targets that are notified, and its state.

An alert has a position, as forwards have: every capture up to that number has been processed. It is a number of the
log, so a ledger that is built again gives no reason to look at a capture twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from ..forwards.model import DispatchState

MOST_ALERTS = 50
"""Alerts of one bin."""
MAX_ALERT_NAME = 100
"""Characters of the name of an alert."""
MOST_COUNTED = 1_000
"""The largest `more_than` of an alert that counts captures or messages."""
MOST_BEHIND = 1_000_000
"""The largest `more_than` of an alert about smsbin itself: captures that are not parsed yet."""
LONGEST_WITHIN = timedelta(days=7)
SHORTEST_REMINDER, LONGEST_REMINDER = timedelta(minutes=1), timedelta(days=7)
MOST_EMAILS = 5
"""E-mail addresses of one alert."""
MOST_NOTICES = 100
"""Notices in the history of an alert; older ones are deleted when one is added."""
MOST_OPEN = 50
"""Deliveries of an alert to one target that wait; those of further notices are given up at once."""


class AlertKind(StrEnum):
    """`MATCHES`: more than `more_than` captures that match within a time. `FALLBACK`: the same, of captures on a
    fallback URL whose primary did not work. `SIGNATURE`: the same, of captures that are not genuine. `UNFINISHED`: more
    than `more_than` outbound messages have no final status after a time. `SILENCE`: no capture that matches for a
    time. `SMSBIN`: this server refuses captures, or has more than `more_than` not parsed, for a time."""

    MATCHES = "matches"
    FALLBACK = "fallback"
    SIGNATURE = "signature"
    UNFINISHED = "unfinished"
    SILENCE = "silence"
    SMSBIN = "smsbin"


COUNTING = (AlertKind.MATCHES, AlertKind.FALLBACK, AlertKind.SIGNATURE)
"""The kinds that count captures within a time."""
WITH_FILTER = (AlertKind.MATCHES, AlertKind.SILENCE)


class WebhookShape(StrEnum):
    """`STANDARD`: JSON of smsbin, signed by Standard Webhooks. `SLACK` and `TEAMS`: what their incoming webhooks
    take."""

    STANDARD = "standard"
    SLACK = "slack"
    TEAMS = "teams"


class AlertTarget(StrEnum):
    """Where notices are delivered. Open pages show them without a delivery."""

    WEBHOOK = "webhook"
    EMAIL = "email"


class NoticeKind(StrEnum):
    """`MISSED`: it fired and ended during quiet hours; only the history has it."""

    FIRING = "firing"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    MISSED = "missed"
    TEST = "test"


class AlertStatus(StrEnum):
    """The state of an alert in one word."""

    OK = "ok"
    FIRING = "firing"
    PAUSED = "paused"


class AlertWebhook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A URL that gets notices as JSON."""

    url: str
    shape: WebhookShape = WebhookShape.STANDARD


class QuietHours(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Hours of every day in which no one is notified, by the clock of a time zone. `begin` and `end` are HH:MM; an end
    before the begin is on the next day."""

    begin: str
    end: str
    zone: str = "UTC"


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The settings of an alert. `filter` is in the filter grammar, "" matches everything. `remind_s`: seconds between
    reminders, 0: none. `browser`: open pages show notices. `include_texts`: notices have numbers and texts."""

    name: str
    kind: AlertKind
    filter: str = ""
    more_than: int = 0
    within_s: int = 600
    browser: bool = False
    webhook: AlertWebhook | None = None
    emails: tuple[str, ...] = ()
    remind_s: int = 0
    quiet: QuietHours | None = None
    include_texts: bool = False

    @property
    def within(self) -> timedelta:
        """The time of its condition."""
        return timedelta(seconds=self.within_s)

    @property
    def targets(self) -> tuple[AlertTarget, ...]:
        """Those that get a delivery of each notice."""
        webhook = (AlertTarget.WEBHOOK,) if self.webhook is not None else ()
        return (*webhook, *((AlertTarget.EMAIL,) if self.emails else ()))


class LateMessage(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A message without a final status: `n` is the capture that showed that it is late, `at` when that arrived."""

    provider: str
    message_id: str
    n: int
    at: datetime


class AlertState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an alert remembers, as JSON in the log.

    `times`: the newest captures that match, in microseconds, ascending, at most one more than `more_than`. `last_n`:
    the newest of them. `undecided`: captures on a fallback whose verdict is not known yet. `late`: messages without a
    final status. `bad_since`: since when smsbin itself has trouble, which is `trouble` in words.
    `firing`, and `since` when; it stays until the all-clear is made. `count`: what matched since then. `notified_at`:
    the last notice that it fires; None: no one was notified. `made`: the number of the last notice."""

    times: tuple[int, ...] = ()
    last_n: int | None = None
    undecided: tuple[int, ...] = ()
    late: tuple[LateMessage, ...] = ()
    bad_since: datetime | None = None
    trouble: str = ""
    firing: bool = False
    since: datetime | None = None
    count: int = 0
    notified_at: datetime | None = None
    made: int = 0
    paused: bool = False

    @property
    def status(self) -> AlertStatus:
        """In one word."""
        if self.paused:
            return AlertStatus.PAUSED
        return AlertStatus.FIRING if self.firing else AlertStatus.OK


class AlertNotice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an alert says once, as JSON in the log; without any content of a capture. `since`: when it began to fire.
    `count`: captures or messages. `n`: the newest of the captures. `trouble`: of smsbin itself, in words."""

    kind: NoticeKind
    at: datetime
    since: datetime | None = None
    count: int = 0
    n: int | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlert:
    """An alert in the log. `secret` is stored as `signatures/sealing.py` has written it. `edition` counts the writes,
    so that the store can refuse what was decided before another server wrote. `bin_name` at the time of the read."""

    id: str
    bin_id: str
    alert: Alert
    state: AlertState
    made_at: datetime
    position: int
    secret: str | None = None
    edition: int = 0
    bin_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDelivery:
    """Notice `number` of an alert on its way to a target. `tries` counts the attempts; `status`: of the last answer, or
    None; then `error` says why in a few words."""

    alert_id: str
    number: int
    target: AlertTarget
    state: DispatchState = DispatchState.WAITING
    tries: int = 0
    due_at: datetime | None = None
    status: int | None = None
    error: str | None = None

    @property
    def webhook_id(self) -> str:
        """The same for every attempt, so that a target can ignore what it has already got."""
        return f"{self.alert_id}.{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredNotice:
    """A notice in the history of an alert, with its deliveries."""

    number: int
    notice: AlertNotice
    deliveries: Sequence[AlertDelivery] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMark:
    """What changed in an alert since its `edition`, written at once, before anything of it is sent."""

    alert_id: str
    edition: int
    state: AlertState
    position: int
    notices: Sequence[StoredNotice] = ()
