"""How the files are opened, and that SQLite uses the pragmas."""

from pathlib import Path

import pytest

from app.errors import CannotStart
from app.storage.sqlite.connections import (
    LEDGER_PRAGMAS,
    LOG_PRAGMAS,
    check_pragmas,
    open_ledger,
    open_log,
    open_reader,
)


def test_the_log_syncs_fully_the_ledger_does_not_and_each_pragma_is_read_back(tmp_path: Path) -> None:
    for open_, pragmas, synchronous in ((open_log, LOG_PRAGMAS, 2), (open_ledger, LEDGER_PRAGMAS, 1)):
        connection = open_(tmp_path / f"{synchronous}.db")
        assert connection.execute("pragma synchronous").fetchone()[0] == synchronous
        assert connection.execute("pragma journal_mode").fetchone()[0] == "wal"
        assert connection.execute("pragma secure_delete").fetchone()[0] == 1
        assert connection.execute("pragma wal_autocheckpoint").fetchone()[0] == 0
        check_pragmas(connection, pragmas)
        connection.execute("pragma synchronous = off")
        with pytest.raises(CannotStart, match="synchronous"):
            check_pragmas(connection, pragmas)
        connection.close()


def test_a_reader_makes_no_file_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="unable to open"):
        open_reader(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []
    writer = open_log(tmp_path / "log.db")
    writer.execute("create table a (x)")
    reader = open_reader(tmp_path / "log.db")
    with pytest.raises(Exception, match="readonly"):
        reader.execute("insert into a values (1)")
    reader.close()
    writer.close()
