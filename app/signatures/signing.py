"""Sign a request again, as its provider does: for the simulator, and for replays to another URL.

The headers that are signed, too (time stamp, nonce), are written first; then `expected` of the scheme gives the
signature. So a request is signed and checked by the same rule.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from ..domain.captures import Headers
from ..errors import Invalid
from .digests import base64_of, hmac_of, joined
from .drafts import Draft
from .hmac_forms import sign_by_form
from .jwt import read_token, write_token
from .model import Scheme
from .reading import is_form, key_of, to_bytes
from .schemes import scheme_of, schemes_for, vonage
from .schemes.generic import FORMS

_PRIVATE = {"telnyx": "Telnyx", "aws": "AWS"}
_VONAGE_METHODS = {40: "sha1", 64: "sha256", 128: "sha512"}
_DIGEST = re.compile(r"[A-Za-z0-9+/_-]{16,}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signed request. Some schemes write into the URL (Twilio's `bodySHA256`, Vonage's `sig`) or into the body."""

    url: str
    headers: Headers
    body: bytes


_Signer = Callable[[Draft, str], Draft]
"""The draft with a signature by this secret."""


def sign(
    scheme: str,
    secret: str,
    method: str,
    url: str,
    headers: Headers,
    body: bytes,
    at: datetime,
    *,
    wrongly: bool = False,
) -> Signed:
    """The request with a new signature of this scheme instead of the old ones; `wrongly`: with a signature that looks
    right and is not. `scheme` is a name of the registry, one of the 108 forms of HMAC, or a provider with the scheme
    that it signs messages with.

    Invalid: only the provider can sign so, there is no such scheme, or the secret cannot be its key.
    """
    if owner := _PRIVATE.get(scheme):
        raise Invalid(("scheme", f"{owner} signs with a private key that only {owner} has: smsbin cannot sign so."))
    name = _name_of(scheme)
    draft = Draft(method=method, url=url, headers=headers, body=body, at=at, wrongly=wrongly)
    if name in FORMS:
        signed = sign_by_form(draft, secret, FORMS[name])
    elif name in _SIGNERS:
        signed = _SIGNERS[name](draft, secret)
    else:
        raise Invalid(("scheme", f'"{scheme[:80]}" is none of {", ".join(_SIGNERS)}, or hmac:… with its four parts.'))
    return Signed(url=signed.url, headers=signed.headers, body=signed.body)


def can_sign(scheme: str) -> bool:
    """Whether requests can be signed by this scheme, or provider: the sender's key is a shared secret."""
    name = _name_of(scheme)
    return name in _SIGNERS or name in FORMS


def _name_of(scheme: str) -> str:
    """The name of a scheme; for a provider, that of its first one."""
    return next((each.name for each in schemes_for(scheme)), scheme) if scheme not in _SIGNERS else scheme


def _finish(draft: Draft, scheme: str, secret: str, header: bytes, pattern: bytes = b"%s") -> Draft:
    """The draft with the header that has the signature; `pattern` is its value."""
    known = scheme_of(scheme)
    right = None if known is None else known.expected(draft.having((header, pattern % b"0")).as_request(), secret)
    if known is None or right is None:
        raise _unusable(known, secret)
    return draft.having((header, pattern % _text(draft, right)))


def _text(draft: Draft, right: str) -> bytes:
    """The signature, or a wrong one: the first character of its last digest is another one of the same alphabet."""
    if not draft.wrongly:
        return right.encode()
    start = [match.start() for match in _DIGEST.finditer(right)][-1]
    return f"{right[:start]}{'1' if right[start] == '0' else '0'}{right[start + 1 :]}".encode()


def _unusable(scheme: Scheme | None, secret: str) -> Invalid:
    if secret.startswith("whpk_"):
        return Invalid(("secret", "This is a public key, which only verifies. Only the sender has the private one."))
    needed = "" if scheme is None else f" {scheme.secret_is}"
    return Invalid(("secret", f"This secret cannot be the key of such a signature.{needed}"))


def _escaped(value: bytes) -> bytes:
    return value.replace(b"%", b"%%")


def _twilio(draft: Draft, secret: str) -> Draft:
    """A body that is no form is signed by its hash in the URL."""
    if draft.body and not is_form(draft.as_request().raw):
        start, _, query = draft.url.partition("#")[0].partition("?")
        kept = [pair for pair in query.split("&") if pair and not pair.startswith("bodySHA256=")]
        query = "&".join([*kept, f"bodySHA256={sha256(draft.body).hexdigest()}"])
        draft = replace(draft, url=f"{start}?{query}")
    return _finish(draft, "twilio", secret, b"X-Twilio-Signature")


def _signalwire(draft: Draft, secret: str) -> Draft:
    """Calls have a second header, with SHA-256: it is signed again where it was sent."""
    second = b"X-Signalwire-SHA256-Signature"
    had_second = draft.first(second.lower()) is not None
    signed = _finish(draft.without([second.lower()]), "signalwire", secret, b"X-SignalWire-Signature")
    scheme = scheme_of("signalwire")
    if not had_second or scheme is None:
        return signed
    digest = hmac_of(key_of(secret), joined(scheme.parts(signed.as_request())), "sha256")
    return signed.having((second, _text(draft, digest.hex())))


def _plivo(draft: Draft, secret: str) -> Draft:
    """V3 where the request has a signature of V3, as calls have it; else V2."""
    headers = {
        version: (b"X-Plivo-Signature-" + version, b"X-Plivo-Signature-Ma-" + version) for version in (b"V2", b"V3")
    }
    is_v3 = any(draft.first(name.lower()) is not None for name in headers[b"V3"])
    plain = draft.without(name.lower() for names in headers.values() for name in names)
    version = b"V3" if is_v3 else b"V2"
    nonce = (b"X-Plivo-Signature-%s-Nonce" % version, draft.nonce.encode())
    return _finish(plain.having(nonce), "plivo", secret, headers[version][0])


def _vonage(method: str | None) -> _Signer:
    """`sig` and `timestamp` are parameters of the form, or of the URL of a request without one. Without a method it is
    that of the old signature, by its length, else the "MD5 hash" that accounts have."""

    def signer(draft: Draft, secret: str) -> Draft:
        in_body = bool(draft.body) and is_form(draft.as_request().raw)
        start, _, query = draft.url.partition("#")[0].partition("?")
        pairs = [pair for pair in (draft.body if in_body else to_bytes(query)).split(b"&") if pair]
        old = next((pair.partition(b"=")[2] for pair in pairs if pair.startswith(b"sig=")), b"")
        kept = [pair for pair in pairs if pair.partition(b"=")[0] not in (b"sig", b"timestamp")]

        def having(signature: bytes) -> Draft:
            text = b"&".join([*kept, b"timestamp=" + draft.stamp, b"sig=" + signature])
            return replace(draft, body=text) if in_body else replace(draft, url=f"{start}?{text.decode('latin-1')}")

        signed = joined(vonage.SCHEME.parts(having(b"0").as_request()))
        right = vonage.compute(signed, secret, method or _VONAGE_METHODS.get(len(old), "md5hash"))
        return having(_text(draft, right))

    return signer


def _vonage_jwt(draft: Draft, secret: str) -> Draft:
    """The claims that name the account and the application are kept."""
    old = read_token((draft.first(b"authorization") or b"").decode("latin-1").partition(" ")[2].strip())
    claims = {} if old is None else dict(old.claims)
    claims |= {
        "iat": int(draft.stamp),
        "jti": draft.uuid,
        "iss": "Vonage",
        "payload_hash": sha256(draft.body).hexdigest(),
    }
    token = write_token(claims, key_of(secret))
    return draft.having((b"Authorization", b"Bearer " + _text(draft, token)))


def _messagebird(draft: Draft, secret: str) -> Draft:
    old = read_token((draft.first(b"messagebird-signature-jwt") or b"").decode("latin-1"))
    algorithm = "HS256" if old is None else str(old.header.get("alg"))
    begins = int(draft.stamp)
    claims: dict[str, object] = {
        "iss": "MessageBird",
        "nbf": begins,
        "exp": begins + 60,
        "jti": draft.uuid,
        "url_hash": sha256(to_bytes(draft.url)).hexdigest(),
    }
    if draft.body:
        claims["payload_hash"] = sha256(draft.body).hexdigest()
    known = algorithm if algorithm in ("HS256", "HS384", "HS512") else "HS256"
    token = write_token(claims, key_of(secret), known)
    return draft.having((b"MessageBird-Signature-JWT", _text(draft, token)))


def _messagebird_stamped(name: str) -> _Signer:
    def signer(draft: Draft, secret: str) -> Draft:
        stamped = draft.having((b"MessageBird-Request-Timestamp", draft.stamp))
        return _finish(stamped, name, secret, b"MessageBird-Signature")

    return signer


def _sinch(draft: Draft, secret: str) -> Draft:
    name = b"x-sinch-webhook-signature"
    stamped = draft.having(
        (name + b"-nonce", draft.nonce.encode()),
        (name + b"-timestamp", draft.stamp),
        (name + b"-algorithm", b"HmacSHA256"),
    )
    return _finish(stamped, "sinch", secret, name)


def _sinch_application(draft: Draft, secret: str) -> Draft:
    """The key of the application is that of the old header."""
    word, _, rest = (draft.first(b"authorization") or b"").partition(b" ")
    is_old = word.lower() in (b"application", b"service") and b":" in rest
    start = b"%s %s" % (word, rest.rpartition(b":")[0]) if is_old else b"application smsbin"
    stamped = draft.having((b"x-timestamp", draft.at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()))
    return _finish(stamped, "sinch-application", secret, b"Authorization", _escaped(start) + b":%s")


def _basic(draft: Draft, secret: str) -> Draft:
    """A wrong one has another password."""
    credentials = key_of(secret + "-wrong" if draft.wrongly else secret)
    return draft.having((b"Authorization", b"Basic " + base64_of(credentials).encode()))


def _standard_webhooks(draft: Draft, secret: str) -> Draft:
    """The id stays, because a repeated delivery has that of the first one."""
    prefix = b"svix-" if draft.first(b"svix-signature") is not None else b"webhook-"
    id_ = draft.first(prefix + b"id") or f"msg_{draft.nonce}".encode()
    stamped = draft.having((prefix + b"id", id_), (prefix + b"timestamp", draft.stamp))
    return _finish(stamped, "standardwebhooks", secret, prefix + b"signature")


def _stripe(draft: Draft, secret: str) -> Draft:
    return _finish(draft, "stripe", secret, b"Stripe-Signature", b"t=%s,v1=%%s" % draft.stamp)


_SIGNERS: Mapping[str, _Signer] = {
    "twilio": _twilio,
    "signalwire": _signalwire,
    "plivo": _plivo,
    "vonage": _vonage(None),
    **{name: _vonage(name.removeprefix("vonage-")) for name in vonage.METHODS},
    "vonage-jwt": _vonage_jwt,
    "messagebird": _messagebird,
    "messagebird-old": _messagebird_stamped("messagebird-old"),
    "bird": _messagebird_stamped("bird"),
    "sinch": _sinch,
    "sinch-numbers": lambda draft, secret: _finish(draft, "sinch-numbers", secret, b"X-Sinch-Signature"),
    "sinch-application": _sinch_application,
    "basic": _basic,
    "standardwebhooks": _standard_webhooks,
    "stripe": _stripe,
    "github": lambda draft, secret: _finish(draft, "github", secret, b"X-Hub-Signature-256"),
}
