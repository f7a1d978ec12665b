"""Any other sender that signs with HMAC: 108 forms are tried on each header that looks like a signature.

A form is {sha1, sha256, sha512} x {hex, b64, b64url} x {body, ts.body, id.ts.body, url+body} x {key as text, decoded
from Base64, decoded from hexadecimal digits}. Its stable name is, for example, `hmac:sha256:hex:ts.body:text`.
These are the habits of public senders, read 2026-11: webhooks.fyi/security/hmac, and
github.com/standard-webhooks/standard-webhooks@b2fa7b87 (`spec/standard-webhooks.md`).
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from ..candidates import DIGEST_BYTES, SentDigest, candidates_in, may_have_some
from ..digests import base64_of, from_base64, hmac_of, joined, no_stamp
from ..model import Scheme, SignedPart, SignedRequest
from ..reading import key_of, to_bytes

NAME = "hmac"
_ENCODINGS = {"hex": "in hexadecimal digits", "b64": "in Base64", "b64url": "in Base64 for URLs"}
_MESSAGES = {
    "body": "the body",
    "ts.body": "time stamp, dot and body",
    "id.ts.body": "id, dot, time stamp, dot and body",
    "url+body": "URL and body",
}
_KEYS = {
    "text": "the text of the secret",
    "base64": "the secret, decoded from Base64",
    "hex": "the secret, decoded from hexadecimal digits",
}
_DOT = SignedPart(name="dot", value=b".")
_MAX_CACHED = 65_536  # bytes of a body: larger ones would be kept in memory for nothing


class Form(NamedTuple):
    """One of the 108 ways to sign."""

    algorithm: str
    encoding: str
    message: str
    key: str

    @property
    def name(self) -> str:
        """Stable, used in the API."""
        return ":".join((NAME, *self))

    @property
    def words(self) -> str:
        """The same for people."""
        algorithm = self.algorithm.upper().replace("SHA", "SHA-")
        signed, how = _MESSAGES[self.message], _ENCODINGS[self.encoding]
        return f"HMAC with {algorithm} {how}, of {signed}, with {_KEYS[self.key]} as its key"


FORMS = {form.name: form for form in (Form(*each) for each in product(DIGEST_BYTES, _ENCODINGS, _MESSAGES, _KEYS))}


@dataclass(frozen=True, slots=True)
class Found:
    """The form that fits, the value that it fits, and the parts that are signed."""

    form: Form
    digest: SentDigest
    parts: tuple[SignedPart, ...]


def keys_of(secret: str) -> dict[str, bytes]:
    """The keys that a secret may mean, by their names in a form."""
    try:
        from_hex = bytes.fromhex(secret)
    except ValueError:
        from_hex = b""
    keys = {"text": key_of(secret), "base64": from_base64(secret) or b"", "hex": from_hex}
    return {name: key for name, key in keys.items() if key}


def find(request: SignedRequest, secret: str) -> Found | None:
    """The form that fits one of the sent values."""
    head, body = request.raw.head, request.body
    search = _find_without_url if len(body) <= _MAX_CACHED else _search_without_url
    return search(head, body, secret) or _first_that_fits(
        head, secret, [("url+body", _url_and_body(request.url, body))]
    )


def _search_without_url(head: bytes, body: bytes, secret: str) -> Found | None:
    return _first_that_fits(head, secret, list(_messages(head, body)))


_find_without_url = lru_cache(maxsize=8)(_search_without_url)
"""Cached, because variants of the URL change nothing here."""


def _messages(head: bytes, body: bytes) -> Iterator[tuple[str, tuple[SignedPart, ...]]]:
    """What may be signed, without the URL."""
    text = SignedPart(name="body", value=body)
    yield "body", (text,)
    candidates = candidates_in(head)
    for stamp in candidates.stamps:
        yield "ts.body", (SignedPart(name="time stamp", value=stamp), _DOT, text)
    for id_, stamp in product(candidates.ids, candidates.stamps):
        with_stamp = (SignedPart(name="time stamp", value=stamp), _DOT, text)
        yield "id.ts.body", (SignedPart(name="id", value=id_), _DOT, *with_stamp)


def _url_and_body(url: str, body: bytes) -> tuple[SignedPart, ...]:
    return SignedPart(name="URL", value=to_bytes(url)), SignedPart(name="body", value=body)


def _first_that_fits(head: bytes, secret: str, messages: list[tuple[str, tuple[SignedPart, ...]]]) -> Found | None:
    digests = candidates_in(head).digests
    lengths = {len(digest.value) for digest in digests}
    for algorithm, length in DIGEST_BYTES.items():
        if length not in lengths:
            continue
        for (message, parts), (name, key) in product(messages, keys_of(secret).items()):
            right = hmac_of(key, joined(parts), algorithm)
            for digest in digests:
                if hmac.compare_digest(digest.value, right):
                    return Found(Form(algorithm, digest.encoding, message, name), digest, parts)
    return None


def sent(request: SignedRequest) -> tuple[str, ...]:
    """The values that look like signatures, if the name of a header says that there is one."""
    if not may_have_some(request.raw.head):
        return ()
    candidates = candidates_in(request.raw.head)
    return tuple(dict.fromkeys(digest.text for digest in candidates.digests)) if candidates.named else ()


def parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    """What may be signed besides time stamp and id: which form it is, is not known without the secret."""
    return _url_and_body(request.url, request.body)


def fits(request: SignedRequest, secret: str) -> bool:
    return find(request, secret) is not None


def expected(request: SignedRequest, secret: str) -> str | None:
    """What the body alone would give, with the hash and the encoding of the sent value."""
    digests = candidates_in(request.raw.head).digests
    if not digests:
        return None
    algorithm = next(name for name, length in DIGEST_BYTES.items() if length == len(digests[0].value))
    return encoded(hmac_of(key_of(secret), request.body, algorithm), digests[0].encoding)


def encoded(digest: bytes, encoding: str) -> str:
    """The text of a digest."""
    if encoding == "hex":
        return digest.hex()
    text = base64_of(digest)
    return text if encoding == "b64" else text.replace("+", "-").replace("/", "_").rstrip("=")


def exactly(request: SignedRequest, secret: str) -> Scheme | None:
    """The scheme of the form that fits: its name, its words, and the parts that are signed."""
    found = find(request, secret)
    if found is None:
        return None
    right = found.digest.text
    return replace(
        GENERIC,
        name=found.form.name,
        title=f"{found.form.words} (header {found.digest.header})",
        sent=lambda _: (right,),
        parts=lambda _: found.parts,
        expected=lambda _, __: right,
    )


def method_of(request: SignedRequest, secret: str) -> str | None:
    """The name of the form that fits."""
    found = find(request, secret)
    return None if found is None else found.form.name


GENERIC = Scheme(
    name=NAME,
    title="a signature with HMAC",
    providers=frozenset(),
    marks=frozenset(),
    secret_is="The secret that you share with the sender: its page about webhooks.",
    sent=sent,
    parts=parts,
    fits=fits,
    expected=expected,
    stamp=no_stamp,
    methods=tuple(FORMS),
    method_of=method_of,
    exactly=exactly,
)
