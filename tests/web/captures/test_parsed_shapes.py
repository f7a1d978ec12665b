"""The JSON of parsed content has every field of it, but those that are only used inside."""

import msgspec

from app.parsing import Parsed, parse
from app.web.captures.parsed_shapes import show_parsed
from tests.parsing.support import FORM, request


def test_everything_that_was_parsed_is_shown() -> None:
    shown = msgspec.to_builtins(show_parsed(parse(request(b"a=1", FORM, target="/k?b=2"))))
    assert shown["query"] == [("b", "2")]
    assert shown["form"] == [("a", "1")]
    assert set(shown) == set(Parsed.__struct_fields__) - {"is_json", "text"}
