"""Sheets are asked by their marks: none is passed over that would claim a request."""

import json

import pytest

from app.domain.roles import Role
from app.providers import PROVIDERS, recognise
from app.providers.kit.glance import Glance
from app.providers.sheet import Sheet
from tests.storage.builders import a_raw

from .requests import RECEIVED_AT, read_sample
from .test_samples import FILES

SAMPLES = {path: Glance(read_sample(path)[0]) for path in FILES}
JSON_HEADER = (b"Content-Type", b"application/json")
HEADERS = {name for glance in SAMPLES.values() for name in glance.headers} | {
    b"x-amz-sns-message-type", b"telnyx-signature-ed25519", b"x-signalwire-signature", b"x-twilio-signature",
    b"i-twilio-idempotency-token", b"x-plivo-signature-v2", b"x-plivo-signature-ma-v2", b"x-plivo-signature-v3",
    b"x-plivo-signature-ma-v3", b"x-signalwire-sha256-signature", b"x-timestamp", b"messagebird-signature",
    b"messagebird-signature-jwt", b"x-sinch-webhook-signature",
}  # fmt: skip
SHEETS = pytest.mark.parametrize("sheet", PROVIDERS.values(), ids=list(PROVIDERS))


def _everything(sheet: Sheet) -> dict[str, str]:
    """Every field of every sample, with this provider's own value where it has one."""
    own_last = sorted(SAMPLES, key=lambda path: path.parent.name == sheet.name)
    return {name: value for path in own_last for name, value in SAMPLES[path].fields.items() if value}


def _glance(fields: dict[str, str], headers: set[bytes], cut: int | None) -> Glance:
    named = tuple((name, b"x") for name in sorted(headers - {b"content-type", b"content-encoding"}))
    return Glance(a_raw(json.dumps(fields).encode()[:cut], RECEIVED_AT, headers=(JSON_HEADER, *named)))


@SHEETS
@pytest.mark.parametrize("cut", [None, -1], ids=["whole", "cut"])
def test_a_request_of_all_fields_but_its_marks_is_claimed_by_no_sheet(sheet: Sheet, cut: int | None) -> None:
    fields = {name: value for name, value in _everything(sheet).items() if name not in sheet.marks}
    glance = _glance(fields, HEADERS - sheet.headers, cut)
    assert sheet.claims(glance) is None
    for name in fields:  # one may be what speaks against a claim
        value = glance.fields.pop(name, None)
        assert sheet.claims(glance) is None
        if value is not None:
            glance.fields[name] = value


MESSAGE = {"type": "message-delivered"}


@pytest.mark.parametrize(
    ("body", "provider"),
    [
        ({"eventType": "TEXT_SENT", "originationPhoneNumber": "+14155550163", "messageId": "m"}, "aws"),
        ({"type": "com.twilio.messaging.message.sent"}, "twilio"),
        ({"channelId": "c", "id": "m", "sender": {"contact": {"identifierValue": "+14155550163"}}}, "messagebird"),
        (MESSAGE | {"message": {"id": "m", "applicationId": "a"}}, "bandwidth"),
        (MESSAGE | {"message": {"id": "m", "owner": "+14155550163"}}, "bandwidth"),
        (MESSAGE | {"message": {"id": "m", "segmentCount": 1}}, "bandwidth"),
    ],
)
def test_a_claim_that_no_sample_makes_has_its_mark(body: dict[str, object], provider: str) -> None:
    assert recognise(a_raw(json.dumps(body).encode(), headers=(JSON_HEADER,)), Role.STATUS).provider == provider


@SHEETS
def test_marks_are_spelled_as_a_glance_spells_names(sheet: Sheet) -> None:
    assert sheet.marks
    assert sheet.marks == {mark.lower() for mark in sheet.marks}
    assert sheet.headers == {name.lower() for name in sheet.headers}


def test_a_request_with_a_mark_that_nobody_claims_is_read_by_common_names() -> None:
    raw = a_raw(b"messagesid=x&from=%2B14155550163", headers=((b"Content-Type", b"application/x-www-form-urlencoded"),))
    reading = recognise(raw, Role.PRIMARY)
    assert (reading.provider, reading.sender, reading.message_id) == ("generic", "+14155550163", "x")
