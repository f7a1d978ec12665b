"""Which secrets belong to which scheme, and the attempt that fits."""

from collections.abc import Sequence

from .attempts import SignatureAttempt, attempts
from .model import Scheme, Secret, SignedRequest

NO_SECRET = Secret(label="", value="")
"""For schemes where a certificate decides."""


def is_for(secret: Secret, scheme: Scheme) -> bool:
    """Whether a secret may belong to a scheme: it names the scheme, one of its methods, its provider, or nothing."""
    return secret.scheme in (None, scheme.name, *scheme.methods) or secret.scheme in scheme.providers


def secrets_for(scheme: Scheme, secrets: Sequence[Secret]) -> tuple[Secret, ...]:
    """The secrets that may belong to a scheme."""
    return tuple(secret for secret in secrets if is_for(secret, scheme)) if scheme.needs_secret else (NO_SECRET,)


def find_match(request: SignedRequest, scheme: Scheme, secrets: Sequence[Secret]) -> SignatureAttempt | None:
    """The attempt with the fewest changes that fits."""
    tries = attempts(request, scheme, secrets) if secrets else iter(())
    return next((attempt for attempt in tries if attempt.fits(scheme)), None)
