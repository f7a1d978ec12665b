"""The service of reconciliations: one comparison after the other, and what becomes of files and results."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace as replace_struct

from app import clock
from app.domain.bins import Bin
from app.domain.reconciliation.kept import FileColumns, ReconciliationWork, WorkState
from app.domain.reconciliation.mapping import RecordColumns, RecordMapping
from app.errors import Conflict, NotFound
from app.services.reconciliations import reconciling
from app.services.reconciliations.job import CompareJob, CompareReport, DoneReport, ProblemReport, ProgressReport
from app.services.reconciliations.reconciling import CompareSettings, Reconciling
from app.storage.opening import open_archive, open_store
from app.store import LedgerStatus, Store
from tests.storage.builders import a_bin
from tests.storage.results import A_HEAD, A_RECORD, write

Report = Callable[[CompareReport], None]
DEFAULT = CompareSettings()
UNKNOWN = FileColumns(columns=("a",), guess={}, rows=())


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        yield opened


@pytest.fixture
async def bin(store: Store) -> Bin:
    return await a_bin(store)


class Comparing:
    """In place of the process: each comparison waits until the test lets it end."""

    def __init__(self) -> None:
        self.jobs: list[CompareJob] = []
        self.report: Report = lambda _: None
        self.go_on = asyncio.Event()
        self.last: CompareReport | Exception = DoneReport()
        self.running = 0

    async def __call__(self, job: CompareJob, report: Report) -> None:
        self.jobs.append(job)
        self.report = report
        self.running += 1
        try:
            await self.go_on.wait()
        finally:
            self.running -= 1
        if isinstance(self.last, Exception):
            raise self.last
        report(self.last)


@pytest.fixture
async def comparing(monkeypatch) -> Comparing:
    made = Comparing()
    monkeypatch.setattr(reconciling, "compare", made)
    return made


@pytest.fixture
async def service(store: Store, tmp_path: Path) -> AsyncIterator[Reconciling]:
    made = Reconciling(store, open_archive(tmp_path), tmp_path / "ledger.db", timedelta(days=30))
    yield made
    await made.close()


async def _chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def _receive(service: Reconciling, bin: Bin, content: bytes = b"x", **more: object) -> ReconciliationWork:
    return await service.receive(bin.id, "log.csv", _chunks(content), DEFAULT, **more)  # type: ignore[arg-type]


async def _until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


def _state(service: Reconciling, work: ReconciliationWork) -> WorkState | None:
    found = service.work_of(work.bin_id, work.id)
    return None if found is None else found.state


async def test_a_comparison_is_followed_to_its_end(service: Reconciling, bin: Bin, comparing: Comparing) -> None:
    work = await _receive(service, bin)
    assert work.state is WorkState.WAITING
    await _until(lambda: comparing.jobs)
    (job,) = comparing.jobs
    assert (job.id, job.bin_id, job.file, Path(job.path).read_bytes()) == (work.id, bin.id, "log.csv", b"x")
    comparing.report(ProgressReport(state="reading", done=5, total=10))
    assert service.works(bin.id) == [replace(work, state=WorkState.READING, done=5, total=10)]
    comparing.go_on.set()
    await _until(lambda: _state(service, work) is WorkState.DONE)
    assert service.works(bin.id) == [], "its result is listed"


async def test_files_are_compared_one_after_the_other_and_not_too_many(
    service: Reconciling, bin: Bin, comparing: Comparing, monkeypatch
) -> None:
    monkeypatch.setattr(reconciling, "MOST_WAITING", 1)
    works = [await _receive(service, bin, content) for content in (b"1", b"2")]
    with pytest.raises(Conflict, match="Other files"):
        await _receive(service, bin, b"3")
    await _until(lambda: comparing.running)
    assert (_state(service, works[1]), len(comparing.jobs)) == (WorkState.WAITING, 1)
    comparing.go_on.set()
    await _until(lambda: _state(service, works[1]) is WorkState.DONE)
    assert (await _receive(service, bin, b"3")).state is WorkState.WAITING


@pytest.mark.parametrize(
    ("last", "state", "problem"),
    [
        (ProblemReport(message="It is empty."), WorkState.FAILED, "It is empty."),
        (ProblemReport(message="?", unknown=UNKNOWN), WorkState.NEEDS_COLUMNS, "?"),
        (OSError("planted"), WorkState.FAILED, "planted"),
    ],
)  # fmt: skip
async def test_why_a_file_cannot_be_compared_is_told(
    service: Reconciling, bin: Bin, comparing: Comparing, last: CompareReport, state: WorkState, problem: str
) -> None:
    comparing.last = last
    comparing.go_on.set()
    work = await _receive(service, bin)
    await _until(lambda: _state(service, work) is state)
    assert service.works(bin.id)[0].problem == problem
    assert service.has_file(bin.id, work.id)


async def test_a_mapping_is_remembered_and_given_to_the_next_comparison(
    service: Reconciling, store: Store, bin: Bin, comparing: Comparing
) -> None:
    comparing.go_on.set()
    mapping = RecordMapping(columns=RecordColumns(id="Ref"))
    work = await _receive(service, bin, mapping=mapping)
    await _until(lambda: _state(service, work) is WorkState.DONE)
    again = await service.again(bin.id, work.id, CompareSettings(zone="UTC", keep_rows=True))
    await _until(lambda: len(comparing.jobs) == 2)
    assert [(job.mapping, job.zone, job.keep_rows) for job in comparing.jobs] == [
        (mapping, None, False), (mapping, "UTC", True),
    ]  # fmt: skip
    assert again.id == work.id
    # A mapping of a newer version is not used.
    await store.set_record_mapping(bin.id, '{"version": 2}')
    await service.again(bin.id, work.id, DEFAULT)
    await _until(lambda: len(comparing.jobs) == 3)
    assert comparing.jobs[2].mapping is None


async def test_a_cancelled_comparison_and_its_file_are_gone(
    service: Reconciling, bin: Bin, comparing: Comparing
) -> None:
    work = await _receive(service, bin)
    await _until(lambda: comparing.running)
    await service.cancel(bin.id, work.id)
    assert (comparing.running, _state(service, work)) == (0, WorkState.CANCELED)
    assert not Path(comparing.jobs[0].path).exists()
    with pytest.raises(NotFound):
        await service.cancel(bin.id, work.id)
    with pytest.raises(NotFound, match="Choose it again"):
        await service.again(bin.id, work.id, DEFAULT)


async def test_older_results_are_given_to_a_comparison(
    service: Reconciling, bin: Bin, comparing: Comparing, tmp_path: Path
) -> None:
    path = open_archive(tmp_path).path_of(bin.id, "old")
    write(path, [A_RECORD], head=replace_struct(A_HEAD, id="old", bin_id=bin.id))
    await _receive(service, bin)
    await _until(lambda: comparing.jobs)
    assert comparing.jobs[0].older == {"old": str(path)}


async def test_a_comparison_waits_until_all_requests_are_parsed(
    service: Reconciling, store: Store, bin: Bin, comparing: Comparing, monkeypatch
) -> None:
    status = LedgerStatus(state="behind", behind=7)
    monkeypatch.setattr(store, "ledger_status", lambda _: status)
    monkeypatch.setattr(reconciling, "PARSED_WAIT_S", 0.0)
    work = await _receive(service, bin)
    await _until(lambda: _state(service, work) is WorkState.FAILED)
    assert "7 are left" in (service.works(bin.id)[0].problem or "")
    assert comparing.jobs == []


async def test_results_expire_with_the_requests_if_the_clock_is_trusted(
    service: Reconciling, store: Store, tmp_path: Path
) -> None:
    archive = open_archive(tmp_path)
    bins = [await a_bin(store, retention=kept) for kept in (None, timedelta(0), timedelta(days=60))]
    for bin in bins:
        for id, days in (("old", 31), ("new", 29)):
            head = replace_struct(A_HEAD, id=id, bin_id=bin.id, made_at=clock.now() - timedelta(days=days))
            write(archive.path_of(bin.id, id), [], head=head)
    assert await service.step(may_expire=False) == reconciling.EVERY_S
    assert [len(await archive.list_reconciliations(bin.id)) for bin in bins] == [2, 2, 2]
    await service.step()
    assert [len(await archive.list_reconciliations(bin.id)) for bin in bins] == [1, 2, 2]
    await service.forget(bins[1].id)
    assert [len(await archive.list_reconciliations(bin.id)) for bin in bins] == [1, 0, 2]


async def test_only_the_last_comparisons_that_ended_are_known(
    service: Reconciling, bin: Bin, comparing: Comparing, monkeypatch
) -> None:
    monkeypatch.setattr(reconciling, "MOST_ENDED", 1)
    comparing.go_on.set()
    works = []
    for content in (b"1", b"2", b"3"):
        works.append(await _receive(service, bin, content))
        await _until(lambda: _state(service, works[-1]) is WorkState.DONE)
    assert [_state(service, work) for work in works] == [None, WorkState.DONE, WorkState.DONE]
