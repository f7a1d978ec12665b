"""Writing files: nothing that another user has prepared is followed or overwritten, and no incomplete file is ever
visible."""

import os
import re
from pathlib import Path

import pytest

from app import clock, files
from app.files import new_file, remove_leftovers


def _names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_file_takes_its_name_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("of yesterday")
    with new_file(path) as file:
        file.write(b"a,b")
        file.flush()
        assert path.read_text() == "of yesterday"
        (part,) = set(_names(tmp_path)) - {"export.csv"}
        assert file.name == str(tmp_path / part)
    assert path.read_text() == "a,b"
    assert _names(tmp_path) == ["export.csv"]


def test_it_is_for_its_owner_only_from_the_first_byte(tmp_path: Path) -> None:
    (tmp_path / "open").write_text("of yesterday")
    (tmp_path / "open").chmod(0o666)
    before = os.umask(0)
    try:
        with new_file(tmp_path / "open") as file:
            assert os.fstat(file.fileno()).st_mode & 0o777 == 0o600
    finally:
        os.umask(before)
    assert (tmp_path / "open").stat().st_mode & 0o777 == 0o600


def test_until_then_its_name_cannot_be_guessed(tmp_path: Path) -> None:
    seen = set()
    for _ in range(50):
        with new_file(tmp_path / "x") as file:
            seen.add(Path(file.name).name)
    assert len(seen) == 50
    assert all(re.fullmatch(r"x\.[\w-]{22}\.part", name) for name in seen)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_under_the_very_name_is_an_error_and_what_it_points_to_stays(
    tmp_path: Path, monkeypatch, is_there: bool
) -> None:
    """Even if the name could be guessed."""
    monkeypatch.setattr(clock, "new_nonce", lambda: "guessed")
    precious = tmp_path / "precious"
    if is_there:
        precious.write_text("precious")
    (tmp_path / "x.guessed.part").symlink_to(precious)
    with pytest.raises(FileExistsError), new_file(tmp_path / "x"):
        pass
    assert precious.exists() is is_there
    assert not is_there or precious.read_text() == "precious"


def test_a_link_under_its_own_name_is_replaced_and_what_it_points_to_stays(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "x").symlink_to(tmp_path / "precious")
    with new_file(tmp_path / "x") as file:
        file.write(b"new")
    assert (tmp_path / "precious").read_text() == "precious"
    assert ((tmp_path / "x").read_text(), (tmp_path / "x").is_symlink()) == ("new", False)


@pytest.mark.parametrize("kind", ["pipe", "directory", "link to a device"])
def test_what_is_no_file_is_not_replaced(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    {"pipe": os.mkfifo, "directory": os.mkdir, "link to a device": lambda path: path.symlink_to("/dev/null")}[kind](
        path
    )
    before = path.lstat().st_mode
    with pytest.raises(FileExistsError, match="is no file"), new_file(path):
        pass
    assert path.lstat().st_mode == before
    assert _names(tmp_path) == ["x"]


def test_a_block_that_fails_leaves_nothing_and_what_was_there_stays(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("of yesterday")

    def write() -> None:
        with new_file(tmp_path / "x") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert (tmp_path / "x").read_text() == "of yesterday"
    assert _names(tmp_path) == ["x"]


def test_a_name_of_the_longest_kind_can_be_written(tmp_path: Path) -> None:
    with new_file(tmp_path / ("é" * 127)) as file:
        file.write(b"a")
    assert _names(tmp_path) == ["é" * 127]


def test_what_a_killed_writer_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    left = f"x.{clock.new_nonce()}{files.PART}"
    others = [
        "x",
        "x.part",
        "x.csv",
        f"y.{clock.new_nonce()}.part",
        f"x.{clock.new_nonce()}.parts",
        f"x.{'a' * 21}.part",
    ]
    for name in (left, f"{left}-journal", *others):
        (tmp_path / name).touch()
    remove_leftovers(tmp_path / "x")
    assert _names(tmp_path) == sorted(others)
