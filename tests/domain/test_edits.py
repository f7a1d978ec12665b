"""Changes before a replay: what is not changed stays as received."""

import pytest

from app.domain.edits import (
    LINE,
    MOST_BODY,
    MOST_FIELDS,
    MOST_LINES,
    MOST_VALUE,
    RequestEdit,
    changes,
    editable_body,
    editable_fields,
    editable_headers,
    edited,
    read_header_lines,
)
from app.errors import Invalid
from tests.storage.builders import a_raw

HEADERS = ((b"Host", b"a"), (b"X-One", b"1"), (b"Cookie", b"secret"), (b"x-one", b"\xfc"), (b"Content-Length", b"3"))


def test_no_change_leaves_every_byte() -> None:
    raw = a_raw(b"a=%2b+x&&b;c&\xff", headers=HEADERS)
    assert edited(raw, RequestEdit()) == raw


def test_only_the_changed_field_is_written_again() -> None:
    raw = a_raw(b"To=%2b1&From=%2B2&To=%2b1&x", target="/k?a=%20&b=2")
    fields = editable_fields(raw, is_form=True)
    assert [(field.key, field.name, field.value) for field in fields] == [
        ("query.0", "a", " "), ("query.1", "b", "2"), ("form.0", "To", "+1"), ("form.1", "From", "+2"),
        ("form.2", "To", "+1"), ("form.3", "x", ""),
    ]  # fmt: skip
    new = edited(raw, RequestEdit(fields={"form.2": "a&b=ü ", "query.1": "#"}))
    assert new.body == b"To=%2b1&From=%2B2&To=a%26b%3D%C3%BC+&x"
    assert new.target == "/k?a=%20&b=%23"
    assert new.head == raw.head


def test_a_body_that_is_no_form_has_no_fields_but_a_text() -> None:
    raw = a_raw(b'{"a":"b=1&c"}', target="/k")
    assert editable_fields(raw, is_form=False) == ()
    assert editable_body(raw) == '{"a":"b=1&c"}'
    assert edited(raw, RequestEdit(body="x\r\ny")).body == b"x\ny"
    assert edited(a_raw(b"1\r\n2"), RequestEdit(body="x\ny")).body == b"x\r\ny"


@pytest.mark.parametrize("body", [b"", b"\xff", b"a\0b", b"x" * (MOST_BODY + 1)])
def test_a_body_that_is_no_text_cannot_be_edited(body: bytes) -> None:
    assert editable_body(a_raw(body)) is None
    assert editable_body(a_raw(b"x" * MOST_BODY)) is not None
    assert editable_body(a_raw(b"x", headers=((b"Content-Encoding", b"gzip"),))) is None


def test_credentials_and_headers_of_the_connection_are_not_shown_and_stay() -> None:
    raw = a_raw(headers=HEADERS)
    assert editable_headers(raw) == "X-One: 1\nx-one: ü"
    new = edited(raw, RequestEdit(headers=(("X-Two", "2"),)))
    assert new.headers == (HEADERS[0], HEADERS[2], HEADERS[4], (b"X-Two", b"2"))
    assert edited(raw, RequestEdit(headers=(("cookie", "mine"),))).headers[-1] == (b"cookie", b"mine")
    assert (b"Cookie", b"secret") not in edited(raw, RequestEdit(headers=(("cookie", "mine"),))).headers


@pytest.mark.parametrize("text", ["no colon", "a b: 1", ": 1", "X: a\x00", "X: ☂", "X: 1\n\nY"])
def test_a_line_that_is_no_header_is_named(text: str) -> None:
    with pytest.raises(Invalid, match="line"):
        read_header_lines(text)


def test_header_lines_are_names_and_values() -> None:
    assert read_header_lines("A: 1\r\n\r\nB:  x : y \nC:") == (("A", "1"), ("B", "x : y"), ("C", ""))


def test_a_message_id_is_replaced_where_it_stands_as_a_whole() -> None:
    raw = a_raw(b"sid=SM+1&other=SM%2B10&again=SM%2B1", target="/k/SM+1?id=SM%2B1")
    new = edited(raw, RequestEdit(ids={"SM+1": "SM\\2"}))
    assert new.target == "/k/SM+1?id=SM\\2"
    assert new.body == b"sid=SM\\2&other=SM%2B10&again=SM\\2"


def test_a_message_id_that_is_not_there_is_refused() -> None:
    with pytest.raises(Invalid, match="literally"):
        edited(a_raw(b"id=12", target="/k"), RequestEdit(ids={"1": "2"}))


def test_changes_are_lines_without_credentials() -> None:
    raw = a_raw(b"a=1&b=2", headers=((b"X", b"1"), (b"Cookie", b"secret")), target="/k")
    new = edited(raw, RequestEdit(fields={"form.1": "3"}, headers=(("X", "2"),)))
    assert changes(raw, new) == (("−", "X: 1"), ("+", "X: 2"), ("−", "b=2"), ("+", "b=3"))
    assert changes(raw, raw) == ()


def test_forms_and_changes_are_bounded() -> None:
    raw = a_raw(b"&".join(b"f=%d" % n for n in range(MOST_FIELDS + 1)), target="/k")
    assert len(editable_fields(raw, is_form=True)) == MOST_FIELDS
    for more in (0, 1):
        assert len(editable_fields(a_raw(b"a=" + b"x" * (MOST_VALUE + more), target="/k"), is_form=True)) == 1 - more
    lines = changes(a_raw(b"", headers=()), a_raw(b"x\n" * (MOST_LINES + 5) + b"y", headers=()))
    assert len(lines) == MOST_LINES - 2
    ((_, line), *_) = changes(a_raw(b"y" * (LINE + 1)), a_raw(b""))
    assert line == "y" * LINE
