"""The process that compares: started, followed, and ended whatever happens."""

import os
from pathlib import Path

import pytest

from app.services.reconciliations import comparing
from app.services.reconciliations.comparing import compare
from app.services.reconciliations.job import CompareJob, CompareReport, DoneReport, ProblemReport
from app.storage.sqlite.result_files import read_head
from app.store import Store
from tests.postgres import Database
from tests.reconciling import row, table
from tests.storage.builders import a_bin
from tests.storage.conftest import database_of_engine, store

__all__ = ["database_of_engine", "store"]


def _job(tmp_path: Path, bin_id: str, content: bytes, database: Database | None = None) -> CompareJob:
    (tmp_path / "log.csv").write_bytes(content)
    return CompareJob(
        id="r1", bin_id=bin_id, path=str(tmp_path / "log.csv"), file="log.csv", digest="00",
        result=str(tmp_path / f"{bin_id}-r1.db"), key=b"k" * 32, zone=None, mapping=None,
        ledger=str(tmp_path / "data" / "ledger.db") if database is None else database.url,
        keep_rows=False, older={}, made_us=0, kept_us=0, now_us=2**60, down=(), faults=(), moved_us=(),
    )  # fmt: skip


async def test_a_file_is_compared_by_a_process_of_its_own(
    store: Store, tmp_path: Path, database_of_engine: Database | None
) -> None:
    bin = await a_bin(store)
    await store.get_bin(bin.id)
    reports: list[CompareReport] = []
    await compare(_job(tmp_path, bin.id, table([row(1)]), database_of_engine), reports.append)
    assert reports[-1] == DoneReport()
    assert read_head(tmp_path / f"{bin.id}-r1.db").summary.records == 1
    await compare(_job(tmp_path, bin.id, b"%PDF", database_of_engine), reports.append)
    assert isinstance(reports[-1], ProblemReport)
    assert {path.name for path in tmp_path.iterdir()} - {"data"} == {f"{bin.id}-r1.db", "log.csv"}


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("import sys; sys.exit(9)", "ended unexpectedly with code 9"),
        ("print('no report')", "ended unexpectedly with code 0"),
        ("import time; time.sleep(600)", "took longer than"),
    ],
)
async def test_a_process_that_ends_or_hangs_is_a_problem_in_words(
    tmp_path: Path, monkeypatch, script: str, message: str
) -> None:
    (tmp_path / "planted_worker.py").write_text(script)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setattr(comparing, "MODULE", "planted_worker")
    monkeypatch.setattr(comparing, "LONGEST_S", 1.0 if "sleep" in script else 60.0)
    reports: list[CompareReport] = []
    await compare(_job(tmp_path, "bin", b"x"), reports.append)
    (report,) = reports
    assert isinstance(report, ProblemReport)
    assert message in report.message
