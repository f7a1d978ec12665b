"""Plivo: V2 covers the URL without its query, V3 the URL, the query and the fields. Both have a nonce.

Sources, read 2026-11-28: plivo.com/docs/messaging/concepts/signature-validation (V2, messages),
plivo.com/docs/voice/concepts/signature-validation (V3, calls), github.com/plivo/plivo-python 4.63 `plivo/utils`
(the string; several signatures separated by commas; `?` without a query where there are fields). The header with `Ma`
is signed with the auth token of the main account, the other one with that of the subaccount.
"""

import hmac
from base64 import b64encode
from functools import lru_cache

from ..model import Scheme, SignedPart, SignedRequest
from ..reading import (
    MAX_VALUES,
    ByteFields,
    as_bytes,
    fields_of,
    is_form,
    key_of,
    query_of,
    to_bytes,
    value_of,
    values_of,
)

_V2 = (b"x-plivo-signature-v2", b"x-plivo-signature-ma-v2")
_V3 = (b"x-plivo-signature-v3", b"x-plivo-signature-ma-v3")
_V2_NONCE = b"x-plivo-signature-v2-nonce"
_V3_NONCE = b"x-plivo-signature-v3-nonce"


def _listed(request: SignedRequest, names: tuple[bytes, ...]) -> tuple[str, ...]:
    return _split(tuple(value for name in names for value in values_of(request.raw, name)))


@lru_cache(maxsize=32)
def _split(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([part.strip() for value in values for part in value.split(",") if part.strip()][:MAX_VALUES])


def _sent(request: SignedRequest) -> tuple[str, ...]:
    return _listed(request, _V3) + _listed(request, _V2)


def _base(url: str) -> bytes:
    return to_bytes(url.partition("#")[0].partition("?")[0])


@lru_cache(maxsize=8)
def _sorted(body: bytes) -> ByteFields:
    return tuple(sorted(fields_of(body)))


@lru_cache(maxsize=8)
def _v2_parts(url: str, nonce: str) -> tuple[SignedPart, ...]:
    return (
        SignedPart(name="URL without its query", value=_base(url)),
        SignedPart(name="nonce", value=to_bytes(nonce)),
    )


@lru_cache(maxsize=8)
def _v3_parts(url: str, nonce: str, body: bytes) -> tuple[SignedPart, ...]:
    """Cached for several secrets. `body` is blank where its fields are not signed."""
    query = b"&".join([name + b"=" + value for name, value in sorted(fields_of(to_bytes(query_of(url))))])
    fields = _sorted(body)
    parts = [SignedPart(name="URL without its query", value=_base(url))]
    if query or fields:
        parts.append(SignedPart(name="sorted query", value=b"?" + query + (b"." if query and fields else b"")))
    if fields:
        parts.append(SignedPart(name="sorted fields", value=b"".join([name + value for name, value in fields])))
    parts.append(SignedPart(name="nonce", value=b"." + to_bytes(nonce)))
    return tuple(parts)


def _v2(request: SignedRequest) -> tuple[SignedPart, ...]:
    return _v2_parts(request.url, value_of(request.raw, _V2_NONCE))


def _v3(request: SignedRequest) -> tuple[SignedPart, ...]:
    return _v3_parts(request.url, value_of(request.raw, _V3_NONCE), request.body if is_form(request.raw) else b"")


def _parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    return _v3(request) if _listed(request, _V3) else _v2(request)


def _digest(parts: tuple[SignedPart, ...], secret: str) -> bytes:
    return b64encode(hmac.digest(key_of(secret), b"".join([part.value for part in parts]), "sha256"))


def _fits(request: SignedRequest, secret: str) -> bool:
    for names, parts_of in ((_V3, _v3), (_V2, _v2)):
        sent = as_bytes(_listed(request, names))
        computed = _digest(parts_of(request), secret) if sent else b""
        for value in sent:
            if hmac.compare_digest(value, computed):
                return True
    return False


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
