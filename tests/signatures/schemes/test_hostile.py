"""Whatever was sent and whatever a secret is: no scheme raises, and none has many signatures of one request."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, SignedRequest, judge
from app.signatures.model import Scheme
from app.signatures.reading import MAX_VALUES
from app.signatures.schemes import SCHEMES
from tests.signatures.requests import a_signed

NAMES = sorted({mark.decode() for scheme in SCHEMES for mark in scheme.marks} | {
    "authorization", "content-type", "x-timestamp", "webhook-id", "webhook-timestamp", "telnyx-timestamp",
    "messagebird-request-timestamp", "x-sinch-webhook-signature-timestamp", "x-twilio-webhooks-signature-settings",
})  # fmt: skip
PIECES = st.sampled_from(
    ["t=", "v1=", "v1,", "v1a,", "sha256=", "Basic ", "Bearer ", "application ", ":", ".", ",", " ", "=",
     "eyJhbGciOiJIUzI1NiJ9", "0" * 64, "A" * 44, "1795900000", "é", "\x00", "%", "application/json", "9" * 30]
)  # fmt: skip
VALUES = st.lists(PIECES, max_size=6).map("".join)
HEADERS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=6)
URLS = st.sampled_from(["https://sms.example.net/k?sig=a&a=%zz", "http://[/k", "https://sms.example.net:x/k?;&=", "/"])
BODIES = st.sampled_from([b"", b"sig=%ff&a=1", b'{"Signature":"a","SigningCertURL":"https://[","Type":{}}', b"\xff{"])
SECRETS = st.sampled_from(["", "whsec_", "whpk_", "a:b", "\ud800", "é", "!", "00", "A" * 44])


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(HEADERS, URLS, BODIES, SECRETS, st.sampled_from([None, "twilio", "vonage", "sinch", "messagebird", "aws"]))
def test_nothing_raises(
    headers: list[tuple[str, str]], url: str, body: bytes, secret: str, provider: str | None
) -> None:
    request = a_signed("https://sms.example.net/k", body, headers)
    request = SignedRequest(raw=request.raw, url=url, body=body, certificates={"https://[": b"x"})
    judgement = judge(request, [Secret(label="a", value=secret)], provider)
    assert judgement.sentence
    assert judgement.verdict is not SignatureVerdict.STALE or judgement.causes
    for scheme in SCHEMES:
        scheme.stamp(request)
        scheme.parts(request)
        scheme.expected(request, secret)
        if scheme.suspect:
            scheme.suspect(request)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_a_request_with_a_thousand_signatures_has_few(scheme: Scheme) -> None:
    many = ",".join(f"v1={number:064x}" for number in range(1000))
    headers = [(name, value) for name in NAMES for value in (many, many.replace(",", " "), *["a"] * 100)]
    headers += [("authorization", f"Basic {number:04d}") for number in range(100)]
    body = b"&".join(b"sig=%064x" % number for number in range(1000))
    assert len(scheme.sent(a_signed(body=body, headers=headers))) <= 3 * MAX_VALUES
