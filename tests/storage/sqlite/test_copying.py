"""A backup is one snapshot, and ends, however much is written during it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import CannotStart
from app.storage.sqlite import copying
from app.storage.sqlite.checking import check_log
from app.storage.sqlite.copying import back_up
from tests.storage.builders import a_raw
from tests.storage.inside import Inside


def test_what_is_written_in_the_meantime_is_not_in_it_and_does_not_hold_it_up(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(copying, "PAGES", 1)
    inside = Inside(tmp_path)
    for _ in range(50):
        inside.keep(a_raw(b"x" * 2_000))
    steps = []

    def tell(done: int, total: int) -> None:
        steps.append((done, total))
        inside.keep(a_raw(b"y" * 2_000))

    back_up(tmp_path / "log.db", tmp_path / "copy.db", tell)
    assert check_log(tmp_path / "copy.db").captures == 50
    assert steps == [(done, steps[0][1]) for done in range(1, steps[0][1] + 1)]
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob("*.part*")) == []
    inside.close()


def test_a_log_that_cannot_be_copied_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="The backup failed"):
        back_up(tmp_path / "none.db", tmp_path / "copy.db", lambda *_: None)
    (tmp_path / "text.db").write_text("no database" * 1_000)
    with pytest.raises(CannotStart, match="The backup failed"):
        back_up(tmp_path / "text.db", tmp_path / "copy.db", lambda *_: None)
    assert [path.name for path in tmp_path.iterdir()] == ["text.db"]


def test_a_copy_that_is_not_sound_is_discarded(tmp_path: Path) -> None:
    inside = Inside(tmp_path)
    inside.keep(a_raw())
    inside.close()
    with closing(sqlite3.connect(tmp_path / "log.db")) as connection:
        connection.execute("pragma writable_schema = on")
        connection.execute("delete from sqlite_schema where name = 'bins_with_leftovers'")
        connection.commit()
    with pytest.raises(CannotStart, match="not valid"):
        back_up(tmp_path / "log.db", tmp_path / "copy.db", lambda *_: None)
    assert not (tmp_path / "copy.db").exists()
