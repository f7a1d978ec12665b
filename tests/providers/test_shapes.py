"""JSON of any shape: what is not as documented counts as not there."""

from datetime import UTC, datetime

import pytest

from app.domain.captures import Kind
from app.domain.events import Event, Piece
from app.providers.shapes import MAX_EVENTS, MAX_MEDIA, MAX_VALUE, at, bounded, count, items, stamp_ms, text_at, texts


@pytest.mark.parametrize(
    ("value", "text"),
    [("", ""), ("a", "a"), (7, "7"), (0.03, "0.03"), (True, "true"), (None, None), ([], None), ({}, None)],
)
def test_a_scalar_is_a_text_and_anything_bigger_is_none(value, text):
    assert text_at({"a": {"b": value}}, "a", "b") == text


@pytest.mark.parametrize("value", [None, 1, "x", [], {"a": []}, {"a": {"c": 1}}])
def test_a_path_that_breaks_off_leads_nowhere(value):
    assert at(value, "a", "b") is None


def test_lists_are_taken_as_they_come():
    assert items([1, {}]) == [1, {}]
    assert items({"a": 1}) == [{"a": 1}]
    assert items("x") == items(None) == []
    assert texts(["a", "", 1, None]) == ("a",)
    assert texts("a") == ("a",)
    assert texts({"a": 1}) == texts("") == ()


@pytest.mark.parametrize(
    ("text", "number"), [("2", 2), ("0", None), ("", None), (None, None), ("-1", None), ("٣", None), ("12345", None)]
)
def test_only_a_small_whole_number_counts(text, number):
    assert count(text) == number


def test_a_stamp_has_milliseconds():
    assert stamp_ms(datetime(2024, 7, 11, 9, 26, 30, 12_999, tzinfo=UTC)) == "2024-07-11T09:26:30.012"


def test_what_is_out_of_all_proportion_is_cut():
    long = "x" * 10_000
    event = Event(
        kind=Kind.INBOUND, message_id=long, text=long, raw_status=long, media=(long,) * 60, piece=Piece(long, 1, 2)
    )
    cut = bounded([event] * (MAX_EVENTS + 1))
    assert len(cut) == MAX_EVENTS
    assert (len(cut[0].message_id), len(cut[0].text or ""), len(cut[0].media)) == (MAX_VALUE, 8_000, MAX_MEDIA)
    assert cut[0].piece is None
    usual = Event(kind=Kind.INBOUND, message_id="m", text="hi")
    assert bounded([usual])[0] is usual
