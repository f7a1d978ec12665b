"""Standard Webhooks, and Svix, from which they come: `webhook-id`, `webhook-timestamp`, `webhook-signature`.

Sources, read 2026-11: github.com/standard-webhooks/standard-webhooks@b2fa7b87 (`spec/standard-webhooks.md`), the
libraries standardwebhooks 1.1 and svix 1.56, docs.svix.com/receiving/verifying-payloads/how-manual. Facts:

- Signed are the id, a dot, the time stamp, a dot and the body as sent.
- `v1,` is HMAC-SHA256 in Base64; the key is what follows `whsec_`, decoded from Base64. `v1a,` is Ed25519; the public
  key follows `whpk_`. The Python libraries skip `v1a`.
- The header lists several signatures, separated by blanks, while a secret is rotated.
- The stamp may differ by 300 s, in both directions. A repeated delivery has the id of the first one.
- Svix has the same headers with the prefix `svix-`.
"""

from datetime import datetime

from ..digests import base64_of, epoch, from_base64, hmac_of, joined, same
from ..encodings import written_otherwise
from ..keypairs import ed25519_fits, public_key
from ..model import Mistake, Scheme, SignedPart, SignedRequest
from ..reading import MAX_VALUES, key_of, value_of, values_of

PREFIXES = (b"webhook-", b"svix-")
SECRET_PREFIX = "whsec_"
PUBLIC_PREFIX = "whpk_"
_DOT = SignedPart(name="dot", value=b".")


def _prefix(request: SignedRequest) -> bytes:
    """The prefix of the headers of this request."""
    return next((prefix for prefix in PREFIXES if request.raw.header(prefix + b"signature")), PREFIXES[0])


def sent(request: SignedRequest) -> tuple[str, ...]:
    """All signatures of the list, with their versions."""
    listed = values_of(request.raw, _prefix(request) + b"signature")
    return tuple([item for value in listed for item in value.split()][:MAX_VALUES])


def parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    prefix = _prefix(request)
    return (
        SignedPart(name="id", value=request.raw.header(prefix + b"id") or b""),
        _DOT,
        SignedPart(name="time stamp", value=request.raw.header(prefix + b"timestamp") or b""),
        _DOT,
        SignedPart(name="body", value=request.body),
    )


def key(secret: str) -> bytes | None:
    """The key of a shared secret; None where it is no Base64, or a public key."""
    return None if secret.startswith(PUBLIC_PREFIX) else from_base64(secret.removeprefix(SECRET_PREFIX)) or None


def expected(request: SignedRequest, secret: str) -> str | None:
    """None for a public key: only the sender has the private one."""
    shared = key(secret)
    return None if shared is None else "v1," + base64_of(hmac_of(shared, joined(parts(request)), "sha256"))


def fits(request: SignedRequest, secret: str) -> bool:
    if secret.startswith(PUBLIC_PREFIX):
        return _fits_public_key(request, secret.removeprefix(PUBLIC_PREFIX))
    right = expected(request, secret)
    return right is not None and any(same(value, right) for value in sent(request))


def _fits_public_key(request: SignedRequest, text: str) -> bool:
    public = public_key(text)
    signatures = [from_base64(value.removeprefix("v1a,")) for value in sent(request) if value.startswith("v1a,")]
    message = joined(parts(request))
    return public is not None and any(ed25519_fits(public, each, message) for each in signatures if each)


def stamp(request: SignedRequest) -> datetime | None:
    return epoch(value_of(request.raw, _prefix(request) + b"timestamp"))


def suspect(request: SignedRequest) -> tuple[str, str] | None:
    prefix = _prefix(request)
    for name in (prefix + b"id", prefix + b"timestamp"):
        if not value_of(request.raw, name):
            return "missing_header", f"the header {name.decode()} is absent, and its value is signed"
    return None


def _right(request: SignedRequest, shared: bytes, id_: bytes | None = None) -> bytes:
    """The digest with another key or another id."""
    signed = parts(request)
    first = signed[0] if id_ is None else SignedPart(name="id", value=id_)
    return hmac_of(shared, joined((first, *signed[1:])), "sha256")


def _is_sent(request: SignedRequest, digest: bytes) -> bool:
    return any(same(value, "v1," + base64_of(digest)) for value in sent(request))


def _fits_undecoded(request: SignedRequest, secret: str) -> bool:
    texts = {secret, secret.removeprefix(SECRET_PREFIX)}
    return any(_is_sent(request, _right(request, key_of(text))) for text in texts if text)


def _fits_other_id(request: SignedRequest, secret: str) -> bool:
    """With an id of another header: who replaces `webhook-id` on the way often keeps the old one."""
    shared = key(secret)
    ids = [value for name, value in request.raw.headers if name.lower().endswith(b"-id")][:MAX_VALUES]
    return shared is not None and any(_is_sent(request, _right(request, shared, id_)) for id_ in ids)


STANDARD_WEBHOOKS = Scheme(
    name="standardwebhooks",
    title="the signature of Standard Webhooks",
    providers=frozenset(),
    marks=frozenset(prefix + b"signature" for prefix in PREFIXES),
    secret_is="The signing secret of the endpoint (whsec_…) or its public key (whpk_…): the page of the endpoint.",
    sent=sent,
    parts=parts,
    fits=fits,
    expected=expected,
    stamp=stamp,
    window_s=300,
    mistakes=(
        Mistake(
            cause="secret_not_decoded",
            words="the text of the secret is the key, which is to be decoded from Base64 after whsec_",
            fits=_fits_undecoded,
        ),
        written_otherwise(sent, expected, "as v1, with Base64"),
        Mistake(
            cause="id_changed",
            words="the id is that of another header: the first delivery's id is signed",
            fits=_fits_other_id,
        ),
    ),
    suspect=suspect,
)
