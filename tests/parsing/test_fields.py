"""Every field of a request: one name and one value each, whatever the body is."""

import json

from app.parsing import every_field, parse
from app.parsing.bounds import MAX_PATH

from .support import FORM, JSON, XML, request


def _fields(*args, **more):
    return [tuple(field) for field in every_field(parse(request(*args, **more)))]


def test_query_and_form_keep_blank_and_repeated_fields_in_order():
    assert _fields(b"a=1&b=&a=2", FORM, target="/k?q=x") == [
        ("query", "q", "x"), ("form", "a", "1"), ("form", "b", ""), ("form", "a", "2"),
    ]  # fmt: skip


def test_json_values_stand_under_their_paths():
    body = json.dumps({"to": [{"phone": "+1"}], "n": 2, "ok": True, "none": None}).encode()
    assert _fields(body, JSON) == [
        ("JSON", "to.0.phone", "+1"), ("JSON", "n", "2"), ("JSON", "ok", "true"), ("JSON", "none", ""),
    ]  # fmt: skip


def test_xml_texts_and_attributes_stand_under_their_paths():
    assert _fields(b'<sms id="1"> <to>+1</to><text> hi </text><empty/><link to="x"/></sms>', XML) == [
        ("XML", "sms.id", "1"), ("XML", "sms.to", "+1"), ("XML", "sms.text", " hi "), ("XML", "sms.empty", ""),
        ("XML", "sms.link.to", "x"),
    ]  # fmt: skip


def test_an_empty_document_is_one_blank_field():
    assert _fields(b"<Response/>", XML) == [("XML", "Response", "")]


def test_a_long_name_of_an_element_is_not_repeated_for_all_that_is_in_it():
    body = f"<a><{'b' * MAX_PATH}>{'<c>1</c>' * 9}</{'b' * MAX_PATH}><d>2</d></a>".encode()
    assert _fields(body, XML) == [("XML", "a.d", "2")]


def test_a_part_that_is_no_text_is_described():
    body = (
        b"--x\r\nContent-Disposition: form-data; name=Text\r\n\r\nhi\r\n"
        b"--x\r\nContent-Disposition: form-data; name=file; filename=a.png\r\nContent-Type: image/png\r\n\r\nPNG\r\n"
        b"--x\r\nContent-Type: application/octet-stream\r\n\r\n\x00\r\n--x--"
    )
    assert _fields(body, "multipart/form-data; boundary=x") == [
        ("part", "Text", "hi"), ("part", "file", "a.png, image/png, 3 bytes"),
        ("part", "", "a file, application/octet-stream, 1 bytes"),
    ]  # fmt: skip


def test_a_plain_text_has_no_field():
    assert _fields(b"hello there", "text/plain") == []
