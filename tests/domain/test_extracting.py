"""Codes, links and fields out of a capture."""

import pytest

from app.domain.extracting import at_pointer, link, otp


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Your code is 482913.", "482913"),
        ("482913 is your code", "482913"),
        ("G-482913 is your Google verification code", "482913"),
        ("<#> Your code: 4821\nFA+9qCX9VSu", "4821"),
        ("Use 482 913 to sign in", "482913"),
        ("Use 482-913 to sign in", "482913"),
        ("Use 1234-567", "1234567"),
        ("Use 12 34 56", "123456"),
        ("Use 1 2 3 4", "1234"),
        ("Use 1234 5678 within 10 minutes", "12345678"),
        ("Use 482\u00a0913", "482913"),
        ("認証コードは482913です", "482913"),
        ("Code 4821 10 min", "4821"),
        ("Item 5 482913", "482913"),
        ("123 is too short, 123456789 too long, 00420 is right", "00420"),
        ("Call +1 415 555 0123 or 1-415-555-0123, code 9876", "9876"),
        ("From +14155550123 482 913", "482913"),
        ("Call +1 (415) 555-0123 or (415) 5550123, code 9876", "9876"),
        ("https://example.net/1234567?c=4444 code 9876", "9876"),
        ("On 2026-11-24 at 14:02: code 9876", "9876"),
        ("You paid 1234.56 or 1,2345; ref A1234; code 9876", "9876"),
        ("code (9876)", "9876"),
        ("code:9876,", "9876"),
        ("hello", None),
        ("+14155550123", None),
        ("4155550123", None),
        ("", None),
        ("٤٨٢٩١٣", None),
    ],
)
def test_the_first_code(text: str, code: str | None) -> None:
    assert otp(text) == code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Open https://example.net/a?b=c#d now", "https://example.net/a?b=c#d"),
        ("Open http://a.example. Then https://b.example", "http://a.example"),
        ("(see HTTPS://Example.net/x_(y))", "HTTPS://Example.net/x_(y)"),
        ("<https://example.net/x>", "https://example.net/x"),
        ('"https://example.net/x",', "https://example.net/x"),
        ("ftp://a.example and www.example.net", None),
        ("https:// ", None),
        ("https://example.net/\x1b[2J", "https://example.net/"),
    ],
)
def test_the_first_link(text: str, found: str | None) -> None:
    assert link(text) == found


DOCUMENT = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "m~n": 8, " ": 7, "0": {"x": None}, "e": "text"}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("", DOCUMENT), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/m~0n", 8), ("/ ", 7), ("/0/x", None)],
)
def test_a_pointer_finds_its_value(pointer: str, value: object) -> None:
    assert at_pointer(DOCUMENT, pointer) == value


@pytest.mark.parametrize("pointer", ["/no", "/foo/2", "/foo/-", "/foo/00", "/foo/-1", "/e/0", "/0/x/y", "/foo/bar"])
def test_a_pointer_to_nothing_is_a_lookup_error(pointer: str) -> None:
    with pytest.raises(LookupError):
        at_pointer(DOCUMENT, pointer)


@pytest.mark.parametrize("pointer", ["foo", "/a~2b", "/a~"])
def test_what_is_no_pointer_is_told(pointer: str) -> None:
    with pytest.raises(ValueError, match="not a JSON pointer"):
        at_pointer(DOCUMENT, pointer)
