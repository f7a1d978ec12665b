"""MessageBird's signatures, now Bird's: a JSON Web Token, or a signature with a time stamp in two forms.

Sources, read 2026-11: messagebird-python 2.2 (`request_validator.py`, `signed_request.py`, deprecated), the reference
vectors of npm messagebird (`lib/testdata`), docs.bird.com/api/notifications-api/api-reference/webhooks/
verifying-a-webhook. Facts:

- The token is HS256, HS384 or HS512, with the claims `iss` (MessageBird), `nbf`, `exp` (60 s later), `jti`, `url_hash`
  (SHA-256 of the whole URL, in hexadecimal digits) and, with a body only, `payload_hash` (SHA-256 of it). The SDK
  accepts clocks that differ by 1 s. Its key is
  the signing key of the developer settings; the access key of the API is another one.
- Before the token there were `MessageBird-Signature` and `MessageBird-Request-Timestamp`: stamp, sorted query and
  SHA-256 of the body (bytes), with line breaks between them; HMAC-SHA256 in Base64. The SDK accepted 10 s.
- Bird sends the same two headers, but signs the whole URL instead of the query. Its key is that of the subscription,
  and a window is not documented.
"""

import hmac
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from ..digests import base64_of, epoch, hash_of, hmac_of, joined, one_of
from ..encodings import written_otherwise
from ..jwt import Token, is_signed_with, read_token, signature_of
from ..model import Scheme, SignedPart, SignedRequest
from ..reading import key_of, to_bytes, value_of, values_of

TOKEN_HEADER = b"messagebird-signature-jwt"
HEADER = b"messagebird-signature"
TIMESTAMP = b"messagebird-request-timestamp"
ISSUER = "MessageBird"
_MANY = 1000
_LINE = SignedPart(name="line break", value=b"\n")


def _tokens(request: SignedRequest) -> list[Token]:
    return [token for text in token_sent(request) if (token := read_token(text)) is not None]


def token_sent(request: SignedRequest) -> tuple[str, ...]:
    return values_of(request.raw, TOKEN_HEADER)


def token_parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    """The header and the claims of the token as sent; then what two of the claims are hashes of."""
    tokens = tuple(SignedPart(name="header and claims", value=token.signed) for token in _tokens(request)[:1])
    url = SignedPart(name="URL, as url_hash", value=to_bytes(request.url))
    return (*tokens, url, SignedPart(name="body, as payload_hash", value=request.body))


def _has_url(token: Token, request: SignedRequest) -> bool:
    return hmac.compare_digest(key_of(token.claim("url_hash")), hash_of(to_bytes(request.url), "sha256").hex().encode())


def _has_body(token: Token, request: SignedRequest) -> bool:
    digest = hash_of(request.body, "sha256").hex() if request.body else ""
    return hmac.compare_digest(key_of(token.claim("payload_hash")), digest.encode())


def token_fits(request: SignedRequest, secret: str) -> bool:
    return any(_has_body(token, request) for token in _right_but_body(request, secret))


def token_fits_but_body(request: SignedRequest, secret: str) -> bool:
    """The key and the URL are right, and `payload_hash` is that of another body."""
    return bool(_right_but_body(request, secret)) and not token_fits(request, secret)


def _right_but_body(request: SignedRequest, secret: str) -> list[Token]:
    key = key_of(secret)
    return [
        token
        for token in _tokens(request)
        if token.claim("iss") == ISSUER and is_signed_with(token, key) and _has_url(token, request)
    ]


def token_expected(request: SignedRequest, secret: str) -> str | None:
    """The token as sent with the right signature; None where it cannot be read."""
    token = next(iter(_tokens(request)), None)
    signature = None if token is None else signature_of(token, key_of(secret))
    return None if token is None or signature is None else f"{token.signed.decode('ascii')}.{signature}"


def token_stamp(request: SignedRequest) -> datetime | None:
    for token in _tokens(request):
        begins = token.seconds("nbf")
        if begins is not None and 0 <= begins < 10**11:
            return datetime.fromtimestamp(begins, UTC)
    return None


def sent(request: SignedRequest) -> tuple[str, ...]:
    return values_of(request.raw, HEADER)


def stamp(request: SignedRequest) -> datetime | None:
    return epoch(value_of(request.raw, TIMESTAMP))


def _stamped(request: SignedRequest, middle: SignedPart) -> tuple[SignedPart, ...]:
    return (
        SignedPart(name="time stamp", value=request.raw.header(TIMESTAMP) or b""),
        _LINE,
        middle,
        _LINE,
        SignedPart(name="SHA-256 of the body", value=hash_of(request.body, "sha256")),
    )


def _sorted_query(url: str) -> str:
    """Decoded, sorted by name, and encoded as forms are, as the SDKs do it."""
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=_MANY)
    except ValueError:
        return ""
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


def old_parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    return _stamped(request, SignedPart(name="sorted query", value=_sorted_query(request.url).encode()))


def old_expected(request: SignedRequest, secret: str) -> str:
    return base64_of(hmac_of(key_of(secret), joined(old_parts(request)), "sha256"))


def bird_parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    return _stamped(request, SignedPart(name="URL", value=to_bytes(request.url)))


def bird_expected(request: SignedRequest, secret: str) -> str:
    return base64_of(hmac_of(key_of(secret), joined(bird_parts(request)), "sha256"))


MESSAGEBIRD = Scheme(
    name="messagebird",
    title="MessageBird's signature",
    providers=frozenset({"messagebird"}),
    marks=frozenset({TOKEN_HEADER}),
    secret_is="The signing key, which is not the access key: Dashboard, Developers, Developer settings.",
    sent=token_sent,
    parts=token_parts,
    fits=token_fits,
    expected=token_expected,
    stamp=token_stamp,
    window_s=60,
    early_s=1,
    late="expired",
    fits_but_body=token_fits_but_body,
)
MESSAGEBIRD_OLD = Scheme(
    name="messagebird-old",
    title="MessageBird's old signature",
    providers=frozenset({"messagebird"}),
    marks=frozenset({HEADER}),
    secret_is=MESSAGEBIRD.secret_is,
    sent=sent,
    parts=old_parts,
    fits=one_of(sent, old_expected),
    expected=old_expected,
    stamp=stamp,
    mistakes=(written_otherwise(sent, old_expected, "in Base64"),),
)
BIRD = Scheme(
    name="bird",
    title="Bird's signature",
    providers=frozenset({"messagebird"}),
    marks=frozenset({HEADER}),
    secret_is="The signing key of the webhook subscription, set when it was created with the API.",
    sent=sent,
    parts=bird_parts,
    fits=one_of(sent, bird_expected),
    expected=bird_expected,
    stamp=stamp,
    mistakes=(written_otherwise(sent, bird_expected, "in Base64"),),
)
