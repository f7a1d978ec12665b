"""Where a missing message may be called lost: when the bin could receive, as far as the log shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...domain.drills import Drill
from ...domain.faults import ActiveFault
from ...domain.reconciliation.model import Interval
from ...domain.units import micros
from ...store import Store

MOST_DRILLS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTimes:
    """Microseconds, as in `ReconciliationScope`."""

    made_us: int
    kept_us: int
    now_us: int
    down: tuple[Interval, ...]
    faults: tuple[Interval, ...]
    moved_us: tuple[int, ...]


async def known_times(store: Store, bin_id: str, retention: timedelta, now: datetime) -> KnownTimes:
    """What the log shows about a bin. `retention`: the server's. Raises NotFound."""
    bin = await store.get_bin(bin_id, wait=False)
    found = await store.get_availability(bin_id)
    kept = retention if bin.retention is None else bin.retention
    kept_since = max(found.kept_since, now - kept) if kept else found.kept_since
    drills = await store.list_drills(bin_id, limit=MOST_DRILLS)
    faults = [fault for fault in await store.list_faults() if fault.bin_id == bin_id]
    return KnownTimes(
        made_us=micros(found.made_at),
        kept_us=micros(kept_since),
        now_us=micros(now),
        down=tuple(Interval(micros(start), micros(end)) for start, end in found.down),
        faults=joined([*_of_drills(drills, now), *_of_faults(faults, now)]),
        moved_us=() if found.key_changed_at is None else (micros(found.key_changed_at),),
    )


def joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same times, ascending and without overlap."""
    found: list[Interval] = []
    for each in sorted(intervals, key=lambda interval: interval.start_us):
        if found and each.start_us <= found[-1].end_us:
            found[-1] = Interval(found[-1].start_us, max(found[-1].end_us, each.end_us))
        else:
            found.append(each)
    return tuple(found)


def _of_drills(drills: Iterable[Drill], now: datetime) -> list[Interval]:
    steps = [(drill, step) for drill in drills for step in drill.steps if step.started_at is not None]
    return [
        Interval(micros(step.started_at), micros(step.off_at or step.ended_at or drill.ended_at or now))
        for drill, step in steps
        if step.started_at is not None
    ]


def _of_faults(faults: Iterable[ActiveFault], now: datetime) -> list[Interval]:
    return [
        Interval(micros(fault.started_at), micros(min(now, fault.fault.until)))
        for fault in faults
        if fault.started_at <= min(now, fault.fault.until)
    ]
