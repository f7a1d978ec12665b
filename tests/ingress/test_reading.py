"""Cached heads equal parsed ones."""

from app.ingress import reading
from app.ingress.paths import CapturePaths
from app.ingress.reading import MAX_CACHED_BYTES, NO_LINE, HeadReader

KEY = "0123456789abcdef"


def head(lines: str, line: str = f"POST /{KEY}/status HTTP/1.1") -> bytes:
    return f"{line}\r\n{lines}\r\n".encode()


def counted(monkeypatch) -> list[bytes]:
    """The heads that were parsed."""
    read: list[bytes] = []
    read_head = reading.read_head

    def noted(version: bytes, lines: bytes) -> object:
        read.append(lines)
        return read_head(version, lines)

    monkeypatch.setattr(reading, "read_head", noted)
    return read


def test_a_head_that_comes_again_is_not_read_again(monkeypatch) -> None:
    read = counted(monkeypatch)
    reader = HeadReader(CapturePaths(""))
    first, second = (reader.read(head("Content-Length: 3\r\n")) for _ in range(2))
    assert first == second
    assert first.head is not None
    assert (first.head.length, first.why, len(read)) == (3, "", 1)


def test_one_that_differs_in_a_byte_is_another(monkeypatch) -> None:
    read = counted(monkeypatch)
    reader = HeadReader(CapturePaths(""))
    found = [reader.read(head(f"Content-Length: {length}\r\n")).head for length in (3, 4)]
    assert [each.length for each in found if each is not None] == [3, 4]
    assert len(read) == 2


def test_a_long_one_is_read_each_time_and_says_the_same(monkeypatch) -> None:
    read = counted(monkeypatch)
    reader = HeadReader(CapturePaths(""))
    padding = MAX_CACHED_BYTES - len(head("X-A: \r\n"))
    at_the_limit, beyond = (head(f"X-A: {'a' * size}\r\n") for size in (padding, padding + 1))
    for data in (at_the_limit, at_the_limit, beyond, beyond):
        assert reader.read(data).head is not None
    assert len(read) == 3


def test_what_is_not_valid_reports_why_each_time() -> None:
    reader = HeadReader(CapturePaths(""))
    for _ in range(2):
        found = reader.read(head("X A: 1\r\n"))
        assert (found.head, found.why) == (None, "invalid header token")
        assert found.line is not None
        assert found.line.key == KEY


def test_a_line_without_a_version_has_no_head() -> None:
    found = HeadReader(CapturePaths("")).read(head("", f"GET /{KEY}?a b HTTP/1.1"))
    assert found.line is not None
    assert (found.line.key, found.head, found.why) == (KEY, None, NO_LINE)


def test_what_is_no_request_has_no_line() -> None:
    assert HeadReader(CapturePaths("")).read(b"\x16\x03\x01\r\n\r\n").line is None
