"""Bandwidth: arrays of events, group texts, callbacks whose text is blank."""

import json

import pytest

from app.domain.captures import RawRequest, Reading
from app.domain.roles import Kind, Role
from app.providers import recognise, why
from tests.storage.builders import a_raw


def _raw(*entries: object, cut: int | None = None) -> RawRequest:
    return a_raw(json.dumps(entries).encode()[:cut], headers=((b"Content-Type", b"application/json"),))


def _entry(said: str, told: str | None = "+17145550163", **message: object) -> dict[str, object]:
    inner = {"id": "m", "owner": "+19495550142", "applicationId": "a", "to": ["+17145550163"], "from": "+19495550142"}
    return {"type": said, "time": "2024-07-11T09:26:40Z", "to": told, "message": inner | message}


def _ids(reading: Reading) -> list[str]:
    return [event.message_id for event in reading.events]


def test_each_entry_is_an_event_in_order() -> None:
    entries = [_entry("message-delivered", id=f"m{n}") for n in range(30)]
    assert _ids(recognise(_raw(*entries), Role.STATUS)) == [f"m{n}" for n in range(30)]


def test_of_a_group_text_that_comes_in_the_top_level_says_which_number_it_is_for() -> None:
    entry = _entry("message-received", "+19495550142", to=["+19495550141", "+19495550142"], direction="in")
    event = recognise(_raw(entry), Role.PRIMARY).events[0]
    assert (event.message_id, event.recipient) == ("m", "+19495550142")


def test_a_group_text_that_goes_out_is_a_message_each() -> None:
    everyone = ["+17145550163", "+17145550164"]
    entries = [_entry("message-delivered", to, to=everyone) for to in everyone]
    assert _ids(recognise(_raw(*entries), Role.STATUS)) == ["m:+17145550163", "m:+17145550164"]
    assert _ids(recognise(_raw(_entry("message-sending", None, to=everyone)), Role.STATUS)) == [
        "m:+17145550163",
        "m:+17145550164",
    ]


@pytest.mark.parametrize("role", list(Role))
def test_the_type_tells_not_the_url(role: Role) -> None:
    reading = recognise(_raw(_entry("message-received"), _entry("message-failed")), role)
    assert [event.kind for event in reading.events] == [Kind.INBOUND, Kind.STATUS]


def test_the_blank_text_of_a_callback_says_nothing() -> None:
    events = recognise(_raw(_entry("message-sent", text=""), _entry("message-received", text="")), Role.STATUS).events
    assert [event.text for event in events] == [None, ""]


def test_a_new_type_is_told_by_its_direction() -> None:
    event = recognise(_raw(_entry("message-pondered", direction="out")), Role.PRIMARY).events[0]
    assert (event.kind, event.status, event.raw_status, event.final) == (
        Kind.STATUS,
        "unknown",
        "message-pondered",
        False,
    )


def test_an_array_that_ends_early_is_still_bandwidths() -> None:
    raw = _raw(_entry("message-delivered"), cut=60)
    assert why(raw, "bandwidth") == "type is message-delivered, in JSON that ends early"
    assert recognise(raw, Role.STATUS).status == "delivered"


@pytest.mark.parametrize("entry", [None, 7, "message", [], {}, {"type": "message-delivered-by-pigeon"}, {"type": "x"}])
def test_an_entry_of_another_shape_harms_no_other(entry: object) -> None:
    reading = recognise(_raw(_entry("message-delivered"), entry), Role.STATUS)
    assert reading.events[0].message_id == "m"
