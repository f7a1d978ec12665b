"""Stripe's signatures, which other senders have copied: `Stripe-Signature: t=…,v1=…`.

Sources, read 2026-11: docs.stripe.com/webhooks#verify-manually and stripe-python 16.1 (`_webhook.py`). Facts:

- Signed is the time stamp, a dot and the body as sent. The key is the text of the secret, `whsec_` included, where
  Standard Webhooks decode it.
- The header has several `v1` while a secret is rotated. `v0` is sent with test events, and libraries ignore it.
- The libraries refuse a stamp that is older than 300 s. They accept one of the future, whatever it is.
- `stripe listen` of the command line has a secret of its own, which differs from that of the endpoint in the dashboard.
"""

from datetime import datetime
from itertools import islice

from ..digests import epoch, hmac_of, joined, one_of
from ..encodings import written_otherwise
from ..model import Scheme, SignedPart, SignedRequest
from ..reading import MAX_VALUES, key_of, values_of

HEADER = b"stripe-signature"


def _items(request: SignedRequest, name: str) -> tuple[str, ...]:
    pairs = (item.partition("=") for value in values_of(request.raw, HEADER) for item in value.split(","))
    return tuple(islice((value.strip() for key, _, value in pairs if key.strip() == name), MAX_VALUES))


def _stamp_text(request: SignedRequest) -> str:
    return next(iter(_items(request, "t")), "")


def _v1(request: SignedRequest) -> tuple[str, ...]:
    return _items(request, "v1")


def sent(request: SignedRequest) -> tuple[str, ...]:
    """All `v1`; without one the header as it is, because a request with this header is no unsigned one."""
    return _v1(request) or values_of(request.raw, HEADER)


def parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    return (
        SignedPart(name="time stamp", value=_stamp_text(request).encode("latin-1")),
        SignedPart(name="dot", value=b"."),
        SignedPart(name="body", value=request.body),
    )


def expected(request: SignedRequest, secret: str) -> str:
    return hmac_of(key_of(secret), joined(parts(request)), "sha256").hex()


def stamp(request: SignedRequest) -> datetime | None:
    return epoch(_stamp_text(request))


def suspect(request: SignedRequest) -> tuple[str, str] | None:
    return None if _stamp_text(request) else ("missing_header", "the header Stripe-Signature has no t=")


STRIPE = Scheme(
    name="stripe",
    title="Stripe's signature",
    providers=frozenset(),
    marks=frozenset({HEADER}),
    secret_is="The signing secret of the endpoint, whsec_ included: Dashboard, Developers, Webhooks.",
    sent=sent,
    parts=parts,
    fits=one_of(sent, expected),
    expected=expected,
    stamp=stamp,
    window_s=300,
    early_s=float("inf"),
    mistakes=(written_otherwise(_v1, expected, "in hexadecimal digits, in lower case"),),
    suspect=suspect,
)
