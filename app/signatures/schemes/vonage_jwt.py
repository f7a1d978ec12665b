"""Vonage, Messages and Voice API: a JSON Web Token with a hash of the body in the header Authorization.

Sources, read 2026-11-28: github.com/Nexmo/nexmo-developer at 4da2b396, `messages/concepts/signed-webhooks.md` (the
claims, HS256 whatever method the account has, on by default); the SDK vonage-jwt 1.1.5 (PyPI), which does not compare
`payload_hash`. The token has no expiry.
"""

import hmac
from datetime import UTC, datetime
from hashlib import sha256

from ..jwt import Token, is_signed_with, read_token, signature_of
from ..model import Scheme, SignedPart, SignedRequest
from ..reading import key_of, values_of

_HEADER = b"authorization"
_MAX_SECONDS = 253_402_300_799  # the end of the year 9999


def _tokens(request: SignedRequest) -> tuple[Token, ...]:
    """Vonage's tokens only: Authorization has many other uses."""
    values = (value.partition(" ") for value in values_of(request.raw, _HEADER))
    tokens = (read_token(text.strip()) for kind, _, text in values if kind.lower() == "bearer")
    return tuple(
        token for token in tokens if token and (token.claim("iss") == "Vonage" or "payload_hash" in token.claims)
    )


def _sent(request: SignedRequest) -> tuple[str, ...]:
    if not _tokens(request):
        return ()
    return tuple(value.partition(" ")[2].strip() for value in values_of(request.raw, _HEADER))


def _parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    tokens = _tokens(request)
    if not tokens:
        return ()
    return (
        SignedPart(name="header and claims", value=tokens[0].signed),
        SignedPart(name="body, whose SHA-256 must be payload_hash", value=request.body),
    )


def _has_right_body(token: Token, body: bytes) -> bool:
    """A token without the claim covers no body."""
    if "payload_hash" not in token.claims:
        return True
    stated = token.claim("payload_hash").lower().encode("utf-8", "replace")
    return hmac.compare_digest(stated, sha256(body).hexdigest().encode())


def _fits(request: SignedRequest, secret: str) -> bool:
    key = key_of(secret)
    return any(is_signed_with(token, key) and _has_right_body(token, request.body) for token in _tokens(request))


def _fits_but_body(request: SignedRequest, secret: str) -> bool:
    key = key_of(secret)
    return any(is_signed_with(token, key) and not _has_right_body(token, request.body) for token in _tokens(request))


def _expected(request: SignedRequest, secret: str) -> str | None:
    """The third part of the token that was sent."""
    tokens = _tokens(request)
    return signature_of(tokens[0], key_of(secret)) if tokens else None


def _stamp(request: SignedRequest) -> datetime | None:
    tokens = _tokens(request)
    seconds = tokens[0].seconds("iat") if tokens else None
    return None if seconds is None or not 0 <= seconds <= _MAX_SECONDS else datetime.fromtimestamp(seconds, UTC)


def _suspect(request: SignedRequest) -> tuple[str, str] | None:
    values = values_of(request.raw, _HEADER)
    if values and not _tokens(request):
        kind = values[0].partition(" ")[0][:20]
        return "authorization_replaced", f"the header Authorization has {kind} credentials instead of Vonage's token"
    account = next((token.claim("api_key") for token in _tokens(request)), "")
    return ("secret", f"signed with the signature secret of the API key {account[:40]}") if account else None


SCHEME = Scheme(
    name="vonage-jwt",
    title="the signature of Vonage's Messages API",
    providers=frozenset({"vonage"}),
    marks=frozenset({_HEADER}),
    secret_is="The signature secret of the API key that the claims name: Dashboard, Settings.",
    sent=_sent,
    parts=_parts,
    fits=_fits,
    expected=_expected,
    stamp=_stamp,
    fits_but_body=_fits_but_body,
    suspect=_suspect,
)
