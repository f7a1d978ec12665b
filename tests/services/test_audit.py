"""The audit log: what is combined, what is kept while nothing can be written, and what is deleted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from app.domain.audit import AuditEntry, AuditResult
from app.errors import StoreUnavailable
from app.services.audit import COMBINED_FOR, EVERY_S, AuditLog
from app.store import Store

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


class AuditDisk:
    """Entries that are written; none while `is_full`."""

    def __init__(self) -> None:
        self.entries: dict[str, AuditEntry] = {}
        self.is_full = False
        self.trimmed: list[dict[str, Any]] = []
        self.writes = 0

    async def put_audit_entry(self, entry: AuditEntry) -> None:
        if self.is_full:
            raise StoreUnavailable("full")
        self.writes += 1
        self.entries[entry.id] = entry

    async def trim_audit_log(self, **bounds: Any) -> int:
        if self.is_full:
            raise StoreUnavailable("full")
        self.trimmed.append(bounds)
        return 0

    @property
    def times(self) -> list[int]:
        return [entry.times for entry in self.entries.values()]


@pytest.fixture
def disk() -> AuditDisk:
    return AuditDisk()


@pytest.fixture
def log(disk: AuditDisk) -> AuditLog:
    return AuditLog(cast(Store, disk), timedelta(days=400))


def entry(number: int, **fields: object) -> AuditEntry:
    made = AuditEntry(
        id=str(number), at=AT, last_at=AT, who="me", via="bearer", peer="::1", action="capture.export", bin="b",
        facts={"of": "captures", "format": "csv"}, status=200, result=AuditResult.DONE,
    )  # fmt: skip
    return replace(made, **fields)


async def test_equal_ones_share_an_entry_whose_number_is_written_a_little_later(log: AuditLog, disk: AuditDisk) -> None:
    for number in range(5):
        await log.combine(entry(number, at=AT + timedelta(minutes=number)))
    assert (disk.times, disk.writes) == ([1], 1)
    assert await log.step(may_expire=True) == EVERY_S
    (written,) = disk.entries.values()
    assert (written.times, written.at, written.last_at) == (5, AT, AT + timedelta(minutes=4))
    await log.step(may_expire=True)
    assert disk.writes == 2


@pytest.mark.parametrize(
    "other",
    [{"who": "you"}, {"peer": "::2"}, {"action": "capture.copy"}, {"bin": "c"}, {"status": 404}, {"via": "session"}],
)
async def test_different_ones_do_not(log: AuditLog, disk: AuditDisk, other: dict[str, str]) -> None:
    await log.combine(entry(1))
    await log.combine(entry(2, **other))
    assert disk.times == [1, 1]


async def test_the_entry_has_the_facts_of_all(log: AuditLog, disk: AuditDisk) -> None:
    await log.combine(entry(1))
    await log.combine(entry(2, facts={"of": "captures", "format": "har"}))
    await log.write()
    assert [each.facts for each in disk.entries.values()] == [{"of": "captures"}]


async def test_after_an_hour_there_is_another_one(log: AuditLog, disk: AuditDisk) -> None:
    for number, minutes in enumerate((0, 59, 60, 61)):
        await log.combine(entry(number, at=AT + timedelta(minutes=minutes)))
    await log.write()
    assert disk.times == [2, 2]
    assert timedelta(minutes=60) == COMBINED_FOR


async def test_what_cannot_be_written_is_written_as_soon_as_it_can(log: AuditLog, disk: AuditDisk) -> None:
    disk.is_full = True
    await log.add(entry(1))
    await log.combine(entry(2))
    await log.combine(entry(3))
    assert (log.unstored, await log.step(may_expire=True)) == (2, EVERY_S)
    disk.is_full = False
    await log.step(may_expire=True)
    assert (log.unstored, log.lost, disk.times, list(disk.entries)) == (0, 0, [1, 2], ["1", "2"])
    assert len(disk.trimmed) == 1


async def test_age_counts_only_while_the_clock_is_trusted(log: AuditLog, disk: AuditDisk) -> None:
    await log.step(may_expire=False)
    assert [bounds["before"] for bounds in disk.trimmed] == [None]
    kept_forever = AuditLog(cast(Store, disk), timedelta(0))
    await kept_forever.step(may_expire=True)
    assert disk.trimmed[-1]["before"] is None
