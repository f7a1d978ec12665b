"""The messages that one transaction of the ledger reads and changes: each is loaded once and written once."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ...domain.messages.folding import PIECES_WITHIN
from ...domain.messages.model import Message
from ...domain.units import MICROSECOND, micros
from ..ids import number_of
from ..rows import message_columns, message_identity, message_motion, read_message
from ..transaction import SqlRow, Transaction
from .changes import ChangeKind, Changes
from .counts import LedgerCounts
from .spaces import Space

PIECES_WITHIN_US = PIECES_WITHIN // MICROSECOND

# Message id, provider.
Key = tuple[str, str]


class LedgerMessage(msgspec.Struct, eq=False):
    """A message and its row id. `stored`: its state in the table, or None if it has no row. `pairing`: the row of
    its pairing. `events`: the number of its events."""

    id: int
    message: Message
    stored: Message | None
    pairing: int | None = None
    events: int = 0

    @property
    def key(self) -> Key:
        """The key for look-ups."""
        return self.message.message_id, self.message.provider


# Rows that are read in one query.
LOADED = 500


class LedgerMessages:
    """The messages of one space in one transaction."""

    def __init__(self, transaction: Transaction, space: Space, changes: Changes, counts: LedgerCounts) -> None:
        self._transaction = transaction
        self._space = space
        self._changes = changes
        self._counts = counts
        self._by_key: dict[Key, LedgerMessage] = {}
        self._by_id: dict[int, LedgerMessage] = {}
        # Looked up and not found.
        self._absent: set[Key] = set()
        self._changed: dict[int, LedgerMessage] = {}
        # Erased in this transaction, by key. A new message with the same key gets the same row id.
        self._erased: dict[Key, LedgerMessage] = {}
        # Pairs of phone numbers that may have no message any more.
        self._emptied_pairs: set[tuple[str, str]] = set()

    def look_up(self, keys: Sequence[Key]) -> None:
        """Load all of these in one query. Most do not exist, so rows are read only for those that do."""
        wanted = [key for key in dict.fromkeys(keys) if key not in self._by_key and key not in self._absent]
        self._absent.update(wanted)
        found = self._transaction.find("find_messages", [(self._space.number, *key) for key in wanted])
        self._absent.difference_update((row[1], row[2]) for row in found)
        self.load([row[0] for row in found])

    def load(self, ids: Sequence[int]) -> list[LedgerMessage]:
        """The messages of row ids, those that are not loaded yet in one query."""
        missing = [id for id in dict.fromkeys(ids) if id not in self._by_id]
        for start in range(0, len(missing), LOADED):
            for row in self._transaction.all("get_message_rows", {"ids": missing[start : start + LOADED]}):
                self._remember(row)
        return [self._by_id[id] for id in dict.fromkeys(ids) if id in self._by_id]

    def is_absent(self, key: Key) -> bool:
        """Whether it was looked up and not found, and has not begun since."""
        return key in self._absent

    def find(self, key: Key) -> LedgerMessage | None:
        """The message with this id and provider, or None."""
        if key not in self._by_key and key not in self._absent:
            self.look_up([key])
        return self._by_key.get(key)

    def get(self, id: int) -> LedgerMessage | None:
        """The message of a row id, or None."""
        entry = self._by_id.get(id)
        if entry is None:
            row = self._transaction.one("get_message_row", {"id": id})
            entry = None if row is None else self._remember(row)
        return entry

    def find_pieces(self, piece_key: str, at: datetime) -> list[LedgerMessage]:
        """Long messages with this reference around a time, the newest first."""
        values = {
            "space": self._space.number, "piece_key": piece_key,
            "from": micros(at) - PIECES_WITHIN_US, "to": micros(at) + PIECES_WITHIN_US,
        }  # fmt: skip
        for row in self._transaction.all("find_pieces", values):
            self.get(row["id"])
        found = [entry for entry in self._by_id.values() if entry.message.piece_key == piece_key]
        near_enough = [entry for entry in found if abs(entry.message.last_at - at) <= PIECES_WITHIN]
        return sorted(near_enough, key=lambda entry: (entry.message.last_at, entry.id), reverse=True)

    def begin(self, message: Message, pairing: int | None) -> LedgerMessage:
        """Create a message."""
        key = (message.message_id, message.provider)
        erased = self._erased.pop(key, None)
        if erased is None:
            self._space.last_message += 1
        id = self._space.id(self._space.last_message) if erased is None else erased.id
        entry = LedgerMessage(id, message, None, pairing)
        self._absent.discard(key)
        self._by_key[key] = self._by_id[id] = self._changed[id] = entry
        return entry

    @property
    def next_id(self) -> int:
        """The row id of the next message, unless one was erased under its key."""
        return self._space.id(self._space.last_message + 1)

    def change(self, entry: LedgerMessage, message: Message) -> None:
        """Replace the state of a message."""
        if message is not entry.message:
            entry.message = message
            self.touch(entry)

    def touch(self, entry: LedgerMessage) -> None:
        """Mark a message as changed when its pairing or its event count has changed."""
        # The last changed message gets the highest seq.
        self._changed.pop(entry.id, None)
        self._changed[entry.id] = entry

    def erase(self, entry: LedgerMessage) -> None:
        """Delete its row."""
        if entry.stored is not None:
            self._transaction.run("erase_message", {"id": entry.id})
            self._erased[entry.key] = entry
            self._leave(entry.stored)
            self._counts.add_message(entry.stored, -1)
        self._changed.pop(entry.id, None)
        del self._by_id[entry.id]
        del self._by_key[entry.key]
        self._absent.add(entry.key)

    def flush(self) -> None:
        """Write changed messages; each gets a seq."""
        changed, self._changed = self._changed, {}
        begun, moved, others = [], [], []
        pairs: dict[tuple[str, str], int] = {}
        for entry in changed.values():
            message, stored = entry.message, entry.stored
            seq = self._changes.add(ChangeKind.MESSAGE, number_of(entry.id))
            extra = (entry.events, entry.pairing)
            if stored is None:
                begun.append((*message_columns(message, seq), *extra, self._space.number, entry.id))
            elif message_identity(stored) == message_identity(message):
                moved.append((*message_motion(message, seq), *extra, entry.id))
            else:
                self._leave(stored)
                others.append((*message_columns(message, seq), *extra, self._space.number, entry.id))
            self._counts.add_message(stored, -1)
            self._counts.add_message(message, 1)
            entry.stored = message
            if message.theirs and message.ours:
                pairs[(message.theirs, message.ours)] = seq
        self._transaction.insert("add_message", begun)
        self._transaction.each("move_message", moved)
        self._transaction.each("set_message", others)
        rows = [(self._space.number, *pair, seq) for pair, seq in pairs.items()]
        self._transaction.insert("touch_conversation", rows)
        self._forget_erased()

    def _forget_erased(self) -> None:
        for entry in self._erased.values():
            self._changes.add(ChangeKind.MESSAGE_GONE, number_of(entry.id), (entry.key[1], entry.key[0]))
        self._erased.clear()
        for theirs, ours in self._emptied_pairs:
            values = {"space": self._space.number, "theirs": theirs, "ours": ours}
            self._transaction.run("erase_conversation", values)
        self._emptied_pairs.clear()

    def _leave(self, message: Message) -> None:
        if message.theirs and message.ours:
            self._emptied_pairs.add((message.theirs, message.ours))

    def _remember(self, row: SqlRow) -> LedgerMessage:
        message = read_message(row)
        entry = LedgerMessage(row["id"], message, message, row["pairing"], row["events"])
        self._by_key[entry.key] = self._by_id[entry.id] = entry
        return entry
