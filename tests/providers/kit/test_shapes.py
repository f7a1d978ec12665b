"""JSON of any shape: what is not as documented counts as not there."""

from datetime import UTC, datetime

import pytest

from app.domain.events import Event, Piece, made_id
from app.domain.roles import Kind
from app.providers.kit.bounds import MAX_MEDIA, MAX_VALUE
from app.providers.kit.glance import Glance
from app.providers.kit.parties import international
from app.providers.kit.shapes import MAX_EVENTS, at, count, finished, items, stamp_ms, text_at, texts
from tests.storage.builders import a_raw

GLANCE = Glance(a_raw(received_at=datetime(2026, 11, 25, tzinfo=UTC)))


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
    cut = finished(GLANCE, [event] * (MAX_EVENTS + 1))
    assert len(cut) == MAX_EVENTS
    assert (len(cut[0].message_id), len(cut[0].text or ""), len(cut[0].media)) == (MAX_VALUE, 8_000, MAX_MEDIA)
    assert cut[0].piece is None
    usual = Event(kind=Kind.INBOUND, message_id="m", text="hi")
    assert finished(GLANCE, [usual])[0] is usual


def test_parties_and_a_missing_id_come_from_what_was_said():
    event = Event(kind=Kind.INBOUND, message_id="", sender_said="447700900123", recipient_said="88022", text="hi")
    (whole,) = finished(GLANCE, [event], international)
    assert (whole.sender, whole.recipient) == ("+447700900123", "88022")
    assert whole.message_id == made_id("+447700900123", "88022", "hi", GLANCE.raw.received_at)
    stamped = Event(kind=Kind.INBOUND, message_id="", said_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert finished(GLANCE, [stamped])[0].message_id == made_id(None, None, None, datetime(2026, 1, 1, tzinfo=UTC))
