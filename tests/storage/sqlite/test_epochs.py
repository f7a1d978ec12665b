"""The epochs that a restored log gives out are above all that may have been given out before."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.units import micros
from app.storage.ledger.spaces import SpaceState, add_space, first_seq_of
from app.storage.sqlite.epochs import SPARE_PER_BIN, highest_epoch, raise_epochs
from app.storage.sqlite.ledger_file import make_ledger_file
from tests.storage.inside import Inside

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A log with one bin that has given out seven epochs, and was last used a day before `NOW`."""
    inside = Inside(tmp_path)
    inside.file.connection.execute("update meta set epochs = 7, seen_at = ?", (micros(NOW - timedelta(days=1)),))
    inside.file.connection.execute("update runs set began_at = 0")
    yield inside.file.connection
    inside.close()


def _raised(log: sqlite3.Connection, known: int = 0, now: datetime = NOW) -> int:
    raise_epochs(log, known, now)
    return int(log.execute("select epochs from meta").fetchone()[0])


def test_each_minute_since_the_backup_and_each_bin_may_have_used_epochs(log: sqlite3.Connection) -> None:
    assert _raised(log) == 7 + 24 * 60 + SPARE_PER_BIN * 2


def test_known_epochs_are_not_given_out_again(log: sqlite3.Connection) -> None:
    assert _raised(log, known=5_000) == 5_000


def test_a_clock_before_the_backup_lowers_nothing(log: sqlite3.Connection) -> None:
    assert _raised(log, now=NOW - timedelta(days=9)) == 7 + SPARE_PER_BIN * 2


def test_without_a_trusted_time_the_start_of_the_last_run_counts(log: sqlite3.Connection) -> None:
    log.execute("update meta set seen_at = null")
    log.execute("update runs set began_at = ?", (micros(NOW - timedelta(minutes=3)),))
    assert _raised(log) == 7 + 3 + SPARE_PER_BIN * 2
    log.execute("delete from runs")
    assert _raised(log) == 7 + 3 + SPARE_PER_BIN * 4


def test_the_highest_epoch_is_that_of_the_log_or_of_its_ledger(log: sqlite3.Connection, tmp_path: Path) -> None:
    here = tmp_path / "log.db", tmp_path / "other" / "ledger.db"
    assert highest_epoch(*here) == 7
    here[1].parent.mkdir()
    file = make_ledger_file(here[1])
    assert highest_epoch(*here) == 7
    with file.database.write() as transaction:
        add_space(transaction, 1, SpaceState.CURRENT, "", 0, first_seq=first_seq_of(9))
    assert highest_epoch(*here) == 9
    assert highest_epoch(tmp_path / "none.db", here[1]) == 9
    file.close()


def test_files_that_are_not_there_or_cannot_be_read_are_no_epoch(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database" * 1_000)
    (tmp_path / "empty.db").touch()
    for name in ("none.db", "text.db", "empty.db"):
        assert highest_epoch(tmp_path / name, tmp_path / name) == 0
    assert not (tmp_path / "none.db").exists()
