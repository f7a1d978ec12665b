"""SignalWire: the URL and the fields of a form in the order of their names, or the URL and the raw JSON.

Sources, read 2026-11-28: github.com/signalwire/signalwire-python at 82537182, `webhook_validator.py` (repeats keep
their order and are not made distinct; the standard port with and without; JSON of the Compatibility API as Twilio's,
with the parameter `bodySHA256`), github.com/signalwire/docs at 668371b2,
`swml/…/webhook-security.mdx` (JSON: hexadecimal; calls also have a header with SHA-256).
"""

import hmac
from base64 import b64encode
from functools import lru_cache

from ..model import Mistake, Scheme, SignedPart, SignedRequest
from ..reading import as_bytes, body_hash_of, fields_of, is_form, key_of, to_bytes, values_of, with_standard_port
from .twilio import has_right_body, sorted_fields

_HEADER = b"x-signalwire-signature"
_SHA256 = b"x-signalwire-sha256-signature"


@lru_cache(maxsize=8)
def _fields(body: bytes) -> bytes:
    return b"".join([name + value for name, value in sorted(fields_of(body), key=lambda pair: pair[0])])


def _covered(request: SignedRequest) -> bytes:
    if is_form(request.raw):
        return _fields(request.body)
    return b"" if body_hash_of(request.url) is not None else request.body


def _sent(request: SignedRequest) -> tuple[str, ...]:
    return values_of(request.raw, _HEADER) + values_of(request.raw, _SHA256)


def _parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    url = SignedPart(name="URL", value=to_bytes(request.url))
    if not is_form(request.raw):
        if body_hash_of(request.url) is not None:
            return (url,)
        return (url, SignedPart(name="body", value=request.body))
    fields = sorted(fields_of(request.body), key=lambda pair: pair[0])
    return (url, *(SignedPart(name=name.decode("utf-8", "replace"), value=name + value) for name, value in fields))


def _is_right(request: SignedRequest, secret: str, covered: bytes) -> bool:
    key = key_of(secret)
    narrow, wide = as_bytes(values_of(request.raw, _HEADER)), as_bytes(values_of(request.raw, _SHA256))
    for url in (request.url, with_standard_port(request.url)):
        signed = to_bytes(url) + covered
        if narrow and _is_one(narrow, hmac.digest(key, signed, "sha1")):
            return True
        if wide and _is_one(wide, hmac.digest(key, signed, "sha256")):
            return True
    return False


def _is_one(sent: tuple[bytes, ...], digest: bytes) -> bool:
    """Base64 for forms and hexadecimal for JSON: either is accepted, because both are the same bytes."""
    base64, digits = b64encode(digest), digest.hex().encode()
    return any([hmac.compare_digest(base64, value) or hmac.compare_digest(digits, value) for value in sent])  # noqa: C419


def _fits(request: SignedRequest, secret: str) -> bool:
    return _is_right(request, secret, _covered(request)) and has_right_body(request)


def _fits_but_body(request: SignedRequest, secret: str) -> bool:
    return not has_right_body(request) and _is_right(request, secret, _covered(request))


def _fits_sorted(request: SignedRequest, secret: str) -> bool:
    return is_form(request.raw) and _is_right(request, secret, sorted_fields(request.body))


def _fits_raw(request: SignedRequest, secret: str) -> bool:
    return is_form(request.raw) and _is_right(request, secret, request.body)


def _expected(request: SignedRequest, secret: str) -> str | None:
    digest = hmac.digest(key_of(secret), to_bytes(request.url) + _covered(request), "sha1")
    in_base64 = is_form(request.raw) or body_hash_of(request.url) is not None
    return b64encode(digest).decode() if in_base64 else digest.hex()


SCHEME = Scheme(
    name="signalwire",
    title="SignalWire's signature",
    providers=frozenset({"signalwire"}),
    marks=frozenset({_HEADER, _SHA256}),
    secret_is="The signing key of the project: Dashboard, API Credentials, Show. It is not an API token.",
    sent=_sent,
    parts=_parts,
    fits=_fits,
    expected=_expected,
    stamp=lambda _: None,
    fits_but_body=_fits_but_body,
    mistakes=(
        Mistake(
            cause="repeated_values_sorted",
            words="the values of a repeated field are sorted and distinct, which is Twilio's rule",
            fits=_fits_sorted,
        ),
        Mistake(cause="raw_body", words="the raw body is signed instead of its sorted fields", fits=_fits_raw),
    ),
)
