import gzip
import json
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.parsing import MAX_FIELDS, every_field, parse_quickly
from app.parsing.body import read_body
from app.parsing.charsets import guess_western
from app.parsing.labels import Shape

from .support import FORM, JSON, XML, request


@pytest.mark.parametrize("label", [FORM, FORM.upper(), FORM + "; charset=UTF-8", FORM + "; charset=x", JSON, None])
def test_a_form_is_seen_under_any_label(label):
    assert parse_quickly(request(b"From=%2B1&Body=", label)).pairs == (("From", "+1"), ("Body", ""))


def test_the_query_comes_first_and_repeats_stay():
    raw = request(b"a=3", FORM, target="/k?a=1&a=2")
    assert parse_quickly(raw).pairs == (("a", "1"), ("a", "2"), ("a", "3"))


def test_json_under_the_label_of_a_form_is_json():
    assert parse_quickly(request(b' {"text": "hi"}', FORM)).pairs == (("text", "hi"),)


@pytest.mark.parametrize(("body", "label"), [(b"{", JSON), (b"<a", XML), (b"hello", None), (b"\x00\xff", "image/png")])
def test_a_body_that_says_nothing_leaves_the_query(body, label):
    assert parse_quickly(request(body, label, target="/k?q=1")).pairs == (("q", "1"),)


def test_a_part_without_a_name_has_a_blank_one():
    body = b"--b\r\n\r\nhi\r\n--b--"
    assert parse_quickly(request(body, "multipart/mixed; boundary=b")).pairs == (("", "hi"),)


def test_of_two_content_types_the_first_counts():
    raw = request(b'["x"]', JSON, headers=((b"content-type", FORM.encode()),))
    assert parse_quickly(raw).pairs == (("0", "x"),)


@pytest.mark.parametrize("label", [FORM, FORM + "; a=b"])
def test_the_charset_of_a_form_is_judged_on_the_quick_way_and_on_the_long_one(label):
    assert parse_quickly(request(b"Text=caf%C3%A9", label)).charset_fits
    assert not parse_quickly(request(b"Text=caf%E9", label)).charset_fits
    assert parse_quickly(request(b"Text=caf%C3", label, complete=False)).charset_fits


@pytest.mark.parametrize("label", [FORM + "; charset=utf-8", FORM + '; charset="utf-8"'])
def test_a_charset_that_does_not_fit_is_named(label):
    seen = parse_quickly(request(b"Text=caf%E9", label))
    assert (seen.charset, seen.charset_fits, seen.pairs) == ("utf-8", False, (("Text", "café"),))


@pytest.mark.parametrize(
    ("body", "label", "declared", "found"),
    [
        (b'{"a": 1}', FORM, Shape.FORM, Shape.JSON),
        (b'{"a": "cut', FORM, Shape.FORM, Shape.JSON),
        (b"a=1", JSON, Shape.JSON, Shape.FORM),
        (b"<a/>", "text/plain", None, Shape.XML),
        (b"hello", JSON, Shape.JSON, None),
        (b'payload={"a": 1}', FORM, Shape.FORM, Shape.FORM),
        (b'payload={"a":1}', JSON, Shape.JSON, Shape.FORM),
        (b'"{}"', JSON, Shape.JSON, Shape.JSON),
        (b"{}\n{}", "application/x-ndjson", Shape.JSON, Shape.JSON),
        (b"--b\r\n\r\nhi\r\n--b--", "multipart/mixed; boundary=b", Shape.MULTIPART, Shape.MULTIPART),
    ],
)
def test_what_the_label_declares_and_what_the_content_is(body, label, declared, found):
    seen = parse_quickly(request(body, label))
    assert (seen.declared, seen.found) == (declared, found)


def test_json_that_is_larger_than_what_is_read_was_not_cut_by_its_sender():
    seen = parse_quickly(request(b'{"a": 1, "b": "' + b"x" * 300_000 + b'"}', JSON))
    assert seen.repaired
    assert not seen.cut


def test_a_text_in_brackets_is_no_json():
    assert not parse_quickly(request(b"[Promo] 20% off", "text/plain")).repaired
    assert not parse_quickly(request(b"[Promo", "text/plain")).repaired


def test_json_in_fields_beyond_the_bound_is_left_out():
    body = b"payload=" + json.dumps(dict.fromkeys(map(str, range(MAX_FIELDS)), 1)).encode()
    pairs = parse_quickly(request(body, FORM)).pairs
    assert len(pairs) == MAX_FIELDS
    assert pairs[-1] == (f"payload.{MAX_FIELDS - 2}", "1")


DOCUMENTS = (
    b"From=%2B1&To=2", b"From=1;To=2", b'event={"a":1};x=2', b"payload=%7B%22a%22%3A+%22b+c%22%7D&x=1",
    b'{"a":{"b":[1,null]}}', b'{"a":1}\n{"a":2}', json.dumps('{"a": 1}').encode(), b"NaN", b"eyJhbGciOjF9.eyJhIjoxfQ.",
    b"<a><b c='1'>x</b><b/></a>", b"--b\r\n\r\n{}\r\n--b--", b"a%26=%25&b=%E9", "n=é{&".encode(), b"x^=1", b"%ef=1",
    b"hi;", b"",
)  # fmt: skip
WRAPPINGS = (
    gzip.compress, zlib.compress, b"\xef\xbb\xbf".__add__, b"%EF%BB%BF".__add__, b" \n".__add__, b"\xff\xfe".__add__,
    lambda body: body.decode("latin-1").encode("utf-16-le"), lambda body: body.decode("latin-1").encode("utf-16-be"),
    lambda body: body[:-1], lambda body: body * 2, lambda body: body,
)  # fmt: skip
LABELS = (
    FORM, FORM + "; charset=utf-8", FORM + "; charset=latin1", JSON, XML, "text/plain", "application/jwt",
    "multipart/form-data; boundary=b", None,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.builds(lambda body, wrap: wrap(body), st.sampled_from(DOCUMENTS), st.sampled_from(WRAPPINGS))
    | st.binary(max_size=40),
    st.sampled_from(LABELS),
    st.booleans(),
)
@example(zlib.compress(b"From=1&To=2"), FORM, True)
@example(b"a=1;payload={}", FORM, True)
def test_the_quick_way_gives_the_fields_of_the_long_one(body, label, complete):
    raw = request(body, label, target="/k?q=1", complete=complete)
    seen, parsed = parse_quickly(raw), read_body(raw, guess_western)
    assert seen.problem == parsed.error
    if not seen.repaired:
        assert seen.pairs == tuple((field.name, field.value) for field in every_field(parsed))
        assert seen.json == parsed.json
