"""The reader for unknown providers: guesses sender, recipient, text, id and status from common field names.

Names are compared without case, `_` and `-`, and by the last part of a JSON path, so `From`, `from_number`,
`data.payload.from.phone_number` and `messages.0.from` are all found. The provider of such a reading is "generic".
"""

from functools import lru_cache

from ..domain.events import Event
from ..domain.roles import VOICE_ROLES, Kind, Role
from ..domain.statuses import RANKS, UNKNOWN, Status, Word
from .kit.bounds import MAX_VALUE
from .kit.events import finished
from .kit.glance import Glance
from .sheet import plain

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
# Where two names mean the same, the more specific one wins.
_RANK = {name: rank for names in _MEANINGS.values() for rank, name in enumerate(names)}
# Parts of a JSON path that only wrap the value.
_WRAPPERS = frozenset({"phonenumber", "number", "value", "address", "e164"})
# Words with one meaning everywhere; a word is final only where it is the end of a message for all providers.
_WORDS = {status.value: Word(status, final=RANKS[status] >= RANKS[Status.CANCELED]) for status in Status} | {
    "accepted": Word(Status.QUEUED),
    "success": Word(Status.SENT),
    "cancelled": Word(Status.CANCELED, final=True),
    "undeliverable": Word(Status.UNDELIVERED, final=True),
}


def read(glance: Glance, role: Role) -> tuple[Event, ...]:
    """At most one event, from fields with common names."""
    found = _guess(glance.pairs)
    if not any(found.get(name) for name in ("sender", "recipient", "text", "message_id")):
        return ()
    kind = _kind(role, found)
    event = Event(
        kind=kind,
        message_id=found.get("message_id", ""),
        sender_said=found.get("sender"),
        recipient_said=found.get("recipient"),
        text=found.get("text"),
        raw_status=found.get("status"),
        as_callback=_word(found.get("status")) if kind is Kind.INBOUND else None,
    )
    return finished(glance, [event], _word)


def _word(raw_status: str | None) -> Word | None:
    return _WORDS.get(plain(raw_status), UNKNOWN) if raw_status else None


def read_word(glance: Glance) -> tuple[str | None, str | None]:
    """The status of a request that names no message: normalised, and as sent."""
    raw_status = _guess(glance.pairs).get("status")
    word = _word(raw_status)
    return (word.status.value, raw_status[:MAX_VALUE]) if raw_status and word else (None, None)


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
    """What a field's name means, and its rank. Cached: a provider always sends the same names."""
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
    if role in VOICE_ROLES:
        return Kind.VOICE
    return Kind.INBOUND if "sender" in found or "recipient" in found or "text" in found else Kind.OTHER
