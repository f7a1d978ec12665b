"""The ledger's write side: folds the events of a batch into message rows, inside the captures' own transaction.

A message that several captures of a batch speak of is read once and written once. Runs in the writer process only.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from ..domain.events import Event
from ..domain.folding import ECHO, absorb, begin, makes_message, piece_key, takes_piece
from ..domain.messages import MISPLACED, SOFT_DUPLICATE, Direction, Fact, Message
from ..domain.units import from_micros, micros
from .facts import encode_event
from .queries import SQL
from .rows import message_columns, message_identity, message_motion, read_message

# A message hears its callbacks within seconds, mostly; what is older is read again.
MOST_REMEMBERED = 4_000

_Key = tuple[int, str, str]
_ECHO_US = int(ECHO.total_seconds() * 1_000_000)


@dataclass(slots=True, eq=False)
class _Entry:
    id: int
    bin: int
    message: Message
    # As it stands in the table; None: it stands there not yet.
    identity: tuple[object, ...] | None
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A capture whose numbers are taken: what the ledger needs to know of it. `at` is in microseconds."""

    id: int
    bin: int
    floor_n: int
    n: int
    at: int
    provider: str
    print: str
    findings: tuple[str, ...]


class Ledger:
    """Lives as long as the writing connection, the only one that writes; so what it remembers of messages stays true
    until somebody else in this process changes their rows, or a transaction fails: then `forget`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._entries: dict[_Key, _Entry] = {}
        self._changed: dict[int, _Entry] = {}
        self._begun: dict[tuple[int, int], list[_Entry]] = {}
        self._events: list[tuple[object, ...]] = []
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
            else:
                fact = Fact(
                    n=arrival.n, at=from_micros(arrival.at), provider=arrival.provider, event=event,
                    print=arrival.print, findings=arrival.findings,
                )  # fmt: skip
                entry, found = self._fold(arrival, fact)
                turned = turned or (position == 0 and MISPLACED in found)
                odd.update(dict.fromkeys(found))
                if not any(other is entry for other in changed):
                    changed.append(entry)
                row = (entry.id, None)
            facts = encode_event(event)
            self._events.append((arrival.id, position, arrival.bin, arrival.n, *row, arrival.print, facts))
        return changed, tuple(odd), turned

    def flush(self) -> None:
        """Write what was folded; afterwards the tables are true."""
        events, self._events = self._events, []
        changed, self._changed = self._changed, {}
        self._begun.clear()
        if changed:
            self._write(list(changed.values()))
        if events:
            self._connection.executemany(SQL["add_event"], events)
        if len(self._entries) > MOST_REMEMBERED:
            self._entries.clear()

    def forget(self) -> None:
        """A transaction failed, or message rows were changed elsewhere: read them again."""
        self._entries.clear()
        self._changed.clear()
        self._begun.clear()
        self._events.clear()

    def _write(self, entries: list[_Entry]) -> None:
        rows: dict[str, list[tuple[object, ...]]] = {"add_message": [], "set_message": [], "move_message": []}
        for entry in entries:
            message, identity = entry.message, message_identity(entry.message)
            if entry.identity == identity:
                rows["move_message"].append((*message_motion(message, entry.seq), entry.id))
                continue
            query = "add_message" if entry.identity is None else "set_message"
            rows[query].append((*message_columns(message, entry.seq, echo_of(message)), entry.bin, entry.id))
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
        odd = (SOFT_DUPLICATE,) if self._is_echo(arrival, message) else ()
        self._last_id += 1
        if odd:
            message = replace(message, findings=(*message.findings, *odd))
        entry = _Entry(self._last_id, arrival.bin, message, identity=None)
        self._entries[(arrival.bin, message.message_id, message.provider)] = entry
        self._changed[entry.id] = entry
        if (echo := echo_of(message)) is not None:
            self._begun.setdefault((arrival.bin, echo), []).append(entry)
        return entry, odd

    def _find(self, arrival: Arrival, fact: Fact) -> _Entry | None:
        key = (arrival.bin, fact.event.message_id, fact.provider)
        entry = self._entries.get(key) or self._look_up(key)
        if entry is not None:
            if entry.message.last_n > arrival.floor_n:
                return entry
            # Its captures were cleared, so it is gone from every read: the id begins anew.
            self._connection.execute(SQL["erase_message"], {"id": entry.id})
            del self._entries[key]
        return self._find_piece(arrival, fact)

    def _look_up(self, key: _Key) -> _Entry | None:
        values = {"bin": key[0], "message_id": key[1], "provider": key[2]}
        row = self._connection.execute(SQL["find_message"], values).fetchone()
        return None if row is None else self._remember(key, row)

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
        entry = _Entry(row["id"], key[0], message, message_identity(message), row["seq"])
        self._entries[key] = entry
        return entry

    def _is_echo(self, arrival: Arrival, message: Message) -> bool:
        echo = echo_of(message)
        if echo is None:
            return False
        after = arrival.at - _ECHO_US
        begun = self._begun.get((arrival.bin, echo), ())
        if any(echo_of(entry.message) == echo and micros(entry.message.first_at) >= after for entry in begun):
            return True
        values = {"bin": arrival.bin, "echo": echo, "after": after, "floor_n": arrival.floor_n}
        # A row whose message has turned outbound in this batch is no echo any more.
        return any(
            row[0] not in self._changed or echo_of(self._changed[row[0]].message) == echo
            for row in self._connection.execute(SQL["find_echo"], values)
        )


def echo_of(message: Message) -> int | None:
    """A number for the parties and the text of an inbound message; None where there is nothing to compare."""
    if message.direction is not Direction.INBOUND or not message.text or not message.sender or message.piece_key:
        return None
    said = "\0".join((message.sender, message.recipient or "", message.text)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), signed=True)


def _pairs(entries: Sequence[_Entry]) -> list[tuple[int, str, str, int, int]]:
    """Each pair of numbers once, with its latest change."""
    latest: dict[tuple[int, str, str], tuple[int, int]] = {}
    for entry in entries:
        theirs, ours = entry.message.theirs, entry.message.ours
        if theirs and ours:
            pair = (entry.bin, theirs, ours)
            latest[pair] = max(latest.get(pair, (0, 0)), (entry.seq, micros(entry.message.last_at)))
    return [(*pair, seq, at) for pair, (seq, at) in latest.items()]
