"""Which secrets belong to which scheme, and the attempt that fits."""

import pytest

from app.signatures import Secret
from app.signatures.matching import NO_SECRET, find_match, is_complete, is_for, secrets_for, tries_for
from app.signatures.schemes import scheme_of
from tests.signatures.requests import a_signed, read_vectors, request_of, secret_of


@pytest.mark.parametrize(
    ("named", "scheme", "expected"),
    [
        (None, "twilio", True),
        ("twilio", "twilio", True),
        ("plivo", "twilio", False),
        ("vonage", "vonage-jwt", True),  # the name of the provider
        ("vonage-sha256", "vonage", True),  # a method
        ("vonage-sha256", "vonage-jwt", False),
    ],
)
def test_a_secret_is_for_its_scheme_its_method_or_its_provider(named: str | None, scheme: str, expected: bool) -> None:
    found = scheme_of(scheme)
    assert found is not None
    assert is_for(Secret(label="a", value="b", scheme=named), found) is expected


def test_a_certificate_needs_no_secret() -> None:
    aws, twilio = scheme_of("aws"), scheme_of("twilio")
    assert aws is not None
    assert twilio is not None
    assert secrets_for(aws, ()) == (NO_SECRET,)
    assert secrets_for(twilio, ()) == ()


def test_the_match_has_the_fewest_changes_and_there_is_none_without_secrets() -> None:
    vector = next(each for each in read_vectors("twilio") if each["cause"] == "host")
    scheme = scheme_of("twilio")
    assert scheme is not None
    match = find_match(request_of(vector), scheme, [secret_of(vector)])
    assert match is not None
    assert match.causes == ("host",)
    assert find_match(request_of(vector), scheme, []) is None


def test_an_incomplete_body_is_only_tried_as_it_is_where_it_is_signed() -> None:
    form = ("Content-Type", "application/x-www-form-urlencoded")
    secret = Secret(label="a", value="b")
    for name, expected in (("twilio", False), ("plivo", True)):
        scheme = scheme_of(name)
        assert scheme is not None
        cut = a_signed(body=b"Bod", headers=[form], complete=False)
        assert is_complete(cut, scheme) is expected
        assert (len(list(tries_for(cut, scheme, [secret]))) > 1) is expected
