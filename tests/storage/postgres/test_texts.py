"""Texts that PostgreSQL cannot store come back exactly, on every way to the server."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.search import Tokens
from app.storage.postgres.connections import Connection, connect
from app.storage.postgres.texts import ESCAPE, escape, restore
from tests.postgres import Database

ODD = (
    "", "\0", "\0\0", ESCAPE, ESCAPE + "0", ESCAPE + "1", ESCAPE + "\0", "\0" + ESCAPE, ESCAPE * 2 + "0", "a\0b",
    "'\"\\{},NULL %_", bytes(range(256)).decode("latin-1"), "\U0010ffff\uffff", "null", "\r\n\t",
)  # fmt: skip
# Everything that can be encoded; often what is escaped, and what looks like it.
TEXTS = st.text(st.sampled_from(["\0", ESCAPE, "0", "1", "\\", '"']) | st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_an_escaped_text_has_no_nul_and_is_restored(text: str) -> None:
    assert "\0" not in escape(text)
    assert restore(escape(text)) == text


def test_what_looks_like_an_escape_is_restored_too() -> None:
    assert [restore(escape(text)) for text in ODD] == list(ODD)
    assert not any("\0" in escape(text) for text in ODD)


@given(TEXTS, TEXTS)
def test_different_texts_stay_different(one: str, other: str) -> None:
    assert (escape(one) == escape(other)) is (one == other)


def test_a_text_without_either_character_is_stored_as_it_is() -> None:
    plain = "Grüße 😀\x01\ue001"
    assert escape(plain) == plain
    assert escape("a\0") == "a\ue0000"


@pytest.mark.parametrize("binary", [False, True])
def test_every_way_there_and_back_gives_the_same_text(database: Database, binary: bool) -> None:
    database.peek('create table texts (n bigint, way text, said text collate "C")')
    with connect(database.url, "test") as connection:
        _check_ways(connection, binary)


def _check_ways(connection: Connection, binary: bool) -> None:
    @settings(max_examples=25, deadline=None)
    @given(st.lists(TEXTS, max_size=5))
    def check(some: list[str]) -> None:
        texts = [*ODD, *some]
        rows = list(enumerate(texts))
        connection.execute("truncate texts")
        with connection.cursor() as cursor:
            cursor.executemany("insert into texts values (%s, 'insert', %s)", rows)
            with cursor.copy("copy texts from stdin (format binary)") as copy:
                copy.set_types(["bigint", "text", "text"])
                for n, text in rows:
                    copy.write_row((n, "copy", text))
            cursor.execute(
                "insert into texts select n, 'array', said from unnest(%s::text[]) with ordinality as given (said, n)",
                [texts],
            )
        for way in ("insert", "copy", "array"):
            query = "select said, said::varchar from texts where way = %s order by n"
            assert connection.execute(query, [way], binary=binary).fetchall() == [(text, text) for text in texts], way
        query = "select array_agg(said order by n) from texts where way = 'copy'"
        assert connection.execute(query, binary=binary).fetchone() == (texts,)

    check()


def test_a_text_is_found_as_it_was_given(database: Database) -> None:
    database.peek('create table texts (n bigint, said text collate "C" unique)')
    conditions = ("said = %(t)s", "said = any(%(ts)s::text[])", "strpos('<' || said || '>', '<' || %(t)s || '>') > 0")
    with connect(database.url, "test") as connection, connection.cursor() as cursor:
        cursor.executemany("insert into texts values (%s, %s)", list(enumerate(ODD)))
        for n, text in enumerate(ODD):
            for condition in conditions:
                cursor.execute(f"select n from texts where {condition}", {"t": text, "ts": [text]})
                assert cursor.fetchall() == [(n,)], (text, condition)


@given(TEXTS)
def test_words_have_nothing_that_is_escaped(text: str) -> None:
    """So what looks for words finds them in the stored text as in the original one."""
    line = Tokens(text).line
    assert escape(line) == line
