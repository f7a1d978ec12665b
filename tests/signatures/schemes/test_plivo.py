"""Plivo's signatures, compared with the vendor's own validators."""

from base64 import b64encode
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plivo.utils import validate_signature, validate_v3_signature
from plivo.utils.signature_v3 import construct_get_url, construct_post_url, get_signature_v3

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, judge
from app.signatures.schemes import scheme_of
from tests.signatures.requests import a_signed

TOKEN = "plivo_test_token_0123456789"
NONCE = "05429567804466091622"
SECRET = Secret(label="main", value=TOKEN)
FORM = ("Content-Type", "application/x-www-form-urlencoded")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=15)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
PAIRS = st.lists(st.tuples(NAMES, TEXT), max_size=6)
# The SDK cannot read a query with other characters.
ASCII = st.text(st.characters(max_codepoint=126), max_size=6)
QUERIES = st.lists(st.tuples(ASCII.filter(bool), ASCII), max_size=4).map(urlencode)


def many(pairs):
    found = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def v3(url: str, pairs, method: str = "POST") -> str:
    base = construct_post_url(url, many(pairs)) if method == "POST" else construct_get_url(url, {})
    return get_signature_v3(TOKEN.encode(), base.decode(), NONCE).decode()


def a_call(url: str, pairs, signed: str, name: str = "X-Plivo-Signature-V3", method: str = "POST"):
    body = urlencode(pairs).encode() if method == "POST" else b""
    headers = [FORM, (name, signed), ("X-Plivo-Signature-V3-Nonce", NONCE)]
    return a_signed(url, body, headers, method=method)


@given(PAIRS, QUERIES)
def test_what_the_sdk_signs_is_valid(pairs, query: str) -> None:
    url = "https://sms.example.net/k" + (f"?{query}" if query else "")
    signed = v3(url, pairs)
    assert validate_v3_signature("POST", url, NONCE, TOKEN, signed, many(pairs))
    judgement = judge(a_call(url, pairs, signed), [SECRET], "plivo")
    assert (judgement.verdict, judgement.causes, judgement.secret) == (SignatureVerdict.VALID, (), "main")


@given(PAIRS.filter(bool), st.data())
def test_one_changed_byte_is_not(pairs, data: st.DataObject) -> None:
    url = "https://sms.example.net/k"
    at = data.draw(st.integers(0, len(pairs) - 1))
    changed = [*pairs[:at], (pairs[at][0], pairs[at][1] + "~1"), *pairs[at + 1 :]]
    judgement = judge(a_call(url, changed, v3(url, pairs)), [SECRET], "plivo")
    assert judgement.verdict is not SignatureVerdict.VALID


@given(QUERIES)
def test_a_get_request_signs_its_sorted_query(query: str) -> None:
    url = "https://sms.example.net/k" + (f"?{query}" if query else "")
    request = a_call(url, [], v3(url, [], "GET"), method="GET")
    assert judge(request, [SECRET], "plivo").verdict is SignatureVerdict.VALID


def v2(url: str, token: str = TOKEN) -> str:
    import hmac

    seen = urlsplit(url)
    text = f"{seen.scheme}://{seen.netloc}{seen.path}{NONCE}"
    return b64encode(hmac.digest(token.encode(), text.encode(), "sha256")).decode()


@pytest.mark.parametrize("url", ["https://a.test/k?a=1", "https://a.test:8443/k/status", "http://a.test/"])
def test_messages_sign_the_url_without_its_query_and_no_body(url: str) -> None:
    assert validate_signature(url, NONCE, v2(url), TOKEN)
    headers = [FORM, ("X-Plivo-Signature-V2", v2(url)), ("X-Plivo-Signature-V2-Nonce", NONCE)]
    for body in (b"", b"Text=hi"):
        assert judge(a_signed(url, body, headers), [SECRET], "plivo").verdict is SignatureVerdict.VALID
    incomplete = judge(a_signed(url, b"Te", headers, complete=False), [SECRET], "plivo")
    assert incomplete.verdict is SignatureVerdict.VALID


def test_the_header_of_the_main_account_fits_its_token_and_the_plain_one_that_of_the_subaccount() -> None:
    url = "https://a.test/k"
    headers = [
        ("X-Plivo-Signature-V2", v2(url, "subaccount")),
        ("X-Plivo-Signature-Ma-V2", v2(url)),
        ("X-Plivo-Signature-V2-Nonce", NONCE),
    ]
    other = Secret(label="sub", value="subaccount")
    assert judge(a_signed(url, b"", headers), [SECRET], "plivo").secret == "main"
    assert judge(a_signed(url, b"", headers), [other], "plivo").secret == "sub"


def test_one_of_several_signatures_in_a_header_is_enough() -> None:
    url, pairs = "https://a.test/k", [("a", "1")]
    request = a_call(url, pairs, f"AAAA, {v3(url, pairs)}", "X-Plivo-Signature-Ma-V3")
    assert judge(request, [SECRET], "plivo").verdict is SignatureVerdict.VALID
    scheme = scheme_of("plivo")
    assert scheme is not None
    assert scheme.sent(request) == ("AAAA", v3(url, pairs))
    assert scheme.expected(request, TOKEN) == v3(url, pairs)


def test_a_lost_nonce_is_named() -> None:
    request = a_signed("https://a.test/k", b"", [FORM, ("X-Plivo-Signature-V2", v2("https://a.test/k"))])
    judgement = judge(request, [SECRET], "plivo")
    assert judgement.variant == "missing_header: the header x-plivo-signature-v2-nonce is absent"


def test_the_parts_are_the_signed_bytes() -> None:
    scheme = scheme_of("plivo")
    assert scheme is not None
    request = a_call("https://a.test/k?z=1&a=2", [("b", "2"), ("b", "1")], "x")
    assert [(part.name, part.value) for part in scheme.parts(request)] == [
        ("URL without its query", b"https://a.test/k"),
        ("sorted query", b"?a=2&z=1."),
        ("sorted fields", b"b1b2"),
        ("nonce", b"." + NONCE.encode()),
    ]
