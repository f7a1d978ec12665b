import pytest

from app.parsing import parse_quickly
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


@pytest.mark.parametrize(
    ("body", "label"), [(b"{", JSON), (b"<a/>", XML), (b"hello", None), (b"\x00\xff", "image/png")]
)
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
