"""Twilio's field names: a call, a callback or an inbound message, by the fields and not by the URL."""

from urllib.parse import urlencode

import pytest

from app.domain.roles import Kind, Role
from app.domain.statuses import UNKNOWN, Status, Word
from app.providers.kit import dialect
from app.providers.kit.glance import Glance
from tests.storage.builders import a_raw

WORDS = {"received": Word(Status.RECEIVED), "failed": Word(Status.FAILED, final=True)}


def _meaning(word: str | None) -> Word:
    return WORDS.get(word or "", UNKNOWN)


def _read(role: Role, **fields: str):
    return dialect.read(Glance(a_raw(b"", target=f"/k?{urlencode(fields)}")), role, _meaning)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"MessageSid": "m", "MessageStatus": "failed"}, Kind.STATUS),
        ({"SmsSid": "m", "SmsStatus": "received", "Body": ""}, Kind.INBOUND),
        ({"CallSid": "c", "Caller": "+1", "Called": "+2"}, Kind.VOICE),
        ({"MessageSid": "m", "CallSid": "c", "Body": "hi", "MessageStatus": "received"}, Kind.INBOUND),
        ({"SmsSid": "m", "Status": "failed", "Body": "hi"}, Kind.STATUS),
        ({"MessageSid": "m", "MessageStatus": "failed", "Direction": "inbound", "Body": "hi"}, Kind.INBOUND),
        ({"MessageSid": "m", "Direction": "outbound-api", "Body": "hi"}, Kind.STATUS),
    ],
)
def test_fields_decide_whatever_the_url(role: Role, fields: dict[str, str], kind: Kind) -> None:
    (event,) = _read(role, **fields)
    assert event.kind is kind


def test_without_a_status_and_content_the_url_decides() -> None:
    assert [event.kind for event in _read(Role.STATUS, MessageSid="m")] == [Kind.STATUS]
    assert [event.kind for event in _read(Role.PRIMARY, MessageSid="m")] == [Kind.INBOUND]
    assert [event.kind for event in _read(Role.STATUS, MessageSid="m", NumMedia="0")] == [Kind.INBOUND]


def test_status_has_the_word_only_where_it_is_known_and_no_other_field_has_one() -> None:
    events = [
        *_read(Role.STATUS, SmsSid="m", Status="failed", Body="hi"),
        *_read(Role.PRIMARY, SmsSid="m", Status="odd", Body="hi"),
        *_read(Role.STATUS, SmsSid="m", Status="failed", SmsStatus="received"),
    ]
    assert [event.raw_status for event in events] == ["failed", None, "received"]
    assert [event.kind for event in events] == [Kind.STATUS, Kind.INBOUND, Kind.INBOUND]


def test_a_callback_without_a_word_has_no_status() -> None:
    assert [event.status for event in _read(Role.STATUS, MessageSid="m", EventType="click")] == [None]


def test_a_request_without_an_id_is_no_message_on_a_voice_url() -> None:
    assert _read(Role.VOICE, From="+1", To="+2") == ()
    assert [event.kind for event in _read(Role.PRIMARY, From="+1", To="+2")] == [Kind.INBOUND]
    assert _read(Role.PRIMARY, Unrelated="x") == ()


def test_a_callback_has_its_error_price_segments_and_stamp() -> None:
    (event,) = _read(
        Role.STATUS, MessageSid="m", MessageStatus="failed", ErrorCode="30003", Price="-0.0075", PriceUnit="USD",
        NumSegments="2", RawDlrDoneDate="2407110902",
    )  # fmt: skip
    assert (event.status, event.final, event.error_code, event.segments) == (Status.FAILED, True, "30003", 2)
    assert (event.price, event.currency) == ("-0.0075", "USD")
    assert event.said_at is not None
    assert event.said_at.isoformat() == "2024-07-11T09:02:00+00:00"
    (zeros,) = _read(Role.STATUS, MessageSid="m", MessageStatus="failed", ErrorCode="0", NumSegments="0")
    assert (zeros.error_code, zeros.segments) == (None, None)
