"""Folding the events that captures state into messages, one event after the other.

The fold is pure and tolerant: callbacks may come late, twice, in any order, or never. The status with the highest rank
is that of the message; what contradicts it stays in the timeline and becomes a finding. A message with any callback is
an outbound one, even when an event of it first looked inbound (with some providers only the URL distinguishes them).
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import islice, zip_longest
from typing import Any

from msgspec.structs import replace

from ..events import Event
from ..pairings.model import FINDINGS as PAIRING_FINDINGS
from ..roles import Kind
from ..sms import measure_sms
from ..statuses import FAILURES, RANKS, SUCCESSES, Status, Word
from .model import CONTRADICTORY, DUPLICATE, LATE, MISPLACED, STUCK, Direction, Fact, Message, Step

# The same text under another id within this time is a soft duplicate.
DUPLICATE_TEXT_WITHIN = timedelta(seconds=60)
# The pieces of a long message come within seconds; providers use their reference numbers again later.
PIECES_WITHIN = timedelta(hours=1)
_MAKE_MESSAGES = frozenset({Kind.INBOUND, Kind.STATUS})
# Addresses of media that a message keeps.
MOST_MEDIA = 50
# Fingerprints of requests that a message keeps, to detect repeated ones.
MOST_PRINTS = 32


Texts = tuple[str, ...]


def makes_message(event: Event) -> bool:
    """Inbound SMS and status callbacks do; calls are paired by their id and have no message."""
    return event.kind in _MAKE_MESSAGES


def piece_key(event: Event) -> str | None:
    """The key that the pieces of one long message share."""
    piece = event.piece
    if piece is None or event.kind is not Kind.INBOUND:
        return None
    return "|".join((piece.ref, str(piece.total), event.sender or "", event.recipient or ""))


def takes_piece(message: Message, fact: Fact) -> bool:
    """Whether this piece belongs to a message with the same reference. A piece number that occurs again with another
    text is of another message."""
    piece = fact.event.piece
    if piece is None or abs(fact.at - message.last_at) > PIECES_WITHIN:
        return False
    return dict(message.pieces).get(piece.number, fact.event.text) == fact.event.text


def begin(fact: Fact) -> Message:
    """The message of a first event."""
    event = fact.event
    inbound = event.kind is Kind.INBOUND
    key = piece_key(event)
    piece = event.piece if key else None
    encoding, segments = measure_sms(event.text) if event.text else (None, event.segments)
    media, media_types = _all_media((), (), event)
    return Message(
        provider=fact.provider,
        message_id=event.message_id,
        direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
        sender=event.sender,
        recipient=event.recipient,
        sender_said=event.sender_said,
        recipient_said=event.recipient_said,
        text=event.text,
        media=media,
        status=Status.RECEIVED if inbound else event.status or Status.UNKNOWN,
        raw_status=event.raw_status,
        final=event.final,
        price=event.price,
        currency=event.currency,
        error_code=event.error_code,
        segments=segments,
        encoding=encoding,
        first_at=fact.at,
        last_at=fact.at,
        final_at=fact.at if event.final else None,
        last_n=fact.n,
        findings=fact.findings,
        piece_key=key,
        pieces=() if piece is None else ((piece.number, event.text or ""),),
        prints=(fact.print,) if fact.print else (),
        as_callback=event.as_callback,
        media_types=media_types,
    )


def absorb(message: Message, fact: Fact) -> tuple[Message, tuple[str, ...]]:
    """The message with one more event, and the findings of that event in the light of those before."""
    misplaced = fact.event.kind is Kind.INBOUND and message.direction is Direction.OUTBOUND
    event = callback_of(fact.event) if misplaced else fact.event
    if event.kind is Kind.STATUS and message.direction is Direction.INBOUND:
        message = _turned(message)
    odd = _oddities(message, fact, event)
    status, raw_status = _higher(message, event)
    final = message.final or event.final
    media, media_types = _all_media(message.media, message.media_types, event)
    after = replace(
        message,
        **{name: merge(getattr(message, name), getattr(event, name)) for name, merge in _MERGED.items()},
        media=media,
        media_types=media_types,
        status=status,
        raw_status=raw_status,
        final=final,
        first_at=min(message.first_at, fact.at),
        last_at=max(message.last_at, fact.at),
        final_at=message.final_at or (fact.at if final else None),
        last_n=max(message.last_n, fact.n),
        findings=_found(message, (*fact.findings, *odd)),
        prints=(*message.prints, fact.print)[-MOST_PRINTS:] if fact.print else message.prints,
    )
    after = _with_piece(after, event)
    return (after if after.text == message.text else _measured(after)), odd


def _first(known: Any, new: Any) -> Any:
    """The first value that is not blank stays."""
    return known or new


def _newest(known: Any, new: Any) -> Any:
    """The newest value that is not blank counts."""
    return new or known


def _first_text(known: str | None, new: str | None) -> str | None:
    """The first text that is not blank stays; an empty SMS is more than no text."""
    return known or (known if new is None else new)


def _all_media(known: Texts, types: Texts, event: Event) -> tuple[Texts, Texts]:
    """Addresses and types of files with those of an event: each address once, in the order of their first event."""
    if not event.media:
        return known, types
    merged = dict(zip_longest(known, types, fillvalue=""))
    for address, type in zip_longest(event.media, event.media_types[: len(event.media)], fillvalue=""):
        merged[address] = merged.get(address) or type
    kept = dict(islice(merged.items(), MOST_MEDIA))
    return tuple(kept), tuple(kept.values())


# How the value of an event is merged into that of its message, for fields that depend on nothing else.
_MERGED: dict[str, Callable[[Any, Any], Any]] = {
    "sender": _first,
    "recipient": _first,
    "sender_said": _first,
    "recipient_said": _first,
    "text": _first_text,
    "price": _newest,
    "currency": _newest,
    "error_code": _first,
    "segments": _first,
}


def timeline(message: Message, facts: list[Fact]) -> tuple[Step, ...]:
    """The message's events, oldest first."""
    steps: list[Step] = []
    highest = -1
    seen: dict[str, int] = {}
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.n)):
        turned = message.direction is Direction.OUTBOUND and fact.event.kind is Kind.INBOUND
        event = callback_of(fact.event) if turned else fact.event
        rank = -1 if event.status is None else RANKS[event.status]
        steps.append(
            Step(
                n=fact.n,
                at=fact.at,
                status=event.status,
                raw_status=event.raw_status,
                said_at=event.said_at,
                gap_ms=round((fact.at - steps[-1].at) / timedelta(milliseconds=1)) if steps else None,
                late=event.status is not None and rank < highest,
                repeats=seen.get(fact.print) if fact.print else None,
                error_code=event.error_code,
                said_to_minute=event.said_to_minute,
            )
        )
        highest = max(highest, rank)
        seen.setdefault(fact.print, fact.n)
    return tuple(steps)


def mark_stuck(message: Message) -> Message:
    """Nothing final came within the limit."""
    return message if STUCK in message.findings else replace(message, findings=(*message.findings, STUCK))


def with_findings(message: Message, findings: tuple[str, ...]) -> Message:
    """The message with these findings of its pairing, in place of those that it had."""
    if message.findings == findings:
        return message
    others = tuple(code for code in message.findings if code not in PAIRING_FINDINGS)
    now = (*others, *findings)
    return message if now == message.findings else replace(message, findings=now)


def callback_of(event: Event) -> Event:
    """An event that looked inbound as the callback that it is, sent to the wrong URL."""
    word = event.as_callback
    if word is None:
        return replace(event, kind=Kind.STATUS, status=None, final=False)
    return replace(event, kind=Kind.STATUS, status=word.status, final=word.final)


def _turned(message: Message) -> Message:
    """A message that was taken for inbound, as an outbound one."""
    word = message.as_callback or Word(Status.UNKNOWN)
    misplaced = (MISPLACED,) if message.as_callback is not None else ()
    return replace(
        message,
        direction=Direction.OUTBOUND,
        status=word.status,
        raw_status=message.raw_status if message.as_callback is not None else None,
        final=word.final,
        final_at=message.final_at if word.final else None,
        findings=tuple(dict.fromkeys((*message.findings, *misplaced))),
    )


def _higher(message: Message, event: Event) -> tuple[Status, str | None]:
    if event.kind is not Kind.STATUS or event.status is None:
        return message.status, message.raw_status
    above = RANKS[event.status] > RANKS[message.status]
    if above or (message.raw_status is None and event.status is message.status):
        return event.status, event.raw_status
    return message.status, message.raw_status


def _found(message: Message, new: tuple[str, ...]) -> tuple[str, ...]:
    """The findings, each once. A message with a new event is not stuck."""
    return tuple(code for code in dict.fromkeys((*message.findings, *new)) if code != STUCK)


def _oddities(message: Message, fact: Fact, event: Event) -> tuple[str, ...]:
    """`event` is the fact's, or the callback that it is for an outbound message."""
    odd = []
    if fact.print and fact.print in message.prints:
        odd.append(DUPLICATE)
    if event.kind is Kind.STATUS and event.status is not None:
        if RANKS[event.status] < RANKS[message.status]:
            odd.append(LATE)
        opposite = (event.status in FAILURES and message.status in SUCCESSES) or (
            event.status in SUCCESSES and message.status in FAILURES
        )
        if opposite and event.final and message.final:
            odd.append(CONTRADICTORY)
    if event is not fact.event and fact.event.as_callback is not None:
        odd.append(MISPLACED)
    return tuple(odd)


def _with_piece(message: Message, event: Event) -> Message:
    if event.piece is None or message.piece_key is None:
        return message
    pieces = dict(message.pieces)
    pieces.setdefault(event.piece.number, event.text or "")
    ordered = tuple(sorted(pieces.items()))
    return replace(message, pieces=ordered, text="".join(text for _, text in ordered))


def _measured(message: Message) -> Message:
    if not message.text:
        return message
    encoding, segments = measure_sms(message.text)
    return replace(message, segments=segments, encoding=encoding)
