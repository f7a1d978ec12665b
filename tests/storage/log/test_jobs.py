"""The messages between the server and the log process."""

import re
from typing import get_args

import msgspec
import pytest

from app.domain.annotations import AnnotationChange
from app.storage.log import jobs
from app.storage.log.appender import Appender
from app.storage.log.jobs import Job, PutAuditEntry
from tests.storage.inside import Inside

DELIVERY = jobs.AlertDeliveryRecord("webhook", 1, "waiting", 0, 5, None, None)
VALUES = {
    "str": "a", "int": 1, "bool": True, "bytes": b"\x00\xff", "str | None": None, "int | None": 5, "bytes | None": b"b",
    "list[OutcomeRecord]": [jobs.OutcomeRecord("a", 1, 200, 3, False, None, True, None, b"sent")],
    "dict[int, int]": {1: 2}, "list[int]": [1, 2], "list[str]": ["a"],
    "AnnotationChange": AnnotationChange(pinned=True, add=("a",)),
    "list[DispatchRecord]": [
        jobs.DispatchRecord(
            1, "a", 2, 3, 4, None, "m", None, [jobs.AddAttempt("a", 1, "u", 2, 3, 4, "e", "c", b"b", event=1)], "[0]"
        )
    ],
    "tuple[LaterRecord, ...]": (jobs.LaterRecord(1, "m", "[]", True),),
    "list[AddAttempt]": [jobs.AddAttempt("a", 1, "u", 2, 3, 4, "e", "c", b"b", listener="l")],
    "list[AlertRecord]": [
        jobs.AlertRecord("a", 5, "{}", 3, [jobs.AlertNoticeRecord(1, "{}", [DELIVERY])]),
    ],
    "list[tuple[str, AlertDeliveryRecord]]": [("a", DELIVERY)],
}  # fmt: skip
KINDS = get_args(jobs.AnyJob)


def _made(kind: type[Job]) -> Job:
    """A job with a value in each field."""
    return kind(**{field.name: VALUES[_spelled(field.type)] for field in msgspec.structs.fields(kind)})


def _spelled(kind: object) -> str:
    return kind.__name__ if isinstance(kind, type) else re.sub(r"app\.storage\.log\.jobs\.(\w+\.)?", "", str(kind))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_job_arrives_as_it_was_sent(kind: type[Job]) -> None:
    job = _made(kind)
    assert jobs.decode_jobs(jobs.encode_jobs([job, job])) == [job, job]


def test_every_job_can_be_sent_and_has_a_handler(tmp_path) -> None:
    ours = {kind for kind in Job.__subclasses__() if kind.__module__.startswith("app.")}
    assert ours == set(KINDS)
    inside = Inside(tmp_path)
    assert isinstance(inside.appender, Appender)
    assert set(inside.appender._handlers) == set(KINDS)
    inside.close()


def test_only_jobs_that_free_space_and_their_entries_run_on_a_full_disk() -> None:
    assert set(jobs.DELETES) == {
        jobs.DropBin, jobs.DropCapture, jobs.DropSome, jobs.DropCaptures, jobs.DropForward, jobs.DropAlert,
        jobs.DropToken, jobs.DropSession, jobs.EndShare, jobs.Sweep, jobs.TrimAuditLog,
    }  # fmt: skip
    assert not any(isinstance(_made(jobs.AddCapture), kind) for kind in jobs.DELETES)
    assert set(jobs.ON_FULL_DISK) == {*jobs.DELETES, PutAuditEntry}
