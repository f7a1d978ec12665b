"""How much of a hostile body is looked at: what is within a bound is read, one more is left out or refused by name."""

import json
import zlib

import pytest

from app.parsing import charsets, parse
from app.parsing.bounds import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_HEADER,
    MAX_PARAMETERS,
    MAX_PATH,
    MAX_SAMPLE,
    MAX_VALUES,
    TooMuch,
)  # fmt: skip
from app.parsing.json import MANY, flatten, read_json
from app.parsing.labels import read_label, read_value
from app.parsing.multipart import read_parts
from app.parsing.opening import _SHOWN
from app.parsing.quick import parse_quickly
from app.parsing.unpacking import _MAX_LAYERS, unpack, unpack_unnamed
from app.parsing.xml import flatten_xml, read_xml
from tests.parsing.support import FORM, JSON, request


@pytest.mark.parametrize(("size", "read"), [(MAX_BYTES, MAX_BYTES), (MAX_BYTES + 1, MAX_BYTES)])
def test_so_many_bytes_of_a_body_are_read(size: int, read: int) -> None:
    parsed = parse(request(b"t" * size, "text/plain"))
    assert len(parsed.text or "") == read
    assert (parsed.error is None) == (size <= MAX_BYTES)


@pytest.mark.parametrize(("size", "is_whole"), [(MAX_BYTES, True), (MAX_BYTES + 1, False)])
def test_a_usual_form_of_so_many_bytes_is_read_whole(size: int, is_whole: bool) -> None:
    raw = request(b"a=" + b"b" * (size - 2), FORM)
    assert (parse_quickly(raw).problem is None) == is_whole
    assert len(parse_quickly(raw).pairs[0][1]) == MAX_BYTES - 2


@pytest.mark.parametrize(("size", "given"), [(MAX_BYTES, MAX_BYTES), (10 * MAX_BYTES, MAX_BYTES + 1)])
def test_a_packed_body_is_unpacked_to_one_byte_more_than_is_read(size: int, given: int) -> None:
    """So that it shows that there was more."""
    body, problem = unpack(request(zlib.compress(b"t" * size), "text/plain", encoding="deflate"))
    assert (len(body), problem) == (given, None)


@pytest.mark.parametrize(("layers", "is_read"), [(_MAX_LAYERS, True), (_MAX_LAYERS + 1, False)])
def test_a_body_is_unpacked_so_many_times(layers: int, is_read: bool) -> None:
    body = b"hello"
    for _ in range(layers):
        body = zlib.compress(body)
    unpacked, problem = unpack(request(body, "text/plain", encoding=", ".join(["deflate"] * layers)))
    assert (unpacked == b"hello", problem is None) == (is_read, is_read)


def test_json_is_read_to_this_depth_and_no_deeper() -> None:
    deepest = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert read_json(deepest)[1] is None
    with pytest.raises(TooMuch, match=f"deeper than {MAX_DEPTH} levels"):
        read_json(f"[{deepest}]")


@pytest.mark.parametrize(("count", "problem"), [(MAX_FIELDS, None), (MAX_FIELDS + 1, MANY)])
def test_so_many_objects_one_after_another_are_read(count: int, problem: str | None) -> None:
    parsed = parse(request(b"{}\n" * count, "application/x-ndjson"))
    assert (parsed.json, parsed.error) == ([{}] * MAX_FIELDS, problem)


@pytest.mark.parametrize(("count", "is_read"), [(MAX_VALUES, True), (MAX_VALUES + 1, False)])
def test_so_many_values_of_json_are_read(count: int, is_read: bool) -> None:
    assert parse(request(b"{}" * count, JSON)).is_json == is_read


@pytest.mark.parametrize(("size", "shown"), [(_SHOWN, "a" * _SHOWN), (_SHOWN + 1, "a" * _SHOWN + "…")])
def test_so_much_of_the_name_of_an_opened_field_is_said(size: int, shown: str) -> None:
    (note,) = parse(request(b"a" * size + b"={}", FORM)).notes
    assert f"“{shown}”" in note


@pytest.mark.parametrize(("size", "given"), [(MAX_BYTES, MAX_BYTES), (10 * MAX_BYTES, MAX_BYTES + 1)])
def test_a_body_that_is_packed_without_a_header_is_unpacked_no_further(size: int, given: int) -> None:
    assert len(unpack_unnamed(zlib.compress(b"t" * size))[0]) == given


@pytest.mark.parametrize(("length", "is_named"), [(MAX_PATH, True), (MAX_PATH + 1, False)])
def test_a_path_in_xml_is_so_long(length: int, is_named: bool) -> None:
    name = "n" * (length - len("r."))
    assert bool(flatten_xml(read_xml(f"<r><{name}>1</{name}></r>"))) == is_named


def test_so_many_values_of_json_get_a_name_and_the_rest_none() -> None:
    for count in (MAX_FIELDS, MAX_FIELDS + 1):
        assert len(flatten(dict.fromkeys(map(str, range(count)), 1))) == MAX_FIELDS
    assert len(flatten({"a": [1] * (MAX_FIELDS - 1), "b": {"c": 1, "d": 2}})) == MAX_FIELDS


def test_so_many_elements_and_attributes_of_xml_are_read() -> None:
    assert len(read_xml("<r>" + "<a/>" * (MAX_FIELDS - 1) + "</r>")["children"]) == MAX_FIELDS - 1
    with pytest.raises(TooMuch, match=f"more than {MAX_FIELDS} elements"):
        read_xml("<r>" + "<a/>" * MAX_FIELDS + "</r>")


@pytest.mark.parametrize(("count", "problem"), [(MAX_FIELDS, None), (MAX_FIELDS + 1, "Only the first 1000 parts")])
def test_so_many_parts_are_read(count: int, problem: str | None) -> None:
    body = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * count + b"--b--"
    parts, error = read_parts(body, read_label("multipart/form-data; boundary=b"))
    assert len(parts) == MAX_FIELDS
    assert error is None if problem is None else problem in str(error)


@pytest.mark.parametrize(("more", "named"), [(0, "abc"), (1, "ab")])
def test_so_much_of_a_header_value_is_looked_at(more: int, named: str) -> None:
    padding = "x" * (MAX_HEADER - len("; name=abc") + more)
    assert read_value(f"{padding}; name=abc")[1] == {"name": named}


@pytest.mark.parametrize(("more", "name"), [(0, "abc"), (1, "ab")])
def test_so_much_of_the_head_of_a_part_is_looked_at(more: int, name: str) -> None:
    line = b"Content-Disposition: form-data; name=abc"
    # The chunk of a part begins with the line end of its boundary.
    padding = b"X: " + b"x" * (MAX_HEADER - len(line) - len(b"\r\nX: \r\n") + more) + b"\r\n"
    body = b"--b\r\n" + padding + line + b"\r\n\r\n1\r\n--b--"
    (part,), _ = read_parts(body, read_label("multipart/form-data; boundary=b"))
    assert part.name == name


@pytest.mark.parametrize(("place", "is_read"), [(MAX_PARAMETERS, True), (MAX_PARAMETERS + 1, False)])
def test_so_many_parameters_of_a_header_value_are_read(place: int, is_read: bool) -> None:
    value = "text/plain" + "".join(f"; p{n}=1" for n in range(1, place)) + "; charset=koi8-r"
    assert ("charset" in read_value(value)[1]) == is_read


@pytest.mark.parametrize(("before", "is_seen"), [(MAX_SAMPLE - 2_000, True), (MAX_SAMPLE, False)])
def test_so_many_bytes_are_looked_at_for_a_guess_of_the_charset(before: int, is_seen: bool) -> None:
    russian = "Привет, как дела? Это сообщение для проверки кодировки текста. ".encode("windows-1251") * 40
    guess = charsets.guess_well(b"a" * before + russian)
    assert (guess == "windows-1251") == is_seen


def test_a_body_of_json_within_all_bounds_has_no_problem() -> None:
    body = json.dumps({str(n): n for n in range(MAX_FIELDS)}).encode()
    assert len(parse_quickly(request(body, JSON)).pairs) == MAX_FIELDS
