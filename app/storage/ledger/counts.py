"""The counts of a space by time, for the time axis and the overview, so that neither reads a row a capture.

They are changed by the difference in the transaction that changes what they count. Differences are added up in memory
and written once a transaction. An interval is a minute, an hour or a day (UTC); `at` is its beginning.
"""

from collections import Counter
from datetime import datetime

from ...domain.durations import bucket_of
from ...domain.messages.model import Direction, Message
from ...domain.pairings.model import Hit
from ...domain.results import CaptureResult
from ...domain.statuses import FAILURES
from ...domain.units import micros
from ..transaction import Transaction
from .spaces import Space

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
"""The lengths of intervals in microseconds."""

# Characters of an error code that are counted. Longer ones are texts that a sender has put into its place.
MAX_CODE = 40

# The minute, the role, the provider (blank: not recognised), and the value of the result, because hashing a member of
# an enumeration takes longer than everything else here.
CountedCapture = tuple[int, str, str, str]
# The table, the hour, and the other columns of its key.
CountedEvent = tuple[str, int, tuple[object, ...]]


class LedgerCounts:
    """The differences of one space in one transaction."""

    def __init__(self, transaction: Transaction, space: Space) -> None:
        self._transaction = transaction
        self._space = space
        self._captures: Counter[CountedCapture] = Counter()
        self._events: Counter[CountedEvent] = Counter()

    def add_capture(self, counted: CountedCapture, change: int) -> None:
        """Count a capture, or with -1 no longer."""
        self._captures[counted] += change

    def add_message(self, message: Message | None, change: int) -> None:
        """Count a failed message under its error code, and a finished one under the time that it took."""
        if message is None or message.direction is not Direction.OUTBOUND:
            return
        if message.status in FAILURES:
            code = (message.error_code or "")[:MAX_CODE]
            self._events[("failure", hour_of(message.last_at), (message.provider, code))] += change
        if message.final_at is not None:
            bucket = bucket_of(message.final_at - message.first_at)
            self._events[("final", hour_of(message.final_at), (bucket,))] += change

    def add_pairing(self, counted: CountedEvent, change: int) -> None:
        """Count a pairing under its verdict."""
        self._events[counted] += change

    def flush(self) -> None:
        """Write the differences."""
        captures, self._captures = self._captures, Counter()
        events, self._events = self._events, Counter()
        by_interval: dict[tuple[object, ...], list[int]] = {}
        by_source: dict[tuple[object, ...], list[int]] = {}
        for (minute, role, provider, result), change in captures.items():
            place = _PLACES[result]
            for unit in (MINUTE, HOUR, DAY):
                at = minute - minute % unit
                by_interval.setdefault((unit, at), [0, 0, 0])[place] += change
                if unit != MINUTE:
                    by_source.setdefault((unit, at, role, provider), [0, 0, 0])[place] += change
        self._write("interval", by_interval)
        self._write("source", by_source)
        for table in ("failure", "final", "pairing"):
            rows: dict[tuple[object, ...], list[int]] = {}
            for (name, hour, key), change in events.items():
                if name == table:
                    for unit in (HOUR, DAY):
                        rows.setdefault((unit, hour - hour % unit, *key), [0])[0] += change
            self._write(table, rows)

    def _write(self, table: str, changes: dict[tuple[object, ...], list[int]]) -> None:
        space = self._space.number
        # In the order of the table, so that each page is written once.
        rows = [(space, *key, *values) for key, values in sorted(changes.items()) if any(values)]
        self._transaction.insert(f"add_to_{table}_counts", rows)
        emptied = [(space, *key) for key, values in sorted(changes.items()) if min(values) < 0]
        self._transaction.each(f"forget_empty_{table}_counts", emptied)


_PLACES = {CaptureResult.OK.value: 0, CaptureResult.FAILED.value: 1, CaptureResult.ODD.value: 2}


def hour_of(at: datetime) -> int:
    """The beginning of the hour of a time."""
    us = micros(at)
    return us - us % HOUR


def counted_pairing(verdict: str, hit: Hit) -> CountedEvent:
    """A pairing under its verdict, in the hour of its first hit."""
    return ("pairing", hour_of(hit.at), (verdict,))
