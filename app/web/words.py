"""What people read for a role, a kind and a delivery status. A mark always comes with its word, never alone."""

from dataclasses import dataclass

from ..domain.captures import Kind, Role

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
