"""Ed25519 and RSA: keys in all their forms, and `cryptography` only where it is needed."""

import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.signatures.keypairs import ed25519_fits, period_of, public_key, rsa_fits
from tests.signatures.schemes.test_aws import certificate

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RAW = PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
PEM = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
DER = PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
WITHOUT_A_KEY = (
    "from app.signatures import judge; from tests.signatures.requests import a_signed;"
    " judge(a_signed(headers=[('telnyx-signature-ed25519', 'AAAA')]), [], 'telnyx')"
)


@pytest.mark.parametrize(
    "text",
    [b64encode(RAW).decode(), b64encode(RAW).decode().rstrip("=") + "\n", RAW.hex(), PEM, b64encode(DER).decode()],
)
def test_a_public_key_is_read_in_all_forms(text: str) -> None:
    assert public_key(text) == RAW


@pytest.mark.parametrize("text", ["", "KEY0123", "z" * 64, b64encode(RAW[:-1]).decode(), "-----BEGIN PUBLIC KEY-----"])
def test_what_is_no_key_of_32_bytes_is_none(text: str) -> None:
    assert public_key(text) is None


def test_a_signature_fits_its_message_only() -> None:
    signature = PRIVATE.sign(b"a")
    assert ed25519_fits(RAW, signature, b"a")
    assert not ed25519_fits(RAW, signature, b"b")
    assert not ed25519_fits(RAW, signature[:-1], b"a")
    assert not ed25519_fits(RAW[:-1], signature, b"a")


def test_what_is_no_certificate_of_rsa_fits_nothing_and_has_no_period() -> None:
    for pem in (b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", PEM.encode()):
        assert not rsa_fits(pem, b"s", b"m", "sha256")
        assert period_of(pem) is None


def test_the_period_of_a_certificate_is_read() -> None:
    period = period_of(certificate())
    assert period is not None
    assert (period.begins, period.ends) == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "code",
    [
        "import app.follower",
        "import app.main",
        "import app.commands as c; c.smsbin(['--help'], standalone_mode=False)",
        WITHOUT_A_KEY,
    ],
    ids=["the reader of the follower", "the server", "smsbin --help", "a verdict without a key"],
)
def test_cryptography_is_not_imported_before_such_a_signature_is_checked(code: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print('cryptography' in sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.splitlines()[-1] == "False"


def test_it_is_imported_when_one_is_checked() -> None:
    code = "import sys, app.signatures.keypairs as k; k.period_of(b''); print('cryptography' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "True\n"
