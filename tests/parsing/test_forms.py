from urllib.parse import parse_qsl, quote_from_bytes, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parsing import MAX_FIELDS, parse, parse_quickly, read_form, read_query
from app.parsing.forms import has_semicolons, looks_like_form, read_usual_form, unescape

from .support import FORM, request

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=20)


@given(PAIRS)
def test_what_was_encoded_reads_back_the_same_repeats_and_blanks_included(pairs):
    encoded = urlencode(pairs)
    assert read_form(encoded.encode()) == tuple(pairs)
    assert read_query("/k?" + encoded) == tuple(pairs)
    assert read_form(encoded.encode(), "utf-8") == tuple(pairs)


@given(PAIRS)
def test_the_quick_way_and_the_full_way_agree(pairs):
    raw = request(urlencode(pairs).encode(), FORM)
    assert parse_quickly(raw).pairs == (parse(raw).form or ())


# Signs that mean something in a form, and what looks like the end of a line or of an escape.
SIGNS = [
    b"&",
    b"=",
    b"+",
    b"%",
    b"%26",
    b"%3D",
    b"%3d",
    b"%25",
    b"%2B",
    b"%4",
    b"%0A",
    b"%00",
    b"\n",
    b"\r",
    b"a",
    b"B",
]
LETTERS = [b"%C3%A9", b"%C3", b"%E9", "é".encode(), b"\xe9"]


@given(st.lists(st.sampled_from(SIGNS + LETTERS)).map(b"".join))
def test_a_form_in_utf_8_is_read_as_the_library_reads_it(body):
    try:
        expected = parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        assert not read_usual_form(body)[1]
    else:
        assert read_usual_form(body)[:2] == (tuple(expected), True)


def test_bytes_that_are_no_utf8_behind_the_last_field_that_is_read_spoil_nothing():
    body = b"a=%C3%A9&" * MAX_FIELDS + b"b=%E9"
    assert read_usual_form(body)[:2] == ((("a", "é"),) * MAX_FIELDS, True)


@pytest.mark.parametrize(
    ("body", "pairs"),
    [
        (b"a", (("a", ""),)),
        (b"a=", (("a", ""),)),
        (b"=b", (("", "b"),)),
        (b"a=1&a=2&a", (("a", "1"), ("a", "2"), ("a", ""))),
        (b"&&a=1&", (("a", "1"),)),
        (b"a=1=2", (("a", "1=2"),)),
        (b"a+b=c+d%2Be", (("a b", "c d+e"),)),
        (b"a=1;b=2", (("a", "1;b=2"),)),
        (b"a=%zz%4&b=100%", (("a", "%zz%4"), ("b", "100%"))),
        (b"a=%26%3D%0a", (("a", "&=\n"),)),
        ("a=é".encode(), (("a", "é"),)),
        (b"a=%e9&b=ok", (("a", "é"), ("b", "ok"))),
        (b"a=\x81\xe9", (("a", "\x81é"),)),
        (b"", ()),
    ],
)
def test_a_form_is_read_as_it_was_typed(body, pairs):
    assert read_form(body) == pairs


SEPARATED = (("From", "+1"), ("To", ""), ("Text", "a b=c"))


@pytest.mark.parametrize("end", ["", ";", "\r\n"])
@pytest.mark.parametrize("label", [FORM, "text/plain", None])
def test_semicolons_separate_fields_where_that_is_clear(end, label):
    form = "From=%2B1;To=;Text=a+b=c" + end
    parsed = parse(request(form.encode(), label))
    assert tuple((name, value.strip()) for name, value in parsed.form) == SEPARATED
    assert parsed.notes == ("The fields of the form are separated by semicolons.",)
    assert parse_quickly(request(form.encode(), label)).pairs == parsed.form


def test_semicolons_separate_the_fields_of_a_query_and_of_a_wide_form_too():
    parsed = parse(request(target="/k?From=%2B1;To=;Text=a+b=c"))
    assert parsed.query == SEPARATED
    assert parsed.notes == ("The fields of the query are separated by semicolons.",)
    assert parse(request("From=%2B1;To=;Text=a+b=c".encode("utf-16"), FORM)).form == SEPARATED


@pytest.mark.parametrize(
    "form", ["a=1;b", "a=1;", "a=1;b=2&c=3", "a=1; b=2", "a=1;2=3", "a=x;y", "a=1;;b=2", "a=é;b=2 c"]
)
def test_other_semicolons_are_part_of_a_value(form):
    assert not has_semicolons(form)
    assert parse(request(form.encode(), FORM)).form[0][1].count(";")
    assert parse_quickly(request(form.encode(), FORM)).pairs == parse(request(form.encode(), FORM)).form


def test_too_many_fields_between_semicolons_are_too_many():
    form = b";".join([b"a=1"] * (MAX_FIELDS + 1))
    assert "Only the first 1000 fields" in parse(request(form, FORM)).error
    assert "Only the first 1000 fields" in parse(request(target=f"/k?{form.decode()}")).error


@pytest.mark.parametrize("mark", ["\ufeff".encode(), b"%EF%BB%BF", b"%ef%bb%bf"])
@pytest.mark.parametrize("label", [FORM, FORM + "; charset=utf-8", FORM + "; charset=x", "text/plain"])
def test_a_byte_order_mark_is_no_part_of_the_first_name(mark, label):
    parsed = parse(request(mark + b"From=%2B1&To=2", label))
    if label == "text/plain" and mark.startswith(b"%"):  # it does not look like a form
        assert parsed.form is None
        return
    assert parsed.form == (("From", "+1"), ("To", "2"))
    assert parsed.charset.name == "utf-8"
    assert parse_quickly(request(mark + b"From=%2B1&To=2", label)).pairs == parsed.form
    assert parsed.notes == (("A byte order mark stands before the name of the first field; it is left out.",))


def test_one_character_may_be_half_escape_and_half_letter():
    shift_jis = "ア".encode("shift_jis")
    assert shift_jis == b"\x83A"
    assert read_form(b"t=%83A", "shift_jis") == (("t", "ア"),)


def test_a_declared_charset_is_used_behind_the_percent_signs():
    body = b"t=" + quote_from_bytes("Привет".encode("koi8-r")).encode()
    parsed = parse(request(body, FORM + "; charset=KOI8-R"))
    assert parsed.form == (("t", "Привет"),)
    assert parsed.charset.source == "declared"
    assert parse_quickly(request(body, FORM + "; charset=KOI8-R")).pairs == parsed.form


def test_a_form_in_utf_16_is_a_form():
    parsed = parse(request("a=1&b=é".encode("utf-16"), FORM))
    assert parsed.form == (("a", "1"), ("b", "é"))
    assert parsed.charset.name == "utf-16"


def test_a_target_without_a_question_mark_has_no_pairs():
    assert read_query("/k/primary") == ()
    assert read_query("/k?") == ()
    assert read_query("/k?a=?&b") == (("a", "?"), ("b", ""))


def test_a_target_of_bytes_beyond_ascii_is_text():
    assert read_query("/k?a=\xc3\xa9") == (("a", "é"),)
    assert read_query("/k?a=\ud800\u20ac") == (("a", "?€"),)


def test_too_many_fields_leave_the_first_ones_and_a_sentence():
    body = b"&".join(b"a=%d" % n for n in range(MAX_FIELDS + 1))
    parsed = parse(request(body, FORM))
    assert len(parsed.form) == MAX_FIELDS
    assert parsed.form[-1] == ("a", str(MAX_FIELDS - 1))
    assert "Only the first 1000 fields" in parsed.error
    assert len(read_query("/k?" + body.decode())) == MAX_FIELDS
    assert "Only the first 1000 fields" in parse(request(target="/k?" + body.decode())).error


def test_exactly_the_bound_is_not_too_many():
    parsed = parse(request(b"&".join([b"a"] * MAX_FIELDS), FORM))
    assert len(parsed.form) == MAX_FIELDS
    assert parsed.error is None


@pytest.mark.parametrize("text", ["From=%2B1&Body=hi", "a=", "a=1\r\n", "a[0].b-c_d=1"])
def test_pairs_look_like_a_form(text):
    assert looks_like_form(text)


@pytest.mark.parametrize("text", ["", "hello", "E = mc2", "E=mc2 is great", "=1", "1=1", "<a b='c'/>", "a=1\nb=2"])
def test_prose_does_not_look_like_a_form(text):
    assert not looks_like_form(text)


@given(st.binary(max_size=200))
def test_unescaping_does_what_the_library_does(body):
    from urllib.parse import unquote_to_bytes

    assert unescape(body) == unquote_to_bytes(body)
