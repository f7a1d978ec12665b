"""What parsing a body and writing it again gives."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signatures.pasting.raw_bodies import MAX_PARSED, wrong_bodies

BODY = '{"b": "é/<", "a": [1, 2.5]}\n'.encode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (b'{"b":"\xc3\xa9/<","a":[1,2.5]}', "JSON.stringify"),
        (b'{"b": "\\u00e9/<", "a": [1, 2.5]}', "json.dumps"),
        (b'{"b":"\\u00e9/<","a":[1,2.5]}', "compact"),
        (b'{"b":"\\u00e9\\/<","a":[1,2.5]}', "PHP"),
        (b'{"a":[1,2.5],"b":"\xc3\xa9/<"}', "sorted keys"),
        (b'{"a":[1,2.5],"b":"\xc3\xa9/\\u003c"}', "Go"),
        (str(json.loads(BODY)).encode(), "Python's str"),
        (BODY + b"\n", "newline is added"),
        (BODY[:-1], "newline at the end of the body is lost"),
        (b"", "left out"),
        (str(BODY).encode(), "bytes object"),
        (b"[object Object]", "object"),
        (BODY.decode("latin-1").encode(), "Latin-1"),
    ],
)
def test_a_wrong_body_is_named(wrong: bytes, words: str) -> None:
    found = {other: mistake for mistake, other in wrong_bodies(BODY)}
    mistake = found[wrong]
    assert mistake is not None
    assert words in mistake.words


def test_a_form_that_was_written_again_is_named() -> None:
    found = {other: mistake for mistake, other in wrong_bodies(b"a=b%20c&d=%e9")}
    assert b"a=b+c&d=%EF%BF%BD" in found
    assert b'{"a":"b c","d":"\xef\xbf\xbd"}' in found


def test_the_right_body_is_the_first_and_a_large_one_is_not_parsed() -> None:
    assert wrong_bodies(BODY)[0] == (None, BODY)
    large = b'{"a": "' + b"a" * MAX_PARSED + b'"}'
    assert len(wrong_bodies(large)) < 8


@given(st.binary(max_size=50))
def test_it_never_raises(body: bytes) -> None:
    found = wrong_bodies(body)
    assert len({other for _, other in found}) == len(found)
