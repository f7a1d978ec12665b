"""Amazon SNS: the signature is a field of the JSON body, and a certificate of AWS verifies it.

Sources, read 2026-11: docs.aws.amazon.com/sns/latest/dg (sns-verify-signature-of-message,
-verify-message-signature, http-subscription-confirmation-json, http-unsubscribe-confirmation-json,
sns-large-payload-raw-message-delivery), and the code of npm sns-validator 0.3.5. Facts:

- Signed are names and values of some fields, in the order of their names, each with a line break after it, after
  the escapes of JSON are decoded. A notification: Message, MessageId, Subject (only if it is there), Timestamp,
  TopicArn, Type. Both confirmations: Message, MessageId, SubscribeURL, Timestamp, Token, TopicArn, Type.
  sns-validator leaves out Token for UnsubscribeConfirmation, and calls genuine ones invalid.
- RSA with PKCS #1 v1.5 and SHA-1 (version 1) or SHA-256 (version 2).
- The certificate is at `SigningCertURL`. Anyone can host one, so the host has to be one of SNS, with https.
- With raw message delivery the body is the message alone: nothing is signed.
- There is no window; AWS advises to compare TopicArn. A certificate is replaced now and then, and its period is a fact
  that is shown: the validators of AWS do not check it.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

import msgspec

from ..digests import from_base64, iso, joined, not_computable
from ..keypairs import period_of, rsa_fits
from ..model import Mistake, Scheme, SignedPart, SignedRequest

HEADER = b"x-amz-sns-message-type"
_HOST = re.compile(r"sns\.[a-zA-Z0-9-]{3,}\.amazonaws\.com(\.cn)?", re.ASCII)
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_ALGORITHMS = {"1": "sha1", "2": "sha256"}
_NOTHING: Mapping[str, str] = {}


@lru_cache(maxsize=4)
def _envelope(body: bytes) -> Mapping[str, str]:
    """The texts of the envelope by name; none for a body that is no envelope."""
    if b'"Signature"' not in body or b'"SigningCertURL"' not in body:
        return _NOTHING
    try:
        found = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return _NOTHING
    if not isinstance(found, dict):
        return _NOTHING
    return {name: value for name, value in found.items() if isinstance(value, str)}


def sent(request: SignedRequest) -> tuple[str, ...]:
    signature = _envelope(request.body).get("Signature")
    return (signature,) if signature else ()


def parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    envelope = _envelope(request.body)
    names = _NOTIFICATION if envelope.get("Type") == "Notification" else _CONFIRMATION
    return tuple(
        SignedPart(name=name, value=f"{name}\n{envelope[name]}\n".encode("utf-8", "surrogatepass"))
        for name in names
        if name in envelope
    )


def certificate_url(request: SignedRequest) -> str | None:
    """Where the certificate is to be fetched from; None where that is not allowed."""
    url = _envelope(request.body).get("SigningCertURL", "")
    return url if url and _refusal(url) is None else None


def _refusal(url: str) -> tuple[str, str] | None:
    try:
        found = urlsplit(url)
        host, port, user = found.hostname or "", found.port, found.username
    except ValueError:
        return "cert_host", "the URL of the certificate cannot be read"
    if found.scheme != "https":
        return "cert_scheme", f"the certificate is not at an https URL, but at {url[:200]}"
    if not _HOST.fullmatch(host) or port not in (None, 443) or user is not None:
        return "cert_host", f"the certificate is not on a host of SNS, but at {url[:200]}"
    if not found.path.endswith(".pem"):
        return "cert_host", f"the certificate is no .pem file of SNS: {url[:200]}"
    return None


def _algorithm(request: SignedRequest) -> str | None:
    return _ALGORITHMS.get(_envelope(request.body).get("SignatureVersion", ""))


def _fits_with(request: SignedRequest, algorithm: str | None) -> bool:
    certificate = request.certificates.get(certificate_url(request) or "")
    signature = from_base64(next(iter(sent(request)), ""))
    if certificate is None or algorithm is None or not signature:
        return False
    return rsa_fits(certificate, signature, joined(parts(request)), algorithm)


def fits(request: SignedRequest, _secret: str) -> bool:
    """Without a secret: the certificate decides."""
    return _fits_with(request, _algorithm(request))


def _fits_as_other_version(request: SignedRequest, _secret: str) -> bool:
    return any(_fits_with(request, each) for each in _ALGORITHMS.values() if each != _algorithm(request))


def stamp(request: SignedRequest) -> datetime | None:
    return iso(_envelope(request.body).get("Timestamp", ""))


def suspect(request: SignedRequest) -> tuple[str, str] | None:
    """What is wrong when the signature does not fit. No secret can be wrong, so with the certificate it is the body."""
    envelope = _envelope(request.body)
    if not envelope:
        return "raw_delivery", "with raw message delivery SNS sends the message without envelope and signature"
    refused = _refusal(envelope.get("SigningCertURL", ""))
    if refused is None and ready(request):
        return "body_changed", "a signed field of the message was changed, or AWS has not signed it"
    return refused


def ready(request: SignedRequest) -> bool:
    """Whether the certificate is here, by the URL that the message names."""
    return request.certificates.get(certificate_url(request) or "") is not None


def note(request: SignedRequest) -> str | None:
    """A sentence where the certificate was not valid when the request was received."""
    certificate = request.certificates.get(certificate_url(request) or "")
    period = None if certificate is None else period_of(certificate)
    if period is None or period.begins <= request.raw.received_at <= period.ends:
        return None
    return f"The certificate is valid from {period.begins:%Y-%m-%d} to {period.ends:%Y-%m-%d} only."


AWS = Scheme(
    name="aws",
    title="Amazon SNS's signature",
    providers=frozenset({"aws"}),
    marks=frozenset({HEADER}),
    secret_is="No secret, but the certificate of SNS at the URL that the message names: fetch or upload it.",
    sent=sent,
    parts=parts,
    fits=fits,
    expected=not_computable,
    stamp=stamp,
    mistakes=(
        Mistake(
            cause="algorithm",
            words="the signature has the hash of the other SignatureVersion: 1 is SHA-1, 2 is SHA-256",
            fits=_fits_as_other_version,
        ),
    ),
    suspect=suspect,
    needs_secret=False,
    ready=ready,
    note=note,
)
