"""The reader for everybody: guesses sender, recipient, text, id and status from field names that providers share.

Names are compared without case, `_` and `-`, and by the last part of a JSON path, so `From`, `from_number`,
`data.payload.from.phone_number` and `messages.0.from` are all found. It says that it guessed: provider "generic".
"""

import re
from functools import lru_cache

from ..domain.captures import Kind, RawRequest, Reading, Role
from ..parsing import MAX_BYTES, fields

NAME = "generic"
# Longer than any SMS that a provider sends in one request; a list row needs no more.
MAX_TEXT = 8_000
MAX_VALUE = 200
MAX_NAME = 120

_MEANINGS = {
    "sender": ("from", "fromnumber", "sender", "source", "src", "msisdn", "originator", "sourceaddress", "fromaddress"),
    "recipient": (
        "to", "tonumber", "recipient", "destination", "dst", "receiver", "destinationaddress", "toaddress",
        "recipients",
    ),
    "text": ("text", "body", "message", "content", "messagebody", "smstext", "msg", "messagetext"),
    "message_id": (
        "messagesid", "smssid", "messageuuid", "messageid", "smsid", "smsmessagesid", "msgid", "callsid", "calluuid",
        "id",
    ),
    "status": ("messagestatus", "smsstatus", "status", "dlrstatus", "messagestate", "callstatus", "deliverystatus"),
}  # fmt: skip
_MEANING_OF = {name: meaning for meaning, names in _MEANINGS.items() for name in names}
# Where two names mean the same, the more telling one wins.
_RANK = {name: rank for names in _MEANINGS.values() for rank, name in enumerate(names)}
# Parts of a JSON path that only wrap the value.
_WRAPPERS = frozenset({"phonenumber", "number", "value", "address", "e164"})
_LADDER = frozenset(
    {
        "queued",
        "sending",
        "sent",
        "canceled",
        "expired",
        "rejected",
        "undelivered",
        "failed",
        "delivered",
        "read",
    }
)
_SEPARATORS = re.compile(r"[\s().\-/]+")


def read(raw: RawRequest, role: Role) -> Reading:
    """What common names tell. `problem` says why nothing could be read, when size is the reason."""
    problem = None
    if len(raw.body) > MAX_BYTES:
        problem = f"The body has {len(raw.body):,} bytes; only the first {MAX_BYTES:,} are read."
    found = _guess(fields(raw))
    recognised = found.get("sender") or found.get("recipient") or found.get("text") or found.get("message_id")
    kind = _kind(role, found)
    word = found.get("status")
    return Reading(
        provider=NAME if recognised else None,
        kind=kind,
        message_id=_short(found.get("message_id")),
        sender=_party(found.get("sender")),
        recipient=_party(found.get("recipient")),
        text=found["text"][:MAX_TEXT] if "text" in found else None,
        status=_status(kind, word),
        raw_status=_short(word),
        problem=problem,
    )


def e164(number: str) -> str | None:
    """`+` and digits where the spelling leaves no doubt, else None. Ten bare digits stay in doubt."""
    bare = number if number[:1] == "+" and number[1:].isdigit() else _SEPARATORS.sub("", number)
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    digits = bare.removeprefix("+")
    if not digits.isascii() or not digits.isdigit() or digits.startswith("0"):
        return None
    if bare.startswith("+"):
        return bare if 7 <= len(digits) <= 15 else None
    # A blank in front is a `+` that was not percent-encoded; eleven digits and more carry a country code.
    lost_plus = number.startswith(" ") and 7 <= len(digits) <= 15
    return "+" + digits if lost_plus or 11 <= len(digits) <= 15 else None


def _guess(pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    ranks: dict[str, int] = {}
    for path, value in pairs:
        meant = _meaning(path) if len(path) <= MAX_NAME else None
        if meant is None:
            continue
        meaning, rank = meant
        if rank < ranks.get(meaning, 99):
            found[meaning], ranks[meaning] = value, rank
    return found


@lru_cache(maxsize=4_096)
def _meaning(path: str) -> tuple[str, int] | None:
    """What a field's name means, and how telling it is. Remembered: a provider sends the same names for ever."""
    name = path.replace("_", "").replace("-", "").lower()
    if "." in name:
        parts = [part for part in name.split(".") if not part.isdigit()]
        while len(parts) > 1 and parts[-1] in _WRAPPERS:
            parts.pop()
        name = parts[-1] if parts else ""
    meaning = _MEANING_OF.get(name)
    return None if meaning is None else (meaning, _RANK[name])


def _kind(role: Role, found: dict[str, str]) -> Kind:
    if role is Role.STATUS:
        return Kind.STATUS
    if role in (Role.VOICE, Role.VOICE_FALLBACK):
        return Kind.VOICE
    return Kind.INBOUND if "sender" in found or "recipient" in found or "text" in found else Kind.OTHER


def _status(kind: Kind, word: str | None) -> str | None:
    if kind is Kind.INBOUND:
        return "received"
    if kind is not Kind.STATUS or not word:
        return None
    plain = word.strip().lower()
    return plain if plain in _LADDER else "unknown"


def _party(value: str | None) -> str | None:
    if value is None:
        return None
    return e164(value) or _short(value)


def _short(value: str | None) -> str | None:
    return None if value is None else value[:MAX_VALUE]
