import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parsing import MAX_FIELDS, Part, parse, parse_quickly
from app.parsing.labels import read_label
from app.parsing.multipart import EARLY, MANY, read_parts

from .support import request

TYPE = "multipart/form-data; boundary=b"
LABEL = read_label(TYPE)


def part(head, content, end=b"\r\n"):
    return end.join([b"--b", *head, b"", content]) + end


def field(name, content, *more):
    return part([b'Content-Disposition: form-data; name="%s"' % name, *more], content)


def only(chunk):
    parts, problem = read_parts(chunk + b"--b--\r\n", LABEL)
    assert problem is None
    assert len(parts) == 1
    return parts[0]


def test_fields_and_files_are_parts_in_order():
    image = b"\x89PNG\r\n\x1a\n\r\x00"
    head = [b'content-disposition: form-data; name="pic"; filename="a.png"', b"content-type: image/png"]
    raw = request(
        b"preamble\r\n" + field(b"Body", "é".encode()) + field(b"Body", b"") + part(head, image) + b"--b--",
        TYPE,
    )
    assert parse(raw).parts == (
        Part(name="Body", filename=None, content_type=None, size=2, text="é"),
        Part(name="Body", filename=None, content_type=None, size=0, text=""),
        Part(name="pic", filename="a.png", content_type="image/png", size=len(image), text=None),
    )
    assert parse_quickly(raw).pairs == (("Body", "é"), ("Body", ""))


@given(st.binary(max_size=50).filter(lambda content: b"\n--b" not in content and not content.startswith(b"--b")))
def test_every_byte_of_a_part_is_its_own(content):
    assert only(field(b"x", content)).size == len(content)


def test_bare_line_feeds_are_understood():
    assert only(part([b"Content-Disposition: form-data; name=x"], b"hi", b"\n")) == Part(
        name="x", filename=None, content_type=None, size=2, text="hi"
    )


def test_a_part_needs_no_headers():
    assert only(b"--b\r\n\r\nhi\r\n").text == "hi"
    assert only(b"--b\r\nContent-Type: text/plain\r\n").text == ""


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (b'filename="../../etc/passwd"', "../../etc/passwd"),
        (b'filename="a\\"b;c=d"', 'a"b;c=d'),
        (b"filename=plain.txt", "plain.txt"),
        ('filename="naïve.txt"'.encode(), "naïve.txt"),
        (b'filename="na\xefve.txt"', "naïve.txt"),
        (b"filename=\"x\"; filename*=UTF-8''na%C3%AFve.txt", "naïve.txt"),
        (b"filename=x; filename*=broken", "x"),
        (b'filename=""', ""),
    ],
)
def test_a_filename_is_only_text(said, name):
    found = only(field(b"f", b"data", b"Content-Type: text/plain").replace(b'name="f"', b'name="f"; ' + said))
    assert found.filename == name
    assert found.text == "data"


@pytest.mark.parametrize(
    ("encoding", "content", "text"),
    [
        (b"base64", b"aGk=\r\n", "hi"),
        (b"base64", b"aGk", "aGk"),
        (b"quoted-printable", b"=C3=A9", "é"),
        (b"8bit", b"=", "="),
    ],
)
def test_the_transfer_encoding_is_undone(encoding, content, text):
    found = only(field(b"x", content, b"Content-Transfer-Encoding: " + encoding))
    assert (found.text, found.size) == (text, len(text.encode()))


def test_a_part_has_its_own_charset():
    assert only(field(b"x", b"\xd0", b"Content-Type: text/plain; charset=koi8-r")).text == "п"
    assert only(field(b"x", b"\xe9")).text == "é"


def test_json_in_a_part_is_text_and_a_nested_multipart_is_one_part():
    assert only(field(b"x", b"{}", b"Content-Type: application/json")).text == "{}"
    nested = only(field(b"x", b"--c\r\n\r\nhi\r\n--c--", b"Content-Type: multipart/mixed; boundary=c"))
    assert (nested.text, nested.size) == (None, 16)


def test_a_missing_end_is_said_and_what_came_is_shown():
    parts, problem = read_parts(field(b"x", b"hi") + field(b"y", b"h"), LABEL)
    assert [found.name for found in parts] == ["x", "y"]
    assert problem == EARLY


def test_parts_are_counted():
    parts, problem = read_parts(b"--b\r\n\r\n" * 3000, LABEL)
    assert (len(parts), problem) == (MAX_FIELDS, MANY)


@pytest.mark.parametrize(
    ("content_type", "reason"),
    [
        ("multipart/form-data", "has no boundary"),
        ("multipart/form-data; boundary=other", "does not contain its boundary"),
    ],
)
def test_without_its_boundary_a_body_is_not_multipart(content_type, reason):
    parsed = parse(request(field(b"x", b"hi") + b"--b--", content_type))
    assert parsed.parts is None
    assert reason in parsed.error
    assert "hi" in parsed.text
