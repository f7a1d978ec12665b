"""SignalWire's signatures, by the rules of the vendor's `webhook_validator.py`."""

import hmac
from base64 import b64encode
from hashlib import sha256
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, judge
from app.signatures.schemes import scheme_of
from tests.signatures.requests import a_signed

KEY = "PSK_signalwire_signing_key_example"
SECRET = Secret(label="project", value=KEY)
FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")
URL = "https://sms.example.net/k"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=15)
PAIRS = st.lists(st.tuples(TEXT.filter(bool), TEXT), min_size=1, max_size=6)


def form_signature(url: str, pairs) -> str:
    text = url + "".join(name + value for name, value in sorted(pairs, key=lambda pair: pair[0]))
    return b64encode(hmac.new(KEY.encode(), text.encode(), "sha1").digest()).decode()


def a_form(url: str, pairs, signed: str):
    return a_signed(url, urlencode(pairs).encode(), [FORM, ("X-SignalWire-Signature", signed)])


@given(PAIRS)
def test_a_form_keeps_repeats_in_their_order(pairs) -> None:
    assert (
        judge(a_form(URL, pairs, form_signature(URL, pairs)), [SECRET], "signalwire").verdict is SignatureVerdict.VALID
    )


@given(PAIRS, st.data())
def test_one_changed_byte_is_not(pairs, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pairs) - 1))
    changed = [*pairs[:at], (pairs[at][0], pairs[at][1] + "~1"), *pairs[at + 1 :]]
    judgement = judge(a_form(URL, changed, form_signature(URL, pairs)), [SECRET], "signalwire")
    assert judgement.verdict is not SignatureVerdict.VALID


@given(st.binary(max_size=60))
def test_json_is_signed_as_it_was_sent(body: bytes) -> None:
    text = URL.encode() + body
    narrow = hmac.new(KEY.encode(), text, "sha1").hexdigest()
    wide = hmac.new(KEY.encode(), text, "sha256").hexdigest()
    for headers in (
        [("X-SignalWire-Signature", narrow)],
        [("X-Signalwire-SHA256-Signature", wide)],
        [("X-SignalWire-Signature", "0" * 40), ("X-Signalwire-SHA256-Signature", wide)],
    ):
        assert judge(a_signed(URL, body, [JSON, *headers]), [SECRET], "signalwire").verdict is SignatureVerdict.VALID
        assert judge(a_signed(URL, body + b"x", [JSON, *headers]), [SECRET], None).verdict is not SignatureVerdict.VALID


def test_json_of_the_compatibility_api_has_a_hash_in_the_url() -> None:
    body = b'{"a":1}'
    url = f"{URL}?bodySHA256={sha256(body).hexdigest()}"
    headers = [JSON, ("X-SignalWire-Signature", form_signature(url, []))]
    assert judge(a_signed(url, body, headers), [SECRET], "signalwire").verdict is SignatureVerdict.VALID
    judgement = judge(a_signed(url, b'{"a": 1}', headers), [SECRET], "signalwire")
    assert judgement.verdict is SignatureVerdict.WRONG_SECRET_OR_CHANGED
    assert judgement.variant == "body_changed: valid if the JSON is written without blanks"


@pytest.mark.parametrize(
    ("seen", "signed", "verdict"),
    [
        ("https://a.test/k", "https://a.test:443/k", SignatureVerdict.VALID),
        ("https://a.test:443/k", "https://a.test/k", SignatureVerdict.VALID),
        ("http://a.test/k", "http://a.test:80/k", SignatureVerdict.VALID),
        ("https://a.test:8443/k", "https://a.test/k", SignatureVerdict.VALID_AS),
    ],
)
def test_only_the_standard_port_makes_no_difference(seen: str, signed: str, verdict: SignatureVerdict) -> None:
    pairs = [("a", "1")]
    assert judge(a_form(seen, pairs, form_signature(signed, pairs)), [SECRET], "signalwire").verdict is verdict


def test_the_raw_body_instead_of_its_fields_is_named() -> None:
    text = f"{URL}b=1&a=2"
    signed = hmac.new(KEY.encode(), text.encode(), "sha1").hexdigest()
    request = a_form(URL, [("b", "1"), ("a", "2")], signed)
    assert judge(request, [SECRET], "signalwire").causes == ("raw_body",)


def test_the_parts_are_the_signed_bytes_and_the_expected_signature_is_the_sent_one() -> None:
    scheme = scheme_of("signalwire")
    assert scheme is not None
    pairs = [("b", "2"), ("a", "é"), ("b", "1")]
    form = a_form(URL, pairs, form_signature(URL, pairs))
    assert [part.value for part in scheme.parts(form)] == [URL.encode(), "aé".encode(), b"b2", b"b1"]
    assert scheme.expected(form, KEY) == scheme.sent(form)[0]
    body = a_signed(URL, b"{}", [JSON])
    assert [part.name for part in scheme.parts(body)] == ["URL", "body"]
    assert scheme.expected(body, KEY) == hmac.new(KEY.encode(), URL.encode() + b"{}", "sha1").hexdigest()
