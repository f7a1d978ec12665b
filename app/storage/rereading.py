"""Rebuilding a bin from its raws: readings, events, ledger, pairings, conversations and search words. Runs in the
writer process.

One bin is one transaction over many jobs: begin takes the ledger apart, each step puts the events of some captures in
again, end makes it durable. Nothing of it can be seen before, and whatever goes wrong leaves the bin as it was; pages
that do not fit into the cache wait in the write-ahead log, so memory stays small. A job of any other kind ends a
rebuilding that is under way: a capture must not wait for it, nor be lost with it.

A capture's numbers, bytes and outcome are never touched. Messages take new seqs, because they may look different.
"""

import json
import sqlite3

from ..domain.folding import mark_stuck
from . import jobs
from .counters import Counter, Counters
from .erasing import write_again
from .ledger import Arrival
from .queries import SQL
from .rows import CALL_ROLES, codes, read_hit, read_message
from .search_index import SearchIndex
from .statements import Statements


class Rereader:
    """Lives as long as the writing connection."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        counters: Counters,
        index: SearchIndex,
        statements: Statements,
    ) -> None:
        self._connection = connection
        self._counters = counters
        self._index = index
        self._statements = statements
        self.number: int | None = None
        """The bin that is being rebuilt."""

    def begin(self, number: int, limit: int) -> int:
        """Take at most `limit` messages of the ledger away: how many. The stuck ones step aside, under the bin's
        number with a minus, so that the mark can be given back."""
        self.number = number
        self._counters.forget_messages()
        found = self._statements.run("park_stuck", number=number, limit=limit)
        found = found or self._statements.run("clear_messages", number=number, limit=limit)
        found = found or self._statements.run("clear_pairings", number=number, limit=limit)
        if not found:
            for query in ("erase_conversations", "forget_verdicts", "forget_gaps"):
                self._statements.run(query, bin=number)
        return found

    def step(self, counter: Counter, captures: list[jobs.ReadAgain]) -> None:
        """Captures as they are read now, in the order of their numbers."""
        self._connection.executemany(SQL["erase_events"], [(one.id,) for one in captures])
        stored = self._connection.execute(
            SQL["hits_of_captures"], {"captures": json.dumps([one.id for one in captures])}
        )
        hits = {row["capture"]: row for row in stored}
        for one in captures:
            kind, status, findings = one.kind, one.status, one.findings
            if one.events:
                arrival = Arrival(
                    one.id, counter.number, counter.floor_n, one.n, one.received_at, one.provider or "", one.print,
                    codes(one.findings), read_hit(hits[one.id]), hits[one.id]["role"] in CALL_ROLES,
                )  # fmt: skip
                kind, status, findings = self._counters.fold(counter, arrival, one)
            reading = (
                one.provider, kind, one.message_id, one.sender, one.recipient, one.text, status, one.raw_status,
                one.problem, findings,
            )  # fmt: skip
            self._write(one, reading)

    def end(self, limit: int) -> int:
        """Give the mark back to at most `limit` messages that are still open: how many were looked at. At 0 the bin is
        done, and the commit makes it durable."""
        assert self.number is not None, "the caller looks first"
        values = {"parked": -self.number, "limit": limit}
        rows = self._connection.execute(SQL["parked"], values).fetchall()
        self._counters.forget_messages()
        for row in rows:
            self._mark(self.number, row)
        self._connection.executemany(SQL["erase_parked"], [(row["id"],) for row in rows])
        if not rows:
            self.number = None
        return len(rows)

    def _mark(self, number: int, parked: sqlite3.Row) -> None:
        place = (number, parked["message_id"], parked["provider"])
        found = self._connection.execute(SQL["find_messages"], place).fetchone()
        if found is None:
            return
        message = read_message(self._connection.execute(SQL["get_message_row"], {"id": found[0]}).fetchone())
        if message.is_open:
            write_again(self._connection, number, found[0], mark_stuck(message), self._statements.next_seq(number))

    def _write(self, one: jobs.ReadAgain, reading: tuple[object, ...]) -> None:
        """Only what differs: a row that is written again would have its body written again too."""
        before = self._connection.execute(SQL["reading_of"], {"id": one.id}).fetchone()
        *columns, words = before
        if tuple(columns) == reading and words == one.words:
            return
        changes_search = words != one.words or any(
            before[name] != getattr(one, name) for name in ("text", "sender", "recipient")
        )
        if changes_search:
            self._index.forget([one.id])
        self._connection.execute(SQL["set_reading"], (*reading, one.id))
        if words != one.words:
            self._connection.execute(SQL["set_words"], {"id": one.id, "words": one.words})
        if changes_search:
            self._index.take_again(one.id)
