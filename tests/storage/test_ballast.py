"""The reserve file for deletions on a full disk; a start does not depend on it."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.storage import ballast
from app.storage.ballast import Ballast

BLOCK = 4_096


def _fail(*_: object, **__: object) -> None:
    raise OSError(errno.EIO, "Input/output error")


def _disk(monkeypatch, total: int, free: int) -> None:
    space = SimpleNamespace(f_frsize=BLOCK, f_blocks=total // BLOCK, f_bavail=free // BLOCK)
    monkeypatch.setattr(ballast.os, "statvfs", lambda _: space)


@pytest.fixture
def room(tmp_path: Path, monkeypatch) -> Ballast:
    """A small one, on a disk with enough space."""
    _disk(monkeypatch, 64 << 20, 32 << 20)
    return Ballast(tmp_path / "ballast")


def test_it_takes_space_that_is_released_and_taken_again(room: Ballast, tmp_path: Path) -> None:
    room.prepare()
    path = tmp_path / "ballast"
    assert (path.stat().st_size, path.stat().st_mode & 0o777) == (1 << 20, 0o600)
    assert path.stat().st_blocks * 512 >= 1 << 20
    assert not room.is_released
    assert room.release()
    assert (room.is_released, path.exists()) == (True, False)
    assert not room.release()
    assert room.restore()
    assert (room.is_released, path.exists()) == (False, True)
    assert [each.name for each in tmp_path.iterdir()] == ["ballast"]


def test_one_that_is_there_stays_as_it_is(room: Ballast, tmp_path: Path) -> None:
    (tmp_path / "ballast").write_bytes(b"of an earlier start")
    room.prepare()
    assert (tmp_path / "ballast").read_bytes() == b"of an earlier start"


def test_a_large_disk_gives_no_more_than_sixteen_mebibytes(tmp_path: Path, monkeypatch) -> None:
    sizes = []
    _disk(monkeypatch, 1 << 40, 1 << 39)
    monkeypatch.setattr(ballast, "_fill", lambda _, size: sizes.append(size))
    Ballast(tmp_path / "ballast").prepare()
    assert sizes == [16 << 20]


def test_the_last_space_is_left_to_the_database(room: Ballast, tmp_path: Path, monkeypatch) -> None:
    _disk(monkeypatch, 64 << 20, (4 << 20) - BLOCK)
    room.prepare()
    assert list(tmp_path.iterdir()) == []
    room.is_released = True
    assert not room.restore()
    assert room.is_released
    _disk(monkeypatch, 64 << 20, 4 << 20)
    assert room.restore()


@pytest.mark.parametrize("call", ["statvfs", "open", "posix_fallocate"])
def test_one_that_cannot_be_made_keeps_nothing_from_starting_and_leaves_nothing(
    room: Ballast, tmp_path: Path, monkeypatch, call: str
) -> None:
    monkeypatch.setattr(ballast.os, call, _fail)
    room.prepare()
    assert not room.is_released
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["stat", "replace"])
def test_neither_does_a_directory_that_answers_with_errors(
    room: Ballast, tmp_path: Path, monkeypatch, call: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, call, _fail)
        room.prepare()
    assert list(tmp_path.iterdir()) == []


def test_one_that_cannot_be_given_up_is_not_released(room: Ballast, monkeypatch) -> None:
    room.prepare()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", _fail)
        assert not room.release()
    assert not room.is_released


def test_what_a_killed_start_has_left_is_removed(room: Ballast, tmp_path: Path) -> None:
    (tmp_path / "ballast.0123456789012345678901.part").write_bytes(bytes(1 << 20))
    room.prepare()
    assert [each.name for each in tmp_path.iterdir()] == ["ballast"]


def test_without_fallocate_it_is_filled_with_zeros(room: Ballast, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    room.prepare()
    assert (tmp_path / "ballast").read_bytes() == bytes(1 << 20)
