"""Telnyx: Ed25519 over time stamp and body, with a window in both directions."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, SignedRequest, judge
from app.signatures.schemes.telnyx import TELNYX
from tests.signatures.requests import RECEIVED_AT, Vector, a_signed

from .checking import cases, check

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = b64encode(PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
NOW = int(RECEIVED_AT.timestamp())


def signed(body: bytes, age_s: int = 0, sent_body: bytes | None = None) -> SignedRequest:
    stamp = str(NOW - age_s)
    signature = b64encode(PRIVATE.sign(stamp.encode() + b"|" + body)).decode()
    headers = [("telnyx-signature-ed25519", signature), ("telnyx-timestamp", stamp)]
    return a_signed(body=body if sent_body is None else sent_body, headers=headers)


@pytest.mark.parametrize("vector", cases("telnyx"))
def test_a_vector_has_its_verdict_and_its_cause(vector: Vector) -> None:
    check(vector, "telnyx", "telnyx")


@given(st.binary(min_size=1))
def test_any_body_is_valid_and_with_one_changed_byte_it_is_not(body: bytes) -> None:
    assert TELNYX.fits(signed(body), PUBLIC)
    assert not TELNYX.fits(signed(body, sent_body=bytes([body[0] ^ 1]) + body[1:]), PUBLIC)


@pytest.mark.parametrize(("age_s", "causes"), [(300, ()), (301, ("stale",)), (-300, ()), (-301, ("clock_behind",))])
def test_the_window_is_five_minutes_in_both_directions(age_s: int, causes: tuple[str, ...]) -> None:
    judgement = judge(signed(b"{}", age_s), [Secret(label="a", value=PUBLIC)], "telnyx")
    assert judgement.causes == causes
    assert judgement.verdict is (SignatureVerdict.STALE if causes else SignatureVerdict.VALID)


def test_an_api_key_instead_of_the_public_key_is_named() -> None:
    judgement = judge(signed(b"{}"), [Secret(label="a", value="KEY0123456789ABCDEF_example")], "telnyx")
    assert (judgement.verdict, judgement.causes) == (
        SignatureVerdict.WRONG_SECRET_OR_CHANGED, ("secret_shape",),
    )  # fmt: skip


def test_a_prefix_that_does_not_exist_is_named() -> None:
    request = a_signed(body=b"{}", headers=[("x-telnyx-signature-ed25519", "ab"), ("telnyx-timestamp", str(NOW))])
    judgement = judge(request, [Secret(label="a", value=PUBLIC)], "telnyx")
    assert judgement.causes == ("missing_header",)


def test_without_its_time_the_header_is_the_cause() -> None:
    request = a_signed(body=b"{}", headers=[("telnyx-signature-ed25519", "ab")])
    assert judge(request, [Secret(label="a", value=PUBLIC)], "telnyx").causes == ("missing_header",)


@pytest.mark.parametrize("signature", ["", "!", "AAAA", "A" * 88, "é" * 10])
def test_no_signature_and_no_key_raises(signature: str) -> None:
    request = a_signed(body=b"{}", headers=[("telnyx-signature-ed25519", signature), ("telnyx-timestamp", "1")])
    for key in ("", "no key", PUBLIC, b64encode(b"\xff" * 32).decode()):
        assert not TELNYX.fits(request, key)


def test_only_telnyx_can_compute_it() -> None:
    assert TELNYX.expected(signed(b"{}"), PUBLIC) is None
