"""The figures of a reconciliation, counted record by record."""

from collections import Counter
from collections.abc import Sequence

from ..messages.model import Direction
from .columns import NO_TIME
from .model import DirectionSummary, ReconciliationSummary, UnlistedMessage, ZoneEstimate
from .verdicts import LOST, NOT_COUNTED, RecordReason, RecordVerdict


class Spans:
    """The first and the last time of the records of each direction, in UTC."""

    def __init__(self) -> None:
        self._found: dict[bool, tuple[int, int]] = {}

    def add(self, at: int, inbound: bool) -> None:
        """One more time; `NO_TIME` is left out."""
        if at != NO_TIME:
            first, last = self._found.get(inbound, (at, at))
            self._found[inbound] = min(first, at), max(last, at)

    def of(self, *, inbound: bool) -> tuple[int, int] | None:
        """The span of a direction; None without any time."""
        return self._found.get(inbound)


class _DirectionTally:
    """Counts of the records of one direction that are in the scope."""

    def __init__(self) -> None:
        self.total = self.by_fallback = self.late = 0
        self.lost: Counter[RecordReason] = Counter()

    def add(self, verdicts: tuple[RecordVerdict, ...], reason: RecordReason | None) -> None:
        self.total += 1
        if verdicts[0] in LOST:
            self.lost[reason or RecordReason.UNKNOWN] += 1
        else:
            self.by_fallback += RecordVerdict.SEEN_BY_FALLBACK in verdicts
            self.late += RecordVerdict.LATE in verdicts

    def summary(self, direction: Direction) -> DirectionSummary:
        return DirectionSummary(
            direction=direction,
            total=self.total,
            arrived=self.total - self.lost.total(),
            by_fallback=self.by_fallback,
            late=self.late,
            lost=tuple(self.lost.most_common()),
        )


class Tally:
    """Counts of verdicts and reasons, in all and by direction."""

    def __init__(self) -> None:
        self._verdicts: Counter[RecordVerdict] = Counter()
        self._also: Counter[RecordVerdict] = Counter()
        self._reasons: Counter[RecordReason] = Counter()
        self._directions = {True: _DirectionTally(), False: _DirectionTally()}
        self._scope = Spans()

    def add(self, verdicts: tuple[RecordVerdict, ...], reason: RecordReason | None, inbound: bool, at: int) -> None:
        """One more record."""
        verdict = verdicts[0]
        self._verdicts[verdict] += 1
        for also in verdicts[1:]:
            self._also[also] += 1
        if reason is not None:
            self._reasons[reason] += 1
        if verdict not in NOT_COUNTED:
            self._scope.add(at, inbound)
            self._directions[inbound].add(verdicts, reason)

    def add_unlisted(self, messages: Sequence[UnlistedMessage]) -> None:
        """The messages that are only here."""
        if messages:
            self._verdicts[RecordVerdict.ONLY_HERE] += len(messages)
            self._reasons.update(message.reason for message in messages)

    def summary(self, records: int, notes: int, zone: ZoneEstimate | None) -> ReconciliationSummary:
        """All of it."""
        spans = [span for inbound in (True, False) if (span := self._scope.of(inbound=inbound)) is not None]
        directions = ((Direction.INBOUND, True), (Direction.OUTBOUND, False))
        return ReconciliationSummary(
            records=records,
            verdicts=dict(self._verdicts),
            also=dict(self._also),
            reasons=dict(self._reasons),
            directions=tuple(
                self._directions[inbound].summary(direction)
                for direction, inbound in directions
                if self._directions[inbound].total
            ),
            since_us=min((first for first, _ in spans), default=None),
            until_us=max((last for _, last in spans), default=None),
            zone=zone,
            notes=notes,
        )
