"""`smsbin restore`: a backup is restored, and a wrong file does no damage."""

import csv
import json
import shutil
import sqlite3
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from app.storage.sqlite.files import remove
from tests.commands.run import hit, run
from tests.process import TOKEN, Process, serving


def _texts(data: Path) -> list[str]:
    with serving(data) as server:
        here = {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}
        done = run("export", "--format", "csv", **here)
        assert server.stop() == 0
    return [row["text"] for row in csv.DictReader(done.stdout.splitlines())]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The directory of a stopped server with two captures, and a backup from when there was one."""
    data = tmp_path_factory.mktemp("made") / "data"
    backup = data.parent / "backup.db"
    with serving(data) as server:
        hit(server, "first")
        assert run("backup", str(backup), "--data-dir", str(data)).returncode == 0
        hit(server, "second")
        assert server.stop() == 0
    return data, backup


@pytest.fixture
def data(made: tuple[Path, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(made[0], tmp_path / "data"))


@pytest.fixture
def backup(made: tuple[Path, Path]) -> Path:
    return made[1]


def _state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _asides(data: Path) -> list[Path]:
    return [path for path in data.glob("log.db.before-*") if not path.name.endswith(("-wal", "-shm"))]


def test_what_was_backed_up_is_there_again_and_what_was_there_is_kept(data: Path, backup: Path) -> None:
    before = (data / "log.db").read_bytes()
    (data / "log.suspect").touch()
    done = run("restore", str(backup), "--data-dir", str(data))
    assert (done.returncode, done.stdout) == (0, "")
    assert "1 bin, 1 capture, version" in done.stderr
    (aside,) = _asides(data)
    assert str(aside) in done.stderr
    assert aside.read_bytes() == before
    assert (data / "log.db").stat().st_mode & 0o777 == 0o600
    assert not (data / "log.suspect").exists()
    assert not (data / "ledger.db").exists()
    assert not list(data.glob("*.restoring*"))
    assert _texts(data) == ["first"]
    # The renamed database can be restored too.
    assert run("restore", str(aside), "--data-dir", str(data)).returncode == 0
    assert _texts(data) == ["first", "second"]


def test_a_second_restore_in_the_same_second_keeps_both(data: Path, backup: Path) -> None:
    for _ in range(3):
        assert run("restore", str(backup), "--data-dir", str(data)).returncode == 0
    assert len(_asides(data)) == 3


def test_replace_keeps_nothing_aside(data: Path, backup: Path) -> None:
    done = run("restore", "--replace", str(backup), "--data-dir", str(data))
    assert done.returncode == 0
    assert list(data.glob("*before*")) == []
    assert _texts(data) == ["first"]


def test_what_a_killed_server_left_in_its_log_stays_with_its_database(data: Path, backup: Path) -> None:
    with serving(data) as server:
        hit(server, "third")
        server.kill_all()
    assert (data / "log.db-wal").stat().st_size > 0
    assert run("restore", str(backup), "--data-dir", str(data)).returncode == 0
    assert not (data / "log.db-wal").exists()
    assert _texts(data) == ["first"]
    (aside,) = _asides(data)
    assert run("restore", str(aside), "--data-dir", str(data)).returncode == 0
    assert _texts(data) == ["first", "second", "third"]


def test_a_directory_that_is_not_there_yet_is_made(backup: Path, tmp_path: Path) -> None:
    assert run("restore", str(backup), "--data-dir", str(tmp_path / "new")).returncode == 0
    assert _texts(tmp_path / "new") == ["first"]


def test_a_running_server_is_three_in_one_line_and_continues(data: Path, backup: Path) -> None:
    with serving(data) as server:
        done = run("restore", str(backup), "--data-dir", str(data))
        assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)
        assert "Stop it" in done.stderr
        assert list(data.glob("*before*")) == []
        with urllib.request.urlopen(server.ready["url"] + "readyz") as answer:
            assert answer.status == 200
        assert server.stop() == 0
    assert _texts(data) == ["first", "second"]


def _live(server: Process, after: int) -> list[dict]:
    """The frames that a page with this cursor gets, after a list, which waits for the ledger."""
    page = f"{server.ready['url']}bins/{server.ready['bin']}/live?after={after}"
    for url in (f"{server.bin_api}/captures", page):
        request = urllib.request.Request(url)
        request.add_header("Authorization", f"Bearer {TOKEN}")
        with urllib.request.urlopen(request) as answer:
            found = json.load(answer)
    return list(found["frames"])


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_cursor_from_before_the_restore_is_not_continued(data: Path, backup: Path, *, is_lost: bool) -> None:
    # A ledger that was rebuilt after the backup has an epoch that the backup has not given out.
    (data / "ledger.db").unlink()
    with serving(data) as server:
        cursor = _live(server, 0)[0]["hello"]["seq"]
        assert cursor > 0
        assert server.stop() == 0
    if is_lost:
        for file in ("log.db", "ledger.db"):
            remove(data / file)
    assert run("restore", str(backup), "--data-dir", str(data)).returncode == 0
    with serving(data) as server:
        for text in ("third", "fourth", "fifth"):
            hit(server, text)
        assert [list(frame) for frame in _live(server, cursor)[:2]] == [["hello"], ["reset"]]
        assert server.stop() == 0


def _damaged(backup: Path, path: Path) -> Path:
    bytes_ = bytearray(backup.read_bytes())
    middle = len(bytes_) // 2 // 4096 * 4096
    bytes_[middle : middle + 40_960] = b"\xff" * 40_960
    path.write_bytes(bytes_)
    return path


def _newer(backup: Path, path: Path) -> Path:
    shutil.copy(backup, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma user_version = 9999")
    return path


def _stranger(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table songs (title text)")
    return path


def test_a_wrong_file_is_reported_before_anything_is_touched(data: Path, backup: Path, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database at all" * 500)
    (tmp_path / "empty.db").touch()
    before = _state(data)
    for file, words in (
        (_damaged(backup, tmp_path / "damaged.db"), "damaged.db"),
        (_newer(backup, tmp_path / "newer.db"), "version 9999"),
        (_stranger(tmp_path / "songs.db"), "not an smsbin log"),
        (tmp_path / "text.db", "not a valid log"),
        (tmp_path / "empty.db", "not an smsbin log"),
        (tmp_path / "none.db", "There is no file"),
    ):
        for verify in ((), ("--verify",)):
            done = run("restore", str(file), "--data-dir", str(data), *verify)
            assert (done.returncode, len(done.stderr.splitlines())) == (3, 1), done.stderr
            assert words in done.stderr
    assert _state(data) == before
    assert not (tmp_path / "none.db").exists()
    done = run("restore", str(data / "log.db"), "--data-dir", str(data))
    assert (done.returncode, "the log itself" in done.stderr) == (2, True)


def test_verify_only_looks(backup: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone" / "copy.db"
    alone.parent.mkdir()
    shutil.copy(backup, alone)
    done = run("restore", "--verify", str(alone), "--data-dir", str(tmp_path / "data"))
    assert (done.returncode, done.stderr.startswith(f"{alone} is valid: 1 bin, 1 capture")) == (0, True)
    assert list(alone.parent.iterdir()) == [alone]
    assert not (tmp_path / "data").exists()
