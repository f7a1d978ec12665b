"""The reader for everybody: names in any spelling, numbers in any shape, and no bytes that break it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.captures import RawRequest
from app.domain.phones import e164
from app.domain.roles import Kind, Role
from app.providers import recognise
from tests.storage.builders import a_raw

FORM = b"application/x-www-form-urlencoded"
JSON = b"application/json"


def _raw(body: bytes, kind: bytes = FORM, target: str = "/k") -> RawRequest:
    return a_raw(body, headers=((b"Content-Type", kind),), target=target)


@pytest.mark.parametrize(
    "body",
    [
        b"From=%2B14155550123&To=%2B19495550142&Body=hi&MessageSid=SM1",
        b"from=%2B14155550123&to=%2B19495550142&text=hi&message_id=SM1",
        b"FROM_NUMBER=%2B14155550123&TO-NUMBER=%2B19495550142&Text=hi&MessageUUID=SM1",
        b"src=14155550123&dst=19495550142&message=hi&msg_id=SM1",
    ],
)
def test_common_names_are_found_in_any_spelling(body: bytes) -> None:
    reading = recognise(_raw(body), Role.PRIMARY)
    assert (reading.sender, reading.recipient) == ("+14155550123", "+19495550142")
    assert (reading.text, reading.message_id, reading.provider) == ("hi", "SM1", "generic")
    assert (reading.kind, reading.status) == (Kind.INBOUND, "received")


def test_nested_json_is_read_by_the_end_of_the_path() -> None:
    payload = {
        "data": {
            "id": "event",
            "payload": {
                "message_id": "m1",
                "from": {"phone_number": "+14155550123", "carrier": "x"},
                "to": [{"phone_number": "+19495550142"}],
                "text": "hi",
            },
        }
    }
    reading = recognise(_raw(json.dumps(payload).encode(), JSON), Role.PRIMARY)
    assert (reading.sender, reading.recipient, reading.text) == ("+14155550123", "+19495550142", "hi")
    assert reading.message_id == "m1"


def test_a_get_is_read_from_its_query() -> None:
    reading = recognise(_raw(b"", target="/k/status?to=%2B14155550123&status=delivered"), Role.STATUS)
    assert (reading.kind, reading.recipient) == (Kind.STATUS, "+14155550123")
    assert (reading.status, reading.raw_status) == ("delivered", "delivered")


def test_an_empty_sms_is_a_text_and_no_text_is_none() -> None:
    assert recognise(_raw(b"From=%2B14155550123&Text="), Role.PRIMARY).text == ""
    assert recognise(_raw(b"From=%2B14155550123"), Role.PRIMARY).text is None


def test_what_is_not_recognised_is_no_problem() -> None:
    reading = recognise(_raw(b"hello", b"text/plain"), Role.PRIMARY)
    assert (reading.provider, reading.kind, reading.problem) == (None, Kind.OTHER, None)


@pytest.mark.parametrize("role", [Role.VOICE, Role.VOICE_FALLBACK])
def test_a_voice_url_makes_it_voice(role: Role) -> None:
    assert recognise(_raw(b"CallSid=CA1&From=%2B14155550123"), role).kind is Kind.VOICE


def test_a_word_that_nobody_knows_is_unknown_and_kept() -> None:
    reading = recognise(_raw(b"Status=Zapped"), Role.STATUS)
    assert (reading.status, reading.raw_status) == ("unknown", "Zapped")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("+14155550123", "+14155550123"),
        ("+1 (415) 555-0123", "+14155550123"),
        ("0014155550123", "+14155550123"),
        ("14155550123", "+14155550123"),
        (" 14155550123", "+14155550123"),
        (" 447700900123", "+447700900123"),
        ("4155550123", None),
        ("88022", None),
        ("MYBRAND", None),
        ("+0155550123", None),
        ("+1415555012345678", None),
        ("", None),
        ("+١٤١٥٥٥٥٠١٢٣", None),
    ],
)
def test_numbers_become_e164_where_that_leaves_no_doubt(said: str, meant: str | None) -> None:
    assert e164(said) == meant


def test_a_party_that_is_no_number_stays_as_sent() -> None:
    assert recognise(_raw(b"From=MYBRAND&Text=x"), Role.PRIMARY).sender == "MYBRAND"


def test_a_body_too_large_to_read_is_told() -> None:
    reading = recognise(_raw(b"Text=" + b"a" * 300_000), Role.PRIMARY)
    assert reading.problem is not None
    assert "256 KiB" in reading.problem


@given(
    body=st.binary(max_size=2_000),
    kind=st.sampled_from([FORM, JSON, b"multipart/form-data; boundary=x", b"\xff", b"text/xml"]),
    role=st.sampled_from(list(Role)),
    target=st.text(max_size=100),
)
def test_no_bytes_make_it_raise(body: bytes, kind: bytes, role: Role, target: str) -> None:
    reading = recognise(_raw(body, kind, "/" + target.encode("utf-8", "replace").decode("latin-1")), role)
    for value in (reading.sender, reading.recipient, reading.text, reading.message_id, reading.raw_status):
        assert value is None or value.encode()
