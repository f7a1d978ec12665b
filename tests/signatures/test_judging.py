"""The verdict: fewest changes first, which secret, stale, incomplete, unsigned."""

import hmac
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from time import process_time
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.providers import PROVIDER_TITLES
from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, SignedRequest, judge
from app.signatures.attempts import MAX_ATTEMPTS
from app.signatures.model import Scheme
from app.signatures.schemes import SCHEMES, scheme_of, schemes_for, schemes_of
from tests.signatures.requests import RECEIVED_AT, a_signed, read_vectors, request_of, secret_of

TOKEN = "twilio_test_token_0123456789abcd"
URL = "https://sms.example.net/k7m2q9xw4tz3r8vh"
FORM = ("Content-Type", "application/x-www-form-urlencoded")
FIELDS = [("Body", "hi"), ("To", "+12125550199")]


def signature(url: str = URL, fields=FIELDS, token: str = TOKEN) -> str:
    text = url + "".join(name + value for name, value in sorted(fields))
    return b64encode(hmac.new(token.encode(), text.encode(), "sha1").digest()).decode()


def a_request(seen: str = URL, signed: str | None = None, *, token: str = TOKEN, **more) -> SignedRequest:
    headers = [FORM, ("X-Twilio-Signature", signature(signed or seen, token=token)), *more.pop("headers", ())]
    return a_signed(seen, urlencode(FIELDS).encode(), headers, **more)


def a_secret(value: str = TOKEN, label: str = "primary", scheme: str | None = None) -> Secret:
    return Secret(label=label, value=value, scheme=scheme)


def test_a_genuine_request_is_valid_without_cause_and_variant() -> None:
    judgement = judge(a_request(), [a_secret()], "twilio")
    assert (judgement.verdict, judgement.scheme, judgement.causes) == (SignatureVerdict.VALID, "twilio", ())
    assert (judgement.variant, judgement.secret) == (None, "primary")
    assert judgement.sentence == "Genuine: Twilio's signature is right, with the secret primary."


def test_the_variant_begins_with_its_code_and_the_sentence_has_the_cure() -> None:
    judgement = judge(a_request("http://sms.example.net/k", "https://sms.example.net/k"), [a_secret()], "twilio")
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.VALID_AS, ("scheme",))
    assert judgement.variant == "scheme: valid if the URL is https://sms.example.net/k"
    assert judgement.sentence.startswith("Genuine if the URL is https://sms.example.net/k, with the secret primary. ")
    assert "X-Forwarded-Proto" in judgement.sentence


@pytest.mark.parametrize(
    ("seen", "signed", "causes"),
    [
        ("http://in:8010/k", "https://a.test/k", ("scheme", "host")),
        ("http://in/k?b=1", "https://a.test/smsbin/k?b=1", ("scheme", "host", "path_prefix")),
        ("http://a.test/k/", "https://a.test/k", ("scheme", "trailing_slash")),
    ],
)
def test_several_changes_are_all_named(seen: str, signed: str, causes: tuple[str, ...]) -> None:
    request = a_request(seen, signed, hosts=("https://a.test/smsbin",))
    judgement = judge(request, [a_secret()], "twilio")
    assert judgement.causes == causes
    assert judgement.variant == f"{', '.join(causes)}: valid if the URL is {signed}"


def test_the_fewest_changes_win_over_the_first_secret() -> None:
    request = a_request("http://a.test/k", "https://a.test/k")
    other = a_request("http://a.test/k")
    both = a_signed(
        "http://a.test/k", request.body, [FORM, ("X-Twilio-Signature", signature("http://a.test/k", token="second"))]
    )
    secrets = [a_secret(), a_secret("second", "other")]
    assert judge(both, secrets, "twilio").secret == "other"
    assert judge(request, secrets, "twilio").causes == ("scheme",)
    assert judge(other, secrets[::-1], "twilio").causes == ()


def test_a_secret_of_another_scheme_is_not_tried() -> None:
    for scheme in (None, "twilio"):
        assert judge(a_request(), [a_secret(scheme=scheme)], "twilio").verdict is SignatureVerdict.VALID
    judgement = judge(a_request(), [a_secret(scheme="plivo")], "twilio")
    assert (judgement.verdict, judgement.scheme) == (SignatureVerdict.UNDECIDED, "twilio")
    assert "Enter the secret" in judgement.sentence


def test_a_signature_of_a_provider_that_does_not_sign_is_judged_by_its_header() -> None:
    assert judge(a_request(), [a_secret()], "ytel").verdict is SignatureVerdict.VALID


def test_a_changed_secret_and_a_changed_url_are_named_together() -> None:
    request = a_request("http://a.test/k", "https://a.test/k")
    judgement = judge(request, [a_secret(TOKEN + " ")], "twilio")
    assert judgement.causes == ("secret_whitespace", "scheme")
    assert judgement.variant == (
        "secret_whitespace, scheme: valid if the secret has no blanks around it and the URL is https://a.test/k"
    )


def test_a_secret_that_looks_like_something_else_is_named() -> None:
    judgement = judge(a_request(), [a_secret("AC00000000000000000000000000000001")], "twilio")
    assert judgement.verdict is SignatureVerdict.WRONG_SECRET_OR_CHANGED
    assert judgement.variant == "secret_shape: the secret primary looks like an account SID"
    assert "primary auth token" in judgement.sentence


def test_a_wrong_secret_has_no_cause_because_the_request_may_have_been_changed() -> None:
    judgement = judge(a_request(), [a_secret("wrong"), a_secret("also wrong", "b")], "twilio")
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.WRONG_SECRET_OR_CHANGED, ())
    assert (judgement.variant, judgement.secret) == (None, None)
    assert "none of the 2 secrets" in judgement.sentence


def test_a_signed_request_without_a_secret_cannot_be_judged() -> None:
    judgement = judge(a_request(), (), "twilio")
    assert (judgement.verdict, judgement.scheme) == (SignatureVerdict.UNDECIDED, "twilio")


def test_an_incomplete_body_cannot_be_judged_unless_the_signature_fits() -> None:
    request = a_request(complete=False)
    assert judge(request, [a_secret()], "twilio").verdict is SignatureVerdict.VALID
    cut = replace(request, body=request.body[:-1])
    judgement = judge(cut, [a_secret()], "twilio")
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.UNDECIDED, ())
    assert "not complete" in judgement.sentence


def test_an_incomplete_json_body_is_not_called_changed() -> None:
    vector = next(each for each in read_vectors("twilio") if each["cause"] == "body_changed")
    request = request_of(vector)
    raw = a_signed(complete=False).raw
    cut = replace(request, raw=type(raw)(**{**_fields(request.raw), "body_complete": False}))
    judgement = judge(cut, [secret_of(vector)], "twilio")
    assert (judgement.verdict, judgement.secret) == (SignatureVerdict.UNDECIDED, "primary")


def _fields(raw) -> dict[str, object]:
    return {name: getattr(raw, name) for name in raw.__struct_fields__}


def test_a_signature_header_that_was_sent_twice_is_named() -> None:
    request = a_request(headers=[("x-twilio-signature", "other")])
    judgement = judge(request, [a_secret()], "twilio")
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.VALID_AS, ("duplicate_header",))
    assert judgement.variant is not None
    assert judgement.variant.startswith("duplicate_header: valid by one of several headers x-twilio-signature")


@pytest.mark.parametrize("provider", sorted(PROVIDER_TITLES))
def test_an_unsigned_request_of_a_provider_has_a_verdict_with_and_without_secrets(provider: str) -> None:
    signs = bool(schemes_for(provider))
    for secrets in ((), [a_secret()]):
        judgement = judge(a_signed(body=b"a=1", headers=[FORM]), secrets, provider)
        expected = SignatureVerdict.UNSIGNED if signs else SignatureVerdict.NOT_SIGNED_BY_PROVIDER
        assert judgement.verdict is expected
        assert judgement.causes == (("missing_header",) if signs else ())
        assert judgement.scheme is None
        assert judgement.sentence


def test_providers_that_are_known_not_to_sign_are_said_so() -> None:
    for provider in ("ytel", "clicksend", "infobip"):
        judgement = judge(a_signed(), (), provider)
        assert judgement.verdict is SignatureVerdict.NOT_SIGNED_BY_PROVIDER
        assert PROVIDER_TITLES[provider] in judgement.sentence


@pytest.mark.parametrize("provider", [None, "generic", "custom"])
def test_an_unsigned_request_of_an_unknown_sender_is_unsigned_only_where_a_secret_is_expected(provider) -> None:
    assert judge(a_signed(), (), provider).verdict is SignatureVerdict.UNDECIDED
    assert judge(a_signed(), [a_secret()], provider).verdict is SignatureVerdict.UNSIGNED
    scheme = judge(a_signed(), [a_secret(scheme="telnyx")], provider)
    assert scheme.variant == "missing_header: there is no header telnyx-signature-ed25519"


@pytest.mark.parametrize(
    ("provider", "name", "right"),
    [
        ("twilio", "HTTP_X_TWILIO_SIGNATURE", "x-twilio-signature"),
        ("telnyx", "x-telnyx-signature-ed25519", "telnyx-signature-ed25519"),
        (None, "Twilio-Signature", "x-twilio-signature"),
    ],
)
def test_a_header_with_nearly_the_right_name_is_named(provider, name: str, right: str) -> None:
    judgement = judge(a_signed(headers=[(name, "abc")]), (), provider)
    assert judgement.verdict is SignatureVerdict.UNSIGNED
    assert judgement.variant == f"missing_header: the header is called {name}, not {right}"


def a_stamped(age_s: float) -> tuple[SignedRequest, Secret]:
    """A request of a scheme with a window of 300 s, received this long after it was signed."""
    vector = next(each for each in read_vectors("telnyx") if each["valid"] and "now" in each)
    telnyx = scheme_of("telnyx")
    assert telnyx is not None
    stamp = telnyx.stamp(request_of(vector))
    assert stamp is not None
    return request_of(vector, now=stamp.timestamp() + age_s), secret_of(vector)


@pytest.mark.parametrize(
    ("age_s", "verdict", "causes"),
    [
        (300, SignatureVerdict.VALID, ()),
        (301, SignatureVerdict.STALE, ("stale",)),
        (-300, SignatureVerdict.VALID, ()),
        (-301, SignatureVerdict.STALE, ("clock_behind",)),
    ],
)
def test_the_age_is_judged_when_the_request_was_received(age_s: int, verdict, causes) -> None:
    request, secret = a_stamped(age_s)
    judgement = judge(request, [secret], "telnyx")
    assert (judgement.verdict, judgement.causes, judgement.secret) == (verdict, causes, "primary")
    if causes:
        assert judgement.variant is not None
        assert judgement.variant.startswith(causes[0])
        assert "301 s" in judgement.variant


def test_marks_without_the_word_signature_belong_to_providers_that_are_always_looked_at() -> None:
    """Requests without the word in their head are not looked at, if there is no secret and the provider has no such
    scheme."""
    for scheme in SCHEMES:
        request = a_signed(headers=[(mark.decode(), "x") for mark in scheme.marks])
        words = all(b"signature" in mark for mark in scheme.marks) and scheme.marks
        for provider in scheme.providers:
            expected = judge(request, [a_secret(scheme="no scheme")], provider).verdict
            assert words or judge(request, (), provider).verdict in (expected, SignatureVerdict.UNDECIDED)


def test_the_schemes_of_the_provider_are_preferred_and_the_generic_one_is_the_last() -> None:
    request = a_request(headers=[("X-SignalWire-Signature", "a")])
    assert [scheme.name for scheme in schemes_of(request, "twilio")] == ["twilio"]
    assert [scheme.name for scheme in schemes_of(request, "signalwire")] == ["signalwire"]
    assert {scheme.name for scheme in schemes_of(request, None)} == {"twilio", "signalwire"}
    assert scheme_of("nothing") is None


class Counting:
    """A scheme that counts how often it is asked, and never fits."""

    def __init__(self) -> None:
        self.count = 0
        twilio = scheme_of("twilio")
        assert twilio is not None
        self.scheme: Scheme = replace(twilio, fits=self._fits, fits_but_body=None)

    def _fits(self, request: SignedRequest, secret: str) -> bool:
        self.count += 1
        return False


def test_the_number_of_attempts_is_bounded() -> None:
    from app.signatures.attempts import attempts

    query = "&".join(f"a{number}=it%27s+{number}" for number in range(60))
    hosts = tuple(f"https://h{number}.test/p" for number in range(30))
    request = a_signed(f"http://in/k?{query}", urlencode(FIELDS * 20).encode(), [FORM], hosts=hosts)
    counting = Counting()
    secrets = [a_secret(f"{number} ", str(number)) for number in range(20)]
    assert not any(attempt.fits(counting.scheme) for attempt in attempts(request, counting.scheme, secrets))
    assert counting.count <= MAX_ATTEMPTS + len(secrets)


def test_a_capture_that_nothing_fits_is_judged_in_a_fraction_of_a_second() -> None:
    """The follower has one second for a capture; measured are about 6 ms, and many times that on a busy machine."""
    secrets = [a_secret(f"wrong {number}", str(number)) for number in range(3)]
    bodies = [
        urlencode(FIELDS).encode(), b"Body=" + b"a" * 900_000, b"&".join(b"k%d=%%41" % each for each in range(3900))
    ]  # fmt: skip
    for body in bodies:
        request = a_signed("http://in/k?a=1&b=2", body, [FORM, ("X-Twilio-Signature", "x")])
        begin = process_time()
        judge(request, secrets, "twilio")
        assert process_time() - begin < 0.9


@given(
    st.binary(max_size=80),
    st.lists(
        st.tuples(st.sampled_from([mark.decode() for each in SCHEMES for mark in each.marks]), st.text(max_size=40))
    ),
    st.text(max_size=20),
    st.sampled_from([*PROVIDER_TITLES, None]),
    st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain", ""]),
)
def test_it_never_raises(body: bytes, headers, secret: str, provider, content_type: str) -> None:
    clean = [(name, "".join(c for c in value if c < "\xff" and c not in "\r\n")) for name, value in headers]
    request = a_signed("https://a.test/k?sig=1&x=%", body, [("Content-Type", content_type), *clean])
    judge(request, [a_secret(secret)], provider)
    judge(replace(request, url=secret), (), provider)


def test_a_request_that_is_not_valid_http_is_judged_too() -> None:
    raw = type(a_signed().raw)(
        method="", target="", http_version="", body=b"\x16\x03", body_complete=True, peer="192.0.2.1",
        received_at=RECEIVED_AT + timedelta(days=1), refused="no HTTP",
    )  # fmt: skip
    request = SignedRequest(raw=raw, url="", body=raw.body, certificates={})
    assert judge(request, [a_secret()], None).verdict is SignatureVerdict.UNSIGNED
