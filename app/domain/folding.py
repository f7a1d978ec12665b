"""How a message comes from the events that captures state, one after the other.

The fold is pure and forgiving: callbacks may come late, twice, in any order, or never. The highest rank on the ladder
is the status; whatever contradicts it is kept in the timeline and told as a finding. A message that any callback
speaks of is an outbound one, even when an event of it first looked inbound (some providers tell the two apart by URL
only).
"""

from datetime import timedelta

from msgspec.structs import replace

from .events import Event
from .messages import CONTRADICTORY, DUPLICATE, LATE, MISPLACED, STUCK, Direction, Fact, Message, Step
from .pairing import FINDINGS as PAIRING_FINDINGS
from .roles import Kind
from .sms import measure_sms
from .statuses import FAILURES, RANKS, SUCCESSES, Status, Word

# A text that comes again under another id within this time is a soft duplicate.
ECHO = timedelta(seconds=60)
# The pieces of a long message come within seconds; providers use their reference numbers again later.
PIECES_WITHIN = timedelta(hours=1)
_MAKE_MESSAGES = frozenset({Kind.INBOUND, Kind.STATUS})
# Addresses that a message keeps, whatever its callbacks go on naming.
MOST_MEDIA = 50
# Fingerprints of requests that a message remembers, to know one that comes again.
MOST_PRINTS = 32


def makes_message(event: Event) -> bool:
    """Inbound SMS and status callbacks do; calls are paired by their id and make none."""
    return event.kind in _MAKE_MESSAGES


def piece_key(event: Event) -> str | None:
    """What the pieces of one long message have in common."""
    piece = event.piece
    if piece is None or event.kind is not Kind.INBOUND:
        return None
    return "|".join((piece.ref, str(piece.total), event.sender or "", event.recipient or ""))


def takes_piece(message: Message, fact: Fact) -> bool:
    """Does this piece belong to a message that has the same reference? A number used again is another message."""
    piece = fact.event.piece
    if piece is None or abs(fact.at - message.last_at) > PIECES_WITHIN:
        return False
    return dict(message.pieces).get(piece.number, fact.event.text) == fact.event.text


def begin(fact: Fact) -> Message:
    """The message that a first event makes."""
    event = fact.event
    inbound = event.kind is Kind.INBOUND
    key = piece_key(event)
    piece = event.piece if key else None
    encoding, segments = measure_sms(event.text) if event.text else (None, event.segments)
    return Message(
        provider=fact.provider,
        message_id=event.message_id,
        direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
        sender=event.sender,
        recipient=event.recipient,
        sender_said=event.sender_said,
        recipient_said=event.recipient_said,
        text=event.text,
        media=tuple(dict.fromkeys(event.media))[:MOST_MEDIA] if event.media else (),
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
    )


def absorb(message: Message, fact: Fact) -> tuple[Message, tuple[str, ...]]:
    """The message with one more event, and what is odd about that event in the light of those before."""
    misplaced = fact.event.kind is Kind.INBOUND and message.direction is Direction.OUTBOUND
    event = _as_callback(fact.event) if misplaced else fact.event
    if event.kind is Kind.STATUS and message.direction is Direction.INBOUND:
        message = _turned(message)
    odd = _oddities(message, fact, event)
    if misplaced and fact.event.as_callback is not None:
        odd = (*odd, MISPLACED)
    known = dict.fromkeys((*message.findings, *fact.findings, *odd))
    known.pop(STUCK, None)
    status, raw_status = _higher(message, event)
    final = message.final or event.final
    after = replace(
        message,
        sender=message.sender or event.sender,
        recipient=message.recipient or event.recipient,
        sender_said=message.sender_said or event.sender_said,
        recipient_said=message.recipient_said or event.recipient_said,
        text=message.text or (message.text if event.text is None else event.text),
        media=tuple(dict.fromkeys((*message.media, *event.media)))[:MOST_MEDIA] if event.media else message.media,
        status=status,
        raw_status=raw_status,
        final=final,
        price=event.price or message.price,
        currency=event.currency or message.currency,
        error_code=message.error_code or event.error_code,
        segments=message.segments or event.segments,
        first_at=min(message.first_at, fact.at),
        last_at=max(message.last_at, fact.at),
        final_at=message.final_at or (fact.at if final else None),
        last_n=max(message.last_n, fact.n),
        findings=tuple(known),
        prints=(*message.prints, fact.print)[-MOST_PRINTS:] if fact.print else message.prints,
    )
    after = _with_piece(after, event)
    return (after if after.text == message.text else _measured(after)), odd


def timeline(message: Message, facts: list[Fact]) -> tuple[Step, ...]:
    """The message's events, oldest first."""
    steps: list[Step] = []
    highest = -1
    seen: dict[str, int] = {}
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.n)):
        turned = message.direction is Direction.OUTBOUND and fact.event.kind is Kind.INBOUND
        event = _as_callback(fact.event) if turned else fact.event
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


def _as_callback(event: Event) -> Event:
    """An event that looked inbound, read as what it is: a callback that came to the wrong URL."""
    word = event.as_callback
    if word is None:
        return replace(event, kind=Kind.STATUS, status=None, final=False)
    return replace(event, kind=Kind.STATUS, status=word.status, final=word.final)


def _turned(message: Message) -> Message:
    """A message that was taken for inbound until a callback spoke of it."""
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


def _oddities(message: Message, fact: Fact, event: Event) -> tuple[str, ...]:
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
