"""What frameworks and quick code make of the fields of a form."""

import pytest

from app.signatures.pasting.fields import FieldRule, wrong_fields

RULE = FieldRule(sorted, lambda fields: "".join(name + value for name, value in fields))
FIELDS = (("b", "2"), ("B", "x"), ("a", " +é&'\n "), ("c", ""), ("b", "1"), ("b", "1"))
RIGHT = "Bxa +é&'\n b1b1b2c"


def code_of(text: str, fields=FIELDS) -> str | None:
    found = {other: mistake and mistake.code for mistake, other in wrong_fields(fields, "raw=body", RULE)}
    return found[text]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (RIGHT, None),
        ("Bxa  é&'\n b1b1b2c", "plus_as_blank"),
        ("Bxa+é&'b1b1b2c", "trimmed"),
        ("Bxa%20%2B%C3%A9%26%27%0A%20b1b1b2c", "percent_encoded"),
        ("Bxa+%2B%C3%A9%26%27%0A+b1b1b2c", "form_encoded"),
        ("Bxa +Ã©&'\n b1b1b2c", "charset"),
        ("Bxa +é&amp;&#39;\n b1b1b2c", "html_escaped"),
        ("Bxa +é&amp;'\n b1b1b2c", "html_escaped"),
        ("Bxa +é&'\r\n b1b1b2c", "line_ends"),
        ("Bxa +é&'\n b1b1b2", "blank_params_dropped"),
        ("a +é&'\n b1b1b2bxc", "field_names"),
        ("Bxa +é&'\n b2c", "first_of_repeated"),
        ("Bxa +é&'\n b1c", "last_of_repeated"),
        ("b2Bxa +é&'\n cb1b1", "not_sorted"),
        ("a +é&'\n b2Bxb1b1c", "sorted_ignoring_case"),
        ("cb2b1b1a +é&'\n Bx", "sorted_backwards"),
        ("Bxa +é&'\n b2b1b1c", "repeated_values"),
        ("Bxa +é&'\n b1b2c", "repeated_values"),
        ("", "body_left_out"),
        ("raw=body", "raw_body"),
        ("B=x&a= +é&'\n &b=1&b=1&b=2&c=", "joined"),
        ("[object Object]", "object_text"),
        ("Bx_methodPOSTa +é&'\n b1b1b2c", "own_field"),
    ],
)
def test_a_wrong_text_is_named(text: str, code: str | None) -> None:
    assert code_of(text) == code


def test_the_right_text_is_the_first_and_each_is_there_once() -> None:
    found = wrong_fields(FIELDS, "raw", RULE)
    assert found[0] == (None, RIGHT)
    assert len({text for _, text in found}) == len(found)
    assert all(mistake and mistake.words and mistake.cure for mistake, _ in found[1:])


def test_bytes_that_are_no_utf8_are_kept() -> None:
    fields = (("a", b"\xff".decode("utf-8", "surrogateescape")),)
    assert wrong_fields(fields, "a=%FF", RULE)[0][1].encode("utf-8", "surrogateescape") == b"a\xff"
