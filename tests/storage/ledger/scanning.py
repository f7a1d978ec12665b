"""The counts by time, computed from all rows of a ledger with other code than the follower's."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec

from tests.storage.inside import COUNTED, Ledger

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FAILING = ("failed", "undelivered", "rejected", "expired", "canceled")


def begin(at: datetime, unit: timedelta) -> tuple[int, int]:
    """The columns `unit` and `at` of an interval."""
    us = timedelta(microseconds=1)
    return unit // us, (at - EPOCH) // unit * unit // us


def time_of(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


def result_of(row: dict) -> int:
    """0 ok, 1 failed, 2 odd."""
    known = row["sender_left"] is not None
    whole = row["after_ms"] is not None and not row["sender_left"] and row["well_formed"]
    good = whole and row["out_status"] is not None and row["out_status"] // 100 == 2
    if row["status"] in FAILING or row["fault_kind"] is not None or (known and not good):
        return 1
    return 2 if row["findings"] else 0


def scanned(ledger: Ledger, bin: int = 1) -> dict[str, list[tuple]]:
    """As `Ledger.everything` has them under `counted`."""
    ((space,),) = ledger.rows("select space from bins where number = ?", bin)
    found: dict[str, Counter] = {table: Counter() for table in COUNTED}
    connection = ledger.file.connection
    for row in map(dict, connection.execute("select * from captures where id >> 40 = ?", (space,))):
        at, place = time_of(row["received_at"]), result_of(row)
        for unit in (MINUTE, HOUR, DAY):
            found["interval_counts"][(*begin(at, unit), place)] += 1
        for unit in (HOUR, DAY):
            source = (*begin(at, unit), row["role"], row["provider"] or "", place)
            found["source_counts"][source] += 1
    for row in map(dict, connection.execute("select * from messages where space = ?", (space,))):
        if row["direction"] == "outbound":
            _count_message(row, found)
    for row in map(dict, connection.execute("select * from pairings where space = ?", (space,))):
        began = min((hit[0], hit[1]) for hit in msgspec.msgpack.decode(row["hits"]))[1]
        at = datetime.fromisoformat(began) if isinstance(began, str) else began
        for unit in (HOUR, DAY):
            found["pairing_counts"][(*begin(at, unit), row["verdict"])] += 1
    return {
        "interval_counts": _by_result(found["interval_counts"]),
        "source_counts": _by_result(found["source_counts"]),
        **{table: sorted((*key, count) for key, count in found[table].items()) for table in COUNTED[2:]},
    }


def _count_message(row: dict, found: dict[str, Counter]) -> None:
    for unit in (HOUR, DAY):
        if row["status"] in FAILING:
            key = (*begin(time_of(row["last_at"]), unit), row["provider"], row["error_code"] or "")
            found["failure_counts"][key] += 1
        if row["final_at"] is not None:
            bucket = bucket_of((row["final_at"] - row["first_at"]) / 1_000)
            found["final_counts"][(*begin(time_of(row["final_at"]), unit), bucket)] += 1


def bucket_of(ms: float) -> int:
    """By multiplying, bucket after bucket."""
    bucket, end = 0, 1.0
    while ms >= end * (1 + 1e-12):
        bucket, end = bucket + 1, end * 1.05
    return bucket


def _by_result(counted: Counter) -> list[tuple]:
    rows: dict[tuple, list[int]] = {}
    for (*key, place), count in counted.items():
        rows.setdefault(tuple(key), [0, 0, 0])[place] += count
    return sorted((*key, *counts) for key, counts in rows.items())
