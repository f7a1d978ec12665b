"""The filter grammar: what is found, what is refused and why, and that nothing typed breaks or slows it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.search import (
    KEYS,
    MAX_LENGTH,
    Candidate,
    OneOf,
    Phrases,
    Query,
    Size,
    Tokens,
    When,
    Words,
    WrongTerm,
    as_text,
    matches,
    parse_query,
    tokens,
    with_value,
)
from app.domain.signatures import SignatureVerdict
from app.errors import Invalid

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def a_capture(**values: object) -> Candidate:
    defaults = {
        "n": 1040, "received_at": NOW - timedelta(minutes=5), "role": "primary", "kind": "inbound", "method": "POST",
        "size": 1024, "provider": "ytel", "message_id": "9D3ED970-ab08", "sender": "+14155550123",
        "recipient": "+19495550142", "text": "Your code is 482913", "status": "received",
        "words": "+14155550123\nYour code is 482913\nSpringfield", "findings": ("plus_lost",),
    }  # fmt: skip
    return Candidate(**defaults | values)


def finds(query: str, **values: object) -> bool:
    return matches(parse_query(query), a_capture(**values), NOW)


def wrong(query: str) -> WrongTerm:
    with pytest.raises(WrongTerm) as error:
        parse_query(query)
    assert isinstance(error.value, Invalid)
    assert error.value.problems[0][0] == "q"
    assert f"at character {error.value.position}" in error.value.problems[0][1]
    return error.value


@pytest.mark.parametrize("query", ["", "   ", "\n"])
def test_nothing_asked_finds_everything(query: str) -> None:
    assert parse_query(query) == Query()
    assert finds(query)


@pytest.mark.parametrize(
    "number",
    ["+14155550123", "14155550123", "4155550123", '"(415) 555-0123"', '"415 555 0123"', "415-555-0123",
     "0014155550123", '"+1 (415) 555-0123"', "+1415*", "1415*", "415555012*", "415*", '"(415)"*', "+*"],
)  # fmt: skip
def test_a_number_is_found_in_any_spelling(number: str) -> None:
    assert finds(f"from:{number}")
    assert not finds(f"to:{number}", recipient="+447700900123") or number == "+*"


@pytest.mark.parametrize(
    "number", ["+4155550123", "+415*", "555-0123", "5550123", "555*", "41*", "+1415555012", "0123"]
)
def test_a_part_or_another_number_is_not_it(number: str) -> None:
    assert not finds(f"from:{number}")


def test_ten_digits_are_also_a_number_abroad_and_what_was_sent() -> None:
    assert finds("from:4520123456", sender="+4520123456")
    assert finds("from:4520123456", sender="+14520123456")
    assert finds("from:4520123456", sender="4520123456")


def test_short_codes_and_names_compare_as_sent() -> None:
    assert finds("from:88022", sender="88022")
    assert finds("from:880*", sender="88022")
    assert finds("from:mybrand", sender="MyBrand")
    assert finds('from:"my b"*', sender="My Brand")
    assert not finds("from:88022", sender="+88022")
    assert not finds("from:mybrand", sender="MyBrands")
    assert not finds("from:1", sender=None)


def test_an_id_is_found_whole_or_by_its_beginning() -> None:
    assert finds("id:9d3ed970-AB08")
    assert finds("id:9d3e*")
    assert not finds("id:9d3e")
    assert not finds("id:9*", message_id=None)


@pytest.mark.parametrize("query", ["target:app", 'target:"My app",b*', "forward:delivered"])
def test_what_arrives_has_no_forward_yet(query: str) -> None:
    assert not finds(query)
    assert finds(f"-{query}")
    assert as_text(parse_query(query)) == query
    assert parse_query(f"code {query}").key_of_forwards == query.partition(":")[0]
    assert parse_query("code from:app status:failed").key_of_forwards is None


def test_words_and_phrases_are_found_in_the_text() -> None:
    assert finds("text~code")
    assert finds('text~"your CODE"')
    assert finds('text~"code is 48"*')
    assert finds("text~nothing,482*")
    assert not finds('text~"code your"')
    assert not finds("text~springfield")
    assert not finds("text~cod")
    assert not finds("text~code", text=None)


def test_free_words_are_found_in_all_fields() -> None:
    assert finds("springfield code")
    assert finds('spring* "your code"')
    assert finds("code", words="")
    assert not finds("springfield nothing")
    assert finds("CAFÉ", text="Cafe au lait")
    assert finds("cafe,au", text="Cafe au lait")


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("status:failed,undelivered", {"status": "undelivered"}),
        ("Status:FAILED", {"status": "failed"}),
        ("role:fallback", {"role": "fallback"}),
        ("role:voice-fallback", {"role": "voice-fallback"}),
        ("kind:status", {"kind": "status"}),
        ("provider:ytel", {"provider": "ytel"}),
        ("provider:generic", {"provider": "generic"}),
        ("method:get", {"method": "GET"}),
        ("has:mojibake,repeated_field", {"findings": ("empty_get", "mojibake")}),
        ("has:any", {"findings": ("empty_get",)}),
        ("is:simulated", {"simulated": True}),
        ("size:>1KiB", {"size": 1025}),
        ("size:>=1KiB", {"size": 1024}),
        ("size:<=512", {"size": 512}),
        ("size:<512", {"size": 511}),
        ("size:100..200", {"size": 200}),
        ("size:0", {"size": 0}),
    ],
)
def test_each_key_finds_its_values_and_nothing_else(query: str, values: dict[str, object]) -> None:
    other = (
        {"status": None, "provider": None, "findings": (), "size": 10_000, "method": "PUT"}
        if "size:>" not in query
        else {"size": 1023}
    )
    assert finds(query, **values)
    assert not finds(f"-{query}", **values)
    assert not finds(query, **other)
    assert finds(f"-{query}", **other)


@pytest.mark.parametrize(
    "moment",
    ["10m", "1h", "1d", "2026-11-25", "2026-11-25T11:55:00Z", "2026-11-25T12:55:00+01:00", "2026-11-25t11:54z",
     '"2026-11-25 11:55"', "#1039"],
)  # fmt: skip
def test_after_a_moment_and_not_before_it(moment: str) -> None:
    assert finds(f"after:{moment}")
    assert not finds(f"before:{moment}")


@pytest.mark.parametrize("moment", ["1m", "2026-11-26", "2026-11-25T11:55:00.000001Z", "#1041"])
def test_before_a_moment_and_not_after_it(moment: str) -> None:
    assert finds(f"before:{moment}")
    assert not finds(f"after:{moment}")


def test_a_number_itself_is_neither_after_nor_before_it() -> None:
    assert not finds("after:#1040")
    assert not finds("before:#1040")


def test_a_capture_that_arrives_now_has_no_number_and_is_after_all() -> None:
    candidate = a_capture(n=None)
    assert matches(parse_query("after:#1040 after:1m"), candidate)
    assert not matches(parse_query("before:#1040"), candidate)


def test_terms_are_all_needed_and_minus_turns_one_round() -> None:
    assert finds('from:+1415* -status:failed -"not there" kind:inbound')
    assert not finds("from:+1415* -kind:inbound")
    assert finds("-status:failed", status=None)


def test_a_quote_inside_of_quotes_and_a_word_that_looks_like_a_key() -> None:
    assert finds(r'from:"My \"B\""', sender='my "b"')
    assert finds('"re:code"', text="Re: code")
    assert finds("12:30", text="at 12:30")
    assert finds("https://example.net/a", text="see https://example.net/a")
    assert finds("from:a\\b", sender="a\\b")
    assert finds('from:"a*"', sender="a*")
    assert finds('from:"a, b",c', sender="A, B")


@pytest.mark.parametrize(
    ("query", "position", "word"),
    [
        ("kind:inbound stauts:failed", 14, "Did you mean status:?"),
        ("nonsense:1", 1, "quotes"),
        ("text:code", 1, "write text~code"),
        ("from~1", 1, "write from:1"),
        ("  status:failled", 3, "did you mean failed?"),
        ("status:success", 1, "did you mean sent?"),
        ("status:nonsense", 1, "takes received"),
        ("role:sms", 1, "takes primary, fallback"),
        ("method:PSOT", 1, "did you mean POST?"),
        ("has:plus", 1, "plus_lost"),
        ("is:odd", 1, "takes simulated"),
        ("status:fail*", 1, "does not take *"),
        ("from:", 1, "needs a value"),
        ("from:1,", 1, "after each comma"),
        ('from:""', 1, "needs a value"),
        ('a text~"open', 3, "not closed"),
        ('a"b"', 1, "around a whole"),
        ('from:"a"b', 1, "around a whole value"),
        ("*", 1, "at least one character"),
        ("a**", 1, "at the end"),
        ("from:4*5", 1, "at the end"),
        ("-", 1, "after the -"),
        ("🚗", 1, "at least one letter or digit"),
        ("after:yesterday", 1, "10m"),
        ("after:2026-13-01", 1, "the time is not valid"),
        ("after:999999999d", 1, "too long ago"),
        ("before:10m,20m", 1, "one value"),
        ("size:big", 1, ">1KiB"),
        ("size:>1KB", 1, "512KiB"),
        ("size:5..1", 1, "1..5"),
        ("x " * 20 + "y", 41, "at most 20 terms"),
        ("x" * 1_001, 1_001, "at most 1000 characters"),
        ("from:" + ",".join("123456789012345678901"), 1, "at most 20 values"),
        ("a \ud800", 3, "not a character"),
    ],
)
def test_a_wrong_term_is_named_with_its_place_and_the_cure(query: str, position: int, word: str) -> None:
    error = wrong(query)
    assert error.position == position
    assert word in error.problems[0][1]


def test_terms_know_where_they_stand() -> None:
    assert [term.position for term in parse_query(' kind:inbound  -"a b" x').terms] == [2, 16, 23]


def test_a_query_is_made_of_plain_values() -> None:
    query = parse_query("-status:failed,FAILED after:2h size:100..1KiB hello*")
    assert query.terms[0] == OneOf(key="status", values=("failed",), negated=True)
    assert query.terms[1] == When(key="after", raw="2h", moment=timedelta(hours=2))
    assert query.terms[2] == Size(raw="100..1KiB", low=100, high=1024)
    assert isinstance(query.terms[3], Words)
    assert (query.terms[3].phrases[0].words, query.terms[3].phrases[0].prefix) == (("hello",), True)


_BITS = st.sampled_from(
    [*KEYS, '"', "\\", "*", "-", ",", " ", "~", ":", "#", "..", ">", "+1415", "failed", "plus_lost", "10m", "é", "ß",
     "🚗"]
)  # fmt: skip
_TYPED = st.lists(_BITS | st.text(max_size=5), max_size=30).map("".join) | st.text(max_size=1_100)


@given(_TYPED)
def test_whatever_is_typed_is_a_query_or_a_wrong_term_within_it(typed: str) -> None:
    error = None
    try:
        query = parse_query(typed)
    except WrongTerm as wrong:
        error = wrong
    if error:
        assert 1 <= error.position <= len(typed)
        assert error.problems[0][1].encode()
        return
    assert parse_query(as_text(query)) == query
    assert matches(query, a_capture(), NOW) in (True, False)


_VALUE = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=12)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["from", "to", "id"]), _VALUE, st.booleans()), max_size=5))
def test_any_value_can_be_quoted_and_written_again(parts: list[tuple[bool, str, str, bool]]) -> None:
    typed = " ".join(f"{'-' * negated}{key}:{_quoted(value)}{'*' * star}" for negated, key, value, star in parts)
    query = parse_query(typed)
    assert [term.patterns[0].raw for term in query.terms] == [value for _, _, value, _ in parts]
    assert parse_query(as_text(query)) == query


@pytest.mark.parametrize(
    "typed",
    ['"' * MAX_LENGTH, '\\"' * 500, "from:" + "," * 990, 'a"' * 500, "-" * MAX_LENGTH, '"a" ' * 250, "(" * MAX_LENGTH,
     'from:"' + "\\" * 990, "text~" + '"a",' * 240, "é" * MAX_LENGTH, "a:" * 500],
)  # fmt: skip
def test_no_query_takes_long(typed: str) -> None:
    start = time.process_time()
    for _ in range(10):
        with suppress(WrongTerm):
            parse_query(typed)
    assert time.process_time() - start < 0.5


@pytest.fixture(scope="module")
def fts() -> Iterator[sqlite3.Connection]:
    with sqlite3.connect(":memory:") as db:
        db.execute("create virtual table texts using fts5(text, tokenize='unicode61 remove_diacritics 2')")
        db.execute("create virtual table words using fts5vocab(texts, 'instance')")
        yield db
    db.close()


# Blocks of scripts that people text in, and signs; nothing newer than SQLite's table.
_LETTERS = st.characters(max_codepoint=0x17F) | st.sampled_from(
    "ẞßİıǅάΆςΣЁйЙאبतिก日本カ゛가ﬁ①²½ẢếÅ👍🚗☎€“”…\u0301\u0308\u200d\ue000ᾈ"
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(_LETTERS, max_size=40).filter(lambda text: "\0" not in text))
def test_words_are_those_of_the_full_text_index(fts: sqlite3.Connection, text: str) -> None:
    fts.execute("delete from texts")
    fts.execute("insert into texts values (?)", (text,))
    assert tokens(text) == [word for (word,) in fts.execute("select term from words order by offset")]


@given(
    st.lists(st.sampled_from(["your", "code", "is", "co"]), max_size=8),
    st.lists(st.sampled_from(["your", "code", "co"]), min_size=1, max_size=3),
    st.booleans(),
)
def test_a_phrase_is_found_as_the_full_text_index_finds_it(
    fts, there: list[str], asked: list[str], prefix: bool
) -> None:
    fts.execute("delete from texts")
    fts.execute("insert into texts values (?)", (", ".join(there),))
    match = '"' + " ".join(asked) + '"' + (" *" if prefix else "")
    (count,) = fts.execute("select count(*) from texts where texts match ?", (match,)).fetchone()
    assert Phrases([(asked, prefix)]).occur_in(Tokens(" ".join(there))) == bool(count)


@pytest.mark.parametrize(
    "value", ["482913", "Your code", "re:hello", 'a "quoted" \\ one', "-x", "x*", "a\nb", "text~x"]
)
def test_a_term_for_a_value_finds_that_value(value: str) -> None:
    text = with_value("status:received", value)
    assert text is not None
    assert text.startswith("status:received ")
    assert matches(parse_query(text), a_capture(words=f"other\n{value}\nmore"))
    assert not matches(parse_query(text), a_capture(text=None, words="other"))


def test_no_term_is_made_for_a_value_without_words_or_of_any_length() -> None:
    assert with_value("", "🙂 --") is None
    assert with_value("", "x" * MAX_LENGTH) == "x" * MAX_LENGTH
    assert with_value("", "x" * (MAX_LENGTH + 1)) is None
    assert with_value("unknown:x", "code") is None


def test_a_verdict_about_the_signature_is_found_and_none_is_no_verdict() -> None:
    assert finds("signature:valid,valid_as", signature="valid_as")
    assert not finds("signature:valid", signature="valid_as")
    assert not finds("signature:valid")
    assert finds("-signature:valid")


def test_a_wrong_verdict_names_the_right_ones() -> None:
    told = wrong("signature:invalid").problems[0][1]
    assert "did you mean wrong_secret_or_changed?" in told
    for verdict in SignatureVerdict:
        assert verdict.value in told
