"""The views of a body, and which one is first."""

import json

import pytest

from app.parsing import parse
from app.web.captures.bodies import HEX_BYTES, ONE_LINE, TEXT_CHARACTERS, BodyViews, views_of
from tests.storage.builders import a_raw

LONG = {"text": "x" * ONE_LINE}


def _views(body: bytes, content_type: bytes, find: str = "") -> BodyViews:
    raw = a_raw(body=body, headers=((b"Content-Type", content_type),))
    return views_of(parse(raw), raw.body, find)


@pytest.mark.parametrize(
    ("body", "content_type", "find", "first", "titles"),
    [
        (b"{}", b"application/json", "x", "text", ["text", "indented", "hex"]),
        (b"[1]", b"application/json", "", "text", ["text", "indented", "tree", "hex"]),
        (json.dumps(LONG).encode(), b"application/json", "", "indented", ["text", "indented", "tree", "hex"]),
        (json.dumps(LONG, indent=1).encode(), b"application/json", "", "text", ["text", "indented", "tree", "hex"]),
        (b"[1]", b"application/json", "x", "tree", ["text", "indented", "tree", "hex"]),
        (b"a=1", b"application/x-www-form-urlencoded", "", "text", ["text", "tree", "hex"]),
        (b"<a/>", b"text/xml", "", "text", ["text", "tree", "hex"]),
        (b"hello", b"text/plain", "", "text", ["text", "hex"]),
        (b"\x00\xff\x00", b"image/png", "", "hex", ["hex"]),
    ],
)
def test_a_body_has_the_views_that_its_content_allows(
    body: bytes, content_type: bytes, find: str, first: str, titles: list[str]
) -> None:
    views = _views(body, content_type, find)
    assert (views.first, list(views.titles)) == (first, titles)


def test_indented_json_has_a_line_for_each_value_and_keeps_characters() -> None:
    views = _views('{"a":["é",1]}'.encode(), b"application/json")
    assert views.indented == '{\n  "a": [\n    "é",\n    1\n  ]\n}'


def test_every_view_is_bounded() -> None:
    views = _views(json.dumps([["x" * 10] * 15] * 800).encode(), b"application/json")
    assert views.text is not None
    assert views.indented is not None
    assert (len(views.text), len(views.indented)) == (TEXT_CHARACTERS, TEXT_CHARACTERS)
    assert 16 * len(views.hexdump) == HEX_BYTES
