"""What the jobs of a batch share: statements that take effect in the order of the jobs, and the books of a bin. Runs in
the writer process only, inside a transaction.
"""

import sqlite3
from collections.abc import Sequence

from .counters import Counters
from .queries import SQL


class Rejected(Exception):
    """This one job cannot be done; the others of its batch can."""

    def __init__(self, error: str, message: str) -> None:
        self.error = error
        super().__init__(message)


class Statements:
    """Lives as long as the writing connection."""

    def __init__(self, connection: sqlite3.Connection, counters: Counters) -> None:
        self._connection = connection
        self._counters = counters

    def run(self, query: str, **values: object) -> int:
        """One statement, after the captures of the batch so far: how many rows it changed."""
        self._counters.flush()
        return self._connection.execute(SQL[query], values).rowcount

    def number(self, bin_id: str) -> int:
        """A bin's number, after the captures of the batch so far. Rejected where there is no such bin."""
        self._counters.flush()
        row = self._connection.execute(SQL["get_bin"], {"id": bin_id}).fetchone()
        if row is None:
            raise Rejected("not_found", f"There is no bin {bin_id}.")
        return int(row["number"])

    def next_seq(self, number: int) -> int:
        """Take the next one: a visible change."""
        return int(self._connection.execute(SQL["bump_seq"], {"number": number}).fetchone()[0])

    def note_deletion(self, number: int, n: int, *, through: bool) -> None:
        """Tell viewers that capture `n`, or everything through it, is gone."""
        if through:
            self.run("forget_deletions", bin=number, n=n)
        self.run("add_deletion", bin=number, seq=self.next_seq(number), n=n, through=through)

    def recount(self, number: int, roles: Sequence[str]) -> None:
        """Captures with these roles are gone."""
        self.run(
            "recount", number=number, captures=len(roles), primary=roles.count("primary"),
            fallback=roles.count("fallback"), status=roles.count("status"), voice=roles.count("voice"),
            voice_fallback=roles.count("voice-fallback"),
        )  # fmt: skip
