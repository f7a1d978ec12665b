"""Signatures with a private key, which only the sender has: Ed25519, and RSA with an X.509 certificate.

The package `cryptography` has them, because the standard library has neither. Its import takes 0.07 s and 8 MB,
so it is imported only when such a signature is checked. Nothing here raises: what cannot be read does not fit.
"""

from dataclasses import dataclass
from datetime import datetime

from .digests import from_base64

ED25519_BYTES = 32
_HEAD_OF_DER = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes in a key that OpenSSL has written (RFC 8410)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """When a certificate is valid."""

    begins: datetime
    ends: datetime


def public_key(text: str) -> bytes | None:
    """The 32 bytes of a public Ed25519 key: Base64, hexadecimal digits, or a PEM file."""
    lines = [line for line in text.strip().splitlines() if not line.startswith("-----")]
    joined = "".join(lines).strip()
    if len(joined) == 2 * ED25519_BYTES:
        try:
            return bytes.fromhex(joined)
        except ValueError:
            return None
    decoded = from_base64(joined)
    if decoded is not None and decoded.startswith(_HEAD_OF_DER):
        decoded = decoded[len(_HEAD_OF_DER) :]
    return decoded if decoded is not None and len(decoded) == ED25519_BYTES else None


def ed25519_fits(key: bytes, signature: bytes, message: bytes) -> bool:
    """`key` are the 32 bytes of a public key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def rsa_fits(certificate: bytes, signature: bytes, message: bytes, algorithm: str) -> bool:
    """RSA with the padding PKCS #1 v1.5; `certificate` is a PEM file, `algorithm` is sha1 or sha256."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.x509 import load_pem_x509_certificate

    # SHA-1 is what version 1 of SNS signs with; it is checked here, and never used to sign.
    digest: hashes.HashAlgorithm = hashes.SHA1() if algorithm == "sha1" else hashes.SHA256()  # noqa: S303
    try:
        key = load_pem_x509_certificate(certificate).public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        key.verify(signature, message, padding.PKCS1v15(), digest)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def period_of(certificate: bytes) -> Period | None:
    """None for what is no certificate in a PEM file."""
    from cryptography.x509 import load_pem_x509_certificate

    try:
        found = load_pem_x509_certificate(certificate)
        return Period(begins=found.not_valid_before_utc, ends=found.not_valid_after_utc)
    except ValueError:
        return None
