"""What people read for a role, a kind and a delivery status. A mark always comes with its word, never alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...domain.bins import PROVIDER_TITLES
from ...domain.findings import FINDINGS, explain
from ...domain.messages.model import STUCK, Message
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
class Look:
    """How a delivery status is drawn; `tone` is a class of the style sheet."""

    icon: str
    tone: str
    word: str


# "Handed over" is never green: it proves nothing about the phone. Words that are not here stay the provider's own.
STATES = {
    "queued": Look("dots", "muted", "Queued"),
    "sending": Look("dots", "muted", "Sending"),
    "sent": Look("away", "", "Handed over"),
    "delivered": Look("check", "ok", "Delivered"),
    "read": Look("check", "ok", "Read"),
    "canceled": Look("x", "muted", "Canceled"),
    "expired": Look("x", "bad", "Expired"),
    "rejected": Look("x", "bad", "Rejected"),
    "undelivered": Look("x", "bad", "Undelivered"),
    "failed": Look("x", "bad", "Failed"),
}
RECEIVED = Look("in", "", "Received")
STUCK_LOOK = Look("bang", "warn", "Stuck")


def look_of(status: str | None, raw_status: str | None = None) -> Look:
    """How a status is drawn; the provider's own word stands where we have none."""
    if status == "received":
        return RECEIVED
    return STATES.get(status or "") or Look("dots", "muted", raw_status or "Unknown")


def look_of_message(message: Message) -> Look:
    """How a message stands; stuck beats whatever its last word was."""
    return STUCK_LOOK if STUCK in message.findings else look_of(message.status.value, message.raw_status)


def remark_of(codes: Sequence[str]) -> str:
    """The one thing that a row says is odd: the heaviest of these findings that nothing else in the row tells."""
    told = by_weight(code for code in codes if code != STUCK)
    return explain(told[0]).title if told else ""


def by_weight(codes: Iterable[str]) -> list[str]:
    """Findings, the heaviest first; codes that this version does not know come last."""
    order = list(FINDINGS)
    return sorted(codes, key=lambda code: order.index(code) if code in FINDINGS else len(order))


def provider_name(name: str | None) -> str:
    """A provider in a list; "generic" only guessed at the fields."""
    return PROVIDER_TITLES.get(name or "", "unknown provider")
