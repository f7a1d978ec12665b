"""Deleting captures with everything that was made from them. Runs in the writer process, inside a transaction.

A message is the fold of the events that are still there: when a capture goes, the messages that it spoke of are folded
anew from the rest, so a deleted text is gone from the ledger too. A message without events is gone. A pairing loses
the hits of the captures; what was found to belong together when it came stays together.
"""

import sqlite3
from collections.abc import Callable, Sequence

from ..domain.folding import absorb, begin, mark_stuck, with_findings
from ..domain.messages import STUCK, Direction, Fact, Message
from ..domain.units import from_micros
from .facts import decode_event
from .pairings import Pair, Pairings
from .queries import SQL
from .rows import codes, message_columns, read_hit, read_message
from .search_index import SearchIndex

# Callbacks of one message are a handful; an id that somebody sends for ever must not hold the writer.
MOST_FACTS = 500


class Eraser:
    """`next_seq` takes the bin's next seq: a message that is folded anew is a visible change."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        index: SearchIndex,
        pairings: Pairings,
        next_seq: Callable[[int], int],
    ) -> None:
        self._connection = connection
        self._pairings = pairings
        self._index = index
        self._next_seq = next_seq

    def erase(self, number: int, floor_n: int, rows: Sequence[tuple[int, int]]) -> None:
        """Captures by (id, n). Messages whose captures were cleared (`floor_n`) go whole."""
        touched: dict[int, None] = {}
        for capture, _ in rows:
            found = self._connection.execute(SQL["messages_of_capture"], {"capture": capture})
            touched.update((row[0], None) for row in found)
        pairings = self._pairings.of_captures([capture for capture, _ in rows])
        self._index.forget([capture for capture, _ in rows])
        ids = [(capture,) for capture, _ in rows]
        for query in ("erase_events", "erase_raw", "erase_capture"):
            self._connection.executemany(SQL[query], ids)
        numbers = [(number, n) for _, n in rows]
        for query in ("erase_outcome", "erase_sent_answer", "erase_fault_hit", "erase_attempts"):
            self._connection.executemany(SQL[query], numbers)
        seen = self._pairings.drop_captures(number, pairings, floor_n, frozenset(n for _, n in rows))
        for message in dict.fromkeys((*touched, *seen)):
            self._settle(number, floor_n, message)
        self._pairings.flush()

    def _settle(self, number: int, floor_n: int, message_id: int) -> None:
        row = self._connection.execute(SQL["get_message_row"], {"id": message_id}).fetchone()
        if row is None:
            return
        before = read_message(row)
        facts = [] if row["last_n"] <= floor_n else facts_of(self._connection, message_id)
        if not facts:
            self._connection.execute(SQL["erase_message"], {"id": message_id})
            parties = {"bin": number, "theirs": before.theirs, "ours": before.ours}
            self._connection.execute(SQL["erase_conversation"], parties)
            return
        after = refold(facts)
        if STUCK in before.findings and after.is_open:
            after = mark_stuck(after)
        pair = self._pair_of(number, row, after)
        after = with_findings(after, () if pair is None else pair.pairing.findings)
        write_again(self._connection, number, message_id, after, self._next_seq(number))

    def _pair_of(self, number: int, row: sqlite3.Row, message: Message) -> Pair | None:
        if row["pairing"] is not None:
            return self._pairings.get(number, row["pairing"])
        if message.direction is not Direction.INBOUND:
            return None
        # Without the callback that was deleted it is an inbound message, perhaps for the first time.
        found = self._connection.execute(SQL["hits_of_message"], {"message": row["id"], "most": MOST_FACTS}).fetchall()
        pair: Pair | None = None
        for hit in filter(None, map(read_hit, found)):
            if pair is None:
                pair = self._pairings.begin(number, hit, message=row["id"])
            else:
                self._pairings.absorb(pair, hit, row["id"])
        if pair is not None:
            self._connection.execute(SQL["point_message"], (pair.id, row["id"]))
        return pair


def facts_of(connection: sqlite3.Connection, message_id: int) -> list[Fact]:
    """What is still known of a message, in the order of the captures; of very many, the newest."""
    rows = connection.execute(SQL["facts_of_message"], {"message": message_id, "most": MOST_FACTS}).fetchall()
    return [read_fact(row) for row in reversed(rows)]


def read_fact(row: sqlite3.Row) -> Fact:
    """A row of the query `facts_of_message`."""
    return Fact(
        n=row["n"],
        at=from_micros(row["received_at"]),
        provider=row["provider"] or "",
        event=decode_event(row["facts"]),
        print=row["print"],
        findings=codes(row["findings"]),
    )


def refold(facts: Sequence[Fact]) -> Message:
    """The message that these facts make."""
    message = begin(facts[0])
    for fact in facts[1:]:
        message, _ = absorb(message, fact)
    return message


def write_again(connection: sqlite3.Connection, number: int, message_id: int, message: Message, seq: int) -> None:
    """A message row as it stands now."""
    columns = message_columns(message, seq)
    connection.execute(SQL["set_message"], (*columns, number, message_id))
