"""The panel of a capture: what was signed and tried, and what to do about it."""

import pytest

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret
from app.signatures.explaining import diagnose
from tests.signatures.requests import a_signed, read_vectors, request_of, secret_of

CASES = [
    pytest.param(name.partition("-")[0], vector, id=f"{name}: {vector['name']}")
    for name in ("twilio", "signalwire", "plivo", "vonage", "vonage-messages")
    for vector in read_vectors(name)
]


@pytest.mark.parametrize(("provider", "vector"), CASES)
def test_the_computed_signature_is_the_sent_one_where_the_signature_is_right(provider: str, vector) -> None:
    found = diagnose(request_of(vector), [secret_of(vector)], provider)
    if vector["valid"]:
        assert found.computed is not None
        sent = "\n".join(found.sent).lower()
        assert found.computed.lower() in sent
    assert found.computed_with == "primary"
    assert found.title
    assert found.secret_is
    assert len(found.snippets) == 2


def test_a_variant_is_displayed_as_it_was_signed() -> None:
    vector = next(each for each in read_vectors("twilio") if each["cause"] == "trailing_slash")
    found = diagnose(request_of(vector), [secret_of(vector)], "twilio")
    assert found.url == vector["valid_if"]["url"]
    assert (found.parts[0].name, found.parts[0].value) == ("URL", vector["valid_if"]["url"].encode())
    assert found.computed == found.sent[0]
    assert found.cure == "Configure the URL exactly as it is served: a slash at its end counts."
    assert found.tried[0].words == "the request as it was received"
    assert {each.words for each in found.tried} >= {"other forms of the secret", "other URLs, with one change"}


def test_all_that_was_tried_is_counted_where_nothing_fits() -> None:
    vector = next(each for each in read_vectors("signalwire") if each["cause"] == "secret")
    found = diagnose(request_of(vector), [secret_of(vector), Secret(label="b", value="b")], "signalwire")
    counts = {each.words: each.count for each in found.tried}
    assert counts["the request as it was received"] == 2
    assert counts["mistakes that this signature is known for"] == 4
    assert counts["other bodies"] > 20
    assert counts["other URLs, with one change"] > 50
    assert counts["other URLs, with several changes"] > 5


def test_an_unsigned_request_has_the_scheme_that_its_provider_uses() -> None:
    found = diagnose(a_signed(body=b"a=1"), (), "twilio")
    assert found.judgement.verdict is SignatureVerdict.UNSIGNED
    assert (found.title, found.sent, found.computed, found.tried) == ("Twilio's signature", (), None, ())
    assert found.cure.startswith("Look for a proxy")


def test_without_a_secret_there_is_no_computed_signature_but_there_are_the_signed_parts() -> None:
    vector = read_vectors("twilio")[0]
    found = diagnose(request_of(vector), (), "twilio")
    assert found.judgement.verdict is SignatureVerdict.UNDECIDED
    assert (found.computed, found.computed_with, found.tried) == (None, None, ())
    assert found.parts


@pytest.mark.parametrize("provider", [None, "ytel", "custom"])
def test_where_no_scheme_is_known_there_is_the_verdict_only(provider) -> None:
    found = diagnose(a_signed(), (), provider)
    assert (found.title, found.parts, found.snippets) == (None, (), ())
    assert found.judgement.sentence


def test_a_shared_key_has_its_own_code() -> None:
    vector = next(each for each in read_vectors("twilio") if "SharedKey" in each["name"])
    found = diagnose(request_of(vector), [secret_of(vector)], "twilio")
    assert all(
        "getSignatureAlgorithm" in each.code or "get_signature_algorithm" in each.code for each in found.snippets
    )


def test_a_body_that_was_changed_for_certain_is_displayed_with_the_received_parts() -> None:
    vector = next(each for each in read_vectors("vonage-messages") if each["cause"] == "body_changed")
    found = diagnose(request_of(vector), [secret_of(vector)], "vonage")
    assert found.judgement.causes == ("body_changed",)
    assert found.cure.startswith("Check the raw bytes")
    assert found.computed_with == "primary"
