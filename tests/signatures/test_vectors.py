"""The vectors: each request has its verdict, and where something is wrong its cause is named."""

import pytest

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, judge
from tests.signatures.requests import Vector, read_vectors, request_of, secret_of

NAMES = ("twilio", "signalwire", "plivo", "vonage", "vonage-messages")
CASES = [
    pytest.param(name.partition("-")[0], vector, id=f"{name}: {vector['name']}")
    for name in NAMES
    for vector in read_vectors(name)
]
# A wrong secret gives the same as a changed body: which of the two it is cannot be known.
NOT_TOLD_APART = {"secret"}
# The same bytes as another vector, which is valid; the mistake is in the receiver's settings.
BY_METHOD = "algorithm"


@pytest.mark.parametrize(("provider", "vector"), CASES)
def test_a_vector_has_its_verdict_and_its_cause(provider: str, vector: Vector) -> None:
    secret = secret_of(vector)
    if vector["cause"] == BY_METHOD:
        secret = Secret(label="primary", value=vector["secret"], scheme=f"vonage-{vector['scheme']}")
    judgement = judge(request_of(vector), [secret], provider)
    if vector["valid"]:
        assert (judgement.verdict, judgement.causes, judgement.variant) == (SignatureVerdict.VALID, (), None)
        assert judgement.secret == "primary"
    elif vector["cause"] in NOT_TOLD_APART:
        assert judgement.verdict is SignatureVerdict.WRONG_SECRET_OR_CHANGED
    else:
        assert vector["cause"] in judgement.causes
        assert judgement.variant is not None
        assert judgement.variant.startswith(vector["cause"])
        assert judgement.verdict is not SignatureVerdict.VALID


@pytest.mark.parametrize(("provider", "vector"), CASES)
def test_a_vector_is_valid_after_its_change(provider: str, vector: Vector) -> None:
    change = {name: value for name, value in vector.get("valid_if", {}).items() if name != "params"}
    if change:
        judgement = judge(request_of(vector, **change), [secret_of(vector, **change)], provider)
        assert (judgement.verdict, judgement.causes) == (SignatureVerdict.VALID, ())


@pytest.mark.parametrize(
    ("provider", "vector"), [case for case in CASES if case.values[1].get("valid_if", {}).get("url")]
)
def test_the_variant_has_the_url_that_is_valid(provider: str, vector: Vector) -> None:
    judgement = judge(request_of(vector), [secret_of(vector)], provider)
    assert judgement.verdict is SignatureVerdict.VALID_AS
    assert judgement.variant == f"{vector['cause']}: valid if the URL is {vector['valid_if']['url']}"


@pytest.mark.parametrize(
    ("provider", "vector"), [case for case in CASES if "secret" in case.values[1].get("valid_if", {})]
)
def test_with_several_secrets_the_one_that_fits_is_named(provider: str, vector: Vector) -> None:
    right = Secret(label="right", value=vector["valid_if"]["secret"])
    judgement = judge(request_of(vector), [secret_of(vector), right], provider)
    assert (judgement.verdict, judgement.secret) == (SignatureVerdict.VALID, "right")


@pytest.mark.parametrize(("provider", "vector"), [case for case in CASES if case.values[1]["valid"]])
def test_the_scheme_is_found_without_knowing_the_provider(provider: str, vector: Vector) -> None:
    assert judge(request_of(vector), [secret_of(vector)], None).verdict is SignatureVerdict.VALID
