"""Opening the SQLite end of a move."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import CannotStart
from app.storage.moving import TargetState
from app.storage.sqlite.moving import INCOMPLETE, open_source, open_target
from tests.storage.filled import fill


def test_all_tables_are_listed_with_their_keys(tmp_path: Path) -> None:
    fill(tmp_path / "log.db", rows=1)
    with open_source(tmp_path) as source, closing(sqlite3.connect(tmp_path / "log.db")) as log:
        found = {table.name: table for table in source.tables}
        everything = {row[0] for row in log.execute("select name from sqlite_schema where type = 'table'")}
        first = source.tables[0].name
    assert found.keys() == everything - {"meta", "probe", "sqlite_sequence"}
    assert first == "runs"
    assert all(table.key for table in found.values())
    assert (found["captures"].key, found["captures"].is_ordered) == (("id",), True)
    assert (found["attempts"].key, found["attempts"].is_ordered) == (("bin", "n", "number"), True)
    assert (found["answers"].key, found["answers"].is_ordered) == (("bin", "role"), False)


def test_a_source_is_upgraded_first(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "log.db")) as log:
        log.executescript((Path("app/storage/sql/sqlite/log/0001_first.sql")).read_text() + "pragma user_version = 1;")
    with open_source(tmp_path) as source:
        assert "shares" in {table.name for table in source.tables}


def test_a_source_that_cannot_be_used_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="There is no log at"), open_source(tmp_path):
        pass
    (tmp_path / "smsbin.db").touch()
    with pytest.raises(CannotStart, match="older smsbin"), open_source(tmp_path):
        pass
    (tmp_path / "smsbin.db").unlink()
    (tmp_path / "log.db-wal").write_bytes(b"commits")
    for open_one in (open_source, open_target):
        with pytest.raises(CannotStart, match=r"Put log\.db back"), open_one(tmp_path):
            pass
    (tmp_path / "log.db-wal").unlink()
    (tmp_path / "log.db").write_bytes(b"not a database" * 100)
    with pytest.raises(CannotStart, match="not a database"), open_source(tmp_path):
        pass
    (tmp_path / "log.db").unlink()
    fill(tmp_path / "log.db", rows=1)
    with closing(sqlite3.connect(tmp_path / "log.db")) as log, log:
        log.execute("update runs set ended_at = null")
    with pytest.raises(CannotStart, match="did not stop in the usual way"), open_source(tmp_path):
        pass
    (tmp_path / "log.suspect").touch()
    with pytest.raises(CannotStart, match="Start the server once"), open_source(tmp_path):
        pass


def test_a_target_is_complete_if_it_has_the_name_of_a_log(tmp_path: Path) -> None:
    with open_target(tmp_path) as target:
        assert target.state() is TargetState.EMPTY
        assert (tmp_path / f"log.db{INCOMPLETE}").exists()
    fill(tmp_path / "log.db", rows=0)
    with open_target(tmp_path) as target:
        assert target.state() is TargetState.COMPLETE


def test_a_ledger_that_was_made_from_another_log_is_removed(tmp_path: Path) -> None:
    from app.storage.moving import move

    source, folder = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    folder.mkdir()
    fill(source / "log.db", rows=1)
    for name in ("ledger.db", "ledger.db-wal"):
        (folder / name).touch()
    with open_source(source) as ours, open_target(folder) as target:
        move(ours, target, ours.tables, lambda *_: None, resume=False, restart=False)
    assert [path.name for path in folder.iterdir()] == ["log.db"]
