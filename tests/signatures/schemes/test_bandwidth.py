"""Bandwidth: HTTP Basic, which covers neither the URL nor the body."""

from base64 import b64encode

import pytest

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, judge
from app.signatures.schemes.bandwidth import BASIC
from tests.signatures.requests import Vector, a_signed

from .checking import cases, check


@pytest.mark.parametrize("vector", cases("bandwidth"))
def test_a_vector_has_its_verdict_and_its_cause(vector: Vector) -> None:
    check(vector, "bandwidth", "basic")


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_the_charset_of_the_credentials_is_open(charset: str) -> None:
    credentials = b64encode("hook:sécret".encode(charset)).decode()
    assert BASIC.fits(a_signed(headers=[("Authorization", f"basic {credentials}")]), "hook:sécret")


@pytest.mark.parametrize("value", ["Basic", "Basic !!", "Basic aG9vaw", "Bearer aG9vazpzM2NyZXQ=", "Basic " + "=" * 9])
def test_nothing_else_fits(value: str) -> None:
    assert not BASIC.fits(a_signed(headers=[("Authorization", value)]), "hook:s3cret")


def test_without_credentials_a_callback_is_unsigned() -> None:
    judgement = judge(a_signed(), [Secret(label="a", value="hook:s3cret")], "bandwidth")
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.UNSIGNED, ("missing_header",))


def test_credentials_of_another_provider_are_not_taken_for_its_signature() -> None:
    request = a_signed(headers=[("Authorization", "Basic aG9vazpzM2NyZXQ=")])
    assert judge(request, [Secret(label="a", value="hook:s3cret")], "twilio").verdict is SignatureVerdict.UNSIGNED
    assert judge(request, [Secret(label="a", value="hook:s3cret")], None).verdict is SignatureVerdict.VALID


def test_the_user_is_named_where_the_credentials_are_other_ones() -> None:
    request = a_signed(headers=[("Authorization", "Basic " + b64encode(b"status:x").decode())])
    assert judge(request, [Secret(label="a", value="hook:s3cret")], "bandwidth").variant == (
        "secret: the credentials are other ones, of the user status"
    )
