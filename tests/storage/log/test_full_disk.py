"""A full disk: writes are refused until there is space again, and with the reserve file captures can be deleted."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import clock
from app.domain.units import micros
from app.storage.ballast import Ballast
from app.storage.log import jobs
from app.storage.log.appender import DISK_FULL, Appender
from app.storage.log.results import Result
from app.storage.sqlite.log_file import open_log_file
from app.storage.transaction import CannotWrite
from tests.storage.builders import a_raw
from tests.storage.inside import BIN, Inside


class Room(Ballast):
    """The reserve file of a disk that is the database itself, in pages."""

    def __init__(self, connection: sqlite3.Connection, pages: int = 40) -> None:
        super().__init__(Path("ballast"))
        self._connection = connection
        self._pages = pages
        self.is_there = True
        self.fits_again = False

    def release(self) -> bool:
        if not self.is_there:
            return False
        self.is_there, self.is_released = False, True
        fill(self._connection, self._pages)
        return True

    def restore(self) -> bool:
        if self.fits_again:
            self.is_there, self.is_released = True, False
        return self.fits_again


def fill(connection: sqlite3.Connection, free: int = 0) -> None:
    """Leave only this number of pages."""
    (pages,) = connection.execute("pragma page_count").fetchone()
    connection.execute(f"pragma max_page_count = {pages + free}")


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Inside]:
    made = Inside(tmp_path)
    yield made
    made.close()


@pytest.fixture
def room(inside: Inside) -> Room:
    """A full disk with a reserve file."""
    made = inside.appender._ballast = Room(inside.file.connection)
    fill(inside.file.connection)
    return made


def _capture(body: bytes = b"Text=hi") -> jobs.AddCapture:
    return jobs.AddCapture(
        BIN, micros(clock.now()), "primary", "POST", "/", "", "1.1", b"a: b\r\n", body, True, None, None, None, False
    )


def _large() -> jobs.AddCapture:
    return _capture(bytes(100_000))


def _told(results: list[Result]) -> list[str | int]:
    return [result.error or result.value for result in results]


def _opened(folder: Path, ballast: Callable[[sqlite3.Connection], Ballast]) -> tuple[Appender, sqlite3.Connection]:
    file = open_log_file(folder / "log.db", doubt=False)
    return Appender(file.database, ballast(file.connection), "run"), file.connection


def test_on_a_full_disk_the_reserve_file_makes_space_for_the_opening(tmp_path: Path) -> None:
    appender, connection = _opened(tmp_path, Room)
    connection.execute("pragma query_only = on")
    room = appender._ballast

    def release() -> bool:
        connection.execute("pragma query_only = off")
        room.is_released = True
        return True

    room.release = release  # type: ignore[method-assign]
    appender.begin()
    assert [row[0] for row in connection.execute("select id from runs")] == ["run"]
    connection.close()


def test_an_opening_that_cannot_be_written_is_recorded_with_the_first_batch_that_can(tmp_path: Path) -> None:
    appender, connection = _opened(tmp_path, lambda _: Ballast(tmp_path / "none"))
    connection.execute("pragma query_only = on")
    appender.begin()
    assert _told(appender.apply([jobs.NoteTime(1)]).results) == ["full"]
    connection.execute("pragma query_only = off")
    assert _told(appender.apply([jobs.NoteTime(1)]).results) == [1]
    assert [row[0] for row in connection.execute("select id from runs")] == ["run"]
    connection.close()


def test_a_full_disk_refuses_what_is_large_and_works_again_by_itself(inside: Inside) -> None:
    fill(inside.file.connection)
    assert _told(inside.apply(_large(), _large())) == ["full", "full"]
    fill(inside.file.connection, 1_000)
    assert _told(inside.apply(_large(), _large())) == [1, 2]


def test_without_a_deletion_the_ballast_stays(inside: Inside, room: Room) -> None:
    assert _told(inside.apply(_large())) == ["full"]
    assert room.is_there


def test_a_deletion_that_does_not_fit_gets_the_ballast_and_captures_do_not(inside: Inside, room: Room) -> None:
    small = inside.keep(a_raw())
    results = inside.apply(_large(), jobs.DropCapture(BIN, small), _capture(), jobs.DropCapture(BIN, 99))
    assert _told(results) == ["full", 0, "full", "not_found"]
    assert results[0].message == results[2].message == DISK_FULL
    assert not room.is_there
    # Until the reserve file can be created again.
    assert _told(inside.apply(_capture(), jobs.DropSession("nobody"))) == ["full", 0]
    room.fits_again = True
    assert _told(inside.apply(_capture())) == [2]
    assert room.is_there


def test_a_deletion_has_its_entry_in_the_audit_log_on_a_full_disk_too(inside: Inside, room: Room) -> None:
    small = inside.keep(a_raw())
    entry = jobs.PutAuditEntry("a", 1, 1, "me", "", None, "capture.delete", None, None, "{}", None, None, 1)
    # Alone it does not get the reserve file; it is written again with the result.
    fill(inside.file.connection)
    assert _told(inside.apply(_large(), entry)) == ["full", "full"]
    assert room.is_there
    results = inside.apply(_large(), entry, jobs.DropCapture(BIN, small), _capture())
    assert _told(results) == ["full", 0, 0, "full"]
    assert _told(inside.apply(entry)) == [0]
    rows = inside.file.connection.execute("select id from audit_entries").fetchall()
    assert [row[0] for row in rows] == ["a"]


def test_a_deletion_that_fits_nowhere_is_refused(inside: Inside, room: Room, monkeypatch) -> None:
    def fail() -> None:
        raise CannotWrite("full")

    monkeypatch.setattr(inside.file.database._files, "check", fail)
    assert _told(inside.apply(jobs.DropCaptures(BIN), _capture())) == ["full", "full"]
    room.is_there = False
    assert _told(inside.apply(jobs.DropCaptures(BIN))) == ["full"]


def test_a_probe_meets_the_full_disk(inside: Inside) -> None:
    fill(inside.file.connection)
    assert _told(inside.apply(jobs.Probe(100_000))) == ["full"]
