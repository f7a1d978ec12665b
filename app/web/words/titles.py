"""Titles of roles, kinds and delivery statuses. A mark is always shown with its word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...domain.findings import FINDINGS, explain
from ...domain.messages.model import STUCK, Message
from ...domain.providers import CUSTOM, PROVIDER_TITLES
from ...domain.roles import Kind, Role

LETTERS = {
    Role.PRIMARY: "P", Role.FALLBACK: "F", Role.STATUS: "S", Role.VOICE: "V", Role.VOICE_FALLBACK: "V",
}  # fmt: skip
ROLE_TITLES = {
    Role.PRIMARY: "Primary",
    Role.FALLBACK: "Fallback",
    Role.STATUS: "Status",
    Role.VOICE: "Voice",
    Role.VOICE_FALLBACK: "Voice fallback",
}
KIND_TITLES = {
    Kind.INBOUND: "Inbound SMS",
    Kind.STATUS: "Status callback",
    Kind.VOICE: "Voice call",
    Kind.OTHER: "Request",
}


@dataclass(frozen=True, slots=True)
class StatusLook:
    """The look of a delivery status; `tone` is a CSS class."""

    icon: str
    tone: str
    word: str


# "Handed over" is never green: it does not prove delivery. Other statuses are shown in the provider's own word.
STATES = {
    "queued": StatusLook("dots", "muted", "Queued"),
    "sending": StatusLook("dots", "muted", "Sending"),
    "sent": StatusLook("away", "", "Handed over"),
    "delivered": StatusLook("check", "ok", "Delivered"),
    "read": StatusLook("check", "ok", "Read"),
    "canceled": StatusLook("x", "muted", "Canceled"),
    "expired": StatusLook("x", "bad", "Expired"),
    "rejected": StatusLook("x", "bad", "Rejected"),
    "undelivered": StatusLook("x", "bad", "Undelivered"),
    "failed": StatusLook("x", "bad", "Failed"),
}
RECEIVED = StatusLook("in", "", "Received")
STUCK_LOOK = StatusLook("bang", "warn", "Stuck")


def look_of(status: str | None, raw_status: str | None = None) -> StatusLook:
    """The look of a status; with the provider's own word when there is no title."""
    if status == "received":
        return RECEIVED
    return STATES.get(status or "") or StatusLook("dots", "muted", raw_status or "Unknown")


def look_of_message(message: Message) -> StatusLook:
    """The look of a message: stuck, else its status."""
    return STUCK_LOOK if STUCK in message.findings else look_of(message.status.value, message.raw_status)


def remark_of(codes: Sequence[str]) -> str:
    """The title of the most severe finding, except stuck, which a row shows otherwise."""
    others = by_weight(code for code in codes if code != STUCK)
    return explain(others[0]).title if others else ""


def by_weight(codes: Iterable[str]) -> list[str]:
    """Findings, the most severe first; codes that this version does not know come last."""
    order = list(FINDINGS)
    return sorted(codes, key=lambda code: order.index(code) if code in FINDINGS else len(order))


def provider_name(name: str | None, mapping: str | None = None) -> str:
    """The title of a provider in a list; `mapping`: the name in the field mapping of the bin, where it is known."""
    if name == CUSTOM:
        return mapping or "custom mapping"
    return PROVIDER_TITLES.get(name or "", "unknown provider")
