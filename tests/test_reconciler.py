"""The process that compares: its reports, and what it writes."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from app import reconciler
from app.domain.reconciliation.mapping import RecordColumns, RecordMapping
from app.domain.roles import Role
from app.errors import NotReadable
from app.services.reconciliations.job import CompareJob, CompareReport, DoneReport, ProblemReport, ProgressReport
from app.storage.seen_messages import SpaceChanged
from app.storage.sqlite.result_files import read_head, read_records
from app.store import Store
from tests.reconciling import row, sid, table
from tests.storage.builders import a_bin, stating
from tests.storage.conftest import _scripted, store
from tests.storage.ledger.events import an_inbound

__all__ = ["_scripted", "store"]


@pytest.fixture
def database_of_engine() -> None:
    """The store is on SQLite: how messages are read from each engine is tested by `tests/storage/`."""


async def _job(store: Store, tmp_path: Path, content: bytes, **more: object) -> CompareJob:
    bin = await a_bin(store)
    await store.add_capture(stating(bin, Role.PRIMARY, an_inbound(sid(1)), provider="twilio"))
    await store.get_bin(bin.id)
    (tmp_path / "log.csv").write_bytes(content)
    values: dict = {
        "id": "r1", "bin_id": bin.id, "path": str(tmp_path / "log.csv"), "file": "log.csv", "digest": "00",
        "result": str(tmp_path / "r1.db"), "ledger": str(tmp_path / "data" / "ledger.db"), "key": b"k" * 32,
        "zone": None, "mapping": None, "keep_rows": False, "older": {}, "made_us": 0, "kept_us": 0, "now_us": 2**60,
        "down": (), "faults": (), "moved_us": (),
    }  # fmt: skip
    return CompareJob(**values | more)


async def _run(job: CompareJob) -> list[CompareReport]:
    reports: list[CompareReport] = []
    await asyncio.to_thread(reconciler.run, job, reports.append)
    return reports


async def test_records_get_keys_that_are_the_same_in_every_file(store: Store, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(reconciler, "REPORT_S", 0.0)
    monkeypatch.setattr(reconciler, "_ROWS", 1)
    job = await _job(store, tmp_path, table([row(1), row(2)]))
    reports = await _run(job)
    assert reports[-1] == DoneReport()
    states = [report.state for report in reports if isinstance(report, ProgressReport)]
    assert list(dict.fromkeys(states)) == ["reading", "comparing", "saving"]
    newer = msgspec.structs.replace(
        job, id="r2", result=str(tmp_path / "r2.db"), older={"r1": job.result, "gone": str(tmp_path / "gone.db")}
    )
    await _run(newer)
    assert read_head(tmp_path / "r2.db").superseded == {"r1": 2}
    first, second = (
        read_records(tmp_path / f"{id}.db", after=0, limit=9, verdict=None, reason=None) for id in ("r1", "r2")
    )
    assert first == second
    assert len({record.key for record in first}) == len(first) == 2


async def test_records_without_an_id_have_keys_of_their_parties_and_time(store: Store, tmp_path: Path) -> None:
    mapping = RecordMapping(columns=RecordColumns(sender="Who", recipient="Whom", sent="At", text="What"))
    rows = [["+1", "+2", f"2026-11-28T20:00:0{number // 2}Z", "hi"] for number in range(3)]
    job = await _job(store, tmp_path, table(rows, ("Who", "Whom", "At", "What")), mapping=mapping)
    assert (await _run(job))[-1] == DoneReport()
    keys = [each.key for each in read_records(tmp_path / "r1.db", after=0, limit=9, verdict=None, reason=None)]
    assert (keys[0] == keys[1], keys[1] == keys[2]) == (True, False)


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        (b"", {}, "empty"),
        (b"a,b\n1,2\n", {}, "No provider is known"),
        (table([row(1)]), {"zone": "Mars"}, "not a time zone"),
        (table([row(1)]), {"bin_id": "nobody"}, "being parsed"),
        (table([row(1)]), {"result": "/nowhere/r1.db"}, "cannot be written"),
    ],
)
async def test_what_cannot_be_compared_is_reported_and_nothing_is_left(
    store: Store, tmp_path: Path, content: bytes, more: dict, words: str
) -> None:
    report = (await _run(await _job(store, tmp_path, content, **more)))[-1]
    assert isinstance(report, ProblemReport)
    assert words in report.message
    assert (report.unknown is not None) is ("No provider" in words)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "log.csv"]


@pytest.mark.parametrize(("failures", "is_done"), [(2, True), (3, False)])
async def test_a_bin_that_is_parsed_again_meanwhile_is_read_again(
    store: Store, tmp_path: Path, monkeypatch, failures: int, is_done: bool
) -> None:
    left = [SpaceChanged("The requests were parsed again.")] * failures
    read = reconciler.SeenReader.messages

    def changing(self: reconciler.SeenReader) -> object:
        if left:
            raise left.pop()
        return read(self)

    monkeypatch.setattr(reconciler.SeenReader, "messages", changing)
    last = (await _run(await _job(store, tmp_path, table([row(1)]))))[-1]
    assert isinstance(last, DoneReport) is is_done
    assert issubclass(SpaceChanged, NotReadable)


async def test_too_little_memory_is_a_problem_in_words(store: Store, tmp_path: Path, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(reconciler, "open_records", broken)
    (report,) = await _run(await _job(store, tmp_path, b"x"))
    assert isinstance(report, ProblemReport)
    assert "too much memory" in report.message
    assert reconciler.MAX_MEMORY == 2 << 30
