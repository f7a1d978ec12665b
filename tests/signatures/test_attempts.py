"""The order of what is tried, and what of it a scheme needs."""

from dataclasses import replace

from app.signatures import Secret
from app.signatures.attempts import MAX_ATTEMPTS, MAX_HASHED, attempts, covers_body, covers_url
from app.signatures.schemes import scheme_of
from tests.signatures.requests import a_signed, read_vectors, request_of, secret_of

SECRETS = [Secret(label="a", value="one "), Secret(label="b", value="two")]
FORM = ("Content-Type", "application/x-www-form-urlencoded")


def a_scheme(name: str):
    scheme = scheme_of(name)
    assert scheme is not None
    return scheme


def tried(name: str, request=None):
    return list(attempts(request or a_signed("http://in/k?a=1&b=2", b"Body=x", [FORM]), a_scheme(name), SECRETS))


def test_the_request_as_it_is_comes_first_with_each_secret() -> None:
    first, second, third, *_ = tried("twilio")
    assert [(each.secret.label, each.causes, each.words) for each in (first, second)] == [("a", (), ""), ("b", (), "")]
    assert third.causes != ()


def test_attempts_have_more_changes_from_one_to_the_next() -> None:
    counts = [len(each.causes) for each in tried("twilio")]
    assert counts == sorted(counts)
    assert counts[-1] >= 2


def test_each_change_is_tried_with_each_secret() -> None:
    for label in "ab":
        found = {each.causes for each in tried("signalwire") if each.secret.label == label}
        assert {(), ("scheme",), ("repeated_values_sorted",), ("trailing_newline",), ("secret_prefix",)} <= found


def test_another_form_of_a_secret_keeps_its_label_and_has_words() -> None:
    found = next(each for each in tried("twilio") if each.causes == ("secret_whitespace", "scheme"))
    assert (found.secret.label, found.value) == ("a", "one")
    assert found.words == "the secret has no blanks around it and the URL is https://in/k?a=1&b=2"


def test_only_what_is_signed_is_changed() -> None:
    vector = next(each for each in read_vectors("telnyx") if each["valid"])
    request = request_of(vector)
    telnyx, plivo = a_scheme("telnyx"), a_scheme("plivo")
    assert (covers_url(request, telnyx), covers_body(request, telnyx)) == (False, True)
    message = request_of(next(each for each in read_vectors("plivo") if each["name"] == "V2 message"))
    assert (covers_url(message, plivo), covers_body(message, plivo)) == (True, False)
    assert not any("scheme" in each.causes for each in attempts(request, telnyx, SECRETS))
    assert not any("trailing_newline" in each.causes for each in attempts(message, plivo, SECRETS))


def test_a_large_body_gets_fewer_attempts() -> None:
    small, large = (
        a_signed("http://in/k?a=1&b=2", b"Body=x", [FORM]),
        a_signed("http://in/k", b"B=" + b"x" * 300_000, [FORM]),
    )
    assert len(tried("twilio", large)) <= MAX_HASHED // 300_000 + len(SECRETS)
    assert len(tried("twilio", large)) < len(tried("twilio", small)) <= MAX_ATTEMPTS + len(SECRETS)


def test_an_attempt_fits_with_the_changed_request() -> None:
    vector = next(each for each in read_vectors("twilio") if each["cause"] == "trailing_slash")
    scheme = a_scheme("twilio")
    secret = secret_of(vector)
    match = next(each for each in attempts(request_of(vector), scheme, [secret]) if each.fits(scheme))
    assert match.change.request == replace(request_of(vector), url=vector["valid_if"]["url"])
