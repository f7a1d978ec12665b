"""Message rows as the writer remembers them: found once, changed in memory, written once a batch. Runs in the writer
process only, inside a transaction.
"""

import sqlite3
from collections.abc import Sequence

import msgspec

from ..domain.messages import Message
from ..domain.units import micros
from .queries import SQL, insert, select
from .rows import message_columns, message_identity, message_motion, read_message

# A message hears its callbacks within seconds, mostly; what is older is read again.
MOST_REMEMBERED = 4_000

# Bin, message id, provider.
Key = tuple[int, str, str]


class Entry(msgspec.Struct, eq=False):
    """A message and its row. `stored`: as it stands in the table; None: it stands there not yet. `pairing` is the row
    of its pairing."""

    id: int
    bin: int
    message: Message
    stored: Message | None
    seq: int = 0
    pairing: int | None = None


class Entries:
    """Lives as long as the writing connection, the only one that writes; so what it remembers stays true until somebody
    else in this process changes the rows, or a transaction fails: then `forget`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # For what each message asks: rows without names.
        self._plain = connection.cursor()
        self._plain.row_factory = None
        self._known: dict[Key, Entry] = {}
        # Of this batch: looked for and not found.
        self._absent: set[Key] = set()
        self._pointers: dict[int, int | None] = {}
        self._last_id = int(connection.execute(SQL["last_message"]).fetchone()[0])
        self.changed: dict[int, Entry] = {}
        """By row, what `flush` will write."""

    @property
    def next_id(self) -> int:
        """The row of the message that will begin next."""
        return self._last_id + 1

    def look_ahead(self, key: Key) -> None:
        """Somebody will ask for it in this batch."""
        if key not in self._known:
            self._absent.add(key)

    def look_up(self) -> None:
        """Find all that `look_ahead` was told of, at once: asking for each costs twice as much. Mostly there is none,
        so a row is read only where there is one: naming thirty columns costs more than looking."""
        for id, *key in select(self._plain, "find_messages", list(self._absent)):
            self._absent.discard((key[0], key[1], key[2]))
            self.find_row(id)

    def find(self, key: Key) -> Entry | None:
        """The message with this id, whatever it is."""
        entry = self._known.get(key)
        if entry is None and key not in self._absent:
            found = select(self._plain, "find_messages", [key])
            entry = self.find_row(found[0][0]) if found else None
        return entry

    def find_row(self, id: int) -> Entry | None:
        """The message of this row."""
        entry = self.changed.get(id)
        if entry is not None:
            return entry
        row = self._connection.execute(SQL["get_message_row"], {"id": id}).fetchone()
        return None if row is None else self._entry_of(row)

    def find_pieces(self, bin: int, piece_key: str, floor_n: int) -> list[Entry]:
        """Long messages with this reference, the youngest first, wherever they are: what lies in one batch with what
        must not make a difference."""
        found = {
            entry.id: entry
            for entry in self.changed.values()
            if entry.bin == bin and entry.message.piece_key == piece_key
        }
        values = {"bin": bin, "piece_key": piece_key, "floor_n": floor_n}
        for row in self._connection.execute(SQL["find_pieces"], values).fetchall():
            found[row["id"]] = self._entry_of(row)
        return sorted(found.values(), key=lambda entry: (entry.message.last_at, entry.id), reverse=True)

    def begin(self, bin: int, message: Message, pairing: int | None) -> Entry:
        """A message that was not there."""
        self._last_id += 1
        entry = Entry(self._last_id, bin, message, stored=None, pairing=pairing)
        self._known[(bin, message.message_id, message.provider)] = entry
        self.changed[entry.id] = entry
        return entry

    def change(self, entry: Entry, message: Message) -> None:
        """A message as it is now."""
        entry.message = message
        self.changed[entry.id] = entry

    def point(self, entry: Entry, pairing: int | None) -> None:
        """A message's pairing."""
        entry.pairing = pairing
        if entry.stored is not None:
            self._pointers[entry.id] = pairing

    def erase(self, key: Key, entry: Entry) -> None:
        """Its row goes at once, and whoever comes with its id begins anew."""
        self._connection.execute(SQL["erase_message"], {"id": entry.id})
        del self._known[key]

    def flush(self) -> None:
        """Write what was changed; afterwards the table is true."""
        self._absent.clear()
        changed, self.changed = self.changed, {}
        if changed:
            self._write(list(changed.values()))
        if self._pointers:
            pointers = [(pairing, message) for message, pairing in self._pointers.items()]
            self._connection.executemany(SQL["point_message"], pointers)
            self._pointers.clear()
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()

    def forget(self) -> None:
        """A transaction failed, or rows were changed elsewhere: read them again."""
        self._known.clear()
        self._absent.clear()
        self._pointers.clear()
        self.changed.clear()

    def _entry_of(self, row: sqlite3.Row) -> Entry:
        key = (row["bin"], row["message_id"], row["provider"])
        entry = self._known.get(key)
        if entry is None:
            message = read_message(row)
            entry = Entry(row["id"], row["bin"], message, message, row["seq"], row["pairing"])
            self._known[key] = entry
        return entry

    def _write(self, entries: Sequence[Entry]) -> None:
        begun, moved, changed = [], [], []
        for entry in entries:
            message, stored = entry.message, entry.stored
            entry.stored = message
            if stored is None:
                begun.append((*message_columns(message, entry.seq), entry.bin, entry.id, entry.pairing))
            elif message_identity(stored) == message_identity(message):
                moved.append((*message_motion(message, entry.seq), entry.id))
            else:
                changed.append((*message_columns(message, entry.seq), entry.bin, entry.id))
        insert(self._connection, "add_message", begun)
        self._connection.executemany(SQL["move_message"], moved)
        self._connection.executemany(SQL["set_message"], changed)
        insert(self._connection, "touch_conversation", _pairs(entries))


def _pairs(entries: Sequence[Entry]) -> list[tuple[int, str, str, int, int]]:
    """Each pair of numbers once, with its latest change."""
    latest: dict[tuple[int, str, str], Entry] = {}
    for entry in entries:
        theirs, ours = entry.message.theirs, entry.message.ours
        if theirs and ours:
            pair = (entry.bin, theirs, ours)
            before = latest.get(pair)
            if before is None or entry.seq > before.seq:
                latest[pair] = entry
    return [(*pair, entry.seq, micros(entry.message.last_at)) for pair, entry in latest.items()]
