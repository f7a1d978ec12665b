"""Twilio's signatures, compared with the vendor's own validator."""

from base64 import b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, judge
from app.signatures.schemes import scheme_of
from app.signatures.schemes.twilio import sorted_fields
from tests.signatures.requests import a_signed

TOKEN = "twilio_test_token_0123456789abcd"
SECRET = Secret(label="primary", value=TOKEN)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
PAIRS = st.lists(st.tuples(NAMES, TEXT), min_size=1, max_size=8)
QUERIES = st.lists(st.tuples(NAMES, TEXT), max_size=4).map(urlencode)
FORM = "application/x-www-form-urlencoded; charset=UTF-8"


class Many(dict):
    """A form with repeated keys, as Django gives it to the validator."""

    def getlist(self, name):
        return self[name]


def signature(url: str, pairs: list[tuple[str, str]], algorithm: str | None = None) -> str:
    many = Many()
    for name, value in pairs:
        many.setdefault(name, []).append(value)
    return RequestValidator(TOKEN).compute_signature(url, many, algorithm)


def a_form(url: str, pairs: list[tuple[str, str]], signed: str, *headers: tuple[str, str]):
    body = urlencode(pairs).encode()
    return a_signed(url, body, [("Content-Type", FORM), ("X-Twilio-Signature", signed), *headers])


@given(PAIRS, QUERIES)
def test_what_the_sdk_signs_is_valid(pairs: list[tuple[str, str]], query: str) -> None:
    url = "https://sms.example.net/k" + (f"?{query}" if query else "")
    judgement = judge(a_form(url, pairs, signature(url, pairs)), [SECRET], "twilio")
    assert (judgement.verdict, judgement.causes, judgement.secret) == (SignatureVerdict.VALID, (), "primary")


@given(PAIRS, QUERIES, st.data())
def test_one_changed_byte_is_not(pairs: list[tuple[str, str]], query: str, data: st.DataObject) -> None:
    url = "https://sms.example.net/k" + (f"?{query}" if query else "")
    signed = signature(url, pairs)
    at = data.draw(st.integers(0, len(pairs) - 1))
    changed = [*pairs]
    changed[at] = (pairs[at][0], pairs[at][1] + "~1")
    assert judge(a_form(url, changed, signed), [SECRET], "twilio").verdict is not SignatureVerdict.VALID


@given(PAIRS)
def test_shared_keys_sign_with_the_algorithm_that_they_name(pairs: list[tuple[str, str]]) -> None:
    url = "https://sms.example.net/k"
    for algorithm in ("HMAC_SHA256", "HMAC_SHA1"):
        settings = ("X-Twilio-Webhooks-Signature-Settings", f"key=k1,algorithm={algorithm}")
        request = a_form(url, pairs, signature(url, pairs, algorithm), settings)
        assert judge(request, [SECRET], "twilio").verdict is SignatureVerdict.VALID


def test_an_algorithm_that_is_not_known_is_named() -> None:
    request = a_form(
        "https://a.test/k", [("a", "1")], "x", ("X-Twilio-Webhooks-Signature-Settings", "algorithm=ED25519")
    )
    judgement = judge(request, [SECRET], "twilio")
    assert judgement.variant == "algorithm: the algorithm ED25519 is unknown here"
    scheme = scheme_of("twilio")
    assert scheme is not None
    assert scheme.expected(request, TOKEN) is None


@pytest.mark.parametrize(
    ("seen", "signed"),
    [
        ("https://a.test/k", "https://a.test:443/k"),
        ("https://a.test:443/k", "https://a.test/k"),
        ("http://a.test:8080/k", "http://a.test/k"),
        ("http://a.test/k", "http://a.test:80/k"),
    ],
)
def test_the_url_is_valid_with_and_without_its_port_as_the_sdk_has_it(seen: str, signed: str) -> None:
    pairs = [("a", "1")]
    value = signature(signed, pairs)
    assert RequestValidator(TOKEN).validate(seen, dict(pairs), value)
    assert judge(a_form(seen, pairs, value), [SECRET], "twilio").verdict is SignatureVerdict.VALID


def test_json_is_signed_by_its_hash_in_the_url() -> None:
    body = '{"text":"é"}'.encode()
    url = f"https://a.test/k?bodySHA256={sha256(body).hexdigest()}&bodySHA256=2"
    headers = [("Content-Type", "application/json"), ("X-Twilio-Signature", signature(url, []))]
    assert judge(a_signed(url, body, headers), [SECRET], "twilio").verdict is SignatureVerdict.VALID
    judgement = judge(a_signed(url, body + b" ", headers), [SECRET], "twilio")
    assert judgement.verdict is SignatureVerdict.WRONG_SECRET_OR_CHANGED
    assert (judgement.causes, judgement.secret) == (("body_changed",), "primary")
    scheme = scheme_of("twilio")
    assert scheme is not None
    assert [scheme.fits(a_signed(url, each, headers), TOKEN) for each in (body, body + b" ")] == [True, False]


@given(
    st.sets(
        st.sampled_from([f"{side}{what}" for side in ("From", "To") for what in ("City", "Zip", "State", "Country")]),
        min_size=1,
    )
)
def test_any_blank_places_that_were_dropped_are_named(names: set[str]) -> None:
    url, rest = "https://a.test/k", [("Body", "hi"), ("From", "+1"), ("To", "+2")]
    request = a_form(url, rest, signature(url, [*rest, *((name, "") for name in names)]))
    judgement = judge(request, [SECRET], "twilio")
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.VALID_AS, ("blank_params_dropped",))


def test_a_get_request_signs_the_url_only() -> None:
    url = "https://a.test/k?Body=a+b&To=%2B1"
    request = a_signed(url, b"", [("X-Twilio-Signature", signature(url, []))], method="GET")
    assert judge(request, [SECRET], "twilio").verdict is SignatureVerdict.VALID


def test_the_parts_are_the_signed_bytes_and_the_expected_signature_is_the_sent_one() -> None:
    pairs = [("b", "2"), ("a", "é"), ("b", "1"), ("b", "2")]
    request = a_form("https://a.test/k", pairs, signature("https://a.test/k", pairs))
    scheme = scheme_of("twilio")
    assert scheme is not None
    assert [(part.name, part.value) for part in scheme.parts(request)] == [
        ("URL", b"https://a.test/k"), ("a", "aé".encode()), ("b", b"b1"), ("b", b"b2")
    ]  # fmt: skip
    assert scheme.expected(request, TOKEN) == scheme.sent(request)[0]
    assert sorted_fields(request.body) == b"".join(part.value for part in scheme.parts(request)[1:])
    assert scheme.stamp(request) is None


@given(st.binary(max_size=60), st.binary(max_size=40), st.text(max_size=20))
def test_hostile_requests_never_raise(body: bytes, header: bytes, secret: str) -> None:
    headers = [("Content-Type", FORM), ("X-Twilio-Signature", header.decode("latin-1").replace("\r\n", ""))]
    judge(a_signed(body=body, headers=headers), [Secret(label="a", value=secret)], "twilio")


def test_a_latin_1_form_is_checked_as_bytes() -> None:
    import hmac

    signed = b64encode(hmac.digest(TOKEN.encode(), b"https://a.test/kBody\xe9", "sha1")).decode()
    request = a_signed("https://a.test/k", b"Body=%E9", [("Content-Type", FORM), ("X-Twilio-Signature", signed)])
    assert judge(request, [SECRET], "twilio").verdict is SignatureVerdict.VALID
    assert parse_qs("Body=%E9") == {"Body": ["\ufffd"]}
