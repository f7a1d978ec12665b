"""The verdict about one record, and its reason."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from ..messages.model import Direction
from ..statuses import FAILURES, Status
from .columns import (
    M_FALLBACK,
    M_FINAL,
    M_PRIMARY,
    NO_PRICE,
    NO_STATUS,
    NO_TIME,
    R_FINAL,
    R_INBOUND,
    R_NO_FINAL,
    R_PRICE,
    R_SEGMENTS,
    R_STATUS,
    R_TEXT,
    R_WEBHOOK_FAILED,
    R_WEBHOOK_OK,
    R_ZONED,
    STATUSES,
    MessageTable,
    RecordTable,
)
from .model import Interval, ReconciliationScope
from .verdicts import RecordReason, RecordVerdict
from .zones import Clock

GRACE_US = 5 * 60_000_000
"""So young a row may still be followed by its request."""

LATE_US = 5 * 60_000_000
"""A request that came later than this after its time in the file is late."""

UNFINISHED_US = 48 * 3_600_000_000
"""So long the status of an outbound message may still change: so long providers repeat callbacks."""

UNFINISHED_AWS_US = 72 * 3_600_000_000
"""AWS reports the final status within 72 hours."""

MOVED_US = 3_600_000_000
"""So long after a change of the capture key it is the likely reason for a loss."""

_SLACK_US = 5_000_000
# Failures have different words in lists and in webhooks of one provider, so all of them are equal.
_CLASSES = {Status.DELIVERED: 1, Status.READ: 1, Status.SENT: 2, **dict.fromkeys(FAILURES, 3)}
_BY_FLAG = (
    (R_STATUS, RecordVerdict.STATUS_DIFFERS),
    (R_TEXT, RecordVerdict.TEXT_DIFFERS),
    (R_PRICE, RecordVerdict.PRICE_DIFFERS),
    (R_SEGMENTS, RecordVerdict.SEGMENTS_DIFFER),
)


def differences(
    messages: MessageTable, place: int, *, status: int, final: bool, text: int, price: int, segments: int
) -> int:
    """The flags of a record for what differs from its message. Values that one of both lacks do not differ."""
    flags = 0
    if not messages.is_inbound(place) and final:
        if not messages.flags[place] & M_FINAL:
            flags |= R_NO_FINAL
        elif status != NO_STATUS:
            mine, its = (_CLASSES.get(STATUSES[code]) for code in (messages.status[place], status))
            flags |= R_STATUS * (mine is not None and its is not None and mine != its)
    flags |= R_TEXT * bool(text and messages.text[place] and text != messages.text[place])
    known_price = price not in (NO_PRICE, 0) and messages.price[place] not in (NO_PRICE, 0)
    flags |= R_PRICE * bool(known_price and price != messages.price[place])
    return flags | R_SEGMENTS * bool(segments and messages.segments[place] and segments != messages.segments[place])


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the reasons for a loss depend on. `arriving`: the numbers of the owner, with the direction, of which
    something arrived; `expected`: how many rows of each are in the file. `failed_notes`: digests of ids of which the
    provider states a failed call."""

    scope: ReconciliationScope
    directions: Collection[Direction]
    numbers: Collection[int]
    arriving: Collection[tuple[int, bool]] = ()
    expected: dict[tuple[int, bool], int] = field(default_factory=dict)
    failed_notes: Collection[int] = ()
    aws: int = -1


Judged = tuple[tuple[RecordVerdict, ...], RecordReason | None]
"""The verdicts that apply, by weight, and the reason of the first."""


class Judge:
    """Judges the records of two tables, after they were joined."""

    def __init__(
        self, records: RecordTable, messages: MessageTable, clock: Clock, circumstances: Circumstances
    ) -> None:
        self._records = records
        self._messages = messages
        self._clock = clock
        self._around = circumstances
        scope = circumstances.scope
        self._scope = scope
        self._starts = {
            id(spans): [span.start_us for span in spans] for spans in (scope.down, scope.faults, scope.errors)
        }

    def utc(self, us: int, place: int, near_us: int | None = None) -> int:
        """A time of a record in UTC; of two possible ones the one that is nearer to `near_us`."""
        if us == NO_TIME or self._records.flags[place] & R_ZONED:
            return us
        times = self._clock.utc(us)
        return times[0] if near_us is None else min(times, key=lambda each: abs(each - near_us))

    def matched(self, place: int) -> Judged:
        """A record with its message."""
        records, messages = self._records, self._messages
        message, flags = records.match[place], records.flags[place]
        received = messages.received[message]
        at, ended = self.utc(records.at[place], place, received), self.utc(records.ended[place], place, received)
        inbound = messages.is_inbound(message)
        found, reason = [], None
        if flags & R_NO_FINAL:
            when = at if ended == NO_TIME else ended
            if when != NO_TIME and when > self._scope.now_us - GRACE_US:
                found.append(RecordVerdict.TOO_EARLY)
            else:
                found.append(RecordVerdict.NO_FINAL)
                reason = self._cause(place, when)
        found += [verdict for flag, verdict in _BY_FLAG if flags & flag]
        came, due = (received, at) if inbound else (messages.ended[message], ended)
        if NO_TIME not in (came, due) and came - due > LATE_US:
            found.append(RecordVerdict.LATE)
        if messages.repeats[message]:
            found.append(RecordVerdict.DUPLICATE)
        if inbound and messages.flags[message] & (M_PRIMARY | M_FALLBACK) == M_FALLBACK:
            found.append(RecordVerdict.SEEN_BY_FALLBACK)
        return (tuple(found) or (RecordVerdict.SEEN,)), reason

    def unmatched(self, place: int, ours: int, note_id: int, provider: int) -> Judged:
        """A record without a message. `ours`: the number of the bin's owner, `note_id`: the digest of its id."""
        flags, scope = self._records.flags[place], self._scope
        inbound = bool(flags & R_INBOUND)
        at = self.utc(self._records.at[place], place)
        outside = self._outside(at, inbound, ours)
        if outside is not None:
            return (RecordVerdict.OUTSIDE_SCOPE,), outside
        age = scope.now_us - at
        unfinished = UNFINISHED_AWS_US if provider == self._around.aws else UNFINISHED_US
        if age < GRACE_US or (not inbound and not flags & R_FINAL and age < unfinished):
            return (RecordVerdict.TOO_EARLY,), None
        verdict = RecordVerdict.NO_WEBHOOK if inbound else RecordVerdict.NO_CALLBACK
        return (verdict,), self._cause(place, at, ours, note_id)

    def _outside(self, at: int, inbound: bool, ours: int) -> RecordReason | None:
        scope, around = self._scope, self._around
        if at == NO_TIME:
            return RecordReason.NO_TIME
        if at < scope.made_us:
            return RecordReason.BEFORE_BIN
        if at < scope.kept_us:
            return RecordReason.RETENTION
        if (Direction.INBOUND if inbound else Direction.OUTBOUND) not in around.directions:
            return RecordReason.OTHER_DIRECTION
        return None if ours in around.numbers else RecordReason.OTHER_NUMBER

    def _cause(self, place: int, at: int, ours: int = 0, note_id: int = 0) -> RecordReason:
        """The first reason that explains a loss at this time."""
        around, scope, flags = self._around, self._scope, self._records.flags[place]
        party = (ours, bool(flags & R_INBOUND))
        reasons = (
            (RecordReason.SERVER_DOWN, self._within(at, scope.down)),
            (RecordReason.FAULT, self._within(at, scope.faults)),
            (RecordReason.ERROR_ANSWER, self._within(at, scope.errors)),
            (RecordReason.PROVIDER_ALERT, flags & R_WEBHOOK_FAILED or note_id in around.failed_notes),
            (RecordReason.OTHER_URL, flags & R_WEBHOOK_OK),
            (RecordReason.NUMBER_NEVER_ARRIVES, party not in around.arriving and around.expected.get(party, 0) > 1),
            (RecordReason.URL_CHANGED, any(0 <= at - moved <= MOVED_US for moved in scope.moved_us)),
        )
        return next((reason for reason, applies in reasons if applies), RecordReason.UNKNOWN)

    def _within(self, at: int, spans: Sequence[Interval]) -> bool:
        """Whether a time is in one of them, with some slack, because clocks differ."""
        last = bisect_right(self._starts[id(spans)], at + _SLACK_US) - 1
        return at != NO_TIME and last >= 0 and at <= spans[last].end_us + _SLACK_US
