"""A policy masks each noun, and none of them is changed where nothing is masked."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.annotations import NO_ANNOTATION
from app.domain.answers.model import Answer
from app.domain.captures import Capture, Captured, CaptureRow, Deleted, RawRequest, Reading
from app.domain.events import Event
from app.domain.masking.policy import CREDENTIALS, FULL_MASK, HIDDEN_BYTES, NO_MASK, MaskingPolicy
from app.domain.masking.texts import HIDDEN
from app.domain.pairings.model import Hit, Pairing
from app.domain.replays import Attempt
from app.domain.roles import Kind, Role
from app.domain.signatures import Judgement, SignatureVerdict

AT = datetime(2026, 11, 29, tzinfo=UTC)
RAW = RawRequest(
    method="POST", target="/k4x9t2m7p3wq8rvz/primary/+14155550123?code=482913", http_version="1.1", body=b"code=482913",
    head=b"Authorization: Bearer 1\r\nX-From: +14155550123\r\n", body_complete=True, peer="192.0.2.1", received_at=AT,
)  # fmt: skip
EVENT = Event(kind=Kind.INBOUND, message_id="1", sender="+14155550123", recipient_said="14155550123", text="482913",
              media=("https://a.example/m/1",))  # fmt: skip
READING = Reading(
    sender="+14155550123", recipient="ACME", text="482913", problem="4829 is odd", events=(EVENT,), words="482913",
    signature=Judgement(verdict=SignatureVerdict.VALID, variant="url: https://a.example/482913", sentence="482913"),
)  # fmt: skip
ROW = CaptureRow(
    n=1, seq=1, received_at=AT, role=Role.PRIMARY, method="POST", target=RAW.target, peer="192.0.2.1", size=11,
    content_type="a/b", body_complete=True, reading=READING, outcome=None, annotation=NO_ANNOTATION,
)  # fmt: skip
CAPTURE = Capture(row=ROW, raw=RAW, sha256="ab", events=(EVENT,))
PAIRING = Pairing(message_id=None, voice=False, hits=(Hit(n=1, at=AT, fallback=False, method="POST"),),
                  sender="+14155550123", text="482913")  # fmt: skip
ATTEMPT = Attempt(n=1, url="https://a.example/", sent_at=AT, status=200, ms=1, body=b"482913", number=1,
                  sent=b"Authorization: x\r\nA: +14155550123\r\n")  # fmt: skip
EVENT_ATTEMPT = replace(ATTEMPT, event=0, sent=b'A: b\r\n\r\n{"text":"482913"}')


def test_with_all_masked_no_noun_has_a_value() -> None:
    shown = [
        FULL_MASK.capture(CAPTURE), FULL_MASK.pairings([PAIRING]), FULL_MASK.attempt(ATTEMPT),
        FULL_MASK.changes([Captured(seq=1, row=ROW, first=True), Deleted(seq=2, n=1, through=False)]),
        FULL_MASK.answer(Answer(body="code 482913", headers=(("X", "+14155550123"),))),
    ]  # fmt: skip
    text = repr(shown)
    for value in ("482913", "4829", "14155550", "Bearer"):
        assert value not in text
    assert "+•••••••••23" in text
    assert "k4x9t2m7p3wq8rvz" in text
    assert "ACME" in text


def test_with_nothing_masked_every_noun_is_the_same_object() -> None:
    assert NO_MASK.row(ROW) is ROW
    assert NO_MASK.raw(RAW) is RAW
    assert NO_MASK.pairing(PAIRING) is PAIRING
    assert NO_MASK.reading(READING) is READING
    assert NO_MASK.capture(CAPTURE) == CAPTURE
    assert NO_MASK.attempt(ATTEMPT) == ATTEMPT


def test_credentials_are_masked_and_the_body_stays() -> None:
    raw = CREDENTIALS.raw(RAW)
    assert raw.headers == ((b"Authorization", HIDDEN_BYTES), (b"X-From", b"+14155550123"))
    assert raw.body == RAW.body
    assert CREDENTIALS.header(b"AUTHORIZATION", "x") == HIDDEN
    assert CREDENTIALS.attempt(ATTEMPT).sent == b"Authorization: [masked]\r\nA: +14155550123\r\n"
    assert CREDENTIALS.attempt(ATTEMPT).body == ATTEMPT.body


@pytest.mark.parametrize("name", ["card", "CARD", "pay.card", "a.card.0"])
def test_a_field_is_masked_by_its_name_at_any_depth(name: str) -> None:
    policy = MaskingPolicy(fields=frozenset({"card"}))
    assert policy.value(name, "velvet") == HIDDEN
    assert policy.value("cardholder", "velvet") == "velvet"
    assert policy.hides_bodies
    assert policy.raw(RAW).body == b""
    assert policy.target("/k?card=1") == f"/k?{HIDDEN}"


def test_a_path_and_a_query_are_masked_and_the_capture_key_stays() -> None:
    assert FULL_MASK.target("/k4x9t2m7p3wq8rvz/sms/%34%38%32%39?a=1") == f"/k4x9t2m7p3wq8rvz/sms/••••?{HIDDEN}"
    assert FULL_MASK.target("/k4x9t2m7p3wq8rvz") == "/k4x9t2m7p3wq8rvz"
    assert FULL_MASK.target("*") == "*"


def test_an_event_that_was_sent_is_not_shown_where_bodies_are_not() -> None:
    assert FULL_MASK.attempt(EVENT_ATTEMPT).sent == b"A: b\r\n"
    assert CREDENTIALS.attempt(EVENT_ATTEMPT) == EVENT_ATTEMPT
