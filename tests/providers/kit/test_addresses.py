"""Addresses of fields: the names of the page, by which a mapping finds values again."""

import json
from urllib.parse import urlencode

from app.providers.kit.addresses import FieldIndex, RequestField, general_name, read_address, request_fields
from app.providers.kit.glance import Glance
from tests.parsing.support import FORM, JSON, XML, request


def a_json(value: object) -> Glance:
    return Glance(request(json.dumps(value).encode(), JSON))


def test_names_are_general_where_they_lead_through_a_list() -> None:
    glance = a_json({"a": [{"b": 1}], "1": {"0": [[2]]}})
    assert [general_name(glance, name) for name, _ in glance.pairs] == ["a.*.b", "1.0.*.*"]
    assert general_name(Glance(request(urlencode({"a": "1"}).encode(), FORM)), "a.0") == "a.0"


def test_every_field_of_the_page_can_be_named() -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\nabc\r\n--x--\r\n'
    raw = request(body, "multipart/form-data; boundary=x", target="/k?q=1&q=2")
    assert [field.name for field in request_fields(Glance(raw))] == ["q", "q", "f", "header:Content-Type"]


def test_null_is_no_field_and_an_empty_string_is_one() -> None:
    fields = request_fields(a_json({"a": None, "b": "", "c": [None, ""], "d": {"e": None}}))
    assert [field.name for field in fields if not field.name.startswith("header:")] == ["b", "c.1"]


def test_a_blank_field_next_to_json_is_not_null() -> None:
    fields = request_fields(Glance(request(b'{"b": {"c": null}}', JSON, target="/k?a=&b.c=&d.e=")))
    assert [field.name for field in fields][:2] == ["a", "d.e"]


def test_xml_is_named_by_its_paths() -> None:
    names = [field.name for field in request_fields(Glance(request(b'<a b="1"><c>2</c></a>', XML)))]
    assert "a.c" in names


def an_index(*fields: tuple[str, str]) -> FieldIndex:
    return FieldIndex([RequestField(*field) for field in fields])


def test_a_star_is_any_number_and_a_number_is_that_one() -> None:
    index = an_index(("a.0.b", "x"), ("A.1.b", "y"), ("c", "z"), ("a.0.c", ""))
    assert index.matches(read_address("a.*.B")) == [(("0",), "x"), (("1",), "y")]
    assert index.matches(read_address("a.1.b")) == [(("1",), "y")]
    assert (index.has(read_address("a.0.c")), index.has(read_address("a.*.b"))) == (False, True)
    assert index.places(read_address("a.*.b")) == [("0",), ("1",)]
    assert index.places(read_address("a.0.b")) == [("0",)]
    assert index.places(read_address("c")) == [()]


def test_a_list_of_one_item_may_have_no_number() -> None:
    index = an_index(("sms.to", "x"), ("sms.part.1.text.lang", "y"))
    assert index.matches(read_address("sms.*.to")) == index.matches(read_address("sms.to.*")) == [(("",), "x")]
    assert index.matches(read_address("sms.part.*.text.*.lang")) == [(("1", ""), "y")]
    assert index.matches(read_address("sms.part.text.lang")) == []
    assert index.matches(read_address("sms.part.1.text.0.lang")) == []


def test_addresses_share_the_lists_that_both_lead_through() -> None:
    def shared(one: str, other: str) -> int:
        return read_address(one).shared(read_address(other))

    assert shared("a.*.b.*.c", "a.*.b.*.d") == 2
    assert shared("a.*.b", "a.0.c.*.d") == 1
    assert shared("a.*.b.*.c", "a.*.x.*.c") == 1
    assert shared("a.*", "b.*") == shared("a", "a") == 0
