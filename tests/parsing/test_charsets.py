import codecs

import pytest

from app.parsing import Charset, parse, parse_quickly
from app.parsing.charsets import ALLOWED, decode, decode_by_zeros, find_charset, guess_well, guess_western

from .support import request


def charset(body, content_type="text/plain"):
    return parse(request(body, content_type)).charset


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_every_allowed_charset_is_a_text_codec(name):
    assert "é".encode(name, "replace").decode(name)


@pytest.mark.parametrize(
    "label",
    [
        "unicode_escape",
        "punycode",
        "utf-7",
        "idna",
        "zlib",
        "rot13",
        "undefined",
        "mbcs",
        "",
        "\0",
        "utf-8-sig",
    ],
)
def test_a_codec_that_is_no_plain_charset_is_not_allowed(label):
    assert find_charset(label) is None


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("UTF8", "utf-8"),
        (' "ISO-8859-1" ', "iso-8859-1"),
        ("Shift_JIS", "shift_jis"),
        ("UCS-2", "utf-16-be"),
        ("cp1252", "windows-1252"),
    ],
)
def test_the_usual_spellings_are_known(label, name):
    assert find_charset(label) == name


def test_the_declared_charset_comes_first():
    assert charset("é".encode("latin-1"), "text/plain; charset=latin1") == Charset(name="iso-8859-1", source="declared")
    assert parse(request(b"\xc3\xa9", "text/plain; charset=latin1")).text == "Ã©"


def test_a_declaration_that_does_not_fit_is_noted():
    found = charset("é".encode(), "text/plain; charset=us-ascii")
    assert (found.name, found.source) == ("utf-8", "utf-8")
    assert "“us-ascii” does not fit" in found.note


def test_an_unknown_declaration_is_noted_without_its_control_characters():
    found = charset(b"+ADw-", "text/plain; charset=utf-7\x1b\x85" + "x" * 100)
    assert found.name == "utf-8"
    assert "“utf-7??xxx" in found.note
    assert len(found.note) < 100


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_byte_order_mark_is_believed_and_left_out(encoding):
    assert charset("hé".encode(encoding)) == Charset(name=encoding, source="bom")
    assert parse(request("hé".encode(encoding))).text == "hé"


def test_declared_wide_text_may_come_without_a_mark():
    assert parse(request("hé".encode("utf-16-le"), "text/plain; charset=utf-16")).text == "hé"
    assert parse(request("hé".encode("utf-16-be"), "text/plain; charset=ucs-2")).text == "hé"
    assert "does not fit" in charset(b"abcd", "text/plain; charset=utf-32").note


def test_the_mark_of_utf_8_is_left_out():
    assert parse(request(codecs.BOM_UTF8 + b"{}", "application/json")).json == {}


@pytest.mark.parametrize("label", [None, "application/json", "application/x-www-form-urlencoded", "text/xml"])
@pytest.mark.parametrize("order", ["le", "be"])
def test_utf_16_without_a_mark_is_known_by_its_zeros(label, order):
    parsed = parse(request("Text=é☂".encode(f"utf-16-{order}"), label))
    assert parsed.text == "Text=é☂"
    assert parsed.charset == Charset(name=f"utf-16-{order}", source="zeros")


def test_utf_16_by_its_zeros_is_not_the_utf_8_that_json_and_xml_should_be_in():
    assert not parse_quickly(request('{"a": 1}'.encode("utf-16-le"), "application/json")).charset_fits
    assert not parse_quickly(request("<a/>".encode("utf-16-be"))).charset_fits
    assert parse_quickly(request("hello".encode("utf-16-be"))).charset_fits


def test_a_declaration_that_the_zeros_refute_is_noted():
    parsed = parse(request('{"a": 1}'.encode("utf-16-le"), "application/json; charset=utf-8"))
    assert (parsed.json, parsed.charset.source, parsed.charset.misfit) == ({"a": 1}, "zeros", "utf-8")
    assert parse_quickly(request('{"a": 1}'.encode("utf-16-le"), "application/json; charset=utf-8")).charset == "utf-8"


@pytest.mark.parametrize("label", ["application/json; charset=utf-16", "application/json; charset=utf-16be"])
def test_zeros_give_the_order_that_a_declaration_leaves_open(label):
    parsed = parse(request('{"a": 1}'.encode("utf-16-be"), label))
    assert (parsed.json, parsed.charset) == ({"a": 1}, Charset(name="utf-16-be", source="declared"))


def test_the_declaration_inside_of_wide_xml_is_read():
    parsed = parse(request('<?xml version="1.0" encoding="UTF-16"?><a>é</a>'.encode("utf-16-le")))
    assert (parsed.xml["text"], parsed.charset.source) == ("é", "declared")


@pytest.mark.parametrize("body", [b"a\0", b"a\0b\0c", b"a\0b\0\0\0", b"\0\0a\0", b"ab\0\0", b"\x01\0\x02\0", b"a\0\0b"])
def test_other_zeros_are_no_utf_16(body):
    assert decode_by_zeros(body, None) is None


def test_wide_text_that_was_cut_is_read_to_the_cut():
    assert parse(request("no☂".encode("utf-16-le")[:-1], complete=False)).text == "no"


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "utf-16"])
def test_a_byte_order_mark_refutes_a_declaration(declared):
    parsed = parse(request(codecs.BOM_UTF8 + b'{"a": 1}', f"application/json; charset={declared}"))
    assert (parsed.json, parsed.charset.name, parsed.charset.misfit) == ({"a": 1}, "utf-8", declared)
    assert parse(request("{}".encode("utf-16"), "application/json; charset=latin1")).json == {}


def test_a_byte_order_mark_that_agrees_changes_nothing():
    parsed = parse(request(codecs.BOM_UTF8 + b"{}", "application/json; charset=utf-8"))
    assert (parsed.json, parsed.charset) == ({}, Charset(name="utf-8", source="declared"))
    assert parse(request("{}".encode("utf-16"), "application/json; charset=utf-16")).charset.source == "declared"
    assert parse(request(codecs.BOM_UTF8 + b"{}", "application/json")).charset.source == "bom"


def test_a_guess_is_marked_as_one():
    parsed = parse(request("Привет, как у вас дела сегодня?".encode("windows-1251")))
    assert (parsed.charset.name, parsed.charset.source) == ("windows-1251", "suggested")
    assert parsed.text == "Привет, как у вас дела сегодня?"


@pytest.mark.parametrize("text", ["é", "Your code is 1234. Grüße", "café à la crème"])
def test_a_short_western_text_is_suggested_as_western(text):
    assert guess_well(text.encode("windows-1252")) == "windows-1252"


def test_the_cheap_guess_always_gives_text():
    assert guess_western(b"\xe9") == "windows-1252"
    assert guess_western(b"\x81") == "iso-8859-1"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\xff", None),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\xff\xfe\xfd", "application/octet-stream"),
    ],
)
def test_binary_has_no_text_and_no_charset(body, content_type):
    parsed = parse(request(body, content_type))
    assert (parsed.text, parsed.charset) == (None, None)


def test_a_character_cut_in_half_does_not_spoil_a_cut_text():
    assert decode("né".encode()[:-1], None, None, whole=False) == ("n", Charset(name="utf-8", source="utf-8"))
    assert parse(request("né".encode()[:-1], complete=False)).text == "n"


def test_capturing_never_makes_the_slow_guess(monkeypatch):
    monkeypatch.setattr("charset_normalizer.from_bytes", None)
    assert parse_quickly(request(b"a=%e9", "text/plain")).pairs == (("a", "é"),)


def test_the_slow_guess_sees_a_sample_only(monkeypatch):
    seen = []

    def from_bytes(sample, **_):
        seen.append(len(sample))
        raise AssertionError

    monkeypatch.setattr("charset_normalizer.from_bytes", from_bytes)
    with pytest.raises(AssertionError):
        guess_well(b"\xe9" * 100_000)
    assert seen == [8192]
