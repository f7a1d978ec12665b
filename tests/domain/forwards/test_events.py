"""The events that forwards send: one form for all providers, which the JSON Schema describes."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import msgspec
import pytest
from msgspec.structs import replace as replace_fields

from app.domain.captures import Capture, CaptureRow, RawRequest, Reading, write_lines
from app.domain.events import Event
from app.domain.forwards.events import (
    EventType,
    ForwardedEvent,
    LaterFacts,
    count_events,
    event_at,
    forwarded_event,
    is_repeat,
)
from app.domain.forwards.model import EventContent, Forward, LaterEvent
from app.domain.pairings.model import Hit, Pairing
from app.domain.replays import FollowUp
from app.domain.roles import Kind, Role
from app.domain.signatures import Judgement, SignatureVerdict
from app.domain.statuses import Status, Word
from app.errors import Damaged
from app.providers import recognise
from app.web.forwards.shapes import event_schema
from tests.providers.requests import read_sample

SAMPLES = sorted((Path(__file__).parents[2] / "samples").rglob("*.http"))
AT = datetime(2026, 11, 28, 20, 0, 1, 101_000, tzinfo=UTC)
VALIDATOR = jsonschema.Draft202012Validator(event_schema(), format_checker=jsonschema.FormatChecker())
HEADERS = ((b"Host", b"a.example"), (b"Authorization", b"Bearer x"), (b"X-b", b"\xff"), (b"x-B", b"2"))
EVENT = Event(
    kind=Kind.INBOUND, message_id="SM1", sender="+14155550123", recipient="+12125550199", text="hi",
    media=("https://m.example/1.jpg",), status=Status.RECEIVED, raw_status="received", final=True, segments=1,
    said_at=AT,
)  # fmt: skip


def a_capture(reading: Reading, raw: RawRequest | None = None, role: Role = Role.PRIMARY) -> Capture:
    if raw is None:
        raw = RawRequest(
            method="POST", target="/0123456789abcdef?a=%20", http_version="1.1", head=write_lines(HEADERS),
            body=b"\x00\xff", body_complete=True, peer="192.0.2.7", received_at=AT,
        )  # fmt: skip
    row = CaptureRow(
        n=42, seq=1, received_at=AT, role=role, method=raw.method, target=raw.target, peer=raw.peer, size=0,
        content_type=None, body_complete=True, reading=reading, outcome=None,
    )  # fmt: skip
    return Capture(row=row, raw=raw, sha256="", events=reading.events)


def sent(
    capture: Capture, position: int = 0, *, credentials: bool = False, content: str = "full",
    facts: LaterFacts | None = None,
) -> dict:  # fmt: skip
    forward = Forward(name="F", url="https://x.example/", event_content=EventContent(content), credentials=credentials)
    made = forwarded_event(
        "xht8m99d", capture, position, forward, duplicate_of=None, public_url="https://sms.example/base/", facts=facts
    )
    encoded = msgspec.json.encode(made)
    assert msgspec.json.decode(encoded, type=ForwardedEvent) == made
    return json.loads(encoded)


def test_the_names_of_fields_stay_and_every_one_is_there() -> None:
    judged = Judgement(verdict=SignatureVerdict.VALID)
    reading = Reading(provider="twilio", kind=Kind.INBOUND, findings=("duplicate",), events=(EVENT,), signature=judged)
    assert sent(a_capture(reading)) == {
        "type": "sms.received",
        "timestamp": "2026-11-28T20:00:01.101000Z",
        "data": {
            "content": "full", "bin": "xht8m99d", "n": 42, "event": 0, "role": "primary", "provider": "twilio",
            "message_id": "SM1", "url": "https://sms.example/base/bins/xht8m99d/captures/42", "provider_sure": True,
            "kind": "inbound", "from": "+14155550123", "to": "+12125550199", "text": "hi",
            "media": ["https://m.example/1.jpg"], "media_types": [""], "status": "received", "raw_status": "received",
            "final": True, "error_code": None, "price": None, "currency": None, "segments": 1,
            "said_at": "2026-11-28T20:00:01.101000Z", "received_at": "2026-11-28T20:00:01.101000Z",
            "signature": "valid", "findings": ["duplicate"], "duplicate_of": None, "simulated": False, "raw": None,
            "verdict": None, "gap_ms": None, "captures": [42],
        },
    }  # fmt: skip


def test_every_sample_of_every_provider_fits_the_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(event_schema())
    seen, fields = set(), set()
    for path in SAMPLES:
        raw, role = read_sample(path)
        known = json.loads(path.with_suffix(".json").read_text())
        capture = a_capture(recognise(raw, role, known.get("set")), raw, role)
        assert count_events(capture) == max(len(known["events"]), 1)
        for position in range(count_events(capture)):
            for content in EventContent:
                made = sent(capture, position, content=content.value)
                assert [error.message for error in VALIDATOR.iter_errors(made)] == [], path
                if content is EventContent.FULL:
                    seen.add(made["type"])
                    fields.add(tuple(made["data"]))
    assert seen == {each.value for each in EventType} - {EventType.VERDICT, EventType.STUCK}
    assert len(fields) == 1


def test_a_thin_event_has_ids_only() -> None:
    made = sent(a_capture(Reading(provider="generic", kind=Kind.INBOUND, events=(EVENT,))), content="thin")
    assert made["data"] == {
        "content": "thin", "bin": "xht8m99d", "n": 42, "event": 0, "role": "primary", "provider": "generic",
        "message_id": "SM1", "url": "https://sms.example/base/bins/xht8m99d/captures/42",
    }  # fmt: skip
    assert not VALIDATOR.is_valid({**made, "data": {**made["data"], "n": "42"}})


def test_a_request_without_an_event_gives_one_of_its_own_type() -> None:
    capture = a_capture(Reading())
    made = sent(capture)
    assert made["type"] == "capture.other"
    wanted = {"kind": "other", "provider": None, "provider_sure": False, "message_id": None, "text": None, "event": 0}
    assert {name: made["data"][name] for name in wanted} == wanted
    assert event_at(capture, 0) is None
    guessed = a_capture(Reading(provider="generic", events=(EVENT,)))
    assert sent(guessed)["data"]["provider_sure"] is False
    assert event_at(guessed, 0) is EVENT


def test_the_request_is_included_with_its_bytes_and_without_credentials() -> None:
    capture = a_capture(Reading(events=(EVENT,)))
    raw = sent(capture, content="raw")["data"]["raw"]
    assert (raw["method"], raw["target"]) == ("POST", "/0123456789abcdef?a=%20")
    assert base64.b64decode(raw["body_base64"]) == b"\x00\xff"
    assert raw["headers"] == [["Host", "a.example"], ["X-b", "\xff"], ["x-B", "2"]]
    whole = sent(capture, content="raw", credentials=True)["data"]["raw"]["headers"]
    assert whole[1] == ["Authorization", "Bearer x"]
    with pytest.raises(Damaged):
        sent(replace(capture, damaged=True), content="raw")
    assert sent(replace(capture, damaged=True))["data"]["raw"] is None


def test_a_callback_on_the_wrong_url_is_a_status_as_the_ledger_found() -> None:
    event = replace_fields(EVENT, as_callback=Word(Status.DELIVERED, final=True))
    made = sent(a_capture(Reading(kind=Kind.STATUS, findings=("callback_on_sms_url",), events=(event, event))))
    assert (made["type"], made["data"]["kind"], made["data"]["status"]) == ("sms.status", "status", "delivered")
    as_it_was = sent(a_capture(Reading(kind=Kind.INBOUND, events=(event,))))
    assert (as_it_was["type"], as_it_was["data"]["status"]) == ("sms.received", "received")


def test_a_repeat_is_known_by_its_finding() -> None:
    assert is_repeat(a_capture(Reading(findings=("late_status", "duplicate"))))
    assert not is_repeat(a_capture(Reading(findings=("soft_duplicate",))))


def a_hit(n: int, *, fallback: bool = False, ok: bool = False) -> Hit:
    return Hit(n=n, at=AT + timedelta(seconds=n), fallback=fallback, method="POST", ok=ok)


@pytest.mark.parametrize("content", [each.value for each in EventContent])
def test_a_verdict_is_an_event_of_its_own_type_about_requests_up_to_its_own(content: str) -> None:
    later = LaterEvent(event=0, follow_up=FollowUp.VERDICT, at=AT + timedelta(seconds=30))
    hits = (a_hit(41), a_hit(42, fallback=True, ok=True), a_hit(43, ok=True))
    facts = LaterFacts(later=later, pairing=Pairing(message_id="SM1", voice=False, hits=hits))
    made = sent(a_capture(Reading(provider="generic", events=(EVENT,))), content=content, facts=facts)
    assert [error.message for error in VALIDATOR.iter_errors(made)] == []
    assert (made["type"], made["timestamp"]) == ("pairing.verdict", "2026-11-28T20:00:31.101000Z")
    assert (made["data"]["n"], made["data"]["event"], made["data"]["message_id"]) == (42, 0, "SM1")
    if content != "thin":
        found = [made["data"][name] for name in ("verdict", "gap_ms", "captures", "text")]
        assert found == ["fallback_after_error", 1_000, [41, 42], "hi"]


def test_what_is_not_known_any_more_of_an_event_is_null() -> None:
    later = LaterEvent(event=0, follow_up=FollowUp.STUCK, at=AT)
    made = sent(a_capture(Reading(events=(EVENT,))), facts=LaterFacts(later=later))
    assert [made["data"][name] for name in ("verdict", "gap_ms", "captures")] == [None, None, [42]]
