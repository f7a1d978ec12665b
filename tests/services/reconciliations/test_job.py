"""The lines between the server and the process that compares."""

import pytest

from app.domain.reconciliation.kept import FileColumns
from app.domain.reconciliation.mapping import RecordColumns, RecordMapping
from app.domain.reconciliation.model import Interval
from app.services.reconciliations.job import (
    CompareJob,
    CompareReport,
    DoneReport,
    ProblemReport,
    ProgressReport,
    decode_job,
    decode_report,
    encode_line,
)

JOB = CompareJob(
    id="1", bin_id="b", path="p", file="f\n", digest="d", result="r", ledger="l", key=b"\0" * 32, zone=None,
    mapping=RecordMapping(columns=RecordColumns(id="a")), keep_rows=True, older={"a": "b"}, made_us=1, kept_us=2,
    now_us=3, down=(Interval(1, 2),), faults=(), moved_us=(4,),
)  # fmt: skip


def test_a_job_is_one_line() -> None:
    line = encode_line(JOB)
    assert b"\n" not in line
    assert decode_job(line) == JOB


@pytest.mark.parametrize(
    "report",
    [
        ProgressReport(state="reading", done=1, total=None),
        DoneReport(),
        ProblemReport(message="no", unknown=FileColumns(columns=("a",), guess={"id": "a"}, rows=(("1",),))),
    ],
)
def test_a_report_comes_back(report: CompareReport) -> None:
    assert decode_report(encode_line(report)) == report
