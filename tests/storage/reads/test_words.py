"""A row is tokenized once, for all phrases and terms."""

import json

import pytest

from app.domain.search import Tokens, line_of
from app.storage.reads import words
from app.storage.reads.words import WordsMatch


def _said(*phrases: str, prefix: bool = False) -> str:
    return json.dumps([line_of(phrase.split(), prefix) for phrase in phrases])


@pytest.fixture
def split(monkeypatch) -> list[str]:
    """The texts that were tokenized."""
    texts: list[str] = []

    def noted(text: str) -> Tokens:
        texts.append(text)
        return Tokens(text)

    monkeypatch.setattr(words, "Tokens", noted)
    return texts


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (_said("code"), True),
        (_said("no", "CODE".lower()), True),
        (_said("your code"), True),
        (_said("code your"), False),
        (_said("cod"), False),
        (_said("cod", prefix=True), True),
        (_said("springfield"), True),
        (_said("code springfield"), False),
    ],
)
def test_any_phrase_in_any_of_the_texts_is_enough(said: str, found: bool) -> None:
    assert WordsMatch()("Your Code: 1", "Springfield", said) is found


def test_the_second_text_need_not_be_there() -> None:
    assert not WordsMatch()("a", "", _said("b"))


def test_each_text_of_a_row_is_split_once_for_all_terms(split: list[str]) -> None:
    match = WordsMatch()
    for text, rest in (("one", "1"), ("two", "2"), ("one", "1")):
        for letter in "abcdefghij":
            match(text, rest, _said(letter, letter + letter, f"{letter} {letter}"))
            match(text, "", _said(letter))
    assert split == ["one", "1", "two", "2", "one", "1"]


def test_more_phrases_than_are_remembered_are_read_again() -> None:
    match = WordsMatch()
    assert all(match(f"word{n}", "", _said(f"word{n}")) for n in range(3 * words.MAX_PHRASES))
    assert len(match._phrases) <= words.MAX_PHRASES
