"""The field names that Twilio began, SignalWire speaks too, and Telnyx on request: one reader, several vocabularies.

What it is stands in the fields, whatever URL it came to: a call has a CallSid, a callback has a MessageStatus, an
inbound message has neither.
"""

from collections.abc import Callable

from ...domain.events import Event, made_id
from ...domain.roles import Kind, Role
from ...domain.statuses import Status, Word
from .bounds import MAX_VALUE
from .fields import numbered, short, text_of, whole
from .glance import Glance
from .parties import Spell, channelled, north_american
from .times import read_minutes

Meaning = Callable[[str | None], Word]
_VOICE = (Role.VOICE, Role.VOICE_FALLBACK)


def read(glance: Glance, role: Role, meaning: Meaning, spell: Spell = north_american) -> tuple[Event, ...]:
    """A call, an inbound message or a status callback; none where the request names no message."""
    fields = glance.fields
    sid = glance.get("messagesid", "smssid", "smsmessagesid")
    call = fields.get("callsid")
    if call and not sid:
        return (_call(glance, call, spell),)
    said = glance.get("messagestatus", "smsstatus")
    # Without any id, what comes to a voice URL is a call that is told too little of.
    if not sid and (role in _VOICE or not (said or glance.get("from", "to", "body"))):
        return ()
    word = meaning(said)
    if said:
        callback = word.status is not Status.RECEIVED
    else:
        callback = role is Role.STATUS and not ({"body", "nummedia"} & fields.keys())
    sender_said, recipient_said = fields.get("from"), fields.get("to")
    sender, recipient = channelled(sender_said, spell), channelled(recipient_said, spell)
    text = text_of(glance, "body")
    return (
        Event(
            kind=Kind.STATUS if callback else Kind.INBOUND,
            message_id=short(sid) or made_id(sender, recipient, text, glance.raw.received_at),
            sender=sender,
            recipient=recipient,
            sender_said=short(sender_said),
            recipient_said=short(recipient_said),
            text=text,
            media=numbered(glance, "mediaurl"),
            status=word.status if callback else Status.RECEIVED,
            raw_status=short(said),
            final=word.final if callback else True,
            said_at=read_minutes(fields.get("rawdlrdonedate")) if callback else None,
            price=short(fields.get("price")),
            currency=short(fields.get("priceunit")),
            error_code=error_of(fields.get("errorcode")),
            segments=whole(fields.get("numsegments")),
        ),
    )


def error_of(code: str | None) -> str | None:
    """An error code as sent; zeros are no error."""
    return short(code) if code and code.strip("0") else None


def _call(glance: Glance, call: str, spell: Spell) -> Event:
    sender_said, recipient_said = glance.get("from", "caller"), glance.get("to", "called")
    return Event(
        kind=Kind.VOICE,
        message_id=call[:MAX_VALUE],
        sender=channelled(sender_said, spell),
        recipient=channelled(recipient_said, spell),
        sender_said=short(sender_said),
        recipient_said=short(recipient_said),
        raw_status=short(glance.get("callstatus")),
        error_code=error_of(glance.get("errorcode")),
    )
