"""The small readers that the sheets share: parties, stamps, counts, numbered fields, JSON of any shape."""

from datetime import UTC, datetime

import pytest

from app.domain.phones import e164
from app.providers.kit.composing import uuid_of
from app.providers.kit.fields import numbered, short, text_of, whole
from app.providers.kit.glance import Glance
from app.providers.kit.nested import items, said, within
from app.providers.kit.parties import channelled, international, north_american
from app.providers.kit.times import read_minutes
from tests.storage.builders import a_raw


def _form(body: bytes, kind: bytes = b"application/x-www-form-urlencoded") -> Glance:
    return Glance(a_raw(body, headers=((b"Content-Type", kind),), target="/k"))


@pytest.mark.parametrize(
    ("spelled", "meant"),
    [
        ("whatsapp:+14155550123", "+14155550123"),
        ("WhatsApp:+14155550123", "+14155550123"),
        ("whatsapp: 14155550123", "+14155550123"),
        ("whatsapp:4155550123", "+14155550123"),
        ("messenger:1000000000000163", "messenger:1000000000000163"),
        ("client:anna", "client:anna"),
        ("whatsapp:", "whatsapp:"),
        ("ACME", "ACME"),
        ("72345", "72345"),
        ("", None),
        (None, None),
    ],
)
def test_a_channel_before_a_number_is_no_part_of_it(spelled: str | None, meant: str | None) -> None:
    assert channelled(spelled, north_american) == meant


def test_ten_digits_are_american_only_where_a_provider_writes_them_so() -> None:
    assert channelled("4155550123", north_american) == "+14155550123"
    assert channelled("4155550123", e164) == "4155550123"
    assert channelled("14155550123", international) == "+14155550123"


@pytest.mark.parametrize("text", [None, "", "24071109", "240711090٣", "2413110902", "2407119902", "240711090212"])
def test_a_receipts_stamp_of_another_shape_is_no_stamp(text: str | None) -> None:
    assert read_minutes(text) is None


def test_a_receipts_stamp_is_read_to_the_minute() -> None:
    assert read_minutes("2407110902") == datetime(2024, 7, 11, 9, 2, tzinfo=UTC)


def test_numbered_fields_come_in_the_order_of_their_numbers() -> None:
    glance = _form(b"MediaUrl10=k&MediaUrl2=c&mediaurl0=a&MediaUrl1=&MediaUrlX=x&MediaUrl=first&Media=no")
    assert numbered(glance, "mediaurl") == ("a", "first", "c", "k")


def test_numbered_fields_may_be_a_list_in_json() -> None:
    assert numbered(_form(b'{"mediaUrl": ["a", "b"]}', b"application/json"), "mediaurl") == ("a", "b")


def test_an_empty_text_is_a_text_and_null_is_none() -> None:
    assert text_of(_form(b"Body="), "text", "body") == ""
    assert text_of(_form(b'{"Body": ""}', b"application/json"), "body") == ""
    assert text_of(_form(b'{"Body": null}', b"application/json"), "body") is None
    assert text_of(_form(b"To=x"), "body") is None


def test_values_are_bounded_and_counts_are_numbers() -> None:
    assert short("") is None
    assert len(short("x" * 10_000) or "") == 200
    assert [whole(count) for count in ("3", "12", "9999")] == [3, 12, 9999]
    assert {whole(count) for count in ("", None, "-1", "1.5", "99999", "٣")} == {None}


def test_a_wrong_type_on_the_way_is_the_same_as_nothing_there() -> None:
    value = {"Data": {"To": [{"n": 1}, "x"], "flag": True, "none": None, "blank": ""}}
    assert said(value, "data", "to", 0, "n") == "1"
    assert said(value, "data", "blank") == ""
    assert [said(value, "data", name) for name in ("flag", "none", "to")] == [None, None, None]
    assert within(value, "data", "to", 7) is None
    assert within(value, "data", "to", "n") is None
    assert within([1], 0, 0) is None
    assert items(value, "data", "to") == [{"n": 1}, "x"]
    assert items(value, "data", "flag") == [True]
    assert items(value, "nowhere") == []


def test_a_made_uuid_is_one_and_always_the_same() -> None:
    assert uuid_of("a", "b") == uuid_of("a", "b") != uuid_of("ab")
    assert len(uuid_of("a")) == 36
