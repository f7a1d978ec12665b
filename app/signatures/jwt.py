"""JSON Web Tokens with a shared secret (RFC 7519, HS256, HS384 and HS512 of RFC 7518 section 3.2).

Ten lines over `hmac` instead of a library, because a library refuses the tokens that are to be explained: expired ones,
ones with a wrong signature or short keys. Source: rfc-editor.org/rfc/rfc7519, read 2026-11-28.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec

MAX_TOKEN = 8192
_ALGORITHMS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was read, right or not. `signed` are the bytes under the signature."""

    header: Mapping[str, object]
    claims: Mapping[str, object]
    signed: bytes
    signature: bytes

    def claim(self, name: str) -> str:
        """A claim as text; "" when it is absent or no text."""
        value = self.claims.get(name)
        return value if isinstance(value, str) else ""

    def seconds(self, name: str) -> float | None:
        """A time claim, in seconds since 1970 (RFC 7519 section 2, NumericDate)."""
        value = self.claims.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


@lru_cache(maxsize=16)
def read_token(text: str) -> Token | None:
    """Header, claims and signature of a compact token; None for what is no token."""
    if len(text) > MAX_TOKEN or text.count(".") != 2:
        return None
    signed, _, signature = text.rpartition(".")
    head, _, payload = signed.partition(".")
    try:
        header, claims = (msgspec.json.decode(_decode(part)) for part in (head, payload))
        if not isinstance(header, dict) or not isinstance(claims, dict):
            return None
        return Token(header, claims, signed.encode("ascii"), _decode(signature))
    except (ValueError, RecursionError):
        return None


def is_signed_with(token: Token, key: bytes) -> bool:
    """Whether the key gives the token's signature, by the algorithm in its header."""
    algorithm = _ALGORITHMS.get(str(token.header.get("alg")))
    return algorithm is not None and hmac.compare_digest(hmac.digest(key, token.signed, algorithm), token.signature)


def signature_of(token: Token, key: bytes) -> str | None:
    """The right signature of the token's own header and claims; None for another algorithm."""
    algorithm = _ALGORITHMS.get(str(token.header.get("alg")))
    return None if algorithm is None else _encode(hmac.digest(key, token.signed, algorithm))


def write_token(claims: Mapping[str, object], key: bytes, algorithm: str = "HS256") -> str:
    """A signed token."""
    parts = ({"alg": algorithm, "typ": "JWT"}, dict(claims))
    signed = ".".join(_encode(msgspec.json.encode(part)) for part in parts)
    return f"{signed}.{_encode(hmac.digest(key, signed.encode(), _ALGORITHMS[algorithm]))}"


def _encode(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """Base64url without padding. ValueError."""
    try:
        data = text.rstrip("=").encode("ascii")
        return urlsafe_b64decode(data + b"=" * (-len(data) % 4))
    except binascii.Error as error:
        raise ValueError("no Base64") from error
