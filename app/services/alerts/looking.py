"""Looks at what is new in a bin for one alert: which captures match, and which messages are late."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from ...domain.alerts.evaluation import (
    MOST_UNDECIDED,
    AlertMatch,
    Evaluated,
    matched,
    next_look,
    settled,
    with_late,
    with_trouble,
)
from ...domain.alerts.model import Alert, AlertKind, AlertState, LateMessage
from ...domain.captures import CaptureRow
from ...domain.pairings.model import PROBLEMS, Pairing
from ...domain.roles import Kind, Role
from ...domain.search import Query, parse_query
from ...domain.signatures import SignatureVerdict
from ...domain.units import micros
from ...store import Health, LedgerStatus, Store

BATCH = 100
"""Captures that are read at once."""
UNDECIDED_FOR = timedelta(minutes=5)
"""How long the verdict about a request on a fallback is waited for. No answer is held for longer."""
EVERY = timedelta(seconds=1)
"""How often smsbin itself is looked at."""
NOT_VALID = (
    SignatureVerdict.VALID_AS, SignatureVerdict.WRONG_SECRET_OR_CHANGED, SignatureVerdict.STALE,
    SignatureVerdict.UNSIGNED,
)  # fmt: skip
_FALLBACKS = (Role.FALLBACK, Role.VOICE_FALLBACK)


@dataclass(slots=True, kw_only=True)
class BinView:
    """A bin at one moment, for all its alerts: the ledger has every capture up to `ledger_n`, of `last_n`. Captures are
    read once for all alerts with the same position."""

    store: Store
    bin_id: str
    now: datetime
    last_n: int
    ledger_n: int
    _rows: dict[int, Sequence[CaptureRow]] = field(default_factory=dict)

    async def after(self, position: int) -> Sequence[CaptureRow]:
        """The captures after a number, oldest first, at most `BATCH`."""
        if position not in self._rows:
            self._rows[position] = await self.store.list_captures(
                self.bin_id, after=position, limit=BATCH, wait=False
            )  # fmt: skip
        return self._rows[position]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The result: `at` is when the next look is due without any change of the bin. `more`: there is more to read.
    `aged_at`: when the next capture is old enough for `UNFINISHED`; until then no capture need be read."""

    evaluated: Evaluated
    position: int
    at: datetime | None
    more: bool = False
    aged_at: datetime | None = None


def alert_query(alert: Alert) -> Query:
    """The filter of an alert, which was checked when it was set."""
    return parse_query(alert.filter) if alert.filter.strip() else Query()


async def look_at_captures(
    alert: Alert, state: AlertState, position: int, view: BinView, aged_at: datetime | None = None
) -> Looked:
    """For all kinds but `SMSBIN`; `aged_at` is that of the last look. Raises NotFound, TooSlow, StoreUnavailable."""
    if alert.kind is AlertKind.UNFINISHED:
        return await _look_for_late(alert, state, position, view, aged_at)
    rows = await view.after(position)
    if alert.kind is AlertKind.FALLBACK:
        undecided, matches = await _decide(state, rows, view)
        state = replace(state, undecided=undecided)
    else:
        matches = await _matches(alert, rows, view)
    found = matched(alert, state, matches, view.now)
    position, more = _passed(position, rows, view)
    if position < view.last_n and not rows:
        # The ledger is behind: nothing is known about the time since the last capture.
        return Looked(evaluated=found, position=position, at=None)
    at = view.now if position >= view.last_n else min(rows[-1].received_at, view.now)
    last = settled(alert, found.state, at, view.now)
    evaluated = Evaluated(state=last.state, notices=(*found.notices, *last.notices))
    return Looked(evaluated=evaluated, position=position, at=next_look(alert, last.state, view.now), more=more)


def look_at_smsbin(alert: Alert, state: AlertState, trouble: str, position: int, now: datetime) -> Looked:
    """For `SMSBIN`."""
    evaluated = with_trouble(alert, state, trouble, now)
    return Looked(evaluated=evaluated, position=position, at=now + EVERY)


def server_trouble(health: Health, ledger: LedgerStatus, more_than: int) -> str:
    """What is wrong with smsbin itself, in words; "": nothing."""
    if health.state != "ok":
        return "requests are answered 503"
    if health.refused:
        return "some requests are answered 503"
    if ledger.state == "stopped":
        return "requests are kept, but not parsed"
    return f"{ledger.behind:,} requests are not parsed yet" if ledger.behind > more_than else ""


async def _matches(alert: Alert, rows: Sequence[CaptureRow], view: BinView) -> Sequence[AlertMatch]:
    if alert.kind is AlertKind.SIGNATURE:
        verdicts = [(row, row.reading.signature) for row in rows]
        wanted = [row for row, judged in verdicts if judged is not None and judged.verdict in NOT_VALID]
    else:
        query = alert_query(alert)
        wanted = list(rows)
        if rows and query.terms:
            numbers = await view.store.matching(view.bin_id, query, [row.n for row in rows])
            wanted = [row for row in rows if row.n in numbers]
    return [AlertMatch(n=row.n, at=row.received_at) for row in wanted]


async def _decide(
    state: AlertState, rows: Sequence[CaptureRow], view: BinView
) -> tuple[tuple[int, ...], Sequence[AlertMatch]]:
    """The requests on a fallback whose verdict is not known yet, and those whose primary did not work."""
    numbers = (*state.undecided, *(row.n for row in rows if row.role in _FALLBACKS))
    if not numbers:
        return (), ()
    pairings = await view.store.pairings_of(view.bin_id, numbers, wait=False)
    found = {hit.n: (pairing, hit) for pairing in pairings for hit in pairing.hits}
    undecided, matches = [], []
    for n in numbers:
        if n not in found:
            # Deleted, unless the ledger is built again and has not reached it.
            undecided += [n] if n > view.ledger_n else []
            continue
        pairing, hit = found[n]
        if _is_open(pairing) and view.now - hit.at < UNDECIDED_FOR:
            undecided.append(n)
        elif pairing.verdict in PROBLEMS:
            matches.append(AlertMatch(n=n, at=hit.at))
    return tuple(undecided[-MOST_UNDECIDED:]), matches


def _is_open(pairing: Pairing) -> bool:
    return any(hit.ok is None for hit in pairing.hits)


async def _look_for_late(
    alert: Alert, state: AlertState, position: int, view: BinView, aged_at: datetime | None
) -> Looked:
    # After the clock was set back, it is not waited for.
    if aged_at is not None and view.now < aged_at <= view.now + alert.within:
        late = await _late(state.late, (), view) if state.late else ()
        found = with_late(alert, state, late, view.now)
        soon = min(aged_at, next_look(alert, found.state, view.now) or aged_at)
        return Looked(evaluated=found, position=position, at=soon, aged_at=aged_at)
    rows = await view.after(position)
    old_enough = view.now - alert.within
    young = next((index for index, row in enumerate(rows) if row.received_at > old_enough), len(rows))
    aged, waiting = rows[:young], rows[young:]
    late = await _late(state.late, aged, view)
    evaluated = with_late(alert, state, late, view.now)
    if waiting:
        position, more = (aged[-1].n if aged else position), False
    else:
        position, more = _passed(position, rows, view)
    aged_at = waiting[0].received_at + alert.within if waiting else None
    looks = (next_look(alert, evaluated.state, view.now), aged_at)
    at = min((each for each in looks if each is not None), default=None)
    return Looked(evaluated=evaluated, position=position, at=at, more=more, aged_at=aged_at)


async def _late(
    known: Sequence[LateMessage], aged: Sequence[CaptureRow], view: BinView
) -> Sequence[LateMessage]:  # fmt: skip
    arrived = {
        row.n: row.received_at for row in aged if row.reading.message_id and row.reading.kind is not Kind.INBOUND
    }
    numbers = [*(each.n for each in known), *arrived]
    if not numbers:
        return ()
    unfinished = await view.store.unfinished_messages(view.bin_id, numbers)
    names = {(each.provider, each.message_id) for each in unfinished}
    late = {
        (each.provider, each.message_id): each
        for each in known
        if each.n > view.ledger_n or (each.provider, each.message_id) in names
    }
    for each in unfinished:
        if each.n in arrived:
            new = LateMessage(provider=each.provider, message_id=each.message_id, n=each.n, at=arrived[each.n])
            late.setdefault((each.provider, each.message_id), new)
    return tuple(late.values())


def _passed(position: int, rows: Sequence[CaptureRow], view: BinView) -> tuple[int, bool]:
    """The position after these captures, and whether there are more. Deleted captures are passed over."""
    if len(rows) == BATCH:
        return rows[-1].n, True
    return max(position, view.ledger_n, rows[-1].n if rows else 0), False


def times_before(alert: Alert, rows: Sequence[CaptureRow]) -> AlertState:
    """The state of a new alert on silence: the captures so far, newest first, show when the silence began."""
    newest = rows[: alert.more_than + 1]
    times = tuple(micros(row.received_at) for row in reversed(newest))
    return AlertState(times=times, last_n=newest[0].n if newest else None)


async def state_before(store: Store, bin_id: str, alert: Alert, position: int) -> AlertState:
    """The state of an alert that begins after `position`. Raises NotFound, TooSlow."""
    if alert.kind is not AlertKind.SILENCE:
        return AlertState()
    rows = await store.list_captures(
        bin_id, limit=alert.more_than + 1, before=position + 1, query=alert_query(alert)
    )  # fmt: skip
    return times_before(alert, rows)
