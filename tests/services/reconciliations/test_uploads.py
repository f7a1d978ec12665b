"""Received files: within their limit, kept for a while, deleted afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import clock
from app.errors import Invalid, TooLarge
from app.services.reconciliations import uploads
from app.services.reconciliations.uploads import Uploads

KEY = b"k" * 32


async def _chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def received(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path, KEY)


@pytest.mark.parametrize("chunk", [1, 1 << 20])
async def test_a_file_has_the_id_of_its_content_and_bin(
    received: Uploads, tmp_path: Path, monkeypatch, chunk: int
) -> None:
    monkeypatch.setattr(uploads, "_CHUNK", chunk)
    first = await received.receive("bin", "a.csv", _chunks(b"he", b"llo"))
    assert (first.path.read_bytes(), first.path.stat().st_mode & 0o777) == (b"hello", 0o600)
    again = await received.receive("bin", "b.csv", _chunks(b"hello"))
    assert (again.id, again.file) == (first.id, "b.csv")
    assert _left(tmp_path) == [again.path.name], "the same file is kept once"
    pairs = (("other", b"hello"), ("bin", b"x"))
    others = [await received.receive(bin, "a", _chunks(content)) for bin, content in pairs]
    foreign = await Uploads(tmp_path, b"other").receive("bin", "a", _chunks(b"hello"))
    assert len({first.id, foreign.id, *(each.id for each in others)}) == 4


async def test_the_bytes_of_a_file(received: Uploads, tmp_path: Path, monkeypatch) -> None:
    assert uploads.MAX_UPLOAD == 60 << 20
    monkeypatch.setattr(uploads, "MAX_UPLOAD", 5)
    await received.receive("bin", "a", _chunks(b"abc", b"de"))
    with pytest.raises(TooLarge, match="Compress it with gzip"):
        await received.receive("bin", "a", _chunks(b"abc", b"def"))
    with pytest.raises(Invalid, match="is empty"):
        await received.receive("bin", "a", _chunks())
    assert len(_left(tmp_path)) == 1


async def test_a_file_that_breaks_off_leaves_nothing(received: Uploads, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"abc"
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError):
        await received.receive("bin", "a", broken())
    assert _left(tmp_path) == []


async def test_only_the_last_files_are_kept(received: Uploads, monkeypatch) -> None:
    monkeypatch.setattr(uploads, "MOST_UPLOADS", 2)
    made = [await received.receive("bin", "a", _chunks(content)) for content in (b"1", b"2", b"3")]
    assert [received.get("bin", each.id) is not None for each in made] == [False, True, True]
    assert [each.path.exists() for each in made] == [False, True, True]


async def test_files_are_deleted_after_a_while_and_with_their_bin(received: Uploads, monkeypatch) -> None:
    # A time of the machine would be rounded: 65,465.5 + 900 - 65,465.5 can be more than 900.
    monkeypatch.setattr(clock, "ticks", lambda: 100.0)
    made = await received.receive("bin", "a", _chunks(b"1"))
    other = await received.receive("other", "a", _chunks(b"1"))
    monkeypatch.setattr(clock, "ticks", lambda: made.received_at + uploads.KEPT_S)
    received.expire()
    assert made.path.exists()
    received.drop_of_bin("other")
    assert (made.path.exists(), other.path.exists()) == (True, False)
    monkeypatch.setattr(clock, "ticks", lambda: made.received_at + uploads.KEPT_S + 1)
    received.expire()
    assert (made.path.exists(), received.get("bin", made.id)) == (False, None)
