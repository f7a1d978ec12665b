"""Results of reconciliations in a backup and back."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.errors import CannotStart
from app.storage.sqlite import kept_results
from app.storage.sqlite.archive import results_in
from app.storage.sqlite.checking import check_log
from app.storage.sqlite.copying import back_up
from app.storage.sqlite.kept_results import RESULTS, add_results, restore_results
from app.storage.sqlite.restoring import restore
from app.storage.sqlite.result_files import read_head, read_records
from tests.storage.builders import a_raw
from tests.storage.inside import Inside
from tests.storage.results import A_HEAD, A_RECORD, write

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A stopped server with one capture and two results."""
    inside = Inside(tmp_path)
    inside.keep(a_raw())
    inside.close()
    (tmp_path / RESULTS).mkdir()
    for id in ("1", "2"):
        write(tmp_path / RESULTS / f"bin-{id}.db", [A_RECORD], head=replace(A_HEAD, id=id))
    return tmp_path


def _back_up(data: Path) -> Path:
    backup = data / "backup.db"
    back_up(data / "log.db", backup, lambda *_: None, lambda part: add_results(part, data / RESULTS))
    return backup


def _names(folder: Path) -> list[str]:
    return [path.name for path in results_in(folder)]


@pytest.mark.parametrize("chunk", [100, 1 << 20])
def test_results_come_back_from_a_backup_as_they_were(data: Path, monkeypatch, chunk: int) -> None:
    monkeypatch.setattr(kept_results, "_CHUNK", chunk)
    backup = _back_up(data)
    write(data / RESULTS / "bin-3.db", [])
    asyncio.run(restore(backup, data / "log.db", NOW, replace=False))
    assert _names(data / RESULTS) == ["bin-1.db", "bin-2.db"]
    assert read_head(data / RESULTS / "bin-2.db").id == "2"
    assert read_records(data / RESULTS / "bin-1.db", after=0, limit=9, verdict=None, reason=None) == [A_RECORD]
    assert _names(data / f"{RESULTS}.before-20260504T030201Z") == ["bin-1.db", "bin-2.db", "bin-3.db"]
    assert check_log(data / "log.db") == check_log(backup)
    restored, copied = (path.stat().st_size for path in (data / "log.db", backup))
    assert restored < copied, "the log does not keep them"


def test_with_replace_the_earlier_results_are_deleted(data: Path) -> None:
    backup = _back_up(data)
    write(data / RESULTS / "bin-3.db", [])
    asyncio.run(restore(backup, data / "log.db", NOW, replace=True))
    assert _names(data / RESULTS) == ["bin-1.db", "bin-2.db"]
    assert [path.name for path in data.glob(f"{RESULTS}*")] == [RESULTS]


def test_a_backup_without_results_is_restored_without_any(data: Path) -> None:
    back_up(data / "log.db", data / "backup.db", lambda *_: None)
    assert restore_results(data / "backup.db", data / "new", NOW, replace=False) == 0
    assert _names(data / "new") == []


def test_a_damaged_result_in_a_backup_is_refused_by_its_name(data: Path) -> None:
    (data / RESULTS / "bin-2.db").write_bytes(b"junk" * 1_000)
    backup = _back_up(data)
    with pytest.raises(CannotStart, match=r"bin-2\.db"):
        restore_results(backup, data / "new", NOW, replace=False)
    assert _names(data / "new") == ["bin-1.db"]
