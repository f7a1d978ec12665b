"""Finding the same text between the same numbers shortly before."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from app import clock
from app.domain.messages.folding import begin
from app.domain.messages.model import Fact, Message
from app.domain.units import micros
from app.storage.ledger.spaces import SpaceState, add_space, first_seq_of
from app.storage.ledger.texts import NEAREST, WITHIN_US, Text, Texts, has_text, text_of
from app.storage.transaction import Transaction
from tests.storage.engines import on_both_engines
from tests.storage.inside import Ledger

from .events import THEM, US, an_inbound, callback

AT = clock.now()


def message(**more: object) -> Message:
    return begin(Fact(n=1, at=AT, provider="ytel", event=an_inbound(**{"message_id": "m"} | more)))


def a_text(n: int, seconds: float = 0, position: int = 0, fallback: bool | None = False, **more: object) -> Text:
    at = micros(AT + timedelta(seconds=seconds))
    return replace(text_of(message(**more), n, position, at, fallback), message=n)


@pytest.fixture
def transaction(ledger: Ledger) -> Iterator[Transaction]:
    with ledger.file.database.write() as opened:
        yield opened


@pytest.fixture
def texts(transaction: Transaction) -> Texts:
    return Texts(transaction, add_space(transaction, 1, SpaceState.CURRENT, "", 0, first_seq=first_seq_of(1)))


def numbers(found: list[Text]) -> list[int]:
    return [text.n for text in found]


@on_both_engines
@pytest.mark.parametrize("flushed", [False, True])
def test_it_finds_the_youngest_first_within_a_minute_on_both_sides(texts: Texts, flushed: bool) -> None:
    for n, seconds in ((1, -61), (2, -60), (3, 60), (4, 61), (5, 0)):
        texts.add(a_text(n, seconds))
    if flushed:
        texts.flush()
    assert numbers(texts.before(a_text(9))) == [5, 3, 2]


@on_both_engines
@pytest.mark.parametrize("flushed", [False, True])
def test_only_what_came_before_is_found_by_capture_and_then_by_position(texts: Texts, flushed: bool) -> None:
    for n, position in ((1, 0), (2, 0), (2, 1), (2, 2), (3, 0)):
        texts.add(a_text(n, position=position))
    if flushed:
        texts.flush()
    found = texts.before(a_text(2, position=1))
    assert [(text.n, text.position) for text in found] == [(2, 0), (1, 0)]


def test_what_is_stored_and_what_is_new_are_found_together(texts: Texts) -> None:
    texts.add(a_text(1))
    texts.flush()
    texts.add(a_text(2))
    assert numbers(texts.before(a_text(3))) == [2, 1]


@on_both_engines
@pytest.mark.parametrize("seed", range(6))
def test_it_does_not_matter_which_of_them_are_stored(texts: Texts, seed: int) -> None:
    """Also where the clocks of servers differ, so that later ones are older. A ledger that is made again has other
    steps."""
    dice = random.Random(seed)
    whole = [a_text(n, dice.choice((-70, -50, 0, 50, 70))) for n in range(1, 40)]
    for text in whole:
        texts.add(text)
    texts.flush()
    found = [numbers(texts.before(text)) for text in whole]
    # The last ones are new, or some are folded again after a deletion.
    new = whole[dice.randrange(40) :] if seed % 2 else [text for text in whole if dice.random() < 0.5]
    texts.erase(new)
    for text in new:
        texts.add(text)
    assert [numbers(texts.before(text)) for text in whole] == found


@on_both_engines
def test_so_many_neighbours_and_no_more(texts: Texts) -> None:
    for n in range(1, 2 * NEAREST + 1):
        if n == NEAREST + 2:
            texts.flush()
        texts.add(a_text(n, seconds=n))
    assert numbers(texts.before(a_text(99))) == [10, 9, 8, 7, 6]
    texts.flush()
    assert numbers(texts.before(a_text(99))) == [10, 9, 8, 7, 6]
    assert numbers(texts.behind(a_text(0))) == [1, 2, 3, 4, 5]


@on_both_engines
def test_behind_are_those_that_came_after(texts: Texts) -> None:
    for n, seconds in ((1, 0), (3, 59), (4, -59), (5, 61)):
        texts.add(a_text(n, seconds))
    texts.flush()
    assert numbers(texts.behind(a_text(2))) == [3, 4]


@pytest.mark.parametrize("other", [{"text": "else"}, {"sender": "+14155550999"}, {"recipient": "+14155550999"}])
def test_another_text_or_party_is_another_one(texts: Texts, other: dict) -> None:
    texts.add(a_text(1, **other))
    texts.flush()
    assert texts.before(a_text(2)) == []


@on_both_engines
def test_what_is_erased_is_not_found_and_texts_of_other_spaces_are_not_either(
    texts: Texts, transaction: Transaction
) -> None:
    for n in (1, 2):
        texts.add(a_text(n))
    texts.flush()
    other = Texts(transaction, add_space(transaction, 2, SpaceState.CURRENT, "", 0, first_seq=first_seq_of(1)))
    assert other.before(a_text(9)) == []
    texts.erase([a_text(1)])
    assert numbers(texts.before(a_text(9))) == [2]


def test_across_are_the_two_urls_where_one_request_names_no_id() -> None:
    primary, fallback = a_text(1), a_text(2, fallback=True)
    nameless = a_text(3, fallback=True, message_id="made-1")
    elsewhere = a_text(4, fallback=None, message_id="made-2")
    assert nameless.is_across(primary)
    assert primary.is_across(nameless)
    assert not fallback.is_across(primary)
    assert not nameless.is_across(fallback)
    assert not elsewhere.is_across(primary)


def test_a_minute_is_within_reach_and_a_bit_more_is_not() -> None:
    here = a_text(1)
    assert here.is_near(replace(here, at=here.at + WITHIN_US))
    assert not here.is_near(replace(here, at=here.at + WITHIN_US + 1))


def test_only_inbound_text_with_a_sender_is_compared() -> None:
    assert has_text(message())
    for without in ({"text": None}, {"text": ""}, {"sender": None}):
        assert not has_text(message(**without))
    event = callback("m").events[0]
    outbound = begin(Fact(n=1, at=AT, provider="ytel", event=replace(event, text="hi", sender=US, recipient=THEM)))
    assert not has_text(outbound)


def test_a_hash_fits_into_a_number_of_the_database() -> None:
    for number in range(200):
        assert 0 <= a_text(1, text=f"text {number}").hash < 1 << 62
    assert a_text(1, text="\ud800").hash
