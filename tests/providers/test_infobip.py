"""Infobip: many reports in one request, and a DELIVERED that is not the end."""

import json

import pytest

from app.domain.captures import RawRequest
from app.domain.roles import Kind, Role
from app.providers import recognise, why
from tests.storage.builders import a_raw


def _raw(*results: object, cut: int | None = None) -> RawRequest:
    return a_raw(json.dumps({"results": results}).encode()[:cut], headers=((b"Content-Type", b"application/json"),))


def _report(name: str | None, group: str | None, **more: object) -> dict[str, object]:
    return {"messageId": "m", "to": "447700900163", "status": {"name": name, "groupName": group}} | more


def test_a_hundred_reports_are_a_hundred_events_in_order() -> None:
    results = [_report("DELIVERED_TO_HANDSET", "DELIVERED", messageId=f"m{n}") for n in range(100)]
    assert [event.message_id for event in recognise(_raw(*results), Role.STATUS).events] == [
        f"m{n}" for n in range(100)
    ]


@pytest.mark.parametrize(
    ("name", "group", "status", "final"),
    [
        ("DELIVERED_TO_OPERATOR", "DELIVERED", "sent", False),
        ("DELIVERED_TO_HANDSET", "DELIVERED", "delivered", True),
        ("PENDING_ENROUTE", "PENDING", "sent", False),
        ("PENDING_SOMETHING_NEW", "PENDING", "sending", False),
        ("REJECTED_SOMETHING_NEW", "REJECTED", "rejected", True),
        ("UNDELIVERABLE_NOT_DELIVERED", None, "undelivered", True),
        (None, "EXPIRED", "expired", True),
        ("SOMETHING_ELSE", None, "unknown", False),
    ],
)
def test_a_name_that_says_more_than_its_group_wins(
    name: str | None, group: str | None, status: str, final: bool
) -> None:
    event = recognise(_raw(_report(name, group)), Role.STATUS, "infobip").events[0]
    assert (event.status, event.final, event.raw_status) == (status, final, name or group)


@pytest.mark.parametrize("role", list(Role))
def test_content_tells_not_the_url(role: Role) -> None:
    inbound = {"messageId": "i", "from": "447700900163", "to": "447700900142", "text": "", "receivedAt": "x"}
    reading = recognise(_raw(_report("DELIVERED_TO_HANDSET", "DELIVERED"), inbound), role)
    assert [(event.kind, event.text) for event in reading.events] == [(Kind.STATUS, None), (Kind.INBOUND, "")]


def test_an_offset_without_a_colon_is_read() -> None:
    raw = _raw(_report("X", "DELIVERED", doneAt="2024-07-11T11:34:01.250+0200"))
    said_at = recognise(raw, Role.STATUS).events[0].said_at
    assert said_at is not None
    assert said_at.isoformat() == "2024-07-11T09:34:01.250000+00:00"


def test_an_mms_has_its_text_and_files_in_parts() -> None:
    parts = [
        {"contentType": "text/plain", "value": "look"},
        {"contentType": "image/png", "url": "https://media.example.net/1"},
    ]
    event = recognise(_raw({"messageId": "m", "receivedAt": "x", "message": parts}), Role.PRIMARY).events[0]
    assert (event.text, event.media) == ("look", ("https://media.example.net/1",))


def test_json_that_ends_early_is_still_infobips() -> None:
    raw = _raw({"messageId": "m", "from": "447700900163", "text": "cut"}, cut=40)
    assert why(raw, "infobip") == "results[] has a messageId, in JSON that ends early"


@pytest.mark.parametrize("result", [None, 1, "x", [], {}, {"messageId": None}, {"status": []}])
def test_a_result_of_another_shape_harms_no_other(result: object) -> None:
    assert len(recognise(_raw(_report("X", "DELIVERED"), result), Role.STATUS).events) == 1
