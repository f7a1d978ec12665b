"""The ledger's write side: folds the events of a batch into messages, inside the captures' own transaction.

A message that several captures of a batch speak of is read once and written once (`entries.py`). Runs in the writer
process only.
"""

import sqlite3
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from ..domain.captures import Kind, Outcome
from ..domain.events import Event
from ..domain.folding import absorb, begin, makes_message, piece_key, takes_piece, with_findings
from ..domain.messages import MISPLACED, SOFT_DUPLICATE, Direction, Fact, Message
from ..domain.pairing import Hit, oddities_of
from ..domain.units import from_micros, micros
from .echoes import ECHO_US, Echoes, Side, can_echo
from .entries import Entries, Entry
from .facts import encode_event
from .pairings import Pair, Pairings
from .queries import insert

# An event's row: its capture's, and its place in it. No body holds as many.
_POSITION_BITS = 20


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """A capture whose numbers are taken: what the ledger needs to know of it. `at` is in microseconds. `hit` is it for
    the messages' pairings (primary, fallback), or with `is_call` for the calls' (voice, voice-fallback)."""

    id: int
    bin: int
    floor_n: int
    n: int
    at: int
    provider: str
    print: str
    findings: tuple[str, ...]
    hit: Hit | None = None
    is_call: bool = False


class Ledger:
    """Lives as long as the writing connection, the only one that writes; so what it remembers of messages stays true
    until somebody else in this process changes their rows, or a transaction fails: then `forget`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._entries = Entries(connection)
        self._heard = Echoes(connection)
        self._events: list[tuple[object, ...]] = []
        self.pairings = Pairings(connection)

    def look_ahead(self, bin: int, provider: str, events: Sequence[Event]) -> None:
        """What a capture of this batch states, before it is added."""
        for event in events:
            if makes_message(event):
                self._entries.look_ahead((bin, event.message_id, provider))

    def look_up(self) -> None:
        """Find the messages that `look_ahead` was told of, all at once."""
        self._entries.look_up()

    def add(self, arrival: Arrival, events: Sequence[Event]) -> tuple[list[Entry], tuple[str, ...], bool]:
        """Fold a capture's events. The messages that changed (each wants a seq), findings that only the ledger can
        make, and whether the first event turned out to be a callback that came to the wrong URL."""
        changed: list[Entry] = []
        odd: dict[str, None] = {}
        turned = False
        for position, event in enumerate(events):
            row: tuple[int | None, str | None]
            if not makes_message(event):
                row = (None, event.message_id)
                if arrival.is_call and arrival.hit is not None and event.kind is Kind.VOICE:
                    pair = self.pairings.take_call(arrival.bin, arrival.floor_n, event.message_id, arrival.hit)
                    odd.update(dict.fromkeys(oddities_of(pair.pairing, arrival.hit)))
            else:
                at = from_micros(arrival.at) if arrival.hit is None else arrival.hit.at
                fact = Fact(
                    n=arrival.n, at=at, provider=arrival.provider, event=event,
                    print=arrival.print, findings=arrival.findings,
                )  # fmt: skip
                entry, found = self._fold(arrival, fact)
                if arrival.hit is not None or entry.pairing is not None:
                    others, unpaired = self._pair(arrival, entry, event)
                    found += unpaired
                    changed += [other for other in others if other is not entry and other not in changed]
                if found:
                    turned = turned or (position == 0 and MISPLACED in found)
                    odd.update(dict.fromkeys(found))
                if entry not in changed:
                    changed.append(entry)
                row = (entry.id, None)
            facts = encode_event(event)
            id = (arrival.id << _POSITION_BITS) + position
            self._events.append((id, arrival.bin, arrival.n, *row, arrival.print, facts))
        return changed, tuple(odd), turned

    def flush(self) -> None:
        """Write what was folded; afterwards the tables are true."""
        self._entries.flush()
        events, self._events = self._events, []
        insert(self._connection, "add_event", events)
        self.pairings.flush()

    def forget(self) -> None:
        """A transaction failed, or message rows were changed elsewhere: read them again."""
        self._entries.forget()
        self._events.clear()
        self.pairings.forget()

    def relearn(self) -> None:
        """A bin was rebuilt, or that came to nothing: its messages are others now."""
        self._heard.remember()

    def settle(self, bin: int, n: int, outcome: Outcome) -> list[Entry]:
        """What became of the answer to capture `n`, for the pairings; the messages that changed with it."""
        return [entry for pair in self.pairings.settle(bin, n, outcome) for entry in self._tell(pair)]

    # Inside one transaction

    def _fold(self, arrival: Arrival, fact: Fact) -> tuple[Entry, tuple[str, ...]]:
        entry = self._find(arrival, fact)
        if entry is not None:
            message, odd = absorb(entry.message, fact)
            self._entries.change(entry, message)
            return entry, odd
        message = begin(fact)
        heard, pair = self._listen(arrival, message) if can_echo(message) else (False, None)
        odd = (SOFT_DUPLICATE,) if heard and pair is None else ()
        if odd:
            message = replace(message, findings=(*message.findings, *odd))
        return self._entries.begin(arrival.bin, message, None if pair is None else pair.id), odd

    def _listen(self, arrival: Arrival, message: Message) -> tuple[bool, Pair | None]:
        """Was the same text heard a moment before? And the pairing of one on the other URL, where this message, which
        is about to begin, is likely what came there."""
        hit = None if arrival.is_call else arrival.hit
        mine: Side = None if hit is None else hit.fallback
        place = self._heard.place_of(arrival.bin, message)
        found = self._heard.find(place)
        self._heard.note(place, self._entries.next_id, mine, arrival.at)
        across: list[int] = []
        heard = False
        for id, side in found:
            # Of the same side one is enough.
            is_across = hit is not None and side is not None and side is not mine
            if not heard or is_across:
                seen = self._look_at(id, arrival, message)
                heard = heard or seen is not None
                across += [pairing for pairing in seen or () if is_across and pairing is not None]
        if hit is None or not across:
            return heard, None
        return heard, self.pairings.join(arrival.bin, across, hit, self._entries.next_id)

    def _look_at(self, id: int, arrival: Arrival, message: Message) -> tuple[int | None] | None:
        """The pairing of a message that may have the same text, where it still has, and is young enough."""
        after = arrival.at - ECHO_US
        entry = self._entries.changed.get(id)
        if entry is None:
            return self._heard.look_at(id, arrival.bin, message, after=after, floor_n=arrival.floor_n)
        other = entry.message
        alike = can_echo(other) and _said(other) == _said(message) and micros(other.first_at) >= after
        return (entry.pairing,) if alike and other.last_n > arrival.floor_n else None

    def _pair(self, arrival: Arrival, entry: Entry, event: Event) -> tuple[list[Entry], tuple[str, ...]]:
        """The capture as a hit of the message's pairing: the messages on which that shows, and what is odd about it."""
        pairings, hit = self.pairings, arrival.hit
        before = None if entry.pairing is None else pairings.get(arrival.bin, entry.pairing)
        if entry.message.direction is Direction.OUTBOUND:
            if before is None:
                return [], ()
            self._entries.point(entry, None)
            self._entries.change(entry, with_findings(entry.message, ()))
            pairings.leave(before, entry.id)
            return self._tell(before), ()
        if hit is None or arrival.is_call or event.kind is not Kind.INBOUND:
            return [], ()
        had: tuple[str, ...] = ()
        if before is None:
            pair = pairings.begin(arrival.bin, hit, message=entry.id)
            self._entries.point(entry, pair.id)
        else:
            pair, had = before, before.pairing.findings
            pairings.absorb(pair, hit, entry.id)
        if not had and not pair.pairing.findings:
            return [], ()
        return self._tell(pair), oddities_of(pair.pairing, hit)

    def _tell(self, pair: Pair) -> list[Entry]:
        """Put the pairing's findings on its messages; those that changed."""
        changed = []
        for row in pair.messages:
            entry = self._entries.find_row(row)
            if entry is None:
                continue
            message = with_findings(entry.message, pair.pairing.findings)
            if message is not entry.message:
                self._entries.change(entry, message)
                changed.append(entry)
        return changed

    def _find(self, arrival: Arrival, fact: Fact) -> Entry | None:
        key = (arrival.bin, fact.event.message_id, fact.provider)
        entry = self._entries.find(key)
        if entry is not None:
            if entry.message.last_n > arrival.floor_n:
                return entry
            # Its captures were cleared, so it is gone from every read: the id begins anew.
            self._entries.erase(key, entry)
            if entry.pairing is not None:
                self.pairings.drop_cleared(entry.bin, entry.pairing)
        return None if fact.event.piece is None else self._find_piece(arrival, fact)

    def _find_piece(self, arrival: Arrival, fact: Fact) -> Entry | None:
        wanted = piece_key(fact.event)
        if wanted is None:
            return None
        for entry in self._entries.find_pieces(arrival.bin, wanted, arrival.floor_n):
            if entry.message.provider == fact.provider and takes_piece(entry.message, fact):
                return entry
        return None


def _said(message: Message) -> tuple[str | None, str | None, str | None]:
    return message.sender, message.recipient, message.text
