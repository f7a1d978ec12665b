"""The messages of a bin for a reconciliation, read from the ledger by the process that compares.

It reads in steps of a fraction of a second, each a transaction of its own: a longer one would keep the write-ahead log
of a file from being emptied, and a database from being vacuumed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol

from ..domain.messages.model import Direction
from ..domain.reconciliation.model import Interval, SeenMessage
from ..domain.signatures import SignatureVerdict
from ..domain.statuses import Status
from ..errors import NotReadable
from .ids import last_id, number_of, row_id
from .transaction import SqlRow

STEP = 5_000
"""Messages, or links, in one statement."""

MOST_CAPTURES = 32
"""Captures of a message that are named in a result: one that is sent endlessly must not make its row endless."""

MOST_INTERVALS = 10_000
_NEAR_US = 60_000_000
_GENUINE = {
    SignatureVerdict.VALID: True,
    SignatureVerdict.VALID_AS: True,
    SignatureVerdict.WRONG_SECRET_OR_CHANGED: False,
    SignatureVerdict.UNSIGNED: False,
    SignatureVerdict.STALE: False,
}


class LedgerRows(Protocol):
    """An open ledger; each query has a transaction of its own."""

    def all(self, query: str, values: Mapping[str, object]) -> Sequence[SqlRow]:
        """All rows of a named query."""


OpenLedger = Callable[[], AbstractContextManager[LedgerRows]]
"""Opens the ledger. An error of the database inside of the block is raised as NotReadable."""


class SpaceChanged(NotReadable):
    """The bin was parsed again in the meantime; what was read so far is of the earlier result."""


@dataclass(slots=True)
class Moments:
    """Times that are joined to intervals when they are near each other."""

    found: list[Interval] = field(default_factory=list)
    near_us: int = _NEAR_US

    def add(self, at_us: int) -> None:
        """Add a time; most come in ascending order."""
        if self.found:
            last = self.found[-1]
            if last.start_us - self.near_us <= at_us <= last.end_us + self.near_us:
                self.found[-1] = Interval(min(last.start_us, at_us), max(last.end_us, at_us))
                return
        self.found.append(Interval(at_us, at_us))
        while len(self.found) > MOST_INTERVALS:
            self.near_us *= 2
            self.found = list(self.intervals())

    def intervals(self) -> tuple[Interval, ...]:
        """All of them, ascending and apart from each other."""
        joined: list[Interval] = []
        for each in sorted(self.found, key=lambda interval: interval.start_us):
            if joined and each.start_us <= joined[-1].end_us + self.near_us:
                joined[-1] = Interval(joined[-1].start_us, max(joined[-1].end_us, each.end_us))
            else:
                joined.append(each)
        return tuple(joined)


@dataclass(slots=True)
class _Captures:
    """The captures of one message."""

    numbers: list[int] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    prints: set[str] = field(default_factory=set)
    repeats: int = 0
    simulated: bool = False
    signature: str | None = None

    def add(self, link: SqlRow) -> None:
        """Add one of its links; several events of one capture follow each other."""
        if self.numbers and self.numbers[-1] == link["n"]:
            return
        if link["print"] in self.prints:
            self.repeats += 1
        elif len(self.prints) < MOST_CAPTURES:
            self.prints.add(link["print"])
        if len(self.numbers) < MOST_CAPTURES:
            self.numbers.append(link["n"])
        self.roles.add(link["role"])
        self.simulated = self.simulated or bool(link["simulated"])
        self.signature = self.signature or link["signature"]


@dataclass(slots=True)
class SeenReader:
    """Reads the messages of a bin. After `messages` was read to the end, `errors` has the times of requests that were
    answered with 5xx, and `faults` the times of those that met a fault. `report` gets the number of messages so far,
    and may raise to end the reading."""

    open: OpenLedger
    bin_id: str
    report: Callable[[int], None] = lambda _: None
    errors: Moments = field(default_factory=Moments)
    faults: Moments = field(default_factory=Moments)

    def messages(self) -> Iterator[SeenMessage]:
        """All messages. Raises NotReadable; SpaceChanged: begin again with a new reader."""
        with self.open() as ledger:
            yield from self._messages(ledger)

    def parties(self, numbers: list[int]) -> dict[int, SeenMessage]:
        """These messages by number, without their captures."""
        found = {}
        with self.open() as ledger:
            space = self._space(ledger)
            for number in numbers:
                id = row_id(space, number)
                for row in ledger.all("seen_messages", {"after": id - 1, "until": id, "limit": 1}):
                    found[number] = _message(row, _Captures())
        return found

    def _messages(self, ledger: LedgerRows) -> Iterator[SeenMessage]:
        space = self._space(ledger)
        after, until, done = row_id(space, 0), last_id(space), 0
        while rows := ledger.all("seen_messages", {"after": after, "until": until, "limit": STEP}):
            links = groupby(self._links(ledger, space, after, rows[-1]["id"]), key=lambda link: int(link["message"]))
            at = next(links, None)
            for row in rows:
                while at is not None and at[0] < row["id"]:
                    at = next(links, None)
                captures = self._captures(at[1]) if at is not None and at[0] == row["id"] else _Captures()
                yield _message(row, captures)
            after = rows[-1]["id"]
            done += len(rows)
            self.report(done)
        if self._space(ledger) != space:
            raise SpaceChanged("The requests of the bin were parsed again meanwhile. Try again.")

    def _links(self, ledger: LedgerRows, space: int, after: int, until: int) -> Iterator[SqlRow]:
        place = {"message": after + 1, "n": -1, "position": -1}
        while rows := ledger.all("seen_links", {**place, "space": space, "until": until, "limit": STEP}):
            yield from rows
            place = {name: rows[-1][name] for name in place}

    def _captures(self, links: Iterator[SqlRow]) -> "_Captures":
        found = _Captures()
        for link in links:
            found.add(link)
            if link["out_status"] is not None and link["out_status"] >= 500:
                self.errors.add(link["received_at"])
            if link["fault_kind"] is not None:
                self.faults.add(link["received_at"])
        return found

    def _space(self, ledger: LedgerRows) -> int:
        rows = ledger.all("space_of_bin_id", {"bin": self.bin_id})
        if not rows:
            raise NotReadable("The requests of this bin are being parsed. Try again in a moment.")
        return int(rows[0]["space"])


def _message(row: SqlRow, captures: _Captures) -> SeenMessage:
    genuine = None if captures.signature is None else _GENUINE.get(SignatureVerdict(captures.signature))
    return SeenMessage(
        message=number_of(row["id"]),
        provider=row["provider"],
        message_id=row["message_id"],
        direction=Direction(row["direction"]),
        sender=row["sender"],
        recipient=row["recipient"],
        text=row["text"],
        received_us=row["first_at"],
        ended_us=row["final_at"],
        status=Status(row["status"]),
        pieces=row["piece_key"] is not None,
        final=bool(row["final"]),
        captures=tuple(captures.numbers),
        primary="primary" in captures.roles,
        fallback="fallback" in captures.roles,
        repeats=captures.repeats,
        price=row["price"],
        segments=row["segments"],
        simulated=captures.simulated,
        genuine=genuine,
    )
