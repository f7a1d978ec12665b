"""Telnyx's signatures of webhooks of version 2: Ed25519, checked with the account's public key.

Sources, read 2026-11: telnyx-python 4.189 (`lib/webhook_verification.py`) and developers.telnyx.com "Webhook
signing". Facts:

- Signed are the time stamp, a bar and the body as sent. TeXML's forms are signed in the same way; their SDKs fail
  later, when they parse them as JSON (telnyx-php#96).
- The stamp may differ by 300 s, in both directions.
- The headers have no `x-` in front of them.
- The public key is one for the account, 32 bytes in Base64. An API key begins with `KEY` and verifies nothing.
- A signature for version 1 (HMAC with a secret of the messaging profile) is documented without its header.
"""

from datetime import datetime

from ..digests import epoch, from_base64, joined, not_computable
from ..keypairs import ed25519_fits, public_key
from ..model import Scheme, SignedPart, SignedRequest
from ..reading import value_of, values_of

HEADER = b"telnyx-signature-ed25519"
TIMESTAMP = b"telnyx-timestamp"
_MANY = 2  # each takes 0.1 ms in each attempt


def sent(request: SignedRequest) -> tuple[str, ...]:
    return values_of(request.raw, HEADER)


def parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    return (
        SignedPart(name="time stamp", value=request.raw.header(TIMESTAMP) or b""),
        SignedPart(name="bar", value=b"|"),
        SignedPart(name="body", value=request.body),
    )


def fits(request: SignedRequest, secret: str) -> bool:
    key = public_key(secret)
    signatures = [decoded for value in sent(request)[:_MANY] if (decoded := from_base64(value))]
    if key is None or not signatures:
        return False
    message = joined(parts(request))
    return any(ed25519_fits(key, signature, message) for signature in signatures)


def stamp(request: SignedRequest) -> datetime | None:
    return epoch(value_of(request.raw, TIMESTAMP))


def suspect(request: SignedRequest) -> tuple[str, str] | None:
    return None if value_of(request.raw, TIMESTAMP) else ("missing_header", "the header telnyx-timestamp is absent")


TELNYX = Scheme(
    name="telnyx",
    title="Telnyx's signature",
    providers=frozenset({"telnyx"}),
    marks=frozenset({HEADER}),
    secret_is="The public key, 32 bytes in Base64: Mission Control, Account Settings, Keys & Credentials, Public Key.",
    sent=sent,
    parts=parts,
    fits=fits,
    expected=not_computable,
    stamp=stamp,
    window_s=300,
    suspect=suspect,
)
