"""The file of one reconciliation: complete or not there, and only read afterwards."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.domain.reconciliation.verdicts import RecordReason, RecordVerdict
from app.errors import NotFound, NotReadable
from app.storage.sqlite.result_files import (
    check_result,
    new_result,
    read_head,
    read_notes,
    read_record,
    read_records,
    read_verdicts,
)
from tests.storage.results import A_HEAD, A_NOTE, A_RECORD, write

LOST, SEEN = RecordVerdict.NO_WEBHOOK, RecordVerdict.SEEN


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bin-1.db"


def test_everything_comes_back_as_it_was_written(path: Path) -> None:
    bare = replace(
        A_RECORD, number=2, also=(), reason=None, verdict=SEEN, key=-8, provider=None, message_id=None, direction=None,
        text_digest=None, captures=(), message=None, original=None,
    )  # fmt: skip
    write(path, [A_RECORD, bare], [A_NOTE])
    assert read_head(path) == A_HEAD
    assert read_records(path, after=0, limit=10, verdict=None, reason=None) == [A_RECORD, bare]
    assert read_record(path, 2) == bare
    assert read_notes(path, A_NOTE.about.upper()) == [A_NOTE]
    assert read_notes(path, "other") == []
    assert read_verdicts(path, [A_RECORD.key, -8, 99]) == {A_RECORD.key: A_RECORD.verdict, -8: SEEN}
    assert path.stat().st_mode & 0o777 == 0o600
    assert check_result(path) is None


def test_records_are_listed_in_pages_by_verdict_and_reason(path: Path) -> None:
    records = [
        replace(
            A_RECORD,
            number=number,
            verdict=LOST if number % 2 else SEEN,
            reason=RecordReason.SERVER_DOWN if number < 6 else RecordReason.UNKNOWN,
        )
        for number in range(1, 10)
    ]
    write(path, records)

    def numbers(after: int = 0, limit: int = 10, verdict=None, reason=None) -> list[int]:
        return [each.number for each in read_records(path, after=after, limit=limit, verdict=verdict, reason=reason)]

    assert numbers(limit=3) == [1, 2, 3]
    assert numbers(after=3, limit=2) == [4, 5]
    assert numbers(verdict=LOST) == [1, 3, 5, 7, 9]
    assert numbers(verdict=LOST, after=3, limit=2) == [5, 7]
    assert numbers(verdict=LOST, reason=RecordReason.UNKNOWN) == [7, 9]
    assert numbers(reason=RecordReason.UNKNOWN, after=6) == [7, 8, 9]
    with pytest.raises(NotFound, match="no record 10"):
        read_record(path, 10)


def test_an_interrupted_result_leaves_the_earlier_one(path: Path) -> None:
    write(path, [A_RECORD])

    def interrupted() -> None:
        with new_result(path) as writer:
            writer.add(replace(A_RECORD, number=7))
            raise RuntimeError("planted")

    with pytest.raises(RuntimeError, match="planted"):
        interrupted()
    assert read_record(path, 1) == A_RECORD
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_missing_damaged_or_newer_file_is_an_error_with_a_name(path: Path) -> None:
    with pytest.raises(NotFound):
        read_head(path)
    path.write_bytes(b"no database" * 100)
    with pytest.raises(NotReadable, match=r"bin-1\.db cannot be read"):
        read_head(path)
    assert "cannot be read" in str(check_result(path))
    path.unlink()
    write(path, [])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("update head set head = '{'")
        connection.commit()
    with pytest.raises(NotReadable, match="damaged"):
        read_head(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma user_version = 99")
    with pytest.raises(NotReadable, match="version 99"):
        read_head(path)
