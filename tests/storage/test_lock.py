"""One server per data directory, with a lock that is released after a crash."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.errors import CannotStart
from app.storage import lock
from app.storage.lock import holder_of, lock_directory, locks_work

HOLD = """
import fcntl, os, sys
descriptor = os.open(sys.argv[1], os.O_RDONLY)
fcntl.flock(descriptor, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def _held(directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """By another process."""
    command = [sys.executable, "-I", "-c", HOLD, str(directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch) -> None:
    monkeypatch.setattr(lock, "LOCK_WAIT_S", 0.1)


def _descriptors(directory: Path) -> int:
    """How often this process has opened the directory. Other files may be closed by the garbage collector."""
    found = 0
    for each in Path("/dev/fd").iterdir():
        with suppress(OSError):
            found += os.path.samestat(os.fstat(int(each.name)), directory.stat())
    return found


async def test_a_directory_that_is_not_there_is_made_for_its_user_alone(tmp_path: Path) -> None:
    directory = tmp_path / "some" / "where"
    os.close(await lock_directory(directory))
    assert directory.stat().st_mode & 0o777 == 0o700


async def test_a_second_one_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    first = await lock_directory(tmp_path)
    before = _descriptors(tmp_path)
    with pytest.raises(CannotStart, match=r"Another smsbin is using .*Stop it"):
        await lock_directory(tmp_path)
    assert _descriptors(tmp_path) == before
    os.close(first)
    os.close(await lock_directory(tmp_path))


async def test_a_lock_that_is_released_soon_is_waited_for(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(lock, "LOCK_WAIT_S", 10.0)
    first = await lock_directory(tmp_path)
    tries = []

    def count(descriptor: int) -> bool:
        tries.append(descriptor)
        if len(tries) == 2:
            os.close(first)
        return try_(descriptor)

    try_ = lock._try
    monkeypatch.setattr(lock, "_try", count)
    os.close(await lock_directory(tmp_path))
    assert len(tries) == 2


async def test_a_killed_server_leaves_no_lock(tmp_path: Path) -> None:
    with _held(tmp_path) as process:
        process.kill()
        process.wait()
        os.close(await lock_directory(tmp_path))


async def test_the_lock_is_not_inherited_unless_it_is_passed_on(tmp_path: Path) -> None:
    descriptor = await lock_directory(tmp_path)
    assert not os.get_inheritable(descriptor)
    with subprocess.Popen([sys.executable, "-I", "-c", "input()"], stdin=subprocess.PIPE) as child:
        os.close(descriptor)
        os.close(await lock_directory(tmp_path))
        child.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's list of locks")
async def test_who_holds_it_is_reported(tmp_path: Path) -> None:
    assert holder_of(tmp_path / "none") is None
    assert holder_of(tmp_path) is None
    with _held(tmp_path) as process:
        assert holder_of(tmp_path) == process.pid
    assert holder_of(tmp_path) is None


async def test_where_the_system_does_not_report_it_the_process_is_unknown(tmp_path: Path, monkeypatch) -> None:
    def fail(_: Path) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", fail)
    with _held(tmp_path):
        assert holder_of(tmp_path) == 0


async def test_a_place_that_cannot_be_a_directory_is_named_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match=r"file is not writable.*--data-dir"):
        await lock_directory(tmp_path / "file")


async def test_a_directory_that_cannot_be_written_is_named_with_the_cure(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(lock.os, "access", lambda *_: False)
    before = _descriptors(tmp_path)
    with pytest.raises(CannotStart, match=r"Permission denied.*make it writable"):
        await lock_directory(tmp_path)
    assert _descriptors(tmp_path) == before


def test_whether_locks_keep_others_out_is_tried(tmp_path: Path, monkeypatch) -> None:
    assert locks_work(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with monkeypatch.context() as patch:
        patch.setattr(lock.fcntl, "flock", lambda *_: None)
        assert not locks_work(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(lock.fcntl, "lockf", lambda *_: None)
        assert not locks_work(tmp_path)
    assert list(tmp_path.iterdir()) == []
