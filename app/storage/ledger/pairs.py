"""The pairings that one transaction of the ledger reads and changes: which captures on the primary and the fallback
URL belong together, and the counts of verdicts and gaps.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from ...domain.captures import Outcome
from ...domain.pairings.model import (
    FALLBACK_USED,
    NO_FALLBACK,
    Hit,
    Pairing,
    absorb_hit,
    begin_pairing,
    due_at,
    mark_missing,
    oddities_of,
    settle_hit,
    without_message,
)
from ...domain.units import micros
from ..ids import number_of
from ..packing import pack
from ..rows import read_pairing, write_codes
from ..transaction import SqlRow, Transaction
from .captures import Codes, LedgerCaptures
from .counts import CountedEvent, LedgerCounts, counted_pairing
from .messages import LOADED
from .spaces import Space


class LedgerPairing(msgspec.Struct, eq=False):
    """A pairing and its row id. `message` and `twin`: rows of messages; `call`: the id of a call. `counted`: verdict
    and gap that are included in the counts, None for a new one; `counted_event`: the same for the counts by time.
    `events`: the number of events of a call."""

    id: int
    pairing: Pairing
    message: int | None
    call: str | None
    twin: int | None = None
    counted: tuple[str, int | None] | None = None
    events: int = 0
    counted_event: CountedEvent | None = None

    @property
    def messages(self) -> tuple[int, ...]:
        """The row ids of its messages."""
        return tuple(row for row in (self.message, self.twin) if row is not None)


class LedgerPairings:
    """The pairings of one space in one transaction."""

    def __init__(self, transaction: Transaction, space: Space, captures: LedgerCaptures, counts: LedgerCounts) -> None:
        self._transaction = transaction
        self._space = space
        self._captures = captures
        self._counts = counts
        self._by_id: dict[int, LedgerPairing] = {}
        self._by_call: dict[str, LedgerPairing] = {}
        self._changed: dict[int, LedgerPairing] = {}
        # Erased in this transaction, by message or call. A new pairing of the same message or call gets the same row
        # id.
        self._erased: dict[int | str, int] = {}
        self._verdicts: Counter[str] = Counter()
        self._gaps: Counter[int] = Counter()

    def get(self, id: int) -> LedgerPairing | None:
        """The pairing of a row id, or None."""
        pair = self._by_id.get(id)
        if pair is None:
            row = self._transaction.one("get_pairing", {"id": id})
            pair = None if row is None else self._remember(row)
        return pair

    def load(self, ids: Sequence[int]) -> None:
        """Load the pairings of row ids in one query, so that `get` does not read them one by one."""
        missing = [id for id in dict.fromkeys(ids) if id not in self._by_id]
        for start in range(0, len(missing), LOADED):
            for row in self._transaction.all("get_pairings", {"ids": missing[start : start + LOADED]}):
                self._remember(row)

    def find_call(self, call: str) -> LedgerPairing | None:
        """The pairing of a call, or None."""
        pair = self._by_call.get(call)
        if pair is None:
            row = self._transaction.one("find_call", {"space": self._space.number, "call": call})
            pair = None if row is None else self._by_id.get(row["id"]) or self._remember(row)
        return pair

    def begin(self, hit: Hit, *, message: int | None = None, call: str | None = None) -> LedgerPairing:
        """Create a pairing with one hit, of a message or of a call."""
        pairing = begin_pairing(hit, voice=call is not None)
        id = self._erased.pop(call or message or 0, None)
        if id is None:
            self._space.last_pairing += 1
            id = self._space.id(self._space.last_pairing)
        pair = LedgerPairing(id, pairing, message, call)
        self._by_id[pair.id] = self._changed[pair.id] = pair
        if call is not None:
            self._by_call[call] = pair
        self._update_captures(pair, {})
        return pair

    def absorb(self, pair: LedgerPairing, hit: Hit, message: int | None = None) -> None:
        """Add a hit of the call, or of one of the pairing's messages."""
        is_twin = pair.twin is not None and message == pair.twin
        self.put(pair, absorb_hit(pair.pairing, replace(hit, twin=True) if is_twin else hit))

    def leave(self, pair: LedgerPairing, message: int) -> None:
        """Remove one of its messages, which turned out to be outbound."""
        left = without_message(pair.pairing, twin=message == pair.twin)
        pair.message, pair.twin = (pair.twin if message == pair.message else pair.message), None
        self.put(pair, left)

    def count(self, pair: LedgerPairing, events: int) -> None:
        """Add to the number of events of its call."""
        pair.events += events
        self._changed[pair.id] = pair

    def settle(self, pair: LedgerPairing, n: int, outcome: Outcome) -> None:
        """Set the outcome of the answer to one of its captures."""
        self.put(pair, settle_hit(pair.pairing, n, outcome))

    def mark_missing(self, pair: LedgerPairing) -> None:
        """Mark it: no fallback came in time."""
        self.put(pair, mark_missing(pair.pairing))

    def put(self, pair: LedgerPairing, pairing: Pairing) -> None:
        """Replace the state of a pairing; one without hits is erased."""
        if pairing is pair.pairing:
            return
        before = codes_of(pair.pairing)
        pair.pairing = pairing
        self._update_captures(pair, before)
        if pairing.hits:
            self._changed[pair.id] = pair
        else:
            self.erase(pair)

    def erase(self, pair: LedgerPairing) -> None:
        """Delete its row, and the findings that it gives its captures."""
        for n in codes_of(pair.pairing):
            self._captures.set_paired(n, number_of(pair.id), ())
        self._changed.pop(pair.id, None)
        self._by_id.pop(pair.id, None)
        if pair.call is not None:
            self._by_call.pop(pair.call, None)
        if pair.counted is not None:
            self._transaction.run("erase_pairing", {"id": pair.id})
            self._count(pair.counted, -1)
            self._count_event(pair, None)
            self._erased[pair.call or pair.message or 0] = pair.id

    def flush(self) -> None:
        """Write all changes."""
        changed, self._changed = self._changed, {}
        new = [pair for pair in changed.values() if pair.counted is None]
        known = [pair for pair in changed.values() if pair.counted is not None]
        self._transaction.insert("add_pairing", [self._row(pair) for pair in new])
        self._transaction.each("set_pairing", [self._row(pair) for pair in known])
        verdicts = [(self._space.number, verdict, change) for verdict, change in self._verdicts.items() if change]
        gaps = [(self._space.number, gap, change) for gap, change in self._gaps.items() if change]
        self._transaction.each("add_to_verdict", verdicts)
        self._transaction.each("add_to_gap", gaps)
        if any(change < 0 for *_, change in (*verdicts, *gaps)):
            self._transaction.run("forget_empty_verdicts", {"space": self._space.number})
            self._transaction.each("forget_empty_gap", [row[:2] for row in gaps if row[2] < 0])
        self._verdicts.clear()
        self._gaps.clear()
        self._erased.clear()

    def _update_captures(self, pair: LedgerPairing, before: dict[int, Codes]) -> None:
        after = codes_of(pair.pairing)
        for n in {**before, **after}:
            self._captures.set_paired(n, number_of(pair.id), after.get(n, ()))

    def _row(self, pair: LedgerPairing) -> tuple[object, ...]:
        pairing = pair.pairing
        is_now = (pairing.verdict.value, pairing.gap_ms)
        if is_now != pair.counted:
            if pair.counted is not None:
                self._count(pair.counted, -1)
            self._count(is_now, 1)
            pair.counted = is_now
        self._count_event(pair, counted_pairing(is_now[0], pairing.hits[0]))
        due = due_at(pairing)
        return (
            *is_now, max(hit.n for hit in pairing.hits), None if due is None else micros(due), pair.call, pair.message,
            pair.twin, pair.events, write_codes(pairing.findings), pack(pairing.hits), self._space.number, pair.id,
        )  # fmt: skip

    def _count(self, what: tuple[str, int | None], change: int) -> None:
        verdict, gap = what
        self._verdicts[verdict] += change
        if gap is not None and verdict in FALLBACK_USED:
            # A fallback that came before the primary was not waited for.
            self._gaps[max(0, gap)] += change

    def _count_event(self, pair: LedgerPairing, event: CountedEvent | None) -> None:
        if pair.counted_event == event:
            return
        for counted, change in ((pair.counted_event, -1), (event, 1)):
            if counted is not None:
                self._counts.add_pairing(counted, change)
        pair.counted_event = event

    def _remember(self, row: SqlRow) -> LedgerPairing:
        counted = (row["verdict"], row["gap_ms"])
        pairing = read_pairing(row)
        pair = LedgerPairing(
            row["id"], pairing, row["message"], row["call"], row["twin"], counted, row["events"],
            counted_pairing(row["verdict"], pairing.hits[0]),
        )  # fmt: skip
        self._by_id[pair.id] = pair
        if pair.call is not None:
            self._by_call[pair.call] = pair
        return pair


def codes_of(pairing: Pairing) -> dict[int, Codes]:
    """The findings that the pairing gives its captures, by number. A missing fallback is shown on the last capture."""
    if not pairing.findings:
        return {}
    found = {hit.n: codes for hit in pairing.hits if (codes := oddities_of(pairing, hit))}
    if NO_FALLBACK in pairing.findings:
        last = max(hit.n for hit in pairing.hits)
        found[last] = (*found.get(last, ()), NO_FALLBACK)
    return found
