"""Completion of a filter: what is offered at the caret, and that an offer changes only the term at the caret."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.search import KEYS, MAX_LENGTH, VALUES, Completion, OneOf, complete, offers_for, parse_query
from app.domain.search.completing import EXAMPLE_VALUES
from app.domain.search.writing import quote_value

TAGS = ("billing", "late", "vip/eu")
OCCURRING = ("+14155550123", "+14155550199", "+19495550142", "ACME Inc", 'the "best"', "24680")


def values_of(key: str) -> tuple[str, ...]:
    return VALUES.get(key) or tuple(EXAMPLE_VALUES.get(key, ())) or (TAGS if key == "tag" else OCCURRING)


def at_caret(marked: str) -> tuple[str, Completion | None]:
    """A text with the caret as `|`, without it; and its completion."""
    caret = marked.index("|")
    text = marked.replace("|", "", 1)
    return text, complete(text, caret)


def completed(marked: str) -> list[str]:
    """The whole texts after each offer."""
    text, place = at_caret(marked)
    if place is None:
        return []
    return [text[: place.start] + offer.insert + text[place.end :] for offer in offers_for(place, values_of(place.key))]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        # keys
        ("fr|", ["from:"]),
        ("FR|", ["from:"]),
        ("kind:inbound fr|", ["kind:inbound from:"]),
        ("fr| kind:inbound", ["from: kind:inbound"]),
        ("-ki|", ["-kind:"]),
        ("te|", ["text~", "provider:telnyx"]),
        ("aft|er:10m x", ["after:10m x"]),
        ("sim|", ["is:simulated"]),
        ("siz|", ["size:"]),
        # known values, by their key and without it
        ("status:fa|", ["status:failed"]),
        ("STATUS:FA|", ["STATUS:failed"]),
        ("status:FA|", ["status:failed"]),
        ("-status:fa|", ["-status:failed"]),
        ("status:failed,un|", ["status:failed,unknown", "status:failed,undelivered"]),
        ("status:un|,unknown", ["status:undelivered,unknown"]),
        ("status:fa|,sent code", ["status:failed,sent code"]),
        ("status:f|ai code", ["status:failed code"]),
        ('status:"fa|" code', ["status:failed code"]),
        ("has:plus|", ["has:plus_lost"]),
        ("method:p|", ["method:POST", "method:PUT", "method:PATCH"]),
        ("signature:st|", ["signature:stale"]),
        ("after:1|", ["after:10m", "after:1h"]),
        ("size:<|", ['size:<=512']),
        ("undel|", ["status:undelivered"]),
        ("x -undel|", ["x -status:undelivered"]),
        # values that occur
        ("from:+1415|", ["from:+14155550123", "from:+14155550199"]),
        ("from:415|", ["from:+14155550123", "from:+14155550199"]),
        ("from:(949)|", ["from:+19495550142"]),
        ("from:+1415*|", ["from:+14155550123", "from:+14155550199"]),
        ("from:+14155550123,+1415|", ["from:+14155550123,+14155550199"]),
        ("to:246|", ["to:24680"]),
        ("from:ac|", ['from:"ACME Inc"']),
        ('from:"acme i|" x', ['from:"ACME Inc" x']),
        ('from:"acme i| x', ['from:"ACME Inc" x']),
        ('from:"acme |in"', ['from:"ACME Inc"']),
        ("from:th|", ['from:"the \\"best\\""']),
        ('from:"the \\"b|"', ['from:"the \\"best\\""']),
        ('text~"a b" from:+1949| "c d"', ['text~"a b" from:+19495550142 "c d"']),
        ("target:acme|", ['target:"ACME Inc"']),
        ("-tag:bil|,late", ["-tag:billing,late"]),
        # nothing
        ("tag:!|", []),
        ("note~ca|", []),
        ("status:failed|", []),
        ("xyz|", []),
        ("|status:failed", []),
        ("-|status:failed", []),
        ('"open sta|', []),
        ('"quoted" sta|"', []),
        ("text~co|", []),
        ("status~fa|", []),
        ("unknown:fa|", []),
        ('from:"ACME"|', []),
        ('from:"+1|"x status:failed', []),
        ('from:"+1|x"y', []),
        ("http://x|", []),
    ],
)  # fmt: skip
def test_the_box_offers_what_may_follow(typed: str, offered: list[str]) -> None:
    assert completed(typed) == offered


@pytest.mark.parametrize("typed", ["|", '"a b" |', "a | b", " |"])
def test_an_empty_box_and_a_blank_offer_all_keys(typed: str) -> None:
    place = at_caret(typed)[1]
    assert place is not None
    assert tuple(offer.insert for offer in offers_for(place, ())) == KEYS


def test_a_lone_minus_offers_all_keys_behind_it() -> None:
    assert completed("a -|") == [f"a -{key}" for key in KEYS]


def test_everything_that_is_offered_can_be_asked() -> None:
    for key in (*VALUES, *EXAMPLE_VALUES, "from", "to", "id", "tag", "target"):
        offered = completed(f"{key}:|")
        assert len(offered) == len(values_of(key))
        for text in offered:
            parse_query(text)


@pytest.mark.parametrize(("text", "caret"), [("", -1), ("", 1), ("status:", 8), ("x" * (MAX_LENGTH + 1), 3)])
def test_a_caret_outside_of_the_text_and_a_text_that_is_too_long_have_no_completion(text: str, caret: int) -> None:
    assert complete(text, caret) is None


_VALUE = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=8)
_WHOLE = st.sampled_from(
    ["code", '"your code"', 'text~"a, b"', "-status:failed,sent", "from:+1415*", 'to:"ACME, Inc"', "after:#10",
     "size:>1KiB", "cod*", 'id:"x \\" y"*,b', '"re:hello"', "-has:any"]
)  # fmt: skip
_NAMES = st.sampled_from([*OCCURRING, "x,y"]) | _VALUE


@st.composite
def _typing(draw: st.DrawFn) -> tuple[str, str, str, list[str]]:
    """A term that is being typed: its text before the caret and after it, its key, and its other values."""
    key = draw(st.sampled_from([*VALUES, "from", "to", "id"]))
    known = VALUES.get(key)
    others = draw(st.lists(st.sampled_from(known) if known else _NAMES, max_size=3, unique=True))
    split = draw(st.integers(0, len(others)))
    before = "".join(f"{quote_value(other)}," for other in others[:split])
    behind = "".join(f",{quote_value(other)}" for other in others[split:])
    wanted = draw(st.sampled_from(known) if known else _NAMES)
    typed = wanted[: draw(st.integers(0, len(wanted)))]
    sign = draw(st.sampled_from(["", "-"]))
    if draw(st.booleans()) and "\\" not in typed:
        typed, rest = (
            '"' + typed.replace('"', ""),
            draw(st.sampled_from(['"', 'x"', 'x y"'] if behind else ['"', 'x"', "x", ""])),
        )
    else:
        typed = "".join(letter for letter in typed if letter.isalnum() or letter == "+")
        rest = draw(st.sampled_from(["", "x", "1415", "*"]))
    return f"{sign}{key}:{before}{typed}", rest + behind, key, others


@given(
    before=st.lists(_WHOLE, max_size=3),
    typing=_typing(),
    after=st.lists(_WHOLE, max_size=3),
    values=st.lists(_NAMES, max_size=5),
)
def test_an_offer_makes_a_whole_term_and_leaves_the_others(
    before: list[str], typing: tuple[str, str, str, list[str]], after: list[str], values: list[str]
) -> None:
    left, right, key, others = typing
    text, caret = " ".join([*before, left + right, *after]), len(" ".join([*before, left]))
    place = complete(text, caret)
    assert place is not None
    assert place.key == key
    assert place.start <= caret <= place.end <= caret + len(right)
    for offer in offers_for(place, VALUES.get(key) or [*values, *OCCURRING]):
        longer = text[: place.start] + offer.insert + text[place.end :]
        terms = parse_query(longer).terms
        assert [*terms[: len(before)], *terms[len(before) + 1 :]] == [*parse_query(" ".join([*before, *after])).terms]
        term = terms[len(before)]
        found = term.values if isinstance(term, OneOf) else [pattern.raw for pattern in term.patterns]  # type: ignore[union-attr]  # a term of patterns
        assert set(found) == {*others, offer.value}


@given(before=st.lists(_WHOLE, max_size=3), after=st.lists(_WHOLE, max_size=3), data=st.data())
def test_a_key_that_is_accepted_leaves_the_other_terms_and_goes_on_with_its_values(
    before: list[str], after: list[str], data: st.DataObject
) -> None:
    typed = data.draw(st.sampled_from(["", "s", "-fr", "fr", "sta", "i", "-", "FROM", "te"]))
    text, caret = " ".join([*before, typed, *after]), len(" ".join([*before, typed]))
    place = complete(text, caret)
    assert place is not None
    for offer in offers_for(place, ()):
        longer, caret = text[: place.start] + offer.insert + text[place.end :], place.start + len(offer.insert)
        assert (longer[: place.start], longer[caret:]) == (text[: place.start], text[place.end :])
        assert " ".join(after) == longer[caret:].strip()
        following = complete(longer, caret)
        if offer.insert.endswith(":"):
            assert following is not None
            assert (following.key, following.typed) == (offer.key, "")
        elif offer.value is not None:
            assert offer.value in parse_query(longer).terms[len(before)].values  # type: ignore[union-attr]  # known


_BITS = st.sampled_from(
    [*KEYS, '"', "\\", "*", "-", ",", " ", "~", ":", "#", "..", ">", "+1415", "failed", "plus_lost", "10m", "é", "ß",
     "🚗", "\n"]
)  # fmt: skip
_TYPED = st.lists(_BITS | st.text(max_size=5), max_size=30).map("".join) | st.text(max_size=1_100)


@given(typed=_TYPED, data=st.data())
def test_whatever_is_typed_the_completion_is_around_the_caret(typed: str, data: st.DataObject) -> None:
    caret = data.draw(st.integers(0, len(typed)))
    place = complete(typed, caret)
    if place is not None:
        assert 0 <= place.start <= caret <= place.end <= len(typed)
        assert all(offer.insert for offer in offers_for(place, values_of(place.key)))


@given(value=_VALUE, key=st.sampled_from(["from", "to", "id"]), negated=st.booleans())
def test_any_value_that_occurs_becomes_a_filter_for_exactly_it(value: str, key: str, negated: bool) -> None:
    text = f"{'-' * negated}{key}:"
    place = complete(text, len(text))
    assert place is not None
    (offer,) = offers_for(place, [value])
    (term,) = parse_query(text + offer.insert).terms
    assert term.negated == negated
    assert [pattern.raw for pattern in term.patterns] == [value]  # type: ignore[union-attr]  # a term of patterns


@pytest.mark.parametrize(
    "typed",
    ['"' * MAX_LENGTH, '\\"' * 500, "from:" + "," * 990, 'a"' * 500, "-" * MAX_LENGTH, '"a" ' * 250, "(" * MAX_LENGTH,
     'from:"' + "\\" * 990, "text~" + '"a",' * 240, "é" * MAX_LENGTH, "a:" * 500, "from:" + "a," * 490, " " * 1_000],
)  # fmt: skip
def test_no_completion_takes_long(typed: str) -> None:
    start = time.process_time()
    for caret in range(0, len(typed), 50):
        place = complete(typed, caret)
        if place is not None:
            offers_for(place, values_of(place.key))
    assert time.process_time() - start < 0.5
