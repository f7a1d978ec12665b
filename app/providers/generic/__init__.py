"""The reader for unknown providers: guesses the messages of a request, their parties, text, id and status from the
names of fields.

`From`, `from_number`, `sms[from]`, `data.payload.from.phone_number` and `messages.0.from` are all found. The provider
of such a reading is "generic". What is inbound: an explicit direction decides, then a word that only outbound messages
have, then the URL.
"""

from ...domain.events import Event, made_id
from ...domain.roles import VOICE_ROLES, Kind, Role
from ...domain.statuses import Status, Word
from ..kit.bounds import MAX_TEXT, MAX_VALUE
from ..kit.events import finished
from ..kit.glance import Glance
from ..kit.parties import party
from .items import Values, items_of, states_of
from .names import CLEAR, DIRECTION, ID, OTHER, OURS, PARTIES, RECIPIENT, REPORT, SENDER, STAMP, STATUS, TEXT, TYPE
from .words import direction_of, direction_of_event, is_outbound, reported, word_of

__all__ = ["read", "read_word"]

# Digits of a time with hours in it. Two messages may have the same day.
_DIGITS_OF_A_TIME = 10


def read(glance: Glance, role: Role) -> tuple[Event, ...]:
    """An event for each message that a request is about: it has a party, a text or an id."""
    events = [_event(values, role) for values in items_of(glance) if _has_content(values)]
    return finished(glance, events, _word) if events else ()


def read_word(glance: Glance) -> tuple[str | None, str | None]:
    """The status of a request that names no message: normalised, and as sent. Nothing where it has several."""
    states = states_of(glance)
    if len(states) != 1:
        return None, None
    (raw_status,) = states
    word = word_of(raw_status)
    return (None if word is None else word.status.value), raw_status[:MAX_VALUE]


def _event(values: Values, role: Role) -> Event:
    direction, state, text = _direction(values), _state(values), _first(values, TEXT)
    kind = _kind(values, role, direction, state)
    sender, recipient = _parties(values, outbound=kind is Kind.STATUS)
    raw_status = state if kind is Kind.STATUS else _first(values, STATUS)
    word = reported(raw_status) if kind is Kind.STATUS and REPORT in values else None
    return Event(
        kind=kind,
        message_id=_first(values, ID) or _made_id(values, sender, recipient, text),
        sender_said=sender,
        recipient_said=recipient,
        text=text,
        status=None if word is None else word.status,
        raw_status=raw_status,
        final=word is not None and word.final,
        as_callback=_word(raw_status) if kind is Kind.INBOUND and direction is None else None,
    )


def _kind(values: Values, role: Role, direction: Kind | None, state: str | None) -> Kind:
    if role in VOICE_ROLES:
        return Kind.VOICE
    kind = direction or _kind_by_state(values, role, state)
    has_content = TEXT in values or not PARTIES.isdisjoint(values)
    # Webhooks about other things have an id and a state, too.
    if has_content or role is Role.STATUS or (kind is Kind.STATUS and CLEAR in values):
        return kind
    return Kind.OTHER


def _kind_by_state(values: Values, role: Role, state: str | None) -> Kind:
    if is_outbound(state):
        return Kind.STATUS
    word = _word(state)
    if word is not None and word.status is Status.RECEIVED:
        return Kind.INBOUND
    # A state without a text and without a sender is that of a message that was sent.
    bare = state is not None and TEXT not in values and SENDER not in values
    return Kind.STATUS if bare or role is Role.STATUS else Kind.INBOUND


def _direction(values: Values) -> Kind | None:
    """The direction as sent, by a field of its own before the name of an event."""
    for sent in values.get(DIRECTION, ()):
        if (kind := direction_of(sent)) is not None:
            return kind
    for name in values.get(TYPE, ()):
        if (kind := direction_of_event(name)) is not None:
            return kind
    return None


def _parties(values: Values, *, outbound: bool) -> tuple[str | None, str | None]:
    """Sender and recipient as sent. Next to an explicit party, a bare number is that of the other one: where a callback
    has it with `to`, as Nexmo began it, `to` is the sender."""
    sender, recipient = _first(values, SENDER), _first(values, RECIPIENT)
    other, ours = _first(values, OTHER), _first(values, OURS)
    if not outbound:
        near = other if sender and party(other) != party(sender) else None
        return sender or other, recipient or ours or near
    if other and recipient and not sender:
        return (ours, recipient) if party(other) == party(recipient) else (recipient, other)
    return sender or ours, recipient or other


def _state(values: Values) -> str | None:
    """The status as sent: the first word that is known, in a field for it or as the name of an event."""
    states = values.get(STATUS, [])
    known = (state for state in (*states, *values.get(TYPE, ())) if _is_known(state))
    return next(known, states[0] if states else None)


def _is_known(state: str) -> bool:
    word = word_of(state)
    return word is not None and (word.status is not Status.UNKNOWN or word.final)


def _word(raw_status: str | None) -> Word | None:
    return word_of(raw_status) if raw_status else None


def _first(values: Values, meaning: str) -> str | None:
    found = values.get(meaning)
    return found[0] if found else None


def _has_content(values: Values) -> bool:
    return bool(values.get(TEXT) or ID in values or not PARTIES.isdisjoint(values))


def _made_id(values: Values, sender: str | None, recipient: str | None, text: str | None) -> str:
    """An id of the message's own time, so that a repeated request has the same one. Blank where it has no time."""
    stamp = next(filter(_is_time, values.get(STAMP, ())), None)
    if stamp is None:
        return ""
    return made_id(party(sender), party(recipient), None if text is None else text[:MAX_TEXT], stamp[:MAX_VALUE])


def _is_time(stamp: str) -> bool:
    return sum(letter.isdigit() for letter in stamp[:MAX_VALUE]) >= _DIGITS_OF_A_TIME
