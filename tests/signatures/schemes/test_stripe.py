"""Stripe: the list in the header, its secret as text, and a window that is open to the future."""

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from app.signatures import Secret, judge
from app.signatures.schemes.stripe import STRIPE
from tests.signatures.requests import RECEIVED_AT, Vector, a_signed

from .checking import cases, check, judged

CASES = [case for case in cases("generic") if case.values[0]["scheme"] == "stripe"]
NOW = int(RECEIVED_AT.timestamp())
SECRET = "whsec_example"


@pytest.mark.parametrize("vector", CASES)
def test_a_vector_has_its_verdict_and_its_cause(vector: Vector) -> None:
    check(vector, None, "stripe")


@given(st.text(min_size=1), st.text(st.characters(codec="utf-8"), min_size=1))
def test_what_the_sdk_signs_is_valid_and_one_byte_more_is_not(text: str, secret: str) -> None:
    payload = text.encode("utf-8", "replace").decode()
    header = stripe.WebhookSignature.generate_signature_header(payload, secret, NOW)
    request = a_signed(body=payload.encode(), headers=[("Stripe-Signature", header)])
    assert STRIPE.fits(request, secret)
    assert not STRIPE.fits(a_signed(body=b"a" + payload.encode(), headers=[("Stripe-Signature", header)]), secret)


def test_the_sdk_accepts_what_is_expected() -> None:
    request = a_signed(body=b'{"a": "\xc3\xa9"}', headers=[("Stripe-Signature", f"t={NOW}")])
    header = f"t={NOW},v1={STRIPE.expected(request, SECRET)}"
    assert stripe.WebhookSignature.verify_header(request.body, header, SECRET)


@pytest.mark.parametrize(
    ("age_s", "causes"), [(300, ()), (301, ("stale",)), (-100_000, ())], ids=["in time", "stale", "future"]
)
def test_only_an_old_signature_is_stale(age_s: int, causes: tuple[str, ...]) -> None:
    header = stripe.WebhookSignature.generate_signature_header("{}", SECRET, NOW - age_s)
    request = a_signed(body=b"{}", headers=[("Stripe-Signature", header)])
    judgement = judge(request, [Secret(label="a", value=SECRET)], None)
    assert judgement.causes == causes


def test_v0_does_not_count_as_stripes() -> None:
    header = stripe.WebhookSignature.generate_signature_header("{}", SECRET, NOW).replace("v1=", "v0=")
    request = a_signed(body=b"{}", headers=[("Stripe-Signature", header)])
    assert not STRIPE.fits(request, SECRET)
    assert judge(request, [Secret(label="a", value=SECRET)], None).scheme == "hmac:sha256:hex:ts.body:text"


def test_a_header_without_a_time_is_the_cause() -> None:
    request = a_signed(body=b"{}", headers=[("Stripe-Signature", "v1=ab")])
    assert judge(request, [Secret(label="a", value=SECRET)], None).causes == ("missing_header",)


def test_the_signed_bytes_are_shown_in_their_parts() -> None:
    request = a_signed(body=b"{}", headers=[("Stripe-Signature", "t=12,v1=ab")])
    assert [(part.name, part.value) for part in STRIPE.parts(request)] == [
        ("time stamp", b"12"), ("dot", b"."), ("body", b"{}"),
    ]  # fmt: skip


def test_a_signature_of_stripe_is_not_taken_for_another_one() -> None:
    vector = CASES[0].values[0]
    assert judged(vector, None).scheme == "stripe"
