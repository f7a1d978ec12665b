"""The parameter `sig` of Vonage's SMS API."""

import hmac
from datetime import UTC, datetime
from hashlib import md5
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, judge
from app.signatures.schemes import scheme_of
from app.signatures.schemes.vonage import METHODS, compute, method_of
from tests.signatures.requests import a_signed

KEY = "vonage_test_signature_secret"
SECRET = Secret(label="account", value=KEY)
URL = "https://sms.example.net/k"
FORM = ("Content-Type", "application/x-www-form-urlencoded")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=15)
PARAMETERS = st.dictionaries(TEXT.filter(lambda name: name not in ("", "sig")), TEXT, min_size=1, max_size=6)


def text_of(parameters) -> str:
    return "".join(f"&{k}={v.replace('&', '_').replace('=', '_')}" for k, v in sorted(parameters.items()))


def sign(parameters, method: str) -> str:
    text = text_of(parameters).encode()
    return (
        md5(text + KEY.encode()).hexdigest()
        if method == "md5hash"
        else hmac.new(KEY.encode(), text, method).hexdigest()
    )


def a_form(parameters, signature: str, url: str = URL):
    return a_signed(url, urlencode({**parameters, "sig": signature}).encode(), [FORM])


@pytest.mark.parametrize("method", ["md5hash", "md5", "sha1", "sha256", "sha512"])
@given(parameters=PARAMETERS)
def test_each_method_is_valid_in_body_and_query_in_small_letters_and_capitals(method: str, parameters) -> None:
    signature = sign(parameters, method)
    for request in (
        a_form(parameters, signature),
        a_form(parameters, signature.upper()),
        a_signed(f"{URL}?{urlencode({**parameters, 'sig': signature})}", method="GET"),
    ):
        assert judge(request, [SECRET], "vonage").verdict is SignatureVerdict.VALID
        assert method_of(request, KEY) == f"vonage-{method}"


@given(PARAMETERS, st.data())
def test_one_changed_byte_is_not(parameters, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(parameters)))
    request = a_form({**parameters, name: parameters[name] + "~1"}, sign(parameters, "sha256"))
    assert judge(request, [SECRET], "vonage").verdict is not SignatureVerdict.VALID


def test_a_secret_with_a_method_names_a_signature_by_another_one() -> None:
    request = a_form({"text": "a"}, sign({"text": "a"}, "md5hash"))
    expects = {method: judge(request, [Secret(label="a", value=KEY, scheme=method)], "vonage") for method in METHODS}
    assert expects["vonage-md5hash"].verdict is SignatureVerdict.VALID
    for method in METHODS[1:]:
        assert expects[method].causes == ("algorithm",)
        assert expects[method].variant == f"algorithm: valid if the method is vonage-md5hash, not {method}"
    assert scheme_of("vonage-sha1") is scheme_of("vonage")


def test_parameters_of_the_configured_url_in_the_body_are_named() -> None:
    signature = sign({"text": "a", "to": "1"}, "sha256")
    for extra in ({"x": "1"}, {"x": "1", "y": "2"}):
        assert judge(a_form({"text": "a", "to": "1", **extra}, signature), [SECRET], "vonage").causes == (
            "extra_params",
        )


def test_parameters_of_the_url_that_are_signed_with_the_others_are_named() -> None:
    request = a_form({"text": "a"}, sign({"text": "a", "x": "1"}, "sha256"), f"{URL}?x=1")
    assert judge(request, [SECRET], "vonage").causes == ("query_dropped",)


def test_the_time_of_a_signature_has_no_window() -> None:
    scheme = scheme_of("vonage")
    assert scheme is not None
    assert scheme.stamp(a_form({"timestamp": "1700000000"}, "a")) == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    for stamp in ("", "abc", "9" * 20, "-1", "²"):
        assert scheme.stamp(a_form({"timestamp": stamp}, "a")) is None
    request = a_form({"timestamp": "1700000000"}, sign({"timestamp": "1700000000"}, "sha1"))
    assert judge(request, [SECRET], "vonage").verdict is SignatureVerdict.VALID


def test_the_parts_are_the_signed_bytes_and_the_expected_signature_has_the_length_of_the_sent_one() -> None:
    scheme = scheme_of("vonage")
    assert scheme is not None
    parameters = {"b": "1&2", "a": "é"}
    for method in ("md5hash", "sha1", "sha256", "sha512"):
        request = a_form(parameters, sign(parameters, method))
        assert b"".join(part.value for part in scheme.parts(request)) == text_of(parameters).encode()
        assert scheme.expected(request, KEY) == compute(text_of(parameters).encode(), KEY, method)
    assert scheme.sent(a_form(parameters, "")) == ()
