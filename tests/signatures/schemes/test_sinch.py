"""Sinch: three signatures, by product."""

import hashlib
import hmac
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, judge
from app.signatures.schemes.sinch import APPLICATION, NUMBERS, WEBHOOK
from tests.signatures.requests import Vector, a_signed

from .checking import cases, check

# The example of developers.sinch.com/docs/voice/api-reference/authentication/callback-signed-request.
EXAMPLE_URL = "https://callbacks.yourdomain.com/sinch/callback/ace"
EXAMPLE_BODY = (
    b'{"event":"ace","callid":"822aa4b7-05b4-4d83-87c7-1f835ee0b6f6_257",'
    b'"timestamp":"2014-09-24T10:59:41Z","version":1}'
)
EXAMPLE_SECRET = "BeIukql3pTKJ8RGL5zo0DA=="
EXAMPLE_SIGNATURE = "Tg6fMyo8mj9pYfWQ9ssbx3Tc1BNC87IEygAfLbJqZb4="
EXAMPLE_KEY = "669E367E-6BBA-48AB-AF15-266871C28135"


def example_headers(word: str = "application") -> list[tuple[str, str]]:
    return [
        ("Content-Type", "application/json"),
        ("x-timestamp", "2014-09-24T10:59:41Z"),
        ("Authorization", f"{word} {EXAMPLE_KEY}:{EXAMPLE_SIGNATURE}"),
    ]


@pytest.mark.parametrize("vector", cases("sinch"))
def test_a_vector_has_its_verdict_and_its_cause(vector: Vector) -> None:
    check(vector, "sinch", vector.get("scheme", "sinch"))


@pytest.mark.parametrize("word", ["application", "Application", "service"])
def test_the_published_example_of_voice_is_valid(word: str) -> None:
    request = a_signed(EXAMPLE_URL, EXAMPLE_BODY, example_headers(word))
    judgement = judge(request, [Secret(label="a", value=EXAMPLE_SECRET)], "sinch")
    assert (judgement.verdict, judgement.scheme) == (SignatureVerdict.VALID, "sinch-application")
    assert APPLICATION.expected(request, EXAMPLE_SECRET) == EXAMPLE_SIGNATURE


@pytest.mark.parametrize(
    ("url", "body"),
    [(EXAMPLE_URL + "/", EXAMPLE_BODY), (EXAMPLE_URL, EXAMPLE_BODY + b" ")],
    ids=["another path", "another body"],
)
def test_path_and_body_of_voice_are_covered(url: str, body: bytes) -> None:
    assert not APPLICATION.fits(a_signed(url, body, example_headers()), EXAMPLE_SECRET)


def test_the_host_of_voice_is_not_covered() -> None:
    request = a_signed("http://inner:8010/sinch/callback/ace", EXAMPLE_BODY, example_headers())
    assert APPLICATION.fits(request, EXAMPLE_SECRET)


def test_the_lines_that_voice_signs_are_those_of_the_example() -> None:
    request = a_signed(EXAMPLE_URL, EXAMPLE_BODY, example_headers())
    assert b"".join(part.value for part in APPLICATION.parts(request)).decode().splitlines() == [
        "POST", "REWF+X220L4/Gw1spXOU7g==", "application/json", "x-timestamp:2014-09-24T10:59:41Z",
        "/sinch/callback/ace",
    ]  # fmt: skip


def test_a_secret_of_voice_that_is_no_base64_fits_nothing() -> None:
    request = a_signed(EXAMPLE_URL, EXAMPLE_BODY, example_headers())
    assert APPLICATION.expected(request, "!") is None
    assert not APPLICATION.fits(request, "!")


def test_a_lost_time_of_voice_is_named() -> None:
    headers = [pair for pair in example_headers() if pair[0] != "x-timestamp"]
    judgement = judge(a_signed(EXAMPLE_URL, EXAMPLE_BODY, headers), [Secret(label="a", value=EXAMPLE_SECRET)], "sinch")
    assert judgement.causes == ("missing_header",)


@given(st.binary(min_size=1), st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_body_is_valid_and_with_one_changed_byte_it_is_not(body: bytes, secret: str) -> None:
    key = secret.encode()
    sms = b64encode(hmac.digest(key, body + b".N.1795900000", "sha256")).decode()
    numbers = hmac.digest(key, body, hashlib.sha1).hex()
    headers = [
        ("x-sinch-webhook-signature", sms),
        ("x-sinch-webhook-signature-nonce", "N"),
        ("x-sinch-webhook-signature-timestamp", "1795900000"),
        ("x-sinch-webhook-signature-algorithm", "HmacSHA256"),
        ("X-Sinch-Signature", numbers),
    ]
    changed = bytes([body[0] ^ 1]) + body[1:]
    for scheme in (WEBHOOK, NUMBERS):
        assert scheme.fits(a_signed(body=body, headers=headers), secret)
        assert not scheme.fits(a_signed(body=changed, headers=headers), secret)


def test_the_algorithm_is_that_of_its_header() -> None:
    headers = [
        ("x-sinch-webhook-signature", b64encode(hmac.digest(b"k", b"{}.N.1", "sha512")).decode()),
        ("x-sinch-webhook-signature-nonce", "N"),
        ("x-sinch-webhook-signature-timestamp", "1"),
        ("x-sinch-webhook-signature-algorithm", "HmacSHA512"),
    ]
    assert WEBHOOK.fits(a_signed(body=b"{}", headers=headers), "k")
