"""The words of texts are written beside them."""

import pytest

from app.domain.search import Phrases, Tokens, line_of
from app.storage import queries as shared
from app.storage.postgres.queries import SQL
from app.storage.postgres.words import with_words

TEXT = "Grüße, code 7!"
LINE = " gruße code 7 "


def columns(text: str) -> list[str]:
    """The columns of an insert."""
    return [column.strip() for column in text.partition("(")[2].partition(")")[0].split(",")]


@pytest.mark.parametrize(
    ("query", "source"), [("add_capture_row", "text"), ("add_message", "text"), ("put_annotation_row", "note")]
)
def test_a_row_gets_the_words_of_its_text(query: str, source: str) -> None:
    given = columns(shared.SQL[query])
    row = tuple(TEXT if column == source else f" {column} " for column in given)
    (filled,) = with_words(query, [row])
    written = dict(zip(columns(SQL[query]), filled, strict=True))
    assert written.pop("search_line") == LINE
    assert written == dict(zip(given, row, strict=True))


def test_the_other_texts_of_a_capture_are_stored_as_words_only() -> None:
    given = columns(shared.SQL["add_capture_row"])
    row = tuple("A b=C" if column == "words" else None for column in given)
    (filled,) = with_words("add_capture_row", [row])
    written = dict(zip(columns(SQL["add_capture_row"]), filled, strict=True))
    assert (written["words"], written["search_line"]) == (" a b c ", " ")


def test_a_changed_message_has_its_words_before_its_id() -> None:
    row = [f"value {place}" for place in range(shared.SQL["set_message"].count("?"))]
    row[10] = TEXT
    (filled,) = with_words("set_message", [tuple(row)])
    assert filled[-3:] == (LINE, *row[-2:])
    assert filled[:-3] == tuple(row[:-2])


def test_other_rows_are_left_as_they_are() -> None:
    rows = [(1, 2), (3, 4)]
    assert with_words("add_link", rows) is rows


@pytest.mark.parametrize("text", ["", "a", "code", "your code is", "code your"])
@pytest.mark.parametrize(("words", "prefix"), [(("code",), False), (("co",), True), (("your", "c"), True)])
def test_a_phrase_is_in_a_line_when_it_is_in_the_text(text: str, words: tuple[str, ...], prefix: bool) -> None:
    assert (line_of(words, prefix) in Tokens(text).line) is Phrases([(words, prefix)]).occur_in(Tokens(text))
