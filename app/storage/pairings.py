"""The pairings' write side: which captures on the primary and the fallback URL belong together, folded in the
captures' own transaction. Runs in the writer process only, beside the ledger, which tells it about messages.

The usual hit, a primary that is answered at once, is one narrow row of a batch, and its outcome is not looked at.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence

import msgspec
from msgspec.structs import replace

from ..domain.captures import Outcome
from ..domain.pairing import (
    Hit,
    Pairing,
    Verdict,
    absorb_hit,
    begin_pairing,
    due_at,
    mark_missing,
    settle_hit,
    without_hits,
    without_message,
)
from ..domain.units import micros
from .facts import decode_hits, encode_event
from .queries import SQL, insert
from .rows import codes

_USUAL = (Verdict.PRIMARY_ONLY.value, None)
# As many as the ledger remembers of messages.
MOST_REMEMBERED = 4_000


class Pair(msgspec.Struct, eq=False):
    """A pairing where it stands. `twin` is the row of its second message, `call` a call's id. `counted` is what the
    table and its counts have of it: None while it is new."""

    id: int
    bin: int
    pairing: Pairing
    message: int | None
    call: str | None
    twin: int | None = None
    counted: tuple[str, int | None] | None = None

    @property
    def messages(self) -> tuple[int, ...]:
        """The rows of its messages."""
        return tuple(row for row in (self.message, self.twin) if row is not None)


class Pairings:
    """Lives as long as the writing connection, the only one that writes; `forget` as for the ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._pairs: dict[int, Pair] = {}
        self._changed: dict[int, Pair] = {}
        self._of_capture: dict[tuple[int, int], list[int]] = {}
        self._calls: dict[tuple[int, str], int] = {}
        # Captures whose answers are held back; true even when the rest was forgotten.
        self._held: set[tuple[int, int]] = set()
        self._verdicts: Counter[tuple[int, str]] = Counter()
        self._gaps: Counter[tuple[int, int]] = Counter()
        self._last_id = int(connection.execute(SQL["last_pairing"]).fetchone()[0])

    def get(self, bin: int, id: int) -> Pair | None:
        """A pairing by its row; None where it was cleared away."""
        pair = self._pairs.get(id)
        if pair is None:
            row = self._connection.execute(SQL["get_pairing"], {"bin": bin, "id": id}).fetchone()
            pair = None if row is None else self._remember(row)
        return pair

    def begin(self, bin: int, hit: Hit, *, message: int | None = None, call: str | None = None) -> Pair:
        """A pairing of its own."""
        self._last_id += 1
        pair = Pair(self._last_id, bin, begin_pairing(hit, voice=call is not None), message, call)
        self._pairs[pair.id] = pair
        if call is not None:
            self._calls[(bin, call)] = pair.id
        self._note(pair, hit)
        return pair

    def absorb(self, pair: Pair, hit: Hit, message: int | None = None) -> None:
        """One more hit of a call, or of one of the pairing's messages."""
        twin = pair.twin is not None and message == pair.twin
        pair.pairing = absorb_hit(pair.pairing, replace(hit, twin=True) if twin else hit)
        self._note(pair, hit)

    def join(self, bin: int, candidates: Sequence[int], hit: Hit, message: int) -> Pair | None:
        """Take a message into the first of these pairings that has hits on the other side only: its twin."""
        for candidate in candidates:
            pair = self.get(bin, candidate)
            if pair is None or pair.twin is not None or any(one.fallback == hit.fallback for one in pair.pairing.hits):
                continue
            pair.twin = message
            self.absorb(pair, hit, message)
            return pair
        return None

    def take_call(self, bin: int, floor_n: int, call: str, hit: Hit) -> Pair:
        """A hit of a call, which has no message."""
        pair = self._find_call(bin, call)
        if pair is not None and last_n(pair) <= floor_n:
            # It was cleared, so it is gone from every read: the call begins anew.
            self._erase(pair, counted=False)
            pair = None
        if pair is None:
            return self.begin(bin, hit, call=call)
        self.absorb(pair, hit)
        return pair

    def leave(self, pair: Pair, message: int) -> None:
        """One of its messages is no inbound one after all."""
        left = without_message(pair.pairing, twin=message == pair.twin)
        pair.message, pair.twin = (pair.twin if message == pair.message else pair.message), None
        self._put(pair, left)

    def is_held(self, bin: int, n: int) -> bool:
        """The answer to this capture was not out at once, so whatever becomes of it is news."""
        return (bin, n) in self._held

    def settle(self, bin: int, n: int, outcome: Outcome) -> list[Pair]:
        """What became of the answer to capture `n`; the pairings that it is a hit of."""
        self._held.discard((bin, n))
        ids = self._of_capture.get((bin, n))
        if ids is None:
            row = self._connection.execute(SQL["capture_at"], {"bin": bin, "n": n}).fetchone()
            ids = [] if row is None else self.of_captures([row[0]])
        found = [pair for id in ids if (pair := self.get(bin, id)) is not None]
        for pair in found:
            self._put(pair, settle_hit(pair.pairing, n, outcome))
        return found

    def of_captures(self, captures: Sequence[int]) -> list[int]:
        """The pairings of stored captures by their rows."""
        values = {"captures": json.dumps(captures)}
        return [int(row[0]) for row in self._connection.execute(SQL["pairings_of_captures"], values)]

    def drop_captures(self, bin: int, ids: Collection[int], floor_n: int, numbers: frozenset[int]) -> list[int]:
        """Captures are being erased: take their hits away. Gives the rows of the messages that this is seen on."""
        seen: dict[int, None] = {}
        for id in ids:
            pair = self.get(bin, id)
            if pair is None:
                continue
            seen.update(dict.fromkeys(pair.messages))
            if last_n(pair) <= floor_n:
                self._erase(pair, counted=False)
                continue
            gone = self._without(pair, numbers)
            self._connection.executemany(SQL["point_message"], [(None, message) for message in gone])
        return list(seen)

    def drop_cleared(self, bin: int, id: int) -> None:
        """Its message was cleared and begins anew."""
        pair = self.get(bin, id)
        if pair is not None:
            self._erase(pair, counted=False)

    def mark_missing(self, bin: int, id: int) -> Pair:
        """No fallback came in time."""
        pair = self.get(bin, id)
        assert pair is not None, "the caller has just seen it"
        self._put(pair, mark_missing(pair.pairing))
        return pair

    def flush(self) -> None:
        """Write what was folded; afterwards the tables are true."""
        changed, self._changed = self._changed, {}
        if changed:
            usual, begun, others = [], [], []
            for pair in changed.values():
                hits = pair.pairing.hits
                if pair.counted is not None:
                    others.append(self._row(pair))
                elif len(hits) == 1 and hits[0].ok and not hits[0].fallback:
                    # By far the most: nothing has to be worked out.
                    self._verdicts[(pair.bin, _USUAL[0])] += 1
                    pair.counted = _USUAL
                    usual.append((pair.bin, pair.id, hits[0].n, pair.call, pair.message, encode_event(hits)))
                else:
                    begun.append(self._row(pair))
            insert(self._connection, "add_usual_pairing", usual)
            insert(self._connection, "add_pairing", begun)
            self._connection.executemany(SQL["set_pairing"], others)
        if self._verdicts:
            self._write_counts()
        if len(self._pairs) > MOST_REMEMBERED or len(self._of_capture) > MOST_REMEMBERED:
            self._forget_pairs()

    def forget(self) -> None:
        """A transaction failed, or rows were changed elsewhere: read them again."""
        self._changed.clear()
        self._verdicts.clear()
        self._gaps.clear()
        self._forget_pairs()

    # Inside one transaction

    def _note(self, pair: Pair, hit: Hit) -> None:
        self._changed[pair.id] = pair
        self._of_capture.setdefault((pair.bin, hit.n), []).append(pair.id)
        if hit.ok is None:
            if len(self._held) > MOST_REMEMBERED:
                self._held.clear()
            self._held.add((pair.bin, hit.n))

    def _put(self, pair: Pair, pairing: Pairing) -> None:
        pair.pairing = pairing
        if pairing.hits:
            self._changed[pair.id] = pair
        else:
            self._erase(pair, counted=True)

    def _without(self, pair: Pair, numbers: frozenset[int]) -> list[int]:
        """The messages that have no hit any more."""
        before = pair.pairing.hits
        left = [hit for hit in before if hit.n not in numbers]
        gone = []
        if pair.twin is not None and not any(hit.twin for hit in left):
            gone.append(pair.twin)
            pair.twin = None
        if pair.message is not None and all(hit.twin for hit in left):
            gone.append(pair.message)
            pair.message, pair.twin = pair.twin, None
        self._put(pair, without_hits(pair.pairing, numbers))
        return gone

    def _find_call(self, bin: int, call: str) -> Pair | None:
        known = self._calls.get((bin, call))
        if known is not None:
            return self.get(bin, known)
        row = self._connection.execute(SQL["find_call"], {"bin": bin, "call": call}).fetchone()
        return None if row is None else self._pairs.get(row["id"]) or self._remember(row)

    def _remember(self, row: sqlite3.Row) -> Pair:
        pairing = read_pairing(row)
        counted = (row["verdict"], row["gap_ms"])
        pair = Pair(row["id"], row["bin"], pairing, row["message"], row["call"], row["twin"], counted)
        self._pairs[pair.id] = pair
        return pair

    def _erase(self, pair: Pair, *, counted: bool) -> None:
        """Its row is gone; counts know nothing of what was cleared."""
        self._changed.pop(pair.id, None)
        self._pairs.pop(pair.id, None)
        if pair.call is not None:
            self._calls.pop((pair.bin, pair.call), None)
        if pair.counted is not None:
            self._connection.execute(SQL["erase_pairing"], (pair.bin, pair.id))
            if counted:
                self._count(pair.bin, pair.counted, -1)

    def _row(self, pair: Pair) -> tuple[object, ...]:
        pairing = pair.pairing
        is_now = (pairing.verdict.value, pairing.gap_ms)
        if is_now != pair.counted:
            if pair.counted is not None:
                self._count(pair.bin, pair.counted, -1)
            self._count(pair.bin, is_now, 1)
            pair.counted = is_now
        due = due_at(pairing)
        return (
            *is_now, last_n(pair), None if due is None else micros(due), pair.call, pair.message, pair.twin,
            ",".join(pairing.findings), encode_event(pairing.hits), pair.bin, pair.id,
        )  # fmt: skip

    def _count(self, bin: int, what: tuple[str, int | None], change: int) -> None:
        verdict, gap = what
        self._verdicts[(bin, verdict)] += change
        if gap is not None:
            self._gaps[(bin, gap)] += change

    def _write_counts(self) -> None:
        verdicts = [(*key, change) for key, change in self._verdicts.items() if change]
        gaps = [(*key, change) for key, change in self._gaps.items() if change]
        self._connection.executemany(SQL["add_to_verdict"], verdicts)
        if gaps:
            self._connection.executemany(SQL["add_to_gap"], gaps)
            emptied = [key for key, change in self._gaps.items() if change < 0]
            self._connection.executemany(SQL["forget_empty_gap"], emptied)
        self._verdicts.clear()
        self._gaps.clear()

    def _forget_pairs(self) -> None:
        self._pairs.clear()
        self._of_capture.clear()
        self._calls.clear()


def last_n(pair: Pair) -> int:
    """The number of its last capture."""
    return max(hit.n for hit in pair.pairing.hits)


def read_pairing(row: sqlite3.Row) -> Pairing:
    """A row of `pairings` as the fold left it."""
    return Pairing(
        message_id=row["call"],
        voice=row["call"] is not None,
        hits=decode_hits(row["hits"]),
        by_id=row["twin"] is None,
        findings=codes(row["findings"]),
        id=row["id"],
    )
