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
from itertools import combinations

from ..model import Mistake, Scheme, SignedPart, SignedRequest
from ..reading import as_bytes, body_hash_of, fields_of, is_form, key_of, to_bytes, value_of, values_of, with_other_port

_HEADER = b"x-twilio-signature"
_SETTINGS = b"x-twilio-webhooks-signature-settings"
# Every message has them, blank where nothing is known (twilio.com/docs/messaging/guides/webhook-request).
_PLACES = tuple(f"{side}{what}".encode() for side in ("From", "To") for what in ("Zip", "City", "State", "Country"))
_MAX_FORM, _MAX_FIELDS = 6_000, 80
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


@lru_cache(maxsize=32)
def _settings(value: str) -> dict[str, str]:
    """The settings of a shared key: its id and its algorithm; none for the auth token."""
    parts = (part.partition("=") for part in value.split(","))
    return {name.strip(): value.strip() for name, _, value in parts if value.strip()}


def _algorithm(request: SignedRequest) -> str | None:
    settings = value_of(request.raw, _SETTINGS)
    return "sha1" if not settings else _ALGORITHMS.get(_settings(settings).get("algorithm", "HMAC_SHA1").upper())


@lru_cache(maxsize=8)
def _texts(url: str, covered: bytes) -> tuple[bytes, ...]:
    """What may have been signed; cached for several secrets."""
    return to_bytes(url) + covered, to_bytes(with_other_port(url)) + covered


def _sent(request: SignedRequest) -> tuple[str, ...]:
    return values_of(request.raw, _HEADER)


def _parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    url = SignedPart(name="URL", value=to_bytes(request.url))
    if not is_form(request.raw):
        return (url,)
    fields = sorted(set(fields_of(request.body)))
    return (url, *(SignedPart(name=name.decode("utf-8", "replace"), value=name + value) for name, value in fields))


def _fits_url(request: SignedRequest, secret: str) -> bool:
    """Also with the other port: the validators of the vendor try both, since Twilio's own servers differ."""
    algorithm = _algorithm(request)
    if algorithm is None:
        return False
    key, sent = key_of(secret), as_bytes(_sent(request))
    for text in _texts(request.url, _signed_fields(request)):
        computed = b64encode(hmac.digest(key, text, algorithm))
        for value in sent:
            if hmac.compare_digest(computed, value):
                return True
    return False


def has_right_body(request: SignedRequest) -> bool:
    """Whether the hash in the URL is that of a body whose fields are not signed; true without a hash."""
    stated = None if is_form(request.raw) else body_hash_of(request.url)
    computed = sha256(request.body).hexdigest().encode()
    return stated is None or hmac.compare_digest(stated.encode("utf-8", "replace"), computed)


def _fits(request: SignedRequest, secret: str) -> bool:
    return _fits_url(request, secret) and has_right_body(request)


def _fits_but_body(request: SignedRequest, secret: str) -> bool:
    return not has_right_body(request) and _fits_url(request, secret)


@lru_cache(maxsize=2)
def _with_blanks(body: bytes) -> tuple[bytes, ...]:
    """The signed fields with each choice of the places that are missing, blank."""
    fields = set(fields_of(body))
    present = {name for name, _ in fields}
    missing = [name for name in _PLACES if name not in present]
    if len(body) > _MAX_FORM or len(fields) > _MAX_FIELDS:
        return ()  # no message; the choices of a large form would take too much memory
    choices = (names for count in range(1, len(missing) + 1) for names in combinations(missing, count))
    return tuple(
        b"".join([name + value for name, value in sorted([*fields, *((name, b"") for name in names)])])
        for names in choices
    )


def _fits_with_blanks(request: SignedRequest, secret: str) -> bool:
    algorithm = _algorithm(request)
    if algorithm is None or not is_form(request.raw):
        return False
    key, url, sent = key_of(secret), to_bytes(request.url), as_bytes(_sent(request))
    computed = [b64encode(hmac.digest(key, url + covered, algorithm)) for covered in _with_blanks(request.body)]
    return any(hmac.compare_digest(each, value) for each in computed for value in sent)


def _expected(request: SignedRequest, secret: str) -> str | None:
    algorithm = _algorithm(request)
    if algorithm is None:
        return None
    return b64encode(hmac.digest(key_of(secret), to_bytes(request.url) + _signed_fields(request), algorithm)).decode()


def _suspect(request: SignedRequest) -> tuple[str, str] | None:
    settings = _settings(value_of(request.raw, _SETTINGS))
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
    mistakes=(
        Mistake(
            cause="blank_params_dropped",
            words="the blank ones of FromCity, FromState, FromZip, FromCountry and To… are kept",
            fits=_fits_with_blanks,
        ),
    ),
    fits_but_body=_fits_but_body,
    suspect=_suspect,
)
