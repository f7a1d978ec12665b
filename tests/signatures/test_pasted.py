"""The box "paste the signature that your code computed": each mistake alone is named, and so are two together."""

import hmac
import json
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha1, sha256
from html import escape
from itertools import product
from time import process_time
from urllib.parse import parse_qsl, quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signatures import Secret
from app.signatures.pasted import explain_pasted
from tests.signatures.requests import a_signed, read_vectors, request_of, secret_of

URL = "https://sms.example.net/k7m2q9xw4tz3r8vh"
TOKEN = "twilio_test_token_0123456789abcd"
SECRET = Secret(label="primary", value=TOKEN)
FORM = ("Content-Type", "application/x-www-form-urlencoded")
PAIRS = [
    ("ToCountry", "US"), ("FromZip", ""), ("SmsStatus", "received"),
    ("Body", " Yes + I'll <bring> 2 & a half = 3 é😀 "),
    ("To", "+12125550199"), ("smsbin", "1"), ("AccountSid", "AC00000000000000000000000000000001"),
]  # fmt: skip
BODY = urlencode(PAIRS)


def joined(pairs, *, ordered: bool = True) -> str:
    return "".join(name + value for name, value in (sorted(pairs) if ordered else pairs))


def each(change) -> str:
    return joined([(name, change(value)) for name, value in PAIRS])


URLS = {
    "": URL,
    "url_scheme": URL.replace("https", "http"),
    "url_port": URL.replace(".net/", ".net:8010/"),
    "url_host": "http://127.0.0.1:8010/k7m2q9xw4tz3r8vh",
    "url_host 2": "http://localhost:8010/k7m2q9xw4tz3r8vh",
    "url_path_only": "/k7m2q9xw4tz3r8vh",
    "url_trailing_slash": URL + "/",
    "url_empty_query": URL + "?",
    "url_path_stripped": "https://sms.example.net/",
    "url_left_out": "",
}
BODIES = {
    "": joined(PAIRS),
    "not_sorted": joined(PAIRS, ordered=False),
    "sorted_ignoring_case": joined(sorted(PAIRS, key=lambda pair: pair[0].lower()), ordered=False),
    "blank_params_dropped": joined([pair for pair in PAIRS if pair[1]]),
    "plus_as_blank": each(lambda value: value.replace("+", " ")),
    "trimmed": each(str.strip),
    "percent_encoded": each(lambda value: quote(value, safe="")),
    "form_encoded": each(quote_plus),
    "raw_body": BODY,
    "body_left_out": "",
    "joined": "&".join(f"{name}={value}" for name, value in sorted(PAIRS)),
    "list_values": each(lambda value: str([value])),
    "json_of_form": json.dumps(dict(PAIRS)),
    "json_of_form 2": json.dumps(dict(PAIRS), separators=(",", ":"), ensure_ascii=False),
    "field_names": joined([(name.lower(), value) for name, value in PAIRS]),
    "charset": each(lambda value: value.encode().decode("latin-1")),
    "emoji_lost": each(lambda value: "".join(c for c in value if ord(c) < 0x10000)),
    "html_escaped": each(lambda value: escape(value).replace("&#x27;", "&#39;")),
    "own_field": joined([*PAIRS, ("_method", "POST")]),
}
KEYS = {
    "": TOKEN,
    "key_newline": TOKEN + "\n",
    "key_quotes": f'"{TOKEN}"',
    "key_empty": "",
    "key_is_id": "AC00000000000000000000000000000001",
}
ALGORITHMS = {"": "sha1", "algorithm": "sha256"}


def unpadded(digest: bytes) -> str:
    return b64encode(digest).decode().rstrip("=")


def url_safe(digest: bytes) -> str:
    return urlsafe_b64encode(digest).decode()


def a_request():
    return a_signed(URL, BODY.encode(), [FORM, ("X-Twilio-Signature", signed("", "", "", ""))])


def digest_of(url: str, body: str, key: str, algorithm: str) -> bytes:
    return hmac.digest(KEYS[key].encode(), (URLS[url] + BODIES[body]).encode(), ALGORITHMS[algorithm])


def signed(*mistakes: str) -> str:
    return b64encode(digest_of(*mistakes)).decode()


def codes_of(pasted: str) -> tuple[str, ...] | None:
    result = explain_pasted(a_request(), [SECRET], "twilio", pasted)
    return None if result.mistakes is None else tuple(mistake.code for mistake in result.mistakes)


def bare(*names: str) -> tuple[str, ...]:
    return tuple(name.partition(" ")[0] for name in names if name)


ALL = list(product(URLS, BODIES, KEYS, ALGORITHMS))
SINGLE = [names for names in ALL if len(bare(*names)) == 1]
DOUBLE = [names for names in ALL if len(bare(*names)) == 2]


@pytest.mark.parametrize("names", SINGLE, ids=lambda names: "".join(names))
def test_each_mistake_alone_is_named(names) -> None:
    assert codes_of(signed(*names)) == bare(*names)
    assert codes_of(digest_of(*names).hex()) == (*bare(*names), "encoding")
    assert codes_of(unpadded(digest_of(*names))) == (*bare(*names), "encoding")


def test_the_right_signature_is_said_to_be_right() -> None:
    result = explain_pasted(a_request(), [SECRET], "twilio", signed("", "", "", ""))
    assert (result.mistakes, result.scheme, result.secret) == ((), "twilio", "primary")
    assert result.sentence.startswith("This is the right signature")


@given(st.sampled_from(DOUBLE))
def test_two_mistakes_are_named_together(names) -> None:
    assert codes_of(signed(*names)) == bare(*names)


@given(st.sampled_from(ALL))
def test_any_combination_is_explained_with_as_few_mistakes(names) -> None:
    codes = codes_of(signed(*names))
    assert codes is not None
    assert len(codes) <= len(bare(*names))


def test_the_mistake_is_said_in_words_with_its_cure() -> None:
    result = explain_pasted(a_request(), [SECRET], "twilio", signed("url_scheme", "", "", ""))
    assert result.mistakes is not None
    assert result.mistakes[0].words == "the URL begins with http:// instead of https://"
    assert result.sentence == (
        "Your code makes this mistake: the URL begins with http:// instead of https://. Your proxy hides TLS: use"
        " X-Forwarded-Proto, or the configured URL."
    )


@pytest.mark.parametrize("form", ["{}", "  {}\n", '"{}"', "sha1={}", "v1={}", "v1,{}", "SHA-1={}", "hmac {}"])
def test_blanks_quotes_and_prefixes_are_ignored(form: str) -> None:
    digest = digest_of("url_scheme", "", "", "")
    assert codes_of(form.format(b64encode(digest).decode())) == ("url_scheme",)
    assert codes_of(form.format(digest.hex().upper())) == ("url_scheme", "encoding")


def test_base64_for_urls_and_base64_of_digits_are_told_apart() -> None:
    names = next(names for names in SINGLE if set("-_") & set(url_safe(digest_of(*names))))
    assert codes_of(url_safe(digest_of(*names))) == (*bare(*names), "encoding")
    twice = b64encode(digest_of("", "", "", "").hex().encode()).decode()
    assert codes_of(twice) == ("encoding",)


def test_a_plain_hash_is_told_from_an_hmac() -> None:
    text = (URL + joined(PAIRS)).encode()
    for value in (TOKEN.encode() + text, text + TOKEN.encode(), text):
        assert codes_of(b64encode(sha1(value).digest()).decode()) == ("no_hmac",)


@pytest.mark.parametrize("pasted", ["", " ", "hello", "a" * 5000, "zz" * 20, "é" * 40, "00" * 19, "sha1="])
def test_what_is_no_signature_is_said_so(pasted: str) -> None:
    result = explain_pasted(a_request(), [SECRET], "twilio", pasted)
    assert (result.mistakes, result.tried) == (None, 0)
    assert "no signature" in result.sentence


def test_a_value_that_nothing_gives_says_how_much_was_tried_within_a_tenth_of_a_second() -> None:
    begin = process_time()
    result = explain_pasted(a_request(), [SECRET], "twilio", "00" * 20)
    assert process_time() - begin < 0.1
    assert result.mistakes is None
    assert result.tried >= 7600
    assert f"{result.tried:,}" in result.sentence


def test_a_large_body_is_bounded_in_time() -> None:
    body = b"Body=" + b"%41" * 300_000
    request = a_signed(URL, body, [FORM, ("X-Twilio-Signature", "x")])
    begin = process_time()
    explain_pasted(request, [SECRET], "twilio", "00" * 20)
    assert process_time() - begin < 1


def test_the_url_that_was_signed_is_the_right_one_not_the_one_that_was_seen() -> None:
    request = a_signed("http://sms.example.net/k7m2q9xw4tz3r8vh", BODY.encode(), [
        FORM, ("X-Twilio-Signature", signed("", "", "", ""))
    ])  # fmt: skip
    for name in ("", "url_scheme", "url_trailing_slash"):
        result = explain_pasted(request, [SECRET], "twilio", signed(name, "", "", ""))
        assert result.mistakes is not None
        assert tuple(mistake.code for mistake in result.mistakes) == bare(name)


def test_the_secret_that_gives_the_value_is_named() -> None:
    other = Secret(label="other", value="another token")
    text = (URL + joined(PAIRS)).encode()
    pasted = hmac.new(b"another token", text, "sha1").hexdigest()
    result = explain_pasted(a_request(), [SECRET, other], "twilio", pasted)
    assert (result.secret, result.mistakes and result.mistakes[0].code) == ("other", "encoding")


def test_without_a_secret_or_a_scheme_there_is_nothing_to_compute() -> None:
    assert "Enter the secret" in explain_pasted(a_request(), (), "twilio", "00" * 20).sentence
    unknown = explain_pasted(a_signed(), [SECRET], None, "00" * 20)
    assert unknown.sentence == "How this request would be signed is not known."
    telnyx = next(vector for vector in read_vectors("telnyx") if vector["valid"])
    result = explain_pasted(request_of(telnyx), [secret_of(telnyx)], "telnyx", "00" * 32)
    assert result.sentence.startswith("Only the sender can compute")


OTHERS = [
    pytest.param(name.partition("-")[0], vector, id=f"{name}: {vector['name']}")
    for name in (
        "signalwire",
        "plivo",
        "vonage",
        "vonage-messages",
        "sinch",
        "standardwebhooks",
        "messagebird",
        "generic",
    )
    for vector in read_vectors(name)
    if vector["valid"]
]


@pytest.mark.parametrize(("provider", "vector"), OTHERS)
def test_the_right_signature_of_other_schemes_is_said_to_be_right(provider: str, vector) -> None:
    from app.signatures.schemes import schemes_of

    request, secret = request_of(vector), secret_of(vector)
    scheme = schemes_of(request, provider)[0]
    expected = scheme.expected(request, secret.value)
    if expected is None or scheme.name == "hmac":
        pytest.skip("cannot be computed, or its form is not known")
    result = explain_pasted(request, [secret], provider, expected.rpartition(",")[2].rpartition(".")[2])
    assert (result.mistakes, result.scheme) == ((), scheme.name)


def test_a_hash_of_the_body_in_a_token_is_explained_too() -> None:
    vector = next(each for each in read_vectors("vonage-messages") if each["valid"])
    request, secret = request_of(vector), secret_of(vector)
    right = explain_pasted(request, [secret], "vonage", sha256(request.body).hexdigest())
    assert (right.mistakes, right.sentence) == ((), "This is the right SHA-256 of the body.")
    parsed = sha256(json.dumps(json.loads(request.body)).encode()).hexdigest()
    wrong = explain_pasted(request, [secret], "vonage", parsed)
    assert wrong.mistakes is not None
    assert [mistake.words for mistake in wrong.mistakes] == ["JSON was parsed and written again (Python's json.dumps)"]


def test_a_whole_token_is_read_by_its_signature() -> None:
    vector = next(each for each in read_vectors("vonage-messages") if each["valid"])
    token = vector["headers"]["Authorization"]
    result = explain_pasted(request_of(vector), [secret_of(vector)], "vonage", token)
    assert (result.mistakes, result.scheme) == ((), "vonage-jwt")


def explained(
    name: str, vector_name: str, provider: str, text: bytes, algorithm: str = "sha256", key: bytes | None = None
):
    vector = next(vector for vector in read_vectors(name) if vector["name"] == vector_name)
    digest = hmac.digest(key or vector["secret"].encode(), text, algorithm)
    result = explain_pasted(request_of(vector), [secret_of(vector)], provider, b64encode(digest).decode())
    return None if result.mistakes is None else [mistake.code for mistake in result.mistakes]


def test_mistakes_of_plivo_are_named() -> None:
    nonce = "05429567804466091622"
    url = "https://sms.example.net/k7m2q9xw4tz3r8vh"
    assert explained("plivo", "V2 message", "plivo", f"{url}".encode()) == ["part_left_out"]
    assert explained("plivo", "V2 message", "plivo", f"{nonce}{url}".encode()) == ["order"]
    assert explained("plivo", "V2 message", "plivo", f"{url}/{nonce}".encode()) == ["url_trailing_slash"]
    body = dict(parse_qsl("CallUUID=9d2d1f5c&From=14155550123&To=12125550199&Event=StartApp&Tag=a"))
    last = "".join(name + value for name, value in sorted(body.items()))
    assert explained("plivo", "V3 list of two signatures", "plivo", f"{url}/voice?{last}.{nonce}".encode()) == [
        "last_of_repeated"
    ]


def test_mistakes_of_json_bodies_are_named() -> None:
    vector = next(each for each in read_vectors("sinch") if each["valid"] and "X-Sinch-Signature" not in each["headers"]
                  and any("nonce" in name.lower() for name in each["headers"]))  # fmt: skip
    from app.signatures.schemes import scheme_of

    sinch = scheme_of("sinch")
    assert sinch is not None
    request = request_of(vector)
    for change, code in (
        (lambda body: json.dumps(json.loads(body)).encode(), "body_changed"),
        (lambda body: body + b"\n", "trailing_newline"),
        (lambda body: b"", "body_left_out"),
    ):
        from dataclasses import replace

        wrong = replace(request, body=change(request.body))
        pasted = sinch.expected(wrong, vector["secret"])
        assert pasted is not None
        result = explain_pasted(request, [secret_of(vector)], "sinch", pasted)
        assert result.mistakes is not None
        assert [mistake.code for mistake in result.mistakes] == [code]


@given(st.text(max_size=60), st.binary(max_size=40))
def test_it_never_raises(pasted: str, body: bytes) -> None:
    explain_pasted(a_signed(URL, body, [FORM, ("X-Twilio-Signature", "x")]), [SECRET], "twilio", pasted)
    explain_pasted(a_signed(URL, body, [FORM]), [SECRET], "vonage", "00" * 16)
