"""The results of all reconciliations in one directory."""

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from app import clock, files
from app.errors import NotFound
from app.storage.sqlite.archive import ABANDONED_S, KEY_BYTES, ResultArchive, prepare, results_in
from tests.storage.results import A_HEAD, A_NOTE, A_RECORD, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "reconciliations"


@pytest.fixture
def archive(folder: Path) -> ResultArchive:
    return ResultArchive(folder)


def _write(archive: ResultArchive, bin: str, id: str, day: int, **more: object) -> None:
    head = replace(A_HEAD, id=id, bin_id=bin, made_at=A_HEAD.made_at.replace(day=day), **more)
    write(archive.path_of(bin, id), [A_RECORD], [A_NOTE], head)


async def test_the_results_of_a_bin_are_listed_newest_first(archive: ResultArchive, folder: Path) -> None:
    assert await archive.list_reconciliations("b1") == []
    _write(archive, "b1", "x", 2)
    _write(archive, "b1", "y", 3)
    _write(archive, "b2", "z", 4)
    (folder / "b1-broken.db").write_bytes(b"junk" * 1_000)
    (folder / "b1-other.txt").touch()
    assert [each.id for each in await archive.list_reconciliations("b1")] == ["y", "x"]
    assert (await archive.get_reconciliation("b2", "z")).id == "z"
    assert await archive.list_records("b1", "x", limit=9) == [A_RECORD]
    assert await archive.get_record("b1", "x", 1) == A_RECORD
    assert await archive.verdicts_of("b1", "x", [A_RECORD.key]) == {A_RECORD.key: A_RECORD.verdict}


async def test_a_result_that_was_replaced_is_read_again(archive: ResultArchive) -> None:
    _write(archive, "b1", "x", 2)
    assert (await archive.get_reconciliation("b1", "x")).file == "log.csv"
    _write(archive, "b1", "x", 2, file="again.csv")
    assert (await archive.get_reconciliation("b1", "x")).file == "again.csv"


async def test_a_note_in_two_files_is_listed_once(archive: ResultArchive) -> None:
    _write(archive, "b1", "x", 2)
    _write(archive, "b1", "y", 3)
    assert await archive.list_notes("b1", "SM1") == [A_NOTE]
    assert await archive.list_notes("b2", "SM1") == []


async def test_what_is_deleted_is_gone(archive: ResultArchive, folder: Path) -> None:
    for bin, id in (("b1", "x"), ("b1", "y"), ("b1", "z"), ("b11", "x")):
        _write(archive, bin, id, 2)
    assert len(await archive.list_reconciliations("b1")) == 3
    await archive.drop_reconciliation("b1", "x")
    for missing in (("b1", "x"), ("b1", "../key"), ("..", "x"), ("b1", "")):
        with pytest.raises(NotFound):
            await archive.get_reconciliation(*missing)
        with pytest.raises(NotFound):
            await archive.drop_reconciliation(*missing)
    await archive.drop_of_bin("b1")
    assert [path.name for path in results_in(folder)] == ["b11-x.db"]


def test_the_directory_is_made_once_and_leftovers_are_removed(folder: Path) -> None:
    key = prepare(folder)
    assert len(key) == KEY_BYTES
    assert folder.stat().st_mode & 0o777 == 0o700
    for name in ("a.upload", f"b1-x.db.abc{files.PART}", f"b1-x.db.abc{files.PART}-journal"):
        (folder / name).touch()
    (folder / "b1-x.db").touch()
    assert prepare(folder) == key
    assert sorted(path.name for path in folder.iterdir()) == ["b1-x.db", "key"]


def test_in_a_shared_directory_only_old_leftovers_are_removed(folder: Path) -> None:
    prepare(folder)
    for name in ("new.upload", "old.upload"):
        (folder / name).touch()
    long_ago = clock.now().timestamp() - ABANDONED_S - 60
    os.utime(folder / "old.upload", (long_ago, long_ago))
    prepare(folder, is_shared=True)
    assert sorted(path.name for path in folder.iterdir()) == ["key", "new.upload"]
