"""The right bytes, written in another way than the provider writes them."""

from base64 import b64encode
from collections.abc import Callable

import pytest

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, judge
from app.signatures.candidates import digest_in
from app.signatures.schemes import scheme_of
from app.signatures.signing import sign
from tests.signatures.requests import RECEIVED_AT, a_signed

URL = "https://sms.example.net/k"
KEY = "BeIukql3pTKJ8RGL5zo0DA=="
SECRETS = {"sinch-application": KEY, "standardwebhooks": f"whsec_{KEY}"}
SCHEMES = {
    "sinch": "sinch", "sinch-numbers": "sinch", "sinch-application": "sinch", "messagebird-old": "messagebird",
    "bird": "messagebird", "standardwebhooks": None, "stripe": None, "github": None,
}  # fmt: skip


def _hex(digest: bytes) -> str:
    return digest.hex()


def _capitals(digest: bytes) -> str:
    return digest.hex().upper()


def _base64(digest: bytes) -> str:
    return b64encode(digest).decode()


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("write", [_hex, _capitals, _base64])
def test_another_way_of_writing_is_named(name: str, write: Callable[[bytes], str]) -> None:
    secret = SECRETS.get(name, "s3cret")
    signed = sign(name, secret, "POST", URL, ((b"Content-Type", b"application/json"),), b"{}", RECEIVED_AT)
    headers = [(key.decode(), value.decode()) for key, value in signed.headers]
    scheme = scheme_of(name)
    assert scheme is not None
    (text,) = scheme.sent(a_signed(URL, b"{}", headers))
    digest = digest_in(text)
    assert digest is not None
    bare = text.removeprefix("sha256=").removeprefix("v1,")
    changed = [(key, value.replace(bare, write(digest))) for key, value in headers]
    judgement = judge(a_signed(URL, b"{}", changed), [Secret(label="a", value=secret)], SCHEMES[name])
    if changed == headers:
        assert judgement.verdict is SignatureVerdict.VALID
    else:
        assert (judgement.verdict, judgement.scheme, judgement.causes) == (
            SignatureVerdict.VALID_AS, name, ("encoding",),
        )  # fmt: skip


def test_a_lost_label_is_named() -> None:
    signature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    request = a_signed(URL, b"Hello, World!", [("X-Hub-Signature-256", signature)])
    judgement = judge(request, [Secret(label="a", value="It's a Secret to Everybody")], None)
    assert judgement.variant == (
        "encoding: valid if the signature is written as sha256= with hexadecimal digits, in lower case"
    )
