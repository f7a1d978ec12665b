import pytest

from app.parsing import look

from .support import FORM, JSON, XML, request


@pytest.mark.parametrize("label", [FORM, FORM.upper(), FORM + "; charset=UTF-8", FORM + "; charset=x", JSON, None])
def test_a_form_is_seen_under_any_label(label):
    assert look(request(b"From=%2B1&Body=", label)).pairs == (("From", "+1"), ("Body", ""))


def test_the_query_comes_first_and_repeats_stay():
    raw = request(b"a=3", FORM, target="/k?a=1&a=2")
    assert look(raw).pairs == (("a", "1"), ("a", "2"), ("a", "3"))


def test_json_under_the_label_of_a_form_is_json():
    assert look(request(b' {"text": "hi"}', FORM)).pairs == (("text", "hi"),)


@pytest.mark.parametrize(
    ("body", "label"), [(b"{", JSON), (b"<a/>", XML), (b"hello", None), (b"\x00\xff", "image/png")]
)
def test_a_body_that_says_nothing_leaves_the_query(body, label):
    assert look(request(body, label, target="/k?q=1")).pairs == (("q", "1"),)


def test_a_part_without_a_name_has_a_blank_one():
    body = b"--b\r\n\r\nhi\r\n--b--"
    assert look(request(body, "multipart/mixed; boundary=b")).pairs == (("", "hi"),)


def test_of_two_content_types_the_first_counts():
    raw = request(b'["x"]', JSON, headers=((b"content-type", FORM.encode()),))
    assert look(raw).pairs == (("0", "x"),)
