import pytest

from app.parsing.labels import Shape, read_label, read_value

from .support import FORM


@pytest.mark.parametrize(
    ("value", "main", "parameters"),
    [
        ("text/plain", "text/plain", {}),
        ("a; Charset = UTF-8 ;x=1", "a", {"charset": "UTF-8", "x": "1"}),
        ('a; b="c; d=\\"e\\\\"', "a", {"b": 'c; d="e\\'}),
        ('a; b="open; c=d', "a", {"b": '"open', "c": "d"}),
        ("a; b=1; b=2", "a", {"b": "1"}),
        ("", "", {}),
        (";;=;", "", {}),
    ],
)
def test_parameters_are_read_leniently(value, main, parameters):
    assert read_value(value) == (main, parameters)


def test_a_crowd_of_parameters_is_bounded():
    assert len(read_value("a" + "".join(f";p{n}=1" for n in range(5000)))[1]) == 20


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (FORM.upper(), Shape.FORM),
        ("application/json; charset=utf-8", Shape.JSON),
        ("application/vnd.api+json", Shape.JSON),
        ("text/xml", Shape.XML),
        ("application/soap+xml", Shape.XML),
        ("multipart/related; boundary=x", Shape.MULTIPART),
        ("application/x-ndjson", Shape.JSON),
        ("application/jsonl", Shape.JSON),
        ("application/json-seq", Shape.JSON),
        ("application/geo+json-seq", Shape.JSON),
        ("application/jwt", Shape.JSON),
        ("text/plain", None),
        ("json", None),
        ("", None),
    ],
)
def test_a_media_type_promises_a_shape(value, shape):
    assert read_label(value).shape is shape


@pytest.mark.parametrize(
    ("value", "promise"),
    [
        ("application/jwt", "a JSON Web Token"),
        ("application/secevent+jwt", "a JSON Web Token"),
        (FORM, "a form"),
        ("application/json", "JSON"),
        ("text/csv", "text"),
        ("image/png", None),
        ("", None),
    ],
)
def test_a_media_type_promises_what_should_be_readable(value, promise):
    assert read_label(value).promise == promise
