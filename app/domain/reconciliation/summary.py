"""The result of a reconciliation in sentences."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..messages.model import Direction
from .model import DirectionSummary, ReconciliationSummary, ZoneEstimate
from .verdicts import REASON_WORDS, RecordVerdict

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySentence:
    """The sentences about one direction. `arrived` ends with a full stop. `missing` is "" if nothing is missing, else
    "3 did not", to be shown in bold, and `because` continues it: "2 while smsbin was down, 1 without a known reason".
    """

    direction: Direction
    arrived: str
    missing: str
    because: str

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.arrived} {self.missing}: {self.because}." if self.missing else self.arrived


def summary_sentences(summary: ReconciliationSummary) -> tuple[SummarySentence, ...]:
    """The sentences of each direction of which the scope has records."""
    span = _span(summary.since_us, summary.until_us)
    return tuple(_sentence(direction, span) for direction in summary.directions)


def summary_text(summary: ReconciliationSummary) -> str:
    """The whole result: "Of 1,204 inbound messages between 20:00 and 21:00 UTC, 1,201 arrived here (7 by the fallback,
    3 late). 3 did not: 2 while smsbin was down, 1 without a known reason."."""
    parts = [sentence.text for sentence in summary_sentences(summary)]
    if not parts:
        parts.append(_nothing(summary))
    parts += [text for text in (_not_counted(summary), zone_text(summary.zone)) if text]
    return " ".join(parts)


def zone_text(zone: ZoneEstimate | None) -> str:
    """What the times without a zone were read as; "" if all have one."""
    if zone is None:
        return ""
    if not zone.rows:
        return "The times in the file have no zone and are read as UTC."
    name = f"UTC{_offset(zone.offset)}"
    if zone.second is not None:
        name += f", and in UTC{_offset(zone.second)} after the clock was changed"
    return f"The times in the file are in {name}, as {_count(zone.rows, 'message')} with a known arrival show."


def _sentence(direction: DirectionSummary, span: str) -> SummarySentence:
    inbound = direction.direction is Direction.INBOUND
    details = [
        f"{count:,} {words}"
        for count, words in ((direction.by_fallback, "by the fallback"), (direction.late, "late"))
        if count
    ]
    subject = "" if inbound else "the callbacks of "
    in_brackets = f" ({', '.join(details)})" if details else ""
    kind = "inbound message" if inbound else "outbound message"
    return SummarySentence(
        direction=direction.direction,
        arrived=f"Of {_count(direction.total, kind)}{span}, {subject}{direction.arrived:,} arrived here{in_brackets}.",
        missing=f"{'' if inbound else 'Those of '}{direction.missing:,} did not" if direction.missing else "",
        because=", ".join(f"{count:,} {REASON_WORDS[reason].title}" for reason, count in direction.lost),
    )


def _not_counted(summary: ReconciliationSummary) -> str:
    found = [
        f"{summary.verdicts[verdict]:,} {words}"
        for verdict, words in (
            (RecordVerdict.AMBIGUOUS, "ambiguous"),
            (RecordVerdict.TOO_EARLY, "too recent"),
            (RecordVerdict.OUTSIDE_SCOPE, "outside the scope"),
        )
        if summary.verdicts.get(verdict)
    ]
    return f"Not counted: {', '.join(found)}." if found else ""


def _nothing(summary: ReconciliationSummary) -> str:
    if summary.records:
        return f"None of {_count(summary.records, 'row')} could have arrived at this bin."
    return f"The file has no messages, but {_count(summary.notes, 'report')} of the provider about its webhooks."


def _span(since_us: int | None, until_us: int | None) -> str:
    """ " between 20:00 and 21:00 UTC", with the dates if they differ."""
    if since_us is None or until_us is None:
        return ""
    first, last = (_EPOCH + timedelta(microseconds=us // _MINUTE_US * _MINUTE_US) for us in (since_us, until_us))
    if first == last:
        return f" on {first:%Y-%m-%d} at {first:%H:%M} UTC"
    if first.date() == last.date():
        return f" on {first:%Y-%m-%d} between {first:%H:%M} and {last:%H:%M} UTC"
    return f" between {first:%Y-%m-%d %H:%M} and {last:%Y-%m-%d %H:%M} UTC"


def _offset(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
