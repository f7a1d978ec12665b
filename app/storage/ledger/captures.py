"""The captures that one transaction of the ledger adds or changes."""

import json
from datetime import datetime

import msgspec

from ...domain.captures import Outcome, RawRequest, Reading
from ...domain.events import Event
from ...domain.messages.model import MISPLACED
from ...domain.pairings.model import Hit, settled
from ...domain.results import result_of
from ...domain.units import from_micros, micros
from ..ids import number_of
from ..packing import pack, read_events, read_fault_hit
from ..rows import CALL_ROLES, content_type_of, is_fallback, print_of, read_codes, read_outcome, write_codes
from ..transaction import SqlRow, Transaction
from .changes import ChangeKind, Changes
from .counts import MINUTE, CountedCapture, LedgerCounts
from .spaces import Space

Codes = tuple[str, ...]

_to_json = msgspec.json.Encoder().encode


class LedgerCapture(msgspec.Struct):
    """A capture as the fold needs it. `own`: findings of its reading; `odd`: findings of its events by position,
    which depend on their messages; `paired`: findings of its pairings by number. `messages`: message numbers by
    position, None for a call. `columns`: the columns of a row that is not written yet. `minute`: the beginning of the
    minute in which it was received, in microseconds. `counted`: how it is counted now; None for a new one."""

    n: int
    at: datetime
    role: str
    method: str
    provider: str | None
    kind: str
    status: str | None
    own: Codes
    print: str
    events: tuple[Event, ...]
    odd: dict[int, Codes]
    paired: dict[int, Codes]
    messages: list[int | None]
    minute: int
    has_fault: bool
    outcome: Outcome | None = None
    columns: tuple[object, ...] | None = None
    counted: CountedCapture | None = None

    @property
    def is_call(self) -> bool:
        """Whether it was sent to a voice URL."""
        return self.role in CALL_ROLES

    @property
    def findings(self) -> Codes:
        """All findings."""
        found = [*self.own]
        for codes in (*self.odd.values(), *self.paired.values()):
            found += codes
        return tuple(found)

    @property
    def hit(self) -> Hit | None:
        """The capture as a hit of a pairing; None if its URL belongs to no pair."""
        fallback = is_fallback(self.role)
        if fallback is None:
            return None
        hit = Hit(n=self.n, at=self.at, fallback=fallback, method=self.method)
        return hit if self.outcome is None else settled(hit, self.outcome)

    def kind_and_status(self) -> tuple[str, str | None]:
        """Kind and status, corrected if a callback was sent to the wrong URL."""
        word = self.events[0].as_callback if self.events else None
        if word is not None and MISPLACED in self.odd.get(0, ()):
            return "status", word.status.value
        return self.kind, self.status


class LedgerCaptures:
    """The captures of one space in one transaction."""

    def __init__(self, transaction: Transaction, space: Space, changes: Changes, counts: LedgerCounts) -> None:
        self._transaction = transaction
        self._space = space
        self._changes = changes
        self._counts = counts
        self._known: dict[int, LedgerCapture | None] = {}
        self._dirty: dict[int, LedgerCapture] = {}

    def add(self, log: SqlRow, raw: RawRequest, reading: Reading) -> LedgerCapture:
        """Add a capture that was just parsed; `log` is its row in the log."""
        n, role, size = number_of(log["id"]), log["role"], len(raw.body)
        received_at = micros(raw.received_at)
        hit = None if log["fault"] is None else read_fault_hit(log["fault"])
        fault = (None,) * 4 if hit is None else (hit.fault, hit.kind, hit.said, hit.drill)
        signature = reading.signature
        verdict, judgement = (None, None) if signature is None else (signature.verdict.value, pack(signature))
        capture = LedgerCapture(
            n, raw.received_at, role, raw.method, reading.provider, reading.kind.value, reading.status,
            reading.findings, print_of(role, raw.target, log["sha256"].hex() if size else None), reading.events,
            {}, {}, [None] * len(reading.events), received_at - received_at % MINUTE, hit is not None,
        )  # fmt: skip
        capture.columns = (
            received_at, role, raw.method, raw.target, raw.peer, size, content_type_of(raw),
            raw.body_complete, log["simulated"], reading.provider, reading.message_id, reading.sender,
            reading.recipient, reading.text, reading.raw_status, reading.problem, reading.words,
            ",".join(reading.media) if reading.media else None, verdict, judgement, *fault,
        )  # fmt: skip
        self._known[n] = self._dirty[n] = capture
        self._space.count(role, 1)
        self._space.last_capture_at = received_at
        return capture

    def look_up(self, numbers: list[int]) -> None:
        """Load those that are not loaded yet, in one query."""
        missing = [n for n in dict.fromkeys(numbers) if n not in self._known]
        self._known |= dict.fromkeys(missing)
        for start in range(0, len(missing), 500):
            ids = [self._space.id(n) for n in missing[start : start + 500]]
            for row in self._transaction.all("kept_captures", {"ids": ids}):
                capture = _read_capture(row)
                self._known[capture.n] = capture

    def get(self, n: int) -> LedgerCapture | None:
        """A capture by its number, or None."""
        if n not in self._known:
            self.look_up([n])
        return self._known[n]

    def change(self, capture: LedgerCapture, *, notify: bool = True) -> None:
        """Mark a capture as changed; with `notify` viewers get the change."""
        self._dirty[capture.n] = capture
        if notify and capture.columns is None:
            self._changes.add(ChangeKind.CHANGED, capture.n)

    def set_odd(self, capture: LedgerCapture, position: int, codes: Codes) -> None:
        """Set the findings of one of its events."""
        if capture.odd.get(position, ()) == codes:
            return
        if codes:
            capture.odd[position] = codes
        else:
            del capture.odd[position]
        self.change(capture)

    def set_paired(self, n: int, pairing: int, codes: Codes) -> None:
        """Set the findings that one of its pairings gives it."""
        capture = self.get(n)
        if capture is None or capture.paired.get(pairing, ()) == codes:
            return
        if codes:
            capture.paired[pairing] = codes
        else:
            del capture.paired[pairing]
        self.change(capture)

    def forget(self, n: int) -> None:
        """Its row was erased."""
        capture = self._known[n]
        if capture is not None and capture.counted is not None:
            self._counts.add_capture(capture.counted, -1)
        self._known[n] = None
        self._dirty.pop(n, None)

    def flush(self) -> None:
        """Write new and changed captures."""
        dirty, self._dirty = self._dirty, {}
        new, changed = [], []
        for capture in dirty.values():
            derived = self._derived(capture)
            if capture.columns is None:
                changed.append((*derived, self._space.id(capture.n)))
            else:
                seq = self._changes.add(ChangeKind.NEW, capture.n)
                events = pack(capture.events) if capture.events else None
                own = (write_codes(capture.own), capture.print, events)
                new.append((self._space.id(capture.n), seq, *capture.columns, *own, *derived))
                capture.columns = None
        self._transaction.insert("add_capture_row", new)
        self._transaction.each("change_capture_row", changed)

    def _derived(self, capture: LedgerCapture) -> tuple[object, ...]:
        """The columns that may change, in the order of `change_capture_row`. The capture is counted with them."""
        kind, status = capture.kind_and_status()
        outcome, findings = capture.outcome, capture.findings
        result = result_of(status, findings, outcome, has_fault=capture.has_fault)
        self._count(capture, result.value)
        outcome_columns = (None,) * 6 if outcome is None else (
            outcome.status, outcome.after_ms, outcome.sender_left, outcome.left_ms, outcome.well_formed, outcome.note,
        )  # fmt: skip
        return (
            kind, status, write_codes(findings),
            json.dumps(list(capture.odd.items())) if capture.odd else None,
            json.dumps(list(capture.paired.items())) if capture.paired else None,
            _to_json(capture.messages).decode() if capture.messages else None,
            *outcome_columns, result.value,
        )  # fmt: skip

    def _count(self, capture: LedgerCapture, result: str) -> None:
        counted = capture.counted
        if counted is not None and counted[-1] == result:
            return
        if counted is not None:
            self._counts.add_capture(counted, -1)
        capture.counted = (capture.minute, capture.role, capture.provider or "", result)
        self._counts.add_capture(capture.counted, 1)


def _read_capture(row: SqlRow) -> LedgerCapture:
    events = () if row["events"] is None else read_events(row["events"])
    first = events[0] if events else None
    minute = row["received_at"] - row["received_at"] % MINUTE
    return LedgerCapture(
        number_of(row["id"]), from_micros(row["received_at"]), row["role"], row["method"], row["provider"],
        row["kind"] if first is None else first.kind.value,
        row["status"] if first is None else None if first.status is None else first.status.value,
        read_codes(row["own"]), row["print"], events, _read_pairs(row["odd"]), _read_pairs(row["paired"]),
        [] if row["messages"] is None else json.loads(row["messages"]), minute,
        row["fault_kind"] is not None, read_outcome(row), None,
        (minute, row["role"], row["provider"] or "", row["result"]),
    )  # fmt: skip


def _read_pairs(column: str | None) -> dict[int, Codes]:
    return {} if column is None else {number: tuple(codes) for number, codes in json.loads(column)}
