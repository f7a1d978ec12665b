"""Plivo: V2 covers the URL without its query, V3 the URL, the query and the fields. Both have a nonce.

Sources, read 2026-11-28: plivo.com/docs/messaging/concepts/signature-validation (V2, messages),
plivo.com/docs/voice/concepts/signature-validation (V3, calls), github.com/plivo/plivo-python 4.63 `plivo/utils`
(the string; several signatures separated by commas; `?` without a query where there are fields). The header with `Ma`
is signed with the auth token of the main account, the other one with that of the subaccount.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache

from ..model import Scheme, SignedPart, SignedRequest
from ..reading import ByteFields, fields_of, is_form, key_of, query_of, to_bytes, value_of, values_of

_V2 = (b"x-plivo-signature-v2", b"x-plivo-signature-ma-v2")
_V3 = (b"x-plivo-signature-v3", b"x-plivo-signature-ma-v3")
_V2_NONCE = b"x-plivo-signature-v2-nonce"
_V3_NONCE = b"x-plivo-signature-v3-nonce"


def _listed(request: SignedRequest, names: tuple[bytes, ...]) -> tuple[str, ...]:
    values = (value for name in names for value in values_of(request.raw, name))
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _sent(request: SignedRequest) -> tuple[str, ...]:
    return _listed(request, _V3) + _listed(request, _V2)


def _base(url: str) -> bytes:
    return to_bytes(url.partition("#")[0].partition("?")[0])


@lru_cache(maxsize=8)
def _sorted(fields: ByteFields) -> ByteFields:
    return tuple(sorted(fields))


def _v2_parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    nonce = value_of(request.raw, _V2_NONCE)
    return (
        SignedPart(name="URL without its query", value=_base(request.url)),
        SignedPart(name="nonce", value=to_bytes(nonce)),
    )


def _v3_parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    query = b"&".join([k + b"=" + v for k, v in _sorted(fields_of(to_bytes(query_of(request.url))))])
    fields = _sorted(fields_of(request.body)) if is_form(request.raw) else ()
    parts = [SignedPart(name="URL without its query", value=_base(request.url))]
    if query or fields:
        parts.append(SignedPart(name="sorted query", value=b"?" + query + (b"." if query and fields else b"")))
    if fields:
        parts.append(SignedPart(name="sorted fields", value=b"".join([name + value for name, value in fields])))
    parts.append(SignedPart(name="nonce", value=b"." + to_bytes(value_of(request.raw, _V3_NONCE))))
    return tuple(parts)


def _parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    return _v3_parts(request) if _listed(request, _V3) else _v2_parts(request)


def _digest(parts: tuple[SignedPart, ...], secret: str) -> bytes:
    return b64encode(hmac.digest(key_of(secret), b"".join([part.value for part in parts]), "sha256"))


def _pairs(request: SignedRequest, secret: str) -> Iterator[tuple[str, bytes]]:
    """Each signature with what it should be."""
    for names, parts in ((_V3, _v3_parts), (_V2, _v2_parts)):
        sent = _listed(request, names)
        if sent:
            computed = _digest(parts(request), secret)
            yield from ((signature, computed) for signature in sent)


def _fits(request: SignedRequest, secret: str) -> bool:
    return any(hmac.compare_digest(sent.encode("latin-1"), computed) for sent, computed in _pairs(request, secret))


def _expected(request: SignedRequest, secret: str) -> str | None:
    return _digest(_parts(request), secret).decode()


def _suspect(request: SignedRequest) -> tuple[str, str] | None:
    nonce = _V3_NONCE if _listed(request, _V3) else _V2_NONCE
    return None if value_of(request.raw, nonce) else ("missing_header", f"the header {nonce.decode()} is absent")


SCHEME = Scheme(
    name="plivo",
    title="Plivo's signature",
    providers=frozenset({"plivo"}),
    marks=frozenset((*_V2, *_V3)),
    secret_is=(
        "The auth token of the account, or of the subaccount that owns the number: Console, Overview. The header with"
        " Ma is signed with that of the main account."
    ),
    sent=_sent,
    parts=_parts,
    fits=_fits,
    expected=_expected,
    stamp=lambda _: None,
    suspect=_suspect,
)
