"""How much the audit log keeps: of a name, of failed sign-ins, of what cannot be written, and in total."""

from datetime import timedelta
from typing import cast

import pytest

from app import clock
from app.commands import audit as command
from app.domain import audit as domain
from app.domain.audit import MAX_FACT, fact
from app.services import audit as service
from app.services.audit import (
    MAX_ADDRESSES,
    MAX_COMBINED,
    MAX_ENTRIES,
    MAX_UNKNOWN,
    MAX_UNSTORED,
    TRIM_EVERY_S,
    AuditLog,
)
from app.storage.log.audit import CHUNK
from app.storage.log.jobs import PutAuditEntry, TrimAuditLog
from app.store import Store
from app.web.audit import api, page
from app.web.audit.inputs import MAX_NAME
from tests.conftest import Running
from tests.services.test_audit import AuditDisk, entry
from tests.storage.inside import Inside

from .conftest import Ticks


@pytest.fixture
def disk() -> AuditDisk:
    return AuditDisk()


@pytest.fixture
def log(disk: AuditDisk) -> AuditLog:
    return AuditLog(cast(Store, disk), timedelta(days=400))


def test_a_fact_is_cut() -> None:
    assert [len(fact("x" * size)) for size in (MAX_FACT, MAX_FACT + 1)] == [MAX_FACT, MAX_FACT]


async def test_an_entry_has_so_many_facts(server: Running, monkeypatch) -> None:
    # A PATCH of a bin has the facts `name` and `changed`.
    for most in (2, 1):
        monkeypatch.setattr("app.web.site.audit.MAX_FACTS", most)
        async with server.client.patch(server.bin_api, json={"name": f"Bin {most}"}) as answer:
            assert answer.status == 200
        async with server.client.get(f"{server.api}/audit?limit=1") as answer:
            assert len((await answer.json())["items"][0]["facts"]) == most
    assert domain.MAX_FACTS == 12


async def test_unknown_ones_have_entries_by_address_up_to_a_number(log: AuditLog, disk: AuditDisk) -> None:
    for number in range(3 * MAX_ADDRESSES):
        await log.combine(entry(number, who=None, peer=f"2001:db8::{number:x}"))
    await log.write()
    assert disk.times == [1] * MAX_ADDRESSES + [2 * MAX_ADDRESSES]
    assert [each.peer is None for each in disk.entries.values()] == [False] * MAX_ADDRESSES + [True]


async def test_so_many_entries_are_added_to_at_one_time(log: AuditLog, disk: AuditDisk) -> None:
    for number in range(MAX_COMBINED + 1):
        await log.combine(entry(number, bin=str(number)))
    # The second one is still open, the first is not.
    await log.combine(entry(-1, bin="1"))
    await log.combine(entry(-2, bin="0"))
    await log.write()
    assert (disk.entries["1"].times, disk.entries["0"].times) == (2, 1)
    assert len(disk.entries) == MAX_COMBINED + 2


async def test_so_many_entries_wait_for_a_disk(log: AuditLog, disk: AuditDisk) -> None:
    disk.is_full = True
    for number in range(MAX_UNSTORED):
        await log.add(entry(number))
    assert (log.unstored, log.lost) == (MAX_UNSTORED, 0)
    await log.add(entry(-1))
    assert (log.unstored, log.lost) == (MAX_UNSTORED, 1)
    disk.is_full = False
    await log.write()
    first, *_, last = disk.entries
    assert (first, last) == ("1", "-1")


async def test_old_entries_are_deleted_once_an_hour(log: AuditLog, disk: AuditDisk, ticks: Ticks) -> None:
    await log.step(may_expire=True)
    ticks.almost(TRIM_EVERY_S)
    await log.step(may_expire=True)
    assert len(disk.trimmed) == 1
    ticks.over()
    await log.step(may_expire=True)
    (first, second) = disk.trimmed
    assert (first["most"], second["most_unknown"]) == (MAX_ENTRIES, MAX_UNKNOWN) == (100_000, 10_000)
    assert clock.now() - first["before"] >= timedelta(days=400)
    assert service.EVERY_S == 10


@pytest.mark.parametrize("who", ["me", None])
def test_a_step_deletes_so_many(tmp_path, who: str | None) -> None:
    inside = Inside(tmp_path)
    inside.apply(*(
        PutAuditEntry(str(n), n, n, who, "", None, "a.b", None, None, "{}", 200, "done", 1)
        for n in range(CHUNK + 1)
    ))  # fmt: skip
    trim = TrimAuditLog(None, 0, 1_000) if who else TrimAuditLog(None, 1_000, 0)
    assert [inside.apply(trim)[0].value for _ in range(3)] == [CHUNK, 1, 0]
    inside.close()


async def test_lists_page(server: Running, monkeypatch) -> None:
    monkeypatch.setattr(page, "SHOWN", 2)
    monkeypatch.setattr(api, "PAGE", 2)
    assert command.PAGE == 500
    for number in range(3):
        await (await server.client.patch(server.bin_api, json={"name": str(number)})).read()
        if number == 1:
            async with server.client.get(f"{server.url}/settings/audit") as answer:
                assert "Older" not in await answer.text()
    async with server.client.get(f"{server.url}/settings/audit") as answer:
        assert "Older" in await answer.text()
    async with server.client.get(f"{server.api}/audit/export?action=bin") as answer:
        assert len((await answer.text()).splitlines()) == 3


@pytest.mark.parametrize(("size", "status"), [(MAX_NAME, 200), (MAX_NAME + 1, 422)])
async def test_a_name_to_look_for_is_so_long(server: Running, size: int, status: int) -> None:
    async with server.client.get(f"{server.api}/audit", params={"who": "x" * size}) as answer:
        assert answer.status == status
