"""Captures go: one by one, a whole bin's at once, and those that are older than the retention, a few in each step.
Runs in the writer process only, inside a transaction.
"""

import sqlite3

from ..domain.captures import Stamp
from . import jobs
from .counters import Counters
from .erasing import Eraser
from .queries import SQL
from .statements import Rejected, Statements

# What goes with a bin, beside its captures.
_OF_A_BIN = (
    "erase_deletions", "erase_conversations", "erase_pairings", "forget_verdicts", "forget_gaps", "erase_answers",
    "erase_faults", "erase_drills",
)  # fmt: skip


class Sweeper:
    """Lives as long as the writing connection."""

    def __init__(
        self, connection: sqlite3.Connection, counters: Counters, eraser: Eraser, statements: Statements
    ) -> None:
        self._connection = connection
        self._counters = counters
        self._eraser = eraser
        self._statements = statements
        self.swept = False
        """Deleted texts are still in freed pages and in the write-ahead log."""

    def drop_capture(self, job: jobs.DropCapture) -> None:
        """At once, with all that was made of it. Rejected where it is not there."""
        number = self._statements.number(job.bin_id)
        row = self._connection.execute(SQL["find_capture"], {"bin": number, "n": job.n}).fetchone()
        if row is None:
            raise Rejected("not_found", f"There is no capture {job.n} in this bin.")
        self._eraser.erase(number, 0, [(row[0], job.n)])
        self._counters.forget_messages()
        self.swept = True
        self._statements.recount(number, [row[1]])
        self._statements.note_deletion(number, job.n, through=False)

    def drop_captures(self, job: jobs.DropCaptures) -> None:
        """Gone from every read at once; their rows go with the sweep."""
        number = self._statements.number(job.bin_id)
        self._statements.run("clear_bin", number=number)
        self._statements.run("forget_verdicts", bin=number)
        self._statements.run("forget_gaps", bin=number)
        last_n = self._connection.execute(SQL["get_bin"], {"id": job.bin_id}).fetchone()["last_n"]
        self._statements.note_deletion(number, last_n, through=True)

    def sweep(self, job: jobs.SweepCaptures) -> Stamp:
        """One step over all bins: how many captures went, and whether more may wait."""
        self._counters.flush()
        room = job.limit
        for number, floor_n, retention_s, deleted in self._connection.execute(SQL["sweepable"]).fetchall():
            room -= self.sweep_leftovers(number, floor_n, room)
            if deleted and room > 0:
                for query in _OF_A_BIN:
                    self._statements.run(query, bin=number)
                self._statements.run("erase_bin", number=number)
                continue
            kept_s = job.retention_s if retention_s is None else retention_s
            if kept_s and room > 0:
                room -= self._sweep_old(number, job.now - kept_s * 1_000_000, room)
            if room <= 0:
                break
        self.swept = self.swept or room < job.limit
        self._counters.forget_messages()
        return Stamp(job.limit - room, int(room <= 0))

    def sweep_leftovers(self, number: int, floor_n: int, limit: int) -> int:
        """Rows of captures that were dropped all at once: how many went."""
        values = {"bin": number, "floor_n": floor_n, "limit": limit}
        rows = [tuple(row) for row in self._connection.execute(SQL["leftovers"], values)]
        self._eraser.erase(number, floor_n, rows)
        return len(rows)

    def _sweep_old(self, number: int, before: int, limit: int) -> int:
        rows = self._connection.execute(SQL["oldest"], {"bin": number, "limit": limit}).fetchall()
        # By number, never by time alone: a clock that was wrong for an hour must not make holes.
        young = next((index for index, row in enumerate(rows) if row["received_at"] >= before), len(rows))
        due = rows[:young]
        if due:
            last_n = due[-1]["n"]
            self._eraser.erase(number, 0, [(row["id"], row["n"]) for row in due])
            self._statements.run("raise_floor", number=number, n=last_n)
            self._statements.recount(number, [row["role"] for row in due])
            self._statements.note_deletion(number, last_n, through=True)
        return len(due)
