"""Twilio: the URL as configured and the sorted fields of a form, or a hash of the JSON in the URL.

Sources, read 2026-11-28: twilio.com/docs/usage/webhooks/webhooks-security (the string, `bodySHA256`),
github.com/twilio/twilio-python `twilio/request_validator.py` 9.13 (distinct values of a repeated key, sorted; the URL
with and without its port), twilio.com/docs/usage/webhooks/webhook-shared-keys (the settings header, public beta; page
dated 2026-09-07). Nothing in a signature limits its age.
"""

import hmac
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from urllib.parse import parse_qsl

from ..model import Scheme, SignedPart, SignedRequest
from ..reading import fields_of, is_form, key_of, query_of, to_bytes, value_of, values_of, with_other_port

_HEADER = b"x-twilio-signature"
_SETTINGS = b"x-twilio-webhooks-signature-settings"
_ALGORITHMS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}


def sorted_fields(body: bytes) -> bytes:
    """Each key in order with its distinct values in order."""
    return b"".join([name + value for name, value in sorted(set(fields_of(body)))])


@lru_cache(maxsize=8)
def _covered(body: bytes) -> bytes:
    """Cached, because every variant of the URL needs it."""
    return sorted_fields(body)


def _signed_fields(request: SignedRequest) -> bytes:
    return _covered(request.body) if is_form(request.raw) else b""


def _settings(request: SignedRequest) -> dict[str, str]:
    """The settings of a shared key: its id and its algorithm; none for the auth token."""
    parts = (part.partition("=") for part in value_of(request.raw, _SETTINGS).split(","))
    return {name.strip(): value.strip() for name, _, value in parts if value.strip()}


def _algorithm(request: SignedRequest) -> str | None:
    settings = value_of(request.raw, _SETTINGS)
    return "sha1" if not settings else _ALGORITHMS.get(_settings(request).get("algorithm", "HMAC_SHA1").upper())


def _sent(request: SignedRequest) -> tuple[str, ...]:
    return values_of(request.raw, _HEADER)


def _parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    url = SignedPart(name="URL", value=to_bytes(request.url))
    if not is_form(request.raw):
        return (url,)
    fields = sorted(set(fields_of(request.body)))
    return (url, *(SignedPart(name=name.decode("utf-8", "replace"), value=name + value) for name, value in fields))


def _computed(request: SignedRequest, secret: str, url: str) -> bytes | None:
    algorithm = _algorithm(request)
    if algorithm is None:
        return None
    return b64encode(hmac.digest(key_of(secret), to_bytes(url) + _signed_fields(request), algorithm))


def _fits_url(request: SignedRequest, secret: str) -> bool:
    """Also with the other port: the validators of the vendor try both, since Twilio's own servers differ."""
    sent = [value.encode("latin-1") for value in _sent(request)]
    for url in (request.url, with_other_port(request.url)):
        computed = _computed(request, secret, url)
        if computed is not None and any(hmac.compare_digest(computed, value) for value in sent):
            return True
    return False


def _body_hash(request: SignedRequest) -> str | None:
    """The hash in the URL of a request whose fields are not signed."""
    if is_form(request.raw):
        return None
    return dict(reversed(parse_qsl(query_of(request.url), max_num_fields=None))).get("bodySHA256")


def _has_right_body(request: SignedRequest) -> bool:
    stated = _body_hash(request)
    computed = sha256(request.body).hexdigest().encode()
    return stated is None or hmac.compare_digest(stated.encode("utf-8", "replace"), computed)


def _fits(request: SignedRequest, secret: str) -> bool:
    return _fits_url(request, secret) and _has_right_body(request)


def _fits_but_body(request: SignedRequest, secret: str) -> bool:
    return not _has_right_body(request) and _fits_url(request, secret)


def _expected(request: SignedRequest, secret: str) -> str | None:
    computed = _computed(request, secret, request.url)
    return None if computed is None else computed.decode()


def _suspect(request: SignedRequest) -> tuple[str, str] | None:
    settings = _settings(request)
    if "algorithm" not in settings and "key" not in settings:
        return None
    if _algorithm(request) is None:
        return "algorithm", f"the algorithm {settings['algorithm'][:60]} is unknown here"
    return "shared_key", f"signed with the shared key {settings.get('key', '')[:80]}, not with the auth token"


SCHEME = Scheme(
    name="twilio",
    title="Twilio's signature",
    providers=frozenset({"twilio"}),
    marks=frozenset({_HEADER}),
    secret_is=(
        "The primary auth token of the account that owns the number (a subaccount has its own): Console, Account, API"
        " keys & tokens. With the header X-Twilio-Webhooks-Signature-Settings: the secret of that shared key, displayed"
        " once when it was created."
    ),
    sent=_sent,
    parts=_parts,
    fits=_fits,
    expected=_expected,
    stamp=lambda _: None,
    fits_but_body=_fits_but_body,
    suspect=_suspect,
)
