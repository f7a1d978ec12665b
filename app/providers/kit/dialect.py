"""The field names that Twilio began, SignalWire speaks too, and Telnyx on request: one reader, several vocabularies.

The fields decide, not the URL: a call has a CallSid, a callback has a MessageStatus, an inbound message has neither. A
direction that is sent decides before them. Servers that copy Twilio have the word of a callback in Status (Restcomm).
"""

from collections.abc import Callable

from ...domain.events import Event
from ...domain.roles import VOICE_ROLES, Kind, Role
from ...domain.statuses import UNKNOWN, Status, Word
from .glance import Glance
from .times import read_minutes
from .values import count, error_code


def read(glance: Glance, role: Role, meaning: Callable[[str | None], Word]) -> tuple[Event, ...]:
    """A call, an inbound message or a status callback; none where the request names no message."""
    fields = glance.fields
    sid, call = glance.get("messagesid", "smssid", "smsmessagesid"), fields.get("callsid")
    if call and not sid:
        return (_call(glance, call),)
    status = glance.get("messagestatus", "smsstatus")
    # Without any id, a request to a voice URL is a call with too few fields.
    if not sid and (role in VOICE_ROLES or not (status or glance.get("from", "to", "body"))):
        return ()
    word = meaning(status or fields.get("status"))
    if not status and word is not UNKNOWN:
        status = fields.get("status")
    callback = _is_callback(glance, role, status, word)
    return (
        Event(
            kind=Kind.STATUS if callback else Kind.INBOUND,
            message_id=sid or "",
            sender_said=fields.get("from"),
            recipient_said=fields.get("to"),
            text=glance.text("body"),
            media=glance.numbered("mediaurl"),
            status=word.status if status else None,
            raw_status=status,
            final=word.final,
            said_at=read_minutes(fields.get("rawdlrdonedate")) if callback else None,
            price=fields.get("price"),
            currency=fields.get("priceunit"),
            error_code=error_code(fields.get("errorcode")),
            segments=count(fields.get("numsegments")),
        ),
    )


def _is_callback(glance: Glance, role: Role, status: str | None, word: Word) -> bool:
    direction = glance.fields.get("direction", "").lower()
    if direction.startswith(("inbound", "outbound")):
        return direction.startswith("outbound")
    if status:
        return word.status is not Status.RECEIVED
    return role is Role.STATUS and not glance.has_any(("body", "nummedia"))


def _call(glance: Glance, call: str) -> Event:
    return Event(
        kind=Kind.VOICE,
        message_id=call,
        sender_said=glance.get("from", "caller"),
        recipient_said=glance.get("to", "called"),
        raw_status=glance.get("callstatus"),
        error_code=error_code(glance.get("errorcode")),
    )
