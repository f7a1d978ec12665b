"""Which secrets belong to which scheme, and the attempt that fits."""

from collections.abc import Iterator, Sequence

from .attempts import SignatureAttempt, attempts, covers_body
from .model import Scheme, Secret, SignedRequest

NO_SECRET = Secret(label="", value="")
"""For schemes where a certificate decides."""


def is_for(secret: Secret, scheme: Scheme) -> bool:
    """Whether a secret may belong to a scheme: it names the scheme, one of its methods, its provider, or nothing."""
    return secret.scheme in (None, scheme.name, *scheme.methods) or secret.scheme in scheme.providers


def secrets_for(scheme: Scheme, secrets: Sequence[Secret]) -> tuple[Secret, ...]:
    """The secrets that may belong to a scheme."""
    return tuple(secret for secret in secrets if is_for(secret, scheme)) if scheme.needs_secret else (NO_SECRET,)


def is_complete(request: SignedRequest, scheme: Scheme) -> bool:
    """Whether all bytes are there that the scheme signs."""
    return request.raw.body_complete or not covers_body(request, scheme)


def tries_for(request: SignedRequest, scheme: Scheme, secrets: Sequence[Secret]) -> Iterator[SignatureAttempt]:
    """What is tried for a request: without all of its bytes it is only tried as it is."""
    tries = attempts(request, scheme, secrets)
    if is_complete(request, scheme):
        return tries
    return (attempt for attempt in tries if not attempt.causes)


def find_match(request: SignedRequest, scheme: Scheme, secrets: Sequence[Secret]) -> SignatureAttempt | None:
    """The attempt with the fewest changes that fits."""
    if not secrets:
        return None
    return next((attempt for attempt in tries_for(request, scheme, secrets) if attempt.fits(scheme)), None)
