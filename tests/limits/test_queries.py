"""How long and how rich a filter may be."""

import re

import pytest

from app.domain.search import complete, offers_for, parse_query
from app.domain.search.completing import MAX_OFFERS, MIN_WORD
from app.domain.search.reading import _SHOWN, MAX_LENGTH, MAX_TERMS, MAX_VALUES, WrongTerm
from app.domain.search.tokens import _MOST_REMEMBERED, _Folding
from app.domain.search.values import _HIGHEST, read_moment
from app.domain.units import MAX_DURATION, parse_duration
from app.storage.postgres import queries as postgres_queries
from app.storage.postgres.dialect import INDEXED
from app.storage.queries import FOLDER
from app.storage.reads.timing import CANDIDATES_SHARE, ReadTime, TimedReads
from app.storage.reads.words import MAX_PHRASES, WordsMatch
from app.web.site.filters import suffix_of


@pytest.mark.parametrize(
    ("within", "beyond", "reason"),
    [
        ("w" * MAX_LENGTH, "w" * (MAX_LENGTH + 1), f"at most {MAX_LENGTH} characters"),
        ("a " * MAX_TERMS, "a " * (MAX_TERMS + 1), f"at most {MAX_TERMS} terms"),
        ("text~" + ",".join("a" * MAX_VALUES), "text~" + ",".join("a" * (MAX_VALUES + 1)), f"most {MAX_VALUES} values"),
    ],
    ids=["characters", "terms", "values"],
)
def test_a_query_is_read_to_its_bounds_and_refused_beyond_them(within: str, beyond: str, reason: str) -> None:
    assert parse_query(within).terms
    with pytest.raises(WrongTerm, match=reason):
        parse_query(beyond)


@pytest.mark.parametrize(("length", "is_cut"), [(_SHOWN, False), (_SHOWN + 1, True)])
def test_a_wrong_term_is_shown_to_this_length(length: int, is_cut: bool) -> None:
    term = "size:" + "x" * (length - len("size:"))
    with pytest.raises(WrongTerm) as refused:
        parse_query(term)
    assert (f"“{term[:_SHOWN]}…”" in str(refused.value.problems)) == is_cut
    assert (f"“{term}”" in str(refused.value.problems)) == (not is_cut)


def test_the_number_of_a_capture_is_one_that_the_store_can_hold() -> None:
    assert read_moment(f"#{_HIGHEST}") == _HIGHEST
    with pytest.raises(ValueError, match="write"):
        read_moment(f"#{_HIGHEST + 1}")


def test_a_duration_ends_at_a_hundred_years() -> None:
    assert parse_duration(f"{MAX_DURATION.days}d") == MAX_DURATION
    with pytest.raises(ValueError, match="longer than"):
        parse_duration(f"{MAX_DURATION.days + 1}d")
    with pytest.raises(WrongTerm, match="too long ago"):
        parse_query(f"after:{MAX_DURATION.days + 1}d")


def test_so_many_completions_are_offered() -> None:
    place = complete("from:", 5)
    assert place is not None
    for count, offered in ((MAX_OFFERS, MAX_OFFERS), (MAX_OFFERS + 1, MAX_OFFERS)):
        assert len(offers_for(place, [f"+1{n}" for n in range(count)])) == offered


@pytest.mark.parametrize(("length", "is_offered"), [(MIN_WORD - 1, False), (MIN_WORD, True)])
def test_known_values_are_offered_without_their_key_from_so_many_letters(length: int, is_offered: bool) -> None:
    place = complete("delivered"[:length], length)
    assert place is not None
    assert ("status:delivered" in [offer.insert for offer in offers_for(place, ())]) == is_offered


async def test_finding_candidates_takes_at_most_a_share_of_the_time() -> None:
    limits: list[float] = []

    async def run(_: str, __: object, time: ReadTime) -> list[tuple[int]]:
        limits.append(time.limit_s)
        return [(7,)]

    assert await TimedReads(run, {"all": ""}, 8).candidates("all", {}) == [7]
    assert limits == [8 * CANDIDATES_SHARE]


def test_so_many_characters_of_a_text_are_in_an_index_of_postgresql() -> None:
    """The translated queries, those that are written for it, and the indexes have the same number."""
    texts = [*postgres_queries.SQL.values(), (FOLDER / "postgres" / "ledger.sql").read_text()]
    found = [int(number) for text in texts for number in re.findall(r"\bleft\([^()]+, (\d+)\)", text)]
    assert len(found) > 40
    assert set(found) == {INDEXED}


def test_so_many_phrases_are_remembered_by_a_connection() -> None:
    match = WordsMatch()
    for number in range(MAX_PHRASES):
        match("hello", "", f'[" w{number} "]')
    assert len(match._phrases) == MAX_PHRASES
    match("hello", "", '[" more "]')
    assert len(match._phrases) == 1


def test_so_many_characters_are_remembered_folded() -> None:
    """A text of all characters that there are costs no more memory than that."""
    folding = _Folding()
    text = "".join(map(chr, range(0x4E00, 0x4E00 + _MOST_REMEMBERED + 1)))
    assert text[:-1].translate(folding)
    assert len(folding) == _MOST_REMEMBERED
    assert len(text.translate(folding)) == len(text)
    assert len(folding) == _MOST_REMEMBERED


@pytest.mark.parametrize(("length", "is_kept"), [(MAX_LENGTH, True), (MAX_LENGTH + 1, False)])
def test_a_filter_of_so_many_characters_is_kept_in_the_links_of_a_page(length: int, is_kept: bool) -> None:
    assert suffix_of("é" * length) == ("?q=" + "%C3%A9" * length if is_kept else "")
