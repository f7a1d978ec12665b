"""Keyed hashes, their texts and times, as the signature schemes use them. Nothing here raises."""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from .model import SignedPart, SignedRequest
from .reading import key_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STAMP = re.compile(r"\d{1,11}", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}", re.ASCII)
_LONGEST_STAMP = 40


def hmac_of(key: bytes, message: bytes, algorithm: str) -> bytes:
    return hmac.digest(key, message, algorithm)


def hash_of(message: bytes, algorithm: str) -> bytes:
    return hashlib.new(algorithm, message, usedforsecurity=False).digest()


def base64_of(value: bytes) -> str:
    return b64encode(value).decode()


def from_base64(text: str) -> bytes | None:
    """Base64 with either alphabet, with or without padding; None for anything else."""
    if not _BASE64.fullmatch(text):
        return None
    digits = text.rstrip("=").replace("-", "+").replace("_", "/")
    if len(digits) % 4 == 1:
        return None
    return b64decode(digits + "=" * (-len(digits) % 4))


def same(sent: str, expected: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(key_of(sent), key_of(expected))


def one_of(
    sent: Callable[[SignedRequest], tuple[str, ...]], expected: Callable[[SignedRequest, str], str | None]
) -> Callable[[SignedRequest, str], bool]:
    """Whether one of the sent signatures is the expected one: `fits` of a scheme with a shared secret."""

    def fits(request: SignedRequest, secret: str) -> bool:
        right = expected(request, secret)
        return right is not None and any(same(value, right) for value in sent(request))

    return fits


def no_stamp(_request: SignedRequest) -> datetime | None:
    """`stamp` of a scheme without a time."""
    return None


def not_computable(_request: SignedRequest, _secret: str) -> str | None:
    """`expected` of a scheme with a private key, which only the sender has."""
    return None


def joined(parts: tuple[SignedPart, ...]) -> bytes:
    """The signed bytes."""
    return b"".join([part.value for part in parts])


def epoch(text: str) -> datetime | None:
    """Seconds since 1970."""
    return _EPOCH + timedelta(seconds=int(text)) if _STAMP.fullmatch(text) else None


def seconds(at: datetime) -> int:
    """Whole seconds since 1970."""
    return int(at.timestamp())


def iso(text: str) -> datetime | None:
    """ISO 8601; without a zone it is taken as UTC."""
    if len(text) > _LONGEST_STAMP:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
