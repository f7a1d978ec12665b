"""Sinch: a report is known by batch and recipient; a batch carries many."""

import json

import pytest

from app.domain.captures import RawRequest
from app.domain.roles import Kind, Role
from app.providers import recognise, why
from tests.storage.builders import a_raw


def _raw(headers: tuple[tuple[bytes, bytes], ...] = (), **body: object) -> RawRequest:
    return a_raw(json.dumps(body).encode(), headers=((b"Content-Type", b"application/json"), *headers))


def test_a_batch_report_is_an_event_each_recipient_in_order() -> None:
    raw = _raw(
        type="delivery_report_sms",
        batch_id="b",
        statuses=[
            {"code": 0, "status": "Delivered", "recipients": ["447700900163", "+447700900164"]},
            {"code": 404, "status": "Aborted", "recipients": ["447700900165"]},
        ],
    )
    told = [(event.message_id, event.status, event.error_code) for event in recognise(raw, Role.STATUS).events]
    assert told == [
        ("b:+447700900163", "delivered", None),
        ("b:+447700900164", "delivered", None),
        ("b:+447700900165", "failed", "404"),
    ]


def test_both_kinds_of_report_name_the_same_message() -> None:
    by_batch = _raw(
        type="delivery_report_sms", batch_id="b", statuses=[{"status": "Queued", "recipients": ["447700900163"]}]
    )
    by_recipient = _raw(
        type="recipient_delivery_report_sms", batch_id="b", recipient="+447700900163", status="Delivered"
    )
    assert {recognise(raw, Role.STATUS).message_id for raw in (by_batch, by_recipient)} == {"b:+447700900163"}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("said", "kind"),
    [("mo_text", Kind.INBOUND), ("mo_binary", Kind.INBOUND), ("recipient_delivery_report_sms", Kind.STATUS)],
)
def test_the_type_tells_not_the_url(role: Role, said: str, kind: Kind) -> None:
    reading = recognise(_raw(type=said, id="m", batch_id="b", recipient="447700900163", body="t"), role)
    assert (reading.provider, reading.kind) == ("sinch", kind)


@pytest.mark.parametrize("word", ["DELIVERED", "Delivered", "delivered"])
def test_words_are_compared_without_case_and_kept_as_sent(word: str) -> None:
    reading = recognise(
        _raw(type="recipient_delivery_report_sms", batch_id="b", recipient="4477", status=word), Role.STATUS
    )
    assert (reading.status, reading.raw_status) == ("delivered", word)


def test_counts_of_several_statuses_state_nothing_about_a_message() -> None:
    statuses = [{"status": "Delivered", "count": 2}, {"status": "Failed", "count": 1}]
    reading = recognise(_raw(type="delivery_report_sms", batch_id="b", statuses=statuses), Role.PRIMARY)
    assert (reading.provider, reading.events) == ("sinch", ())


def test_the_signature_shows_sinch_where_the_type_is_new() -> None:
    raw = _raw(((b"X-Sinch-Webhook-Signature", b"x"),), type="mo_hologram")
    assert why(raw, "sinch") == "the header x-sinch-webhook-signature is present"


def test_base64_is_no_text() -> None:
    assert recognise(_raw(type="mo_binary", id="m", body="VGhl"), Role.PRIMARY).text is None
