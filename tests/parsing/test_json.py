import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parsing import MAX_DEPTH, MAX_FIELDS, parse, parse_quickly
from app.parsing.bounds import MAX_PATH, MAX_VALUES, TooMuch, Unreadable
from app.parsing.json import CONSTANT, HALVES, REPEATED, flatten, read_json, read_objects

from .support import JSON, request

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda child: st.lists(child, max_size=4) | st.dictionaries(st.text(), child, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_was_encoded_reads_back_the_same(value):
    assert read_json(msgspec.json.encode(value).decode()) == (value, None)


def test_null_is_json_and_no_body_is_not():
    assert parse(request(b"null", JSON)).is_json
    assert parse(request(b"null", JSON)).json is None
    assert not parse(request(b"", JSON)).is_json
    assert not parse(request(b"null", "text/plain")).is_json


def test_numbers_are_exact_even_when_they_are_large():
    digits = "9" * 100_000
    value, problem = read_json(f"[18446744073709551615, 18446744073709551616, -{digits}, 1e999, 1.5]")
    assert value == [2**64 - 1, "18446744073709551616", f"-{digits}", "1e999", 1.5]
    assert problem is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": NaN, "b": 1}', {"a": "NaN", "b": 1}),
        ("[-Infinity, Infinity]", ["-Infinity", "Infinity"]),
        ("NaN", "NaN"),
    ],
)
def test_a_constant_that_is_no_json_is_a_string_and_it_is_said(text, value):
    assert read_json(text) == (value, CONSTANT)


def test_all_that_is_shown_otherwise_than_sent_is_said():
    assert read_json(r'{"a": NaN, "a": "\ud800"}') == ({"a": "\ufffd"}, f"{CONSTANT} {REPEATED} {HALVES}")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"é": }', "expecting value at byte 7"),
        ('{"a": "b', "unterminated string starting at byte 6"),
        ("{} x", "extra data at byte 3"),
        ('"\\x"', r"invalid \\escape at byte 1"),
    ],
)
def test_the_reason_says_what_and_where(text, reason):
    with pytest.raises(Unreadable, match=reason):
        read_json(text)


def test_the_last_of_repeated_names_wins_and_it_is_said():
    assert read_json('[{"a": 1, "a": 2}]') == ([{"a": 2}], REPEATED)


def test_half_a_surrogate_pair_is_replaced_and_it_is_said():
    assert read_json(r'{"\ud800": ["\udc00"]}') == ({"\ufffd": ["\ufffd"]}, HALVES)
    assert read_json(r'"\ud83d\ude00"') == ("😀", None)


OBJECTS = '{"a": 1}\n{"a": 2}\n'


@pytest.mark.parametrize(
    "text",
    [OBJECTS, OBJECTS.replace("\n", "\r\n\r\n"), OBJECTS.replace("\n", ""), "\x1e" + OBJECTS.replace("\n{", "\n\x1e{")],
    ids=["lines", "blank lines", "no lines", "a sequence"],
)
def test_objects_one_after_another_are_a_list(text):
    assert read_objects(text) == ([{"a": 1}, {"a": 2}], None)


@pytest.mark.parametrize(
    "text", ["", "\n", "1\n2", "[1]\n[2]", '{"a": 1}\n2', '{"a": 1}\n{', '{"a": 1}}', '{"a": 1},{"a": 2}']
)
def test_what_is_not_all_objects_is_no_list_of_them(text):
    assert read_objects(text) is None


def test_what_is_shown_otherwise_is_said_of_all_objects():
    assert read_objects('{"a": NaN}\n{"a": 1, "a": 2}') == ([{"a": "NaN"}, {"a": 2}], f"{CONSTANT} {REPEATED}")


def test_a_crowd_of_objects_stays_raw():
    with pytest.raises(TooMuch, match="values"):
        read_objects("{}\n" * (MAX_VALUES + 1))


def test_nesting_is_read_to_the_bound_and_no_deeper():
    assert read_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    for deep in ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), '{"a":' * 10_000, "[" * 10_000):
        with pytest.raises(TooMuch, match="deeper than 64 levels"):
            read_json(deep)


def test_brackets_inside_of_texts_are_not_nesting():
    text = msgspec.json.encode(["[" * 100, '"[{' * 100, "\\"]).decode()
    assert read_json(text)[0] == ["[" * 100, '"[{' * 100, "\\"]


def test_a_crowd_of_values_stays_raw():
    with pytest.raises(TooMuch, match="values"):
        read_json("[" + "{}," * MAX_VALUES + "1]")


def test_scalars_are_flattened_by_dotted_path_in_order():
    value = {"data": {"text": "hi", "to": [{"phone": "+1"}, None]}, "n": 5, "f": 1.5, "ok": True, "e": {}}
    assert flatten(value) == (
        ("data.text", "hi"),
        ("data.to.0.phone", "+1"),
        ("data.to.1", ""),
        ("n", "5"),
        ("f", "1.5"),
        ("ok", "true"),
    )
    assert flatten("bare") == ()


def test_flattening_is_bounded_in_count_and_in_length():
    assert len(flatten(list(range(MAX_FIELDS * 2)))) == MAX_FIELDS
    assert flatten({"k" * (MAX_PATH + 1): [1, 2], "a": 1}) == (("a", "1"),)
    nested = {"k" * MAX_PATH: list(range(MAX_FIELDS))}
    assert flatten(nested) == ()


def test_a_json_request_gives_fields_by_path_after_the_query():
    raw = request(b'{"data": {"text": "hi"}}', "application/vnd.api+json", target="/k?q=1")
    assert parse_quickly(raw).pairs == (("q", "1"), ("data.text", "hi"))
