"""The ledger's write side: folds the events of a batch into message rows, inside the captures' own transaction.

A message that several captures of a batch speak of is read once and written once. Runs in the writer process only.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from ..domain.captures import Kind, Outcome
from ..domain.events import Event
from ..domain.folding import absorb, begin, makes_message, piece_key, takes_piece, with_findings
from ..domain.messages import MISPLACED, SOFT_DUPLICATE, Direction, Fact, Message
from ..domain.pairing import Hit, oddities_of
from ..domain.units import from_micros, micros
from .echoes import ECHO_US, Echoes, Side, can_echo
from .facts import encode_event
from .pairings import Pair, Pairings
from .queries import SQL
from .rows import message_columns, message_identity, message_motion, read_message

# A message hears its callbacks within seconds, mostly; what is older is read again.
MOST_REMEMBERED = 4_000

_Key = tuple[int, str, str]
# An event's row: its capture's, and its place in it. No body holds as many.
_POSITION_BITS = 20


@dataclass(slots=True, eq=False)
class _Entry:
    id: int
    bin: int
    message: Message
    # As it stands in the table; None: it stands there not yet.
    identity: tuple[object, ...] | None
    seq: int = 0
    # The row of its pairing.
    pairing: int | None = None


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
        # For what each message asks: rows without names.
        self._plain = connection.cursor()
        self._plain.row_factory = None
        self._entries: dict[_Key, _Entry] = {}
        self._changed: dict[int, _Entry] = {}
        self._events: list[tuple[object, ...]] = []
        self._pointers: dict[int, int | None] = {}
        self.pairings = Pairings(connection)
        self._heard = Echoes(connection)
        self._last_id = int(connection.execute(SQL["last_message"]).fetchone()[0])

    def add(self, arrival: Arrival, events: Sequence[Event]) -> tuple[list[_Entry], tuple[str, ...], bool]:
        """Fold a capture's events. The messages that changed (each wants a seq), findings that only the ledger can
        make, and whether the first event turned out to be a callback that came to the wrong URL."""
        changed: list[_Entry] = []
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
                    found = (*found, *unpaired)
                    changed += [other for other in others if other is not entry and other not in changed]
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
        events, self._events = self._events, []
        changed, self._changed = self._changed, {}
        if changed:
            self._write(list(changed.values()))
        if events:
            self._connection.executemany(SQL["add_event"], events)
        if self._pointers:
            pointers = [(pairing, message) for message, pairing in self._pointers.items()]
            self._connection.executemany(SQL["point_message"], pointers)
            self._pointers.clear()
        self.pairings.flush()
        if len(self._entries) > MOST_REMEMBERED:
            self._entries.clear()

    def forget(self) -> None:
        """A transaction failed, or message rows were changed elsewhere: read them again."""
        self._entries.clear()
        self._changed.clear()
        self._events.clear()
        self._pointers.clear()
        self.pairings.forget()

    def relearn(self) -> None:
        """A bin was rebuilt, or that came to nothing: its messages are others now."""
        self._heard.remember()

    def settle(self, bin: int, n: int, outcome: Outcome) -> list[_Entry]:
        """What became of the answer to capture `n`, for the pairings; the messages that changed with it."""
        return [entry for pair in self.pairings.settle(bin, n, outcome) for entry in self._tell(pair)]

    def _write(self, entries: list[_Entry]) -> None:
        rows: dict[str, list[tuple[object, ...]]] = {"add_message": [], "set_message": [], "move_message": []}
        for entry in entries:
            message, identity = entry.message, message_identity(entry.message)
            if entry.identity == identity:
                rows["move_message"].append((*message_motion(message, entry.seq), entry.id))
                continue
            query = "add_message" if entry.identity is None else "set_message"
            columns = (*message_columns(message, entry.seq), entry.bin, entry.id)
            rows[query].append((*columns, entry.pairing) if entry.identity is None else columns)
            entry.identity = identity
        for query, found in rows.items():
            if found:
                self._connection.executemany(SQL[query], found)
        self._connection.executemany(SQL["touch_conversation"], _pairs(entries))

    # Inside one transaction

    def _fold(self, arrival: Arrival, fact: Fact) -> tuple[_Entry, tuple[str, ...]]:
        entry = self._find(arrival, fact)
        if entry is not None:
            entry.message, odd = absorb(entry.message, fact)
            self._changed[entry.id] = entry
            return entry, odd
        message = begin(fact)
        self._last_id += 1
        heard, pair = self._listen(arrival, message) if can_echo(message) else (False, None)
        odd = (SOFT_DUPLICATE,) if heard and pair is None else ()
        if odd:
            message = replace(message, findings=(*message.findings, *odd))
        entry = _Entry(self._last_id, arrival.bin, message, identity=None, pairing=None if pair is None else pair.id)
        self._entries[(arrival.bin, message.message_id, message.provider)] = entry
        self._changed[entry.id] = entry
        return entry, odd

    def _listen(self, arrival: Arrival, message: Message) -> tuple[bool, Pair | None]:
        """Was the same text heard a moment before? And the pairing of one on the other URL, where this message, whose
        row will be `_last_id`, is likely what came there."""
        mine: Side = None if arrival.hit is None or arrival.is_call else arrival.hit.fallback
        heard = False
        across: list[int] = []
        for side in (True, False, None):
            for id in self._heard.find(arrival.bin, side, message):
                found = self._look_at(id, arrival, message)
                if found is None:
                    continue
                heard = True
                if side is mine or side is None or mine is None:
                    break
                across += [pairing for pairing in found if pairing is not None]
        self._heard.note(arrival.bin, mine, message, self._last_id, arrival.at)
        hit = arrival.hit
        return heard, self.pairings.join(arrival.bin, across, hit, self._last_id) if across and hit else None

    def _look_at(self, id: int, arrival: Arrival, message: Message) -> tuple[int | None] | None:
        """The pairing of a message that may have the same text, where it still has, and is young enough."""
        after = arrival.at - ECHO_US
        entry = self._changed.get(id)
        if entry is not None:
            other = entry.message
            alike = can_echo(other) and _said(other) == _said(message) and micros(other.first_at) >= after
            return (entry.pairing,) if alike and other.last_n > arrival.floor_n else None
        values = {
            "id": id, "bin": arrival.bin, "after": after, "floor_n": arrival.floor_n, "sender": message.sender,
            "recipient": message.recipient, "text": message.text,
        }  # fmt: skip
        row: tuple[int | None] | None = self._plain.execute(SQL["find_echo"], values).fetchone()
        return row

    def _pair(self, arrival: Arrival, entry: _Entry, event: Event) -> tuple[list[_Entry], tuple[str, ...]]:
        """The capture as a hit of the message's pairing: the messages on which that shows, and what is odd about it."""
        pairings, hit = self.pairings, arrival.hit
        before = None if entry.pairing is None else pairings.get(arrival.bin, entry.pairing)
        if entry.message.direction is Direction.OUTBOUND:
            if before is None:
                return [], ()
            self._point(entry, None)
            entry.message = with_findings(entry.message, ())
            pairings.leave(before, entry.id)
            return self._tell(before), ()
        if hit is None or arrival.is_call or event.kind is not Kind.INBOUND:
            return [], ()
        if before is None:
            pair = pairings.begin(arrival.bin, hit, message=entry.id)
            self._point(entry, pair.id)
            if not pair.pairing.findings:
                return [], ()
        else:
            pair = before
            pairings.absorb(pair, hit, entry.id)
        return self._tell(pair), oddities_of(pair.pairing, hit)

    def _point(self, entry: _Entry, pairing: int | None) -> None:
        entry.pairing = pairing
        if entry.identity is not None:
            self._pointers[entry.id] = pairing

    def _tell(self, pair: Pair) -> list[_Entry]:
        """Put the pairing's findings on its messages; those that changed."""
        changed = []
        for row in pair.messages:
            entry = self._changed.get(row) or self._find_row(row)
            if entry is None:
                continue
            message = with_findings(entry.message, pair.pairing.findings)
            if message is not entry.message:
                entry.message = message
                self._changed[row] = entry
                changed.append(entry)
        return changed

    def _find_row(self, id: int) -> _Entry | None:
        row = self._connection.execute(SQL["get_message_row"], {"id": id}).fetchone()
        if row is None:
            return None
        key = (row["bin"], row["message_id"], row["provider"])
        return self._entries.get(key) or self._remember(key, row)

    def _find(self, arrival: Arrival, fact: Fact) -> _Entry | None:
        key = (arrival.bin, fact.event.message_id, fact.provider)
        entry = self._entries.get(key) or self._look_up(key)
        if entry is not None:
            if entry.message.last_n > arrival.floor_n:
                return entry
            # Its captures were cleared, so it is gone from every read: the id begins anew.
            self._connection.execute(SQL["erase_message"], {"id": entry.id})
            del self._entries[key]
            if entry.pairing is not None:
                self.pairings.drop_cleared(entry.bin, entry.pairing)
        return self._find_piece(arrival, fact)

    def _look_up(self, key: _Key) -> _Entry | None:
        values = {"bin": key[0], "message_id": key[1], "provider": key[2]}
        # Its row only where there is one: mostly there is none, and naming thirty columns costs more than looking.
        found = self._plain.execute(SQL["find_message"], values).fetchone()
        return None if found is None else self._find_row(found[0])

    def _find_piece(self, arrival: Arrival, fact: Fact) -> _Entry | None:
        wanted = piece_key(fact.event)
        if wanted is None:
            return None
        # The youngest first, wherever it is: what lies in one batch with what must not make a difference.
        found = {
            entry.id: entry
            for entry in self._changed.values()
            if entry.bin == arrival.bin and entry.message.piece_key == wanted
        }
        values = {"bin": arrival.bin, "piece_key": wanted, "floor_n": arrival.floor_n}
        for row in self._connection.execute(SQL["find_pieces"], values).fetchall():
            key = (arrival.bin, row["message_id"], row["provider"])
            found[row["id"]] = self._entries.get(key) or self._remember(key, row)
        for entry in sorted(found.values(), key=lambda entry: (entry.message.last_at, entry.id), reverse=True):
            if entry.message.provider == fact.provider and takes_piece(entry.message, fact):
                return entry
        return None

    def _remember(self, key: _Key, row: sqlite3.Row) -> _Entry:
        message = read_message(row)
        entry = _Entry(row["id"], key[0], message, message_identity(message), row["seq"], row["pairing"])
        self._entries[key] = entry
        return entry


def _said(message: Message) -> tuple[str | None, str | None, str | None]:
    return message.sender, message.recipient, message.text


def _pairs(entries: Sequence[_Entry]) -> list[tuple[int, str, str, int, int]]:
    """Each pair of numbers once, with its latest change."""
    latest: dict[tuple[int, str, str], tuple[int, int]] = {}
    for entry in entries:
        theirs, ours = entry.message.theirs, entry.message.ours
        if theirs and ours:
            pair = (entry.bin, theirs, ours)
            latest[pair] = max(latest.get(pair, (0, 0)), (entry.seq, micros(entry.message.last_at)))
    return [(*pair, seq, at) for pair, (seq, at) in latest.items()]
