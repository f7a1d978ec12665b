"""Vonage, SMS API: the parameter `sig`, over the other parameters.

Sources, read 2026-11-28: developer.vonage.com/en/getting-started/concepts/signing-messages (keys sorted, `&` and `=`
in values replaced by `_`, "MD5 hash" as the default of an account, else HMAC), the SDK vonage 3.12 (PyPI),
github.com/Vonage/vonage-ruby-sdk/issues/60. Inbound messages are signed only after a request to the support. The
documentation leaves it to the receiver how old `timestamp` may be.
"""

import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import md5

from ..model import Mistake, Scheme, SignedPart, SignedRequest
from ..reading import MAX_VALUES, ByteFields, fields_of, is_form, key_of, query_of, to_bytes

MAX_EXTRA = 12
MAX_PARAMETERS = 100
METHODS = ("vonage-md5hash", "vonage-md5", "vonage-sha1", "vonage-sha256", "vonage-sha512")
"""The schemes of secrets whose account has one method; a secret without one tries all."""

_SIZES = {32: ("md5hash", "md5"), 40: ("sha1",), 64: ("sha256",), 128: ("sha512",)}
_OWN = frozenset(
    b"msisdn to messageid text type keyword message-timestamp timestamp nonce api-key api_key network-code price status"
    b" scts err-code client-ref concat concat-ref concat-total concat-part data udh".split()
)


def _source(request: SignedRequest) -> bytes:
    """Vonage sends the parameters in the body or in the query, never in both; a JSON body is not signed so."""
    if is_form(request.raw) and any(name == b"sig" for name, _ in fields_of(request.body)):
        return request.body
    return to_bytes(query_of(request.url))


def _parameters(request: SignedRequest) -> ByteFields:
    return fields_of(_source(request))


def _sent(request: SignedRequest) -> tuple[str, ...]:
    found = [value.decode("latin-1") for name, value in _parameters(request) if name == b"sig" and value]
    return tuple(found[:MAX_VALUES])


def _text(fields: ByteFields, *, replace: bool = True) -> bytes:
    """The last of a repeated key counts, as in a map."""
    values = {name: value for name, value in fields if name != b"sig"}
    return b"".join(
        b"&%s=%s" % (name, value.replace(b"&", b"_").replace(b"=", b"_") if replace else value)
        for name, value in sorted(values.items())
    )


@lru_cache(maxsize=8)
def _signed_text(source: bytes) -> bytes:
    """Cached, because each secret needs it."""
    return _text(fields_of(source))


def _parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    fields = dict(pair for pair in _parameters(request) if pair[0] != b"sig")
    return tuple(
        SignedPart(name=name.decode("utf-8", "replace"), value=_text(((name, value),)))
        for name, value in sorted(fields.items())
    )


def compute(text: bytes, secret: str, method: str) -> str:
    """The signature by a method of the account's settings, in lower case."""
    key = key_of(secret)
    if method == "md5hash":
        return md5(text + key, usedforsecurity=False).hexdigest()
    return hmac.digest(key, text, method).hex()


def _is_right(request: SignedRequest, secret: str, texts: Iterator[bytes]) -> bool:
    """Whether one of the texts gives a signature, by the methods whose hashes have its length."""
    sent = _sent(request)
    for text in texts:
        for signature in sent:
            for method in _SIZES.get(len(signature), ()):
                computed = compute(text, secret, method).encode()
                if hmac.compare_digest(computed, signature.lower().encode("utf-8", "replace")):
                    return True
    return False


def _fits(request: SignedRequest, secret: str) -> bool:
    return _is_right(request, secret, iter((_signed_text(_source(request)),)))


def _few(request: SignedRequest) -> ByteFields:
    """The parameters, none if they are too many for a message of Vonage: mistakes are not computed for those."""
    fields = _parameters(request)
    return fields if len(fields) <= MAX_PARAMETERS else ()


def _fits_without_extra(request: SignedRequest, secret: str) -> bool:
    """Parameters of the configured URL, which are sent with the others and not signed: one, or all unknown ones."""
    fields = _few(request)
    unknown = tuple(pair for pair in fields if pair[0] != b"sig" and pair[0].lower() not in _OWN)[:MAX_EXTRA]
    chosen = [{name} for name, _ in unknown] + [{name for name, _ in unknown}]
    return bool(unknown) and _is_right(
        request, secret, (_text(tuple(pair for pair in fields if pair[0] not in names)) for names in chosen)
    )


def _fits_unreplaced(request: SignedRequest, secret: str) -> bool:
    return _is_right(request, secret, iter((_text(_few(request), replace=False),)))


def _fits_with_query(request: SignedRequest, secret: str) -> bool:
    """Parameters of the URL that are signed with those of the body."""
    query = fields_of(to_bytes(query_of(request.url)))
    return bool(query) and _is_right(request, secret, iter((_text(query + _few(request)),)))


def method_of(request: SignedRequest, secret: str) -> str | None:
    """The method that a right signature was made with."""
    text = _signed_text(_source(request))
    sent = {signature.lower() for signature in _sent(request)}
    return next((name for name in METHODS if compute(text, secret, name.removeprefix("vonage-")) in sent), None)


def _expected(request: SignedRequest, secret: str) -> str | None:
    """By the method that fits, or by one whose hashes have the length of the sent one; the default is "MD5 hash"."""
    fitting = method_of(request, secret)
    sent = _sent(request)
    usual = _SIZES.get(len(sent[0]) if sent else 0, ("md5hash",))[0]
    return compute(
        _signed_text(_source(request)), secret, usual if fitting is None else fitting.removeprefix("vonage-")
    )


def _stamp(request: SignedRequest) -> datetime | None:
    stamp = dict(_parameters(request)).get(b"timestamp", b"")
    if not (stamp.isdigit() and len(stamp) <= 11):
        return None
    return datetime.fromtimestamp(int(stamp), UTC)


SCHEME = Scheme(
    name="vonage",
    title="the signature of Vonage's SMS API",
    providers=frozenset({"vonage"}),
    marks=frozenset(),
    secret_is=(
        "The signature secret of the account, which is not the API secret: Dashboard, Settings. The method is set"
        " there, too; all five are tried."
    ),
    sent=_sent,
    parts=_parts,
    fits=_fits,
    expected=_expected,
    stamp=_stamp,
    methods=METHODS,
    method_of=method_of,
    mistakes=(
        Mistake(
            cause="extra_params",
            words="the parameters that are not Vonage's, which were configured in the URL, are left out",
            fits=_fits_without_extra,
        ),
        Mistake(
            cause="no_replacement",
            words="& and = in values are not replaced by _, as the documentation requires",
            fits=_fits_unreplaced,
        ),
        Mistake(
            cause="query_dropped", words="the parameters of the URL are signed with the others", fits=_fits_with_query
        ),
    ),
)
