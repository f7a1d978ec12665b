"""Words of pages for alerts."""

from collections.abc import Callable, Mapping

from ...domain.alerts.model import AlertKind, AlertStatus, NoticeKind, WebhookShape
from ...domain.alerts.words import NOTICE_TITLES, condition_text, notice_text, notice_title
from ...domain.forwards.model import DispatchState

ALERT_KINDS: Mapping[AlertKind, tuple[str, str]] = {
    AlertKind.MATCHES: ("Requests that match a filter", "For example more than 3 failed deliveries in 10 minutes."),
    AlertKind.FALLBACK: ("The fallback is used", "The provider used a fallback URL, because the primary did not work."),
    AlertKind.UNFINISHED: ("No final status", "An outbound message is neither delivered nor failed after minutes."),
    AlertKind.SILENCE: ("Nothing arrives", "No requests for hours, of the bin or of a busy number."),
    AlertKind.SIGNATURE: ("A signature is not valid", "A request is not genuine, or your secret has changed."),
    AlertKind.SMSBIN: ("smsbin itself has trouble", "It refuses requests, or is behind with parsing them."),
}  # fmt: skip
"""The title of each kind, and what it is for."""

ALERT_STATES = {
    AlertStatus.OK: ("check", "ok", "ok"),
    AlertStatus.FIRING: ("bang", "bad", "firing"),
    AlertStatus.PAUSED: ("pause", "warn", "paused"),
}
"""Icon, colour and word of each state."""

NOTICE_LOOKS = {
    NoticeKind.FIRING: ("bang", "bad"),
    NoticeKind.REMINDER: ("bang", "warn"),
    NoticeKind.RESOLVED: ("check", "ok"),
    NoticeKind.MISSED: ("pause", "muted"),
    NoticeKind.TEST: ("check", "muted"),
}
"""Icon and colour of each kind of notice."""

DELIVERY_WORDS = {
    DispatchState.WAITING: ("warn", "not sent yet"),
    DispatchState.RETRYING: ("warn", "failed, tries again"),
    DispatchState.DELIVERED: ("ok", "delivered"),
    DispatchState.REJECTED: ("bad", "rejected"),
    DispatchState.EXHAUSTED: ("bad", "failed"),
}
"""Colour and words of each state of a delivery."""

SHAPE_TITLES = {
    WebhookShape.STANDARD: "JSON, signed by Standard Webhooks",
    WebhookShape.SLACK: "Slack, incoming webhook",
    WebhookShape.TEAMS: "Microsoft Teams, workflow webhook",
}
"""What is sent to a webhook."""

ALERT_FILTERS: Mapping[str, Callable[..., object]] = {
    "alert_condition": condition_text,
    "notice_title": notice_title,
    "notice_text": notice_text,
}
"""These functions as filters of templates."""
ALERT_GLOBALS: Mapping[str, object] = {
    "alert_kinds": ALERT_KINDS,
    "alert_states": ALERT_STATES,
    "notice_looks": NOTICE_LOOKS,
    "notice_titles": NOTICE_TITLES,
    "delivery_words": DELIVERY_WORDS,
    "shape_titles": SHAPE_TITLES,
}
