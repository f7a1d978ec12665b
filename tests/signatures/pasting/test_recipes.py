"""The right computation of each scheme is found again from what the scheme expects."""

import pytest

from app.signatures.pasting.recipes import ALGORITHMS, MAX_BODY, SIZES, recipe_for
from app.signatures.schemes import scheme_of
from tests.signatures.requests import a_signed, read_vectors, request_of

FORM = ("Content-Type", "application/x-www-form-urlencoded")


def recipe_of(file: str, name: str, scheme: str):
    vector = next(each for each in read_vectors(file) if each["name"] == name)
    found = scheme_of(scheme)
    assert found is not None
    return recipe_for(request_of(vector), found, vector["secret"])


@pytest.mark.parametrize(
    ("file", "name", "scheme", "algorithm", "encoding"),
    [
        ("twilio", "form, blanks and unicode", "twilio", "HMAC-SHA1", "base64"),
        ("twilio", "SharedKey, HMAC_SHA256", "twilio", "HMAC-SHA256", "base64"),
        ("signalwire", "JSON, scheme A (hex over URL + body)", "signalwire", "HMAC-SHA1", "hex"),
        ("plivo", "V2 message", "plivo", "HMAC-SHA256", "base64"),
        ("plivo", "V3 POST with query", "plivo", "HMAC-SHA256", "base64"),
        ("vonage", "sig, md5hash", "vonage", "MD5 hash", "hex"),
        ("vonage", "sig, md5", "vonage", "HMAC-MD5", "hex"),
        ("vonage", "sig, sha512", "vonage", "HMAC-SHA512", "hex"),
        ("vonage-messages", "JWT and payload_hash", "vonage-jwt", "HMAC-SHA256", "base64url"),
    ],
)
def test_algorithm_and_encoding_are_found(file: str, name: str, scheme: str, algorithm: str, encoding: str) -> None:
    recipe = recipe_of(file, name, scheme)
    assert recipe is not None
    assert (recipe.algorithm, recipe.encoding) == (algorithm, encoding)
    assert recipe.texts[0].mistakes == ()


def test_a_key_that_is_decoded_first_is_found() -> None:
    vector = next(each for each in read_vectors("standardwebhooks") if each["valid"] and "whpk" not in each["secret"])
    scheme = scheme_of("standardwebhooks")
    assert scheme is not None
    recipe = recipe_for(request_of(vector), scheme, vector["secret"])
    assert recipe is not None
    assert recipe.key != vector["secret"].encode()


def test_a_signature_with_a_private_key_has_no_recipe() -> None:
    vector = next(each for each in read_vectors("telnyx") if each["valid"])
    scheme = scheme_of("telnyx")
    assert scheme is not None
    assert recipe_for(request_of(vector), scheme, vector["secret"]) is None


def test_a_large_body_is_only_combined_with_other_urls() -> None:
    scheme = scheme_of("twilio")
    assert scheme is not None
    small = recipe_for(a_signed(body=b"B=" + b"a" * 90, headers=[FORM, ("X-Twilio-Signature", "x")]), scheme, "t")
    large = recipe_for(a_signed(body=b"B=" + b"a" * MAX_BODY, headers=[FORM, ("X-Twilio-Signature", "x")]), scheme, "t")
    assert small is not None
    assert large is not None
    assert len(large.texts) < 30 < 200 < len(small.texts)


def test_each_algorithm_has_its_size() -> None:
    for name, digest in ALGORITHMS.items():
        assert len(digest(b"key", b"text")) == SIZES[name]
