"""Encrypts stored secrets, so that a copy of the log does not reveal them, and identifies a secret by a hash.

The key is derived from the text of `--secrets-key` with scrypt, and each secret is encrypted with AES-256-GCM. Its
label is authenticated, so that two stored secrets cannot be exchanged.
"""

import base64
import hashlib
from functools import lru_cache

PREFIX = "aes-gcm-1:"
"""The beginning of an encrypted secret."""
PLAIN = "plain:"
"""The beginning of one that is stored as it is, because no key was given."""
NONCE_BYTES = 12
HASH_LENGTH = 12
_SALT = b"smsbin secrets 1"
# 16 MiB and about 50 ms for each derivation, so that neither a key nor a short secret can be found by trying.
_SLOW = {"n": 16_384, "r": 8, "p": 1}


class CannotOpen(Exception):
    """The secret was encrypted with another key, or no key was given."""


def seal(secret: str, label: str, key: str | None, nonce: bytes) -> str:
    """A secret as it is stored; `nonce` are `NONCE_BYTES` new random bytes. Without a key it is not encrypted."""
    if key is None:
        return PLAIN + secret
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    data = nonce + AESGCM(_derive(key)).encrypt(nonce, secret.encode(), label.encode())
    return PREFIX + base64.b64encode(data).decode()


def unseal(stored: str, label: str, key: str | None) -> str:
    """The secret. Raises CannotOpen."""
    if stored.startswith(PLAIN):
        return stored.removeprefix(PLAIN)
    if key is None:
        raise CannotOpen
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        data = base64.b64decode(stored.removeprefix(PREFIX), validate=True)
        nonce, sealed = data[:NONCE_BYTES], data[NONCE_BYTES:]
        return AESGCM(_derive(key)).decrypt(nonce, sealed, label.encode()).decode()
    except (InvalidTag, ValueError):
        raise CannotOpen from None


def is_sealed(stored: str) -> bool:
    """Whether a stored secret is encrypted."""
    return not stored.startswith(PLAIN)


def secret_hash(secret: str, bin_id: str) -> str:
    """A hash that is the same for the same secret in one bin. It takes 50 ms, so that a short secret, such as a
    password, cannot be found from it by trying."""
    return hashlib.scrypt(secret.encode(), salt=f"smsbin {bin_id}".encode(), **_SLOW).hex()[:HASH_LENGTH]


def key_version(key: str | None) -> str:
    """A text that is another one for another key, and does not reveal it."""
    return "" if key is None else hashlib.sha256(b"version" + _derive(key)).hexdigest()[:16]


@lru_cache(maxsize=4)
def _derive(key: str) -> bytes:
    return hashlib.scrypt(key.encode(), salt=_SALT, **_SLOW, dklen=32)
