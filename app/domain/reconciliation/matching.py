"""The reconciliation itself: every record with its message, its verdict and its reason."""

from array import array
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from ..messages.model import Direction
from .columns import (
    MATCHED,
    NO_STATUS,
    NO_TIME,
    R_BY_ID,
    R_FINAL,
    R_INBOUND,
    STATUS_CODES,
    MessageTable,
    Names,
    PendingTable,
    RecordTable,
    price_of,
)
from .counting import Spans, Tally
from .digests import Digests
from .joining import PartyJoin
from .judging import Circumstances, Judge, Judged, differences
from .model import (
    ReconciliationScope,
    ReconciliationSummary,
    RecordResult,
    SeenMessage,
    UnlistedMessage,
    ZoneEstimate,
)
from .parties import fits, is_partial
from .records import Entry, ProviderNote, Record
from .unlisted import FileContents, find_unlisted
from .verdicts import RecordReason, RecordVerdict
from .zones import Clock, FixedClock, ZoneClock, estimate_zone

# A number that is known in part is compared with so many of the bin's.
_MOST_NUMBERS = 1_000
# Different parts of numbers; the bin's own number is one.
_MOST_PARTS = 1_000
_VERDICTS, _REASONS = tuple(RecordVerdict), (None, *RecordReason)
_VERDICT_CODES = {verdict: code for code, verdict in enumerate(_VERDICTS)}
_REASON_CODES = {reason: code for code, reason in enumerate(_REASONS)}


class Reconciler:
    """See the package for the order of the calls. `key`: of the digests, at most 64 bytes."""

    def __init__(self, scope: ReconciliationScope, key: bytes) -> None:
        self._scope = scope
        self._digests, self._names = Digests(key), Names()
        self._vonage, self._aws = self._names.code("vonage"), self._names.code("aws")
        self._messages = MessageTable(self._digests, self._names)
        self._records = RecordTable()
        self._pending = PendingTable(self._digests, self._names)
        self._providers: set[int] = set()
        self._file_numbers: set[int] = set()
        self._failed_notes: set[int] = set()
        self._notes = 0
        self._arrivals, self._deltas = array("q"), array("q")
        self._has_local_times = False
        self._arriving: set[tuple[int, bool]] = set()
        self._fitting: dict[str, str | None] = {}
        self._clock: Clock = FixedClock(0)
        self._zone: ZoneEstimate | None = None
        self._tally = Tally()
        self._unlisted: list[UnlistedMessage] = []
        self._judge = self._make_judge()

    def add_message(self, message: SeenMessage) -> None:
        """A message of the bin; all of them before the first `add`."""
        self._messages.add(message)

    def add(self, entry: Entry) -> None:
        """A record of the file, or what the provider states about a webhook."""
        if isinstance(entry, ProviderNote):
            self._notes += 1
            if not entry.ok:
                self._failed_notes.add(self._digests.of_id(entry.about))
            return
        place = self._messages.find(entry.ids) if entry.ids else -1
        inbound = self._is_inbound(entry, place)
        flags = 0 if place < 0 else self._join(entry, place)
        ours = self._digests.of_party(entry.recipient if inbound else entry.sender)
        self._file_numbers.add(ours)
        self._providers.add(self._names.code(entry.provider))
        if place < 0:
            self._pending.add(entry, len(self._records))
        else:
            self._arriving.add((ours, inbound))
        time = entry.time
        self._has_local_times = self._has_local_times or (time is not None and not time.zoned)
        self._records.add(entry, inbound, place, flags)

    def finish(self) -> None:
        """Match what has no id, and judge everything."""
        self._messages.forget_ids()
        self._clock, self._zone = self._find_clock()
        pending = self._pending
        trusted = len(pending) < len(self._records)
        join = PartyJoin(self._messages, self._records, pending, self._clock, trusted, self._vonage)
        for at, place in join.run():
            record = pending.place[at]
            self._records.flags[record] |= differences(
                self._messages,
                place,
                status=pending.status[at],
                final=bool(self._records.flags[record] & R_FINAL),
                text=pending.text[at],
                price=pending.price[at],
                segments=pending.segments[at],
            )
            self._arriving.add((self._ours(at), bool(self._records.flags[record] & R_INBOUND)))
        self._judge_all()

    def results(self) -> Iterator[RecordResult]:
        """For each record, in the order in which they were added."""
        records, messages = self._records, self._messages
        ties = {self._pending.place[at]: tied for at, tied in self._pending.ties.items()}
        for place in range(len(records)):
            match = records.match[place]
            received = None if match < 0 else messages.received[match]
            at = self._judge.utc(records.at[place], place, received)
            verdict = _VERDICTS[records.verdict[place]]
            captures = tuple(n for each in ties.get(place, ()) for n in messages.captures(each))
            yield RecordResult(
                row=records.row[place],
                part=records.part[place],
                verdict=verdict,
                also=_verdicts_of(records.also[place]),
                reason=_REASONS[records.reason[place]],
                message=None if match < 0 else messages.row[match],
                captures=captures if match < 0 else messages.captures(match),
                delta_ms=None if received is None or at == NO_TIME else (received - at) // 1_000,
                at_us=None if at == NO_TIME else at,
                by_id=bool(records.flags[place] & R_BY_ID),
            )

    def unlisted(self) -> Iterator[UnlistedMessage]:
        """The messages that the file should list and does not, in the order in which they were added."""
        yield from self._unlisted

    def summary(self) -> ReconciliationSummary:
        """The result in figures."""
        return self._tally.summary(len(self._records), self._notes, self._zone)

    def _is_inbound(self, record: Record, place: int) -> bool:
        """Its direction; without one that of its message, else by the number that is the bin owner's."""
        if record.direction is not None:
            return record.direction is Direction.INBOUND
        return self._messages.is_inbound(place) if place >= 0 else record.recipient in self._messages.ours

    def _join(self, record: Record, place: int) -> int:
        """Match a record with the message of its id; gives its flags."""
        messages, time = self._messages, record.time
        messages.state[place] = MATCHED
        if time is not None and not time.zoned:
            self._arrivals.append(messages.received[place])
            self._deltas.append(messages.received[place] - time.us)
        return R_BY_ID | differences(
            messages,
            place,
            status=NO_STATUS if record.status is None else STATUS_CODES[record.status],
            final=record.final,
            text=self._digests.of_text(record.text)[0],
            price=price_of(record.price),
            segments=record.segments or 0,
        )

    def _find_clock(self) -> tuple[Clock, ZoneEstimate | None]:
        if not self._has_local_times:
            return FixedClock(0), None
        if self._scope.zone is None:
            return estimate_zone(self._arrivals, self._deltas)
        return ZoneClock(self._scope.zone), None

    def _ours(self, at: int) -> int:
        """The number of the bin's owner in a pending record; one that is known in part as the number that it fits."""
        inbound = bool(self._records.flags[self._pending.place[at]] & R_INBOUND)
        partial = self._pending.partial.get(at, (None, None))[inbound]
        fitting = self._number_of(partial) if partial is not None and is_partial(partial) else None
        if fitting is not None:
            return self._digests.of_party(fitting)
        return self._pending.recipient[at] if inbound else self._pending.sender[at]

    def _number_of(self, partial: str) -> str | None:
        """The first of the bin's numbers that fits. Only so many different parts are looked for."""
        if partial not in self._fitting and len(self._fitting) < _MOST_PARTS:
            numbers = self._messages.ours if self._scope.numbers is None else self._scope.numbers
            some = islice(numbers, _MOST_NUMBERS)
            self._fitting[partial] = next((number for number in some if fits(number, partial)), None)
        return self._fitting.get(partial)

    def _judge_all(self) -> None:
        """The verdict of each record, the figures, and the messages that are only here."""
        records = self._records
        waiting = enumerate(self._pending.place)
        at, next_place = next(waiting, (-1, -1))
        self._judge = judge = self._make_judge()
        spans = Spans()
        for place in range(len(records)):
            match = records.match[place]
            received = None if match < 0 else self._messages.received[match]
            verdicts, reason = self._verdicts(place, at, judge)
            if place == next_place:
                at, next_place = next(waiting, (-1, -1))
            records.verdict[place] = _VERDICT_CODES[verdicts[0]]
            records.also[place] = sum(1 << _VERDICT_CODES[verdict] for verdict in verdicts[1:])
            records.reason[place] = _REASON_CODES[reason]
            inbound = bool(records.flags[place] & R_INBOUND)
            us = judge.utc(records.at[place], place, received)
            spans.add(us, inbound)
            self._tally.add(verdicts, reason, inbound, us)
        file_numbers = None if self._pending.partial else self._file_numbers
        around = FileContents(spans, file_numbers, self._providers, self._names, self._scope.now_us)
        self._unlisted = list(find_unlisted(self._messages, around))
        self._tally.add_unlisted(self._unlisted)

    def _verdicts(self, place: int, at: int, judge: Judge) -> Judged:
        """`at`: its position in the pending records, if it has no message."""
        if self._records.match[place] >= 0:
            return judge.matched(place)
        if at in self._pending.ties:
            return (RecordVerdict.AMBIGUOUS,), None
        return judge.unmatched(place, self._ours(at), self._pending.id[at], self._pending.provider[at])

    def _make_judge(self) -> Judge:
        scope, messages, pending = self._scope, self._messages, self._pending
        directions = scope.directions
        if directions is None:
            kinds = {messages.is_inbound(place) for place in range(len(messages))}
            directions = frozenset(Direction.INBOUND if inbound else Direction.OUTBOUND for inbound in kinds)
        numbers = messages.ours if scope.numbers is None else scope.numbers
        expected = Counter(
            (self._ours(at), bool(self._records.flags[pending.place[at]] & R_INBOUND)) for at in range(len(pending))
        )
        return Judge(
            self._records,
            messages,
            self._clock,
            Circumstances(
                scope=scope,
                directions=directions,
                numbers=frozenset(map(self._digests.of_party, numbers)),
                arriving=self._arriving,
                expected=expected,
                failed_notes=self._failed_notes,
                aws=self._aws,
            ),
        )


def _verdicts_of(bits: int) -> tuple[RecordVerdict, ...]:
    return tuple(verdict for code, verdict in enumerate(_VERDICTS) if bits >> code & 1) if bits else ()
