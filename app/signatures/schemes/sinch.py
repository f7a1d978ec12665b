"""Sinch's signatures, which differ by product.

Sources, read 2026-11: sinch-python 2.3 (`authentication_validation.py`, for SMS, Conversation and Numbers);
developers.sinch.com: voice/api-reference/authentication/callback-signed-request (with an example),
verification/api-reference/authentication/callback-signed-request, voice-2.0/api-reference/webhook-signature, and
numbers/api-reference "HMAC verification". Facts:

- SMS and Conversation: body, dot, nonce, dot, time stamp; HMAC-SHA256 in Base64. Nonce, stamp and algorithm have
  headers of their own, and a proxy that drops one of them makes every signature wrong.
- Numbers: the body alone; HMAC-SHA1 in hexadecimal digits.
- Voice and Verification: the method, the MD5 of the body in Base64, the content type, the header `x-timestamp` and the
  path, each on its own line. The key is the secret after decoding its Base64. `Authorization: application KEY:SIG`;
  version 2.0 of Voice has the word `service` instead.
- No window is documented: `x-timestamp` is there so that the receiver may set one.
"""

from datetime import datetime
from urllib.parse import urlsplit

from ..digests import base64_of, epoch, from_base64, hash_of, hmac_of, iso, joined, no_stamp, one_of
from ..encodings import written_otherwise
from ..model import Scheme, SignedPart, SignedRequest
from ..reading import key_of, value_of, values_of

HEADER = b"x-sinch-webhook-signature"
NONCE = HEADER + b"-nonce"
TIMESTAMP = HEADER + b"-timestamp"
ALGORITHM = HEADER + b"-algorithm"
NUMBERS_HEADER = b"x-sinch-signature"
X_TIMESTAMP = b"x-timestamp"
_WORDS = ("application", "service")
_ALGORITHMS = {"hmacsha1": "sha1", "hmacsha512": "sha512"}
_LINE = SignedPart(name="line break", value=b"\n")
_DOT = SignedPart(name="dot", value=b".")


def _named(request: SignedRequest, name: str, header: bytes) -> SignedPart:
    return SignedPart(name=name, value=request.raw.header(header) or b"")


def webhook_sent(request: SignedRequest) -> tuple[str, ...]:
    return values_of(request.raw, HEADER)


def webhook_parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    body = SignedPart(name="body", value=request.body)
    return (body, _DOT, _named(request, "nonce", NONCE), _DOT, _named(request, "time stamp", TIMESTAMP))


def webhook_expected(request: SignedRequest, secret: str) -> str:
    algorithm = _ALGORITHMS.get(value_of(request.raw, ALGORITHM).lower(), "sha256")
    return base64_of(hmac_of(key_of(secret), joined(webhook_parts(request)), algorithm))


def webhook_suspect(request: SignedRequest) -> tuple[str, str] | None:
    for name in (NONCE, TIMESTAMP):
        if not value_of(request.raw, name):
            return "missing_header", f"the header {name.decode()} is absent, and its value is signed"
    return None


def webhook_stamp(request: SignedRequest) -> datetime | None:
    return epoch(value_of(request.raw, TIMESTAMP))


def numbers_sent(request: SignedRequest) -> tuple[str, ...]:
    return values_of(request.raw, NUMBERS_HEADER)


def numbers_parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    return (SignedPart(name="body", value=request.body),)


def numbers_expected(request: SignedRequest, secret: str) -> str:
    return hmac_of(key_of(secret), request.body, "sha1").hex()


def application_sent(request: SignedRequest) -> tuple[str, ...]:
    """What follows the last colon of `application KEY:SIG`."""
    found = []
    for value in values_of(request.raw, b"authorization"):
        word, _, rest = value.partition(" ")
        if word.lower() in _WORDS and ":" in rest:
            found.append(rest.rpartition(":")[2].strip())
    return tuple(found)


def application_parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    """An empty body is an empty line, as Sinch has it for its own requests."""
    digest = base64_of(hash_of(request.body, "md5")) if request.body else ""
    try:
        path = urlsplit(request.url).path
    except ValueError:
        path = ""
    return (
        SignedPart(name="method", value=request.raw.method.encode("latin-1", "replace")),
        _LINE,
        SignedPart(name="MD5 of the body", value=digest.encode()),
        _LINE,
        _named(request, "content type", b"content-type"),
        _LINE,
        SignedPart(name="name of the header", value=X_TIMESTAMP + b":"),
        _named(request, "time stamp", X_TIMESTAMP),
        _LINE,
        SignedPart(name="path", value=path.encode("utf-8", "surrogatepass")),
    )


def application_expected(request: SignedRequest, secret: str) -> str | None:
    """None for a secret that is no Base64."""
    key = from_base64(secret)
    return None if key is None else base64_of(hmac_of(key, joined(application_parts(request)), "sha256"))


def application_stamp(request: SignedRequest) -> datetime | None:
    return iso(value_of(request.raw, X_TIMESTAMP))


WEBHOOK = Scheme(
    name="sinch",
    title="Sinch's signature",
    providers=frozenset({"sinch"}),
    marks=frozenset({HEADER}),
    secret_is="The secret of this webhook or service plan: Dashboard, Conversation API, Apps, Webhooks.",
    sent=webhook_sent,
    parts=webhook_parts,
    fits=one_of(webhook_sent, webhook_expected),
    expected=webhook_expected,
    stamp=webhook_stamp,
    mistakes=(written_otherwise(webhook_sent, webhook_expected, "in Base64"),),
    suspect=webhook_suspect,
)
NUMBERS = Scheme(
    name="sinch-numbers",
    title="Sinch's signature for Numbers",
    providers=frozenset({"sinch"}),
    marks=frozenset({NUMBERS_HEADER}),
    secret_is="The HMAC secret of the callback configuration, set with the Numbers API.",
    sent=numbers_sent,
    parts=numbers_parts,
    fits=one_of(numbers_sent, numbers_expected),
    expected=numbers_expected,
    stamp=no_stamp,
    mistakes=(written_otherwise(numbers_sent, numbers_expected, "in hexadecimal digits, in lower case"),),
)


def application_suspect(request: SignedRequest) -> tuple[str, str] | None:
    return None if value_of(request.raw, X_TIMESTAMP) else ("missing_header", "the header x-timestamp is absent")


APPLICATION = Scheme(
    name="sinch-application",
    title="Sinch's signature for Voice and Verification",
    providers=frozenset({"sinch"}),
    marks=frozenset(),
    secret_is="The secret of the application, in Base64: Dashboard, Voice or Verification, Apps.",
    sent=application_sent,
    parts=application_parts,
    fits=one_of(application_sent, application_expected),
    expected=application_expected,
    stamp=application_stamp,
    mistakes=(written_otherwise(application_sent, application_expected, "in Base64"),),
    suspect=application_suspect,
)
