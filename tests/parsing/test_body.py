import gzip
import json

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.parsing import MAX_BYTES, MAX_FIELDS, Parsed, parse, parse_quickly

from .support import FORM, JSON, XML, request

SHAPES = ("form", "json", "xml", "parts")


def shape(parsed):
    return [name for name in SHAPES if getattr(parsed, name) is not None]


@pytest.mark.parametrize(
    ("body", "content_type", "found"),
    [
        (b'{"a": 1}', JSON, "json"),
        (b' [{"a": 1}]', FORM, "json"),
        (b'{"a": "b=c&d"}', "text/plain", "json"),
        (b'{"a": 1}', None, "json"),
        (b"From=1&Body=hi", FORM, "form"),
        (b"From=1&Body=hi", JSON, "form"),
        (b"From=1&Body=hi", XML, "form"),
        (b"From=1&Body=hi", "text/plain", "form"),
        (b"From=1&Body=hi", None, "form"),
        (b"From=1&Body=hi", "multipart/form-data; boundary=b", "form"),
        (b"hello", FORM, "form"),
        (b"<a/>", XML, "xml"),
        (b"<a/>", FORM, "xml"),
        (b"<a/>", JSON, "xml"),
        (b"<a/>", None, "xml"),
    ],
)
def test_the_content_decides_when_the_label_lies(body, content_type, found):
    parsed = parse(request(body, content_type))
    assert shape(parsed) == [found]
    assert parsed.error is None


@pytest.mark.parametrize("body", [b"hello", b"123", b'"x"', b"{not json}", b"<not xml", b"a < b"])
@pytest.mark.parametrize("content_type", [None, "text/plain"])
def test_prose_is_text_and_no_problem(body, content_type):
    parsed = parse(request(body, content_type))
    assert (shape(parsed), parsed.text, parsed.error) == ([], body.decode(), None)


def test_what_is_too_much_is_not_taken_for_a_form_instead():
    parsed = parse(request(b"[" * 100, FORM))
    assert shape(parsed) == []
    assert "nested deeper" in parsed.error


@pytest.mark.parametrize("label", ["text/html", "text/plain", JSON, None])
def test_a_page_is_not_a_document(label):
    assert parse(request(b"<HTML><body>Bad gateway</body></HTML>", label)).xml is None
    assert parse(request(b"<html></html>", XML)).xml is not None


def test_bytes_that_are_no_text_are_no_form():
    raw = request(b"PK\x03\x04\xff\x00", FORM)
    assert (parse(raw).form, parse_quickly(raw).pairs) == (None, ())
    assert parse(raw).error == "The Content-Type says the body is a form, but it is not: its bytes are not text."


def test_a_request_without_a_body_has_a_query_only():
    raw = request(target="/k?From=%2B1&From=&x")
    assert parse(raw) == Parsed(query=(("From", "+1"), ("From", ""), ("x", "")))
    assert parse_quickly(raw).pairs == parse(raw).query


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (b'{"a": tru}', JSON, "The Content-Type says the body is JSON, but it is not: expecting value at byte 6."),
        (b"\x89PNG\xff\x00", JSON, "The Content-Type says the body is JSON, but its bytes are not text."),
        (b"\x89PNG\xff\x00", "text/csv", "The Content-Type says the body is text, but its bytes are not text."),
        (b"<a>", XML, "The Content-Type says the body is XML, but it is not: no element found at line 1, column 4."),
        (
            b"x",
            "multipart/mixed",
            "The Content-Type says the body is multipart, but it is not: its Content-Type has no boundary.",
        ),
        (b"[" * 100, JSON, "The body is not parsed as JSON: it is nested deeper than 64 levels."),
    ],
)
def test_a_label_that_nothing_fulfils_is_explained(body, content_type, error):
    parsed = parse(request(body, content_type))
    assert (shape(parsed), parsed.error) == ([], error)


@pytest.mark.parametrize("content_type", [JSON, None])
def test_a_body_that_was_cut_short_says_so(content_type):
    parsed = parse(request(b'{"a": "b', content_type, complete=False))
    assert parsed.error == "The body is incomplete, so its JSON ends early."
    assert parsed.text == '{"a": "b'


def test_a_cut_that_did_no_harm_is_not_mentioned():
    assert parse(request(b"a=1", FORM, complete=False)).error is None


def test_beyond_the_bound_only_the_beginning_is_read():
    form = parse(request(b"a=" + b"x" * 2 * MAX_BYTES, FORM))
    assert (len(form.form), len(form.text)) == (1, MAX_BYTES)
    assert form.error == "Only the first 256 KiB of the body is parsed; the full body is stored."
    cut = parse(request(b"a=" + b"x" * 2 * MAX_BYTES, FORM, complete=False))
    assert cut.error == "Only the first 256 KiB of the body is parsed; the stored body is incomplete."
    document = parse(request(b'["' + b"x" * 2 * MAX_BYTES + b'"]', JSON))
    assert (document.is_json, document.error) == (False, form.error)
    assert len(parse_quickly(request(b"a=" + b"x" * 2 * MAX_BYTES, FORM)).pairs) == 1


BOMBS = {
    "brackets": (b"[" * 100_000, JSON),
    "braces": (b'{"a":' * 50_000, JSON),
    "empty objects": (b"[" + b",".join([b"{}"] * 80_000) + b"]", JSON),
    "digits": (b"9" * 250_000, JSON),
    "escaped quotes": (b"[" * 65 + b'"\\' * 100_000, JSON),
    "long path": (b'{"' + b"k" * 200_000 + b'":[' + b"1," * 9_000 + b"1]}", JSON),
    "halves": (b"[" + b'"\\ud800",' * 9_000 + b"1]", JSON),
    "ampersands": (b"a&" * 130_000, FORM),
    "percent signs": (b"%" * 260_000, FORM),
    "escapes": (b"%ff" * 80_000, FORM),
    "namespaces": (b'<r xmlns:x="' + b"u" * 100_000 + b'">' + b"<x:a/>" * 900 + b"</r>", XML),
    "elements": (b"<a>" * 80_000, XML),
    "attributes": (b"<r " + b" ".join(b'a%d=""' % n for n in range(20_000)) + b"/>", XML),
    "boundaries": (b"--b\r\n\r\n" * 30_000, "multipart/form-data; boundary=b"),
    "nested parts": (
        b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 5_000,
        "multipart/mixed; boundary=b",
    ),
    "blanks": (b"\n--b" + b" " * 250_000 + b"x", "multipart/form-data; boundary=b"),
    "quotes": (b"--b\r\nContent-Disposition: x" + b';x="' * 60_000, "multipart/form-data; boundary=b"),
}


def encodable(value):
    """Both encoders take it, and the bytes are UTF-8."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return len(text.encode()) + len(msgspec.json.encode(value))


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_makes_no_large_result(bomb):
    body, content_type = BOMBS[bomb]
    raw = request(body, content_type)
    assert encodable(msgspec.to_builtins(parse(raw))) < 12 * MAX_BYTES
    assert encodable(parse_quickly(raw).pairs) < 12 * MAX_BYTES
    assert len(parse_quickly(raw).pairs) <= MAX_FIELDS


LABELS = st.sampled_from(
    [FORM, JSON, XML, "text/plain", "multipart/form-data; boundary=b", "multipart/mixed", "image/png"]
)
CHARSETS = st.sampled_from(["", "; charset=utf-16", "; charset=gb18030", "; charset=punycode", "; charset=utf-32"])
WORDS = rb"""{ } [ ] " : , \ud800 1e999 NaN null a = & % %ff < > <a> </a> <!DOCTYPE &x; --b -- ;*='' =C3
    Content-Disposition:form-data;name=
    Content-Type:application/json Content-Transfer-Encoding:base64""".split()
SIGNS = [b"\r\n", b"\xff\xfe", b"\x00", b"\xe9", b"<?xml encoding='utf-7'?>"]
FRAGMENTS = st.lists(st.sampled_from(WORDS + SIGNS), max_size=40).map(b"".join)
BODIES = st.binary(max_size=200) | FRAGMENTS | FRAGMENTS.map(gzip.compress)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from([b"content-type", b"Content-Encoding", b"x"]) | st.binary(max_size=9),
        st.binary(max_size=40),
    ),
    max_size=3,
).map(tuple)


@settings(max_examples=400, deadline=None)
@given(
    body=BODIES,
    label=st.none() | st.builds(str.__add__, LABELS, CHARSETS),
    headers=HEADERS,
    encoding=st.none() | st.sampled_from(["gzip", "deflate", "br", "gzip,gzip", "identity"]),
    target=st.text(max_size=30) | st.text(st.characters(max_codepoint=255), max_size=30).map("/k?".__add__),
    complete=st.booleans(),
)
@example(b"{", JSON, (), None, "/k?\ud800", False)
def test_nothing_raises_and_everything_is_encodable(body, label, headers, encoding, target, complete):
    raw = request(body, label, target=target, encoding=encoding, complete=complete, headers=headers)
    parsed = parse(raw)
    assert encodable(msgspec.to_builtins(parsed))
    assert msgspec.json.encode(parsed)
    pairs = parse_quickly(raw).pairs
    assert encodable(pairs)
    assert pairs[: len(parsed.query)] == parsed.query
    fields = (parsed.form is not None) + (parsed.parts is not None)
    assert fields + (parsed.xml is not None) <= 1
    # JSON beside a form, or parts, is what their fields contain.
    assert not parsed.is_json or not fields or isinstance(parsed.json, dict)
