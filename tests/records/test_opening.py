"""Packing and charset of a file, and what is no list of messages."""

import gzip
import io
import zipfile

import pytest

from app.records.failures import UnreadableRecords
from app.records.opening import open_text


def _text(data: bytes) -> str:
    return open_text(io.BytesIO(data)).text.read()


def _problem(data: bytes) -> str:
    with pytest.raises(UnreadableRecords) as error:
        _text(data)
    return str(error.value)


def _zip(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _gzip(data: bytes) -> bytes:
    """Without the time, which would be in the names of the tests."""
    return gzip.compress(data, mtime=0)


TEXT = "From,To\r\n+14155550123,Zoë\r\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
        _gzip(TEXT.encode()),
        _gzip(TEXT.encode())[:4] + _gzip(TEXT.encode())[4:],
        _zip({"a": TEXT.encode("utf-16")}),
        _zip({"folder/": b"", "folder/a.csv": TEXT.encode()}),
        _zip({"a.csv": TEXT.encode(), "__MACOSX/a.csv": b"x"}),
    ],
)
def test_the_text_is_the_same(data: bytes) -> None:
    opened = open_text(io.BytesIO(data))
    assert opened.begins == "F"
    assert opened.text.read() == TEXT


def test_a_charset_may_show_only_at_the_end_of_a_large_file() -> None:
    text = "a,b\n" + "1,2\n" * 500_000
    assert _text((text + "Zoë").encode("cp1252")).endswith("Zoë")
    assert _text((text + "Zoë").encode()).endswith("Zoë")


def test_a_byte_that_no_charset_has_is_replaced() -> None:
    assert _text(b"\xff\xfea\x00,\x00\x00\xd8b\x00") == "a,�b"
    assert _text(b"a,\xe9\x81") == "a,é�"
    assert _text(b"a,\xe9\x81b") == "a,é\x81b"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", ".xls"),
        (b"SQLite format 3\0", "a database"),
        (b"<!doctype html><title>Sign in</title>", "web page"),
        (b"\x01\x02\x03\x04,b", "not text"),
        (_zip({"[Content_Types].xml": b"<x/>", "xl": b""}), "spreadsheet"),
        (_zip({"mimetype": b"application/vnd.oasis"}), "spreadsheet"),
        (_zip({}), "has 0 files"),
        (_zip({"a": b"1", "b": b"2"}), "has 2 files"),
        (_zip({"folder/": b""}), "has 0 files"),
        (_zip({"a": _gzip(b"a,b")}), "another archive"),
        (_gzip(_zip({"a": b"a,b"})), "another archive"),
        (_gzip(b"a,b\n1,2")[:-9], "damaged or incomplete"),
        (_gzip(b"a,b\n1,2")[:12] + b"\xff" * 20, "damaged or incomplete"),
        (b"\x1f\x8b", "damaged or incomplete"),
        (_zip({"a": b"a,b" * 100})[:60], "damaged or incomplete"),
    ],
)
def test_what_is_no_list_is_named_with_the_cure(data: bytes, words: str) -> None:
    problem = _problem(data)
    assert words in problem
    assert problem.endswith(".")


def test_a_damaged_archive_is_named() -> None:
    data = bytearray(_zip({"a": b"a,b\n" + b"1,2\n" * 1_000}))
    data[45] ^= 0xFF
    assert "damaged or incomplete" in _problem(bytes(data))


def test_an_archive_with_a_password_or_an_unusual_method_is_named() -> None:
    data = bytearray(_zip({"a": b"a,b"}))
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    assert "password" in _problem(bytes(data))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", b"a,b")
    assert "unusual compression" in _problem(file.getvalue())


def test_progress_is_reported_by_bytes() -> None:
    data = b"a,b\n" + b"1,2\n" * 500_000
    reports: list[tuple[int, int]] = []
    open_text(io.BytesIO(data), lambda done, size: reports.append((done, size))).text.read()
    assert reports[-1] == (len(data), len(data))
    assert [done for done, _ in reports] == sorted(done for done, _ in reports)
    assert len(reports) > 10
