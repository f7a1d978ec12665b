"""Standard Webhooks and Svix: shared secrets, public keys, lists of signatures, and the mistakes of their users."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, SignedRequest, judge
from app.signatures.schemes.standard_webhooks import STANDARD_WEBHOOKS
from tests.signatures.requests import RECEIVED_AT, Vector, a_signed

from .checking import cases, check
from .test_telnyx import PRIVATE, PUBLIC

RAW = b"standard-webhooks-example-secret"
SECRET = "whsec_" + b64encode(RAW).decode()
NOW = int(RECEIVED_AT.timestamp())


def headers_of(signature: str, id_: str = "msg_1", prefix: str = "webhook-", age_s: int = 0) -> list[tuple[str, str]]:
    return [(prefix + "id", id_), (prefix + "timestamp", str(NOW - age_s)), (prefix + "signature", signature)]


def by_sdk(body: str, secret: str = SECRET, id_: str = "msg_1", age_s: int = 0) -> str:
    at = datetime.fromtimestamp(NOW - age_s, UTC)
    return Webhook(secret).sign(id_, at, body)


def causes_of(request: SignedRequest, secret: str = SECRET) -> tuple[SignatureVerdict, tuple[str, ...]]:
    judgement = judge(request, [Secret(label="a", value=secret)], None)
    return judgement.verdict, judgement.causes


@pytest.mark.parametrize("vector", cases("standardwebhooks"))
def test_a_vector_has_its_verdict_and_its_cause(vector: Vector) -> None:
    check(vector, None, "standardwebhooks")


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.binary(min_size=1, max_size=80))
def test_what_the_sdk_signs_is_valid_and_one_changed_byte_is_not(body: str, key: bytes) -> None:
    secret = "whsec_" + b64encode(key).decode()
    headers = headers_of(by_sdk(body, secret))
    assert STANDARD_WEBHOOKS.fits(a_signed(body=body.encode(), headers=headers), secret)
    changed = bytes([body.encode()[0] ^ 1]) + body.encode()[1:]
    assert not STANDARD_WEBHOOKS.fits(a_signed(body=changed, headers=headers), secret)


@pytest.mark.parametrize("prefix", ["webhook-", "svix-"])
def test_a_public_key_verifies_v1a(prefix: str) -> None:
    body = b'{"type":"message.received"}'
    signature = "v1a," + b64encode(PRIVATE.sign(f"msg_1.{NOW}.".encode() + body)).decode()
    old = "v1a," + b64encode(bytes(64)).decode()
    request = a_signed(body=body, headers=headers_of(f"{old} {signature}", prefix=prefix))
    assert causes_of(request, "whpk_" + PUBLIC) == (SignatureVerdict.VALID, ())
    changed = a_signed(body=body + b" ", headers=headers_of(signature, prefix=prefix))
    assert not STANDARD_WEBHOOKS.fits(changed, "whpk_" + PUBLIC)
    assert STANDARD_WEBHOOKS.expected(request, "whpk_" + PUBLIC) is None


@pytest.mark.parametrize(("age_s", "causes"), [(300, ()), (301, ("stale",)), (-300, ()), (-301, ("clock_behind",))])
def test_the_window_is_five_minutes_in_both_directions(age_s: int, causes: tuple[str, ...]) -> None:
    request = a_signed(body=b"{}", headers=headers_of(by_sdk("{}", age_s=age_s), age_s=age_s))
    assert causes_of(request) == (SignatureVerdict.STALE if causes else SignatureVerdict.VALID, causes)


def test_the_text_of_the_secret_as_key_is_named() -> None:
    signature = by_sdk("{}", b64encode(SECRET.encode()).decode())
    request = a_signed(body=b"{}", headers=headers_of(signature))
    assert causes_of(request) == (SignatureVerdict.VALID_AS, ("secret_not_decoded",))


def test_hexadecimal_digits_are_named() -> None:
    request = a_signed(body=b"{}", headers=headers_of(by_sdk("{}")))
    digits = STANDARD_WEBHOOKS.expected(request, SECRET)
    assert digits is not None
    hexadecimal = b64decode(digits.removeprefix("v1,")).hex()
    assert causes_of(a_signed(body=b"{}", headers=headers_of(hexadecimal))) == (
        SignatureVerdict.VALID_AS, ("encoding",),
    )  # fmt: skip


def test_an_id_that_was_replaced_is_named_where_the_old_one_is_still_there() -> None:
    headers = [*headers_of(by_sdk("{}"), id_="msg_other"), ("X-Original-Webhook-Id", "msg_1")]
    assert causes_of(a_signed(body=b"{}", headers=headers)) == (SignatureVerdict.VALID_AS, ("id_changed",))


@pytest.mark.parametrize("gone", ["webhook-id", "webhook-timestamp"])
def test_a_lost_header_is_named(gone: str) -> None:
    headers = [pair for pair in headers_of(by_sdk("{}")) if pair[0] != gone]
    assert causes_of(a_signed(body=b"{}", headers=headers)) == (
        SignatureVerdict.WRONG_SECRET_OR_CHANGED, ("missing_header",),
    )  # fmt: skip


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!", "whpk_", "whpk_AAAA", "é"])
def test_no_secret_raises(secret: str) -> None:
    request = a_signed(body=b"{}", headers=headers_of("v1 v1, v1a, v1a,! ,"))
    assert not STANDARD_WEBHOOKS.fits(request, secret)
