"""What a scheme signs, right and with the mistakes of code, and how its right result is computed."""

import hashlib
import hmac
from base64 import b64decode, urlsafe_b64decode
from binascii import Error as NoBase64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..attempts import covers_body, covers_url
from ..model import Scheme, SignedPart, SignedRequest
from ..reading import fields_of, is_form, key_of, to_bytes
from .addresses import wrong_urls
from .fields import FieldRule, Fields, wrong_fields
from .model import CodeMistake, SignedText
from .raw_bodies import wrong_bodies
from .secrets import read_pasted

MAX_BODY = 131_072
"""A larger body is signed as it is: the mistakes of its text would take too long."""

Digest = Callable[[bytes, bytes], bytes]


def _keyed(algorithm: str) -> Digest:
    return lambda key, text: hmac.digest(key, text, algorithm)


def _md5_hash(key: bytes, text: bytes) -> bytes:
    return hashlib.md5(text + key, usedforsecurity=False).digest()


ALGORITHMS: dict[str, Digest] = {
    "HMAC-SHA1": _keyed("sha1"),
    "HMAC-SHA256": _keyed("sha256"),
    "HMAC-SHA384": _keyed("sha384"),
    "HMAC-SHA512": _keyed("sha512"),
    "HMAC-MD5": _keyed("md5"),
    "MD5 hash": _md5_hash,
}
SIZES = {"HMAC-SHA1": 20, "HMAC-SHA256": 32, "HMAC-SHA384": 48, "HMAC-SHA512": 64, "HMAC-MD5": 16, "MD5 hash": 16}


@dataclass(frozen=True, slots=True)
class Recipe:
    """The right computation for one request and one secret, and the texts; the right one is the first."""

    key: bytes
    algorithm: str
    encoding: str
    texts: list[SignedText]


def recipe_for(request: SignedRequest, scheme: Scheme, secret: str) -> Recipe | None:
    """None for a scheme whose signature is no keyed hash over its parts, so that nothing can be computed."""
    expected = scheme.expected(request, secret)
    wanted = read_pasted(expected) if expected else []
    if not wanted:
        return None
    for texts in (list(_texts(request, scheme)), list(_token_texts(request, scheme))):
        for key in _likely_keys(secret) if texts else ():
            for name, digest in ALGORITHMS.items():
                if SIZES[name] == len(wanted[0].digest) and digest(key, texts[0].signed) == wanted[0].digest:
                    return Recipe(key, name, wanted[0].encoding, texts)
    return None


def _token_texts(request: SignedRequest, scheme: Scheme) -> Iterator[SignedText]:
    """A token is signed without the body, of which it has a hash: its first part alone."""
    if scheme.fits_but_body is not None:
        yield from (SignedText((), part.value) for part in scheme.parts(request)[:1])


def _likely_keys(secret: str) -> Iterator[bytes]:
    """The text of the secret, or what its Base64 is, with and without a prefix."""
    yield key_of(secret)
    for text in (secret, secret.partition("_")[2]):
        bare = text.rstrip("=")
        padded = bare + "=" * (-len(bare) % 4)
        for decode in (b64decode, urlsafe_b64decode):
            try:
                yield decode(padded.encode("ascii"))
            except (NoBase64, ValueError):
                continue


def _texts(request: SignedRequest, scheme: Scheme) -> Iterator[SignedText]:
    """The right text is the first."""
    parts = scheme.parts(request)
    yield SignedText((), _joined(parts))
    urls = wrong_urls(request.url) if covers_url(request, scheme) else [(None, request.url)]
    rule = _RULES.get(scheme.name)
    signs_fields = rule is not None and is_form(request.raw) and covers_body(request, scheme)
    if len(request.body) > MAX_BODY:
        yield from _without_bodies(request, scheme, urls)
    elif rule is not None and signs_fields:
        yield from _of_fields(request, scheme, urls, rule)
    else:
        yield from _of_bodies(request, scheme, urls)
    yield from _of_parts(parts)


def _without_bodies(
    request: SignedRequest, scheme: Scheme, urls: Sequence[tuple[CodeMistake | None, str]]
) -> Iterator[SignedText]:
    for mistake, url in urls:
        if mistake is not None:
            yield SignedText((mistake,), _joined(scheme.parts(replace(request, url=url))))


def _of_bodies(
    request: SignedRequest, scheme: Scheme, urls: Sequence[tuple[CodeMistake | None, str]]
) -> Iterator[SignedText]:
    bodies = wrong_bodies(request.body) if covers_body(request, scheme) else [(None, request.body)]
    for url_mistake, url in urls:
        for body_mistake, body in bodies:
            mistakes = _both(url_mistake, body_mistake)
            if mistakes:
                yield SignedText(mistakes, _joined(scheme.parts(replace(request, url=url, body=body))))


def _of_fields(
    request: SignedRequest, scheme: Scheme, urls: Sequence[tuple[CodeMistake | None, str]], rule: FieldRule
) -> Iterator[SignedText]:
    """What is before and after the fields is that of the scheme, for each URL."""
    pairs: Fields = tuple((_text(name), _text(value)) for name, value in fields_of(request.body))
    bodies = [
        (mistake, text.encode("utf-8", "surrogateescape"))
        for mistake, text in wrong_fields(pairs, _text(request.body), rule)
    ]
    for url_mistake, url in urls:
        before, after = _around(scheme, replace(request, url=url))
        for body_mistake, body in bodies:
            mistakes = _both(url_mistake, body_mistake)
            if mistakes:
                yield SignedText(mistakes, before + body + after)


def _around(scheme: Scheme, request: SignedRequest) -> tuple[bytes, bytes]:
    """The signed bytes before and after the fields of a form."""
    if scheme.name == "plivo":
        parts = {part.name: part.value for part in scheme.parts(request)}
        before = parts["URL without its query"] + parts.get("sorted query", b"")
        return before, parts.get("nonce", b"")
    return (b"", b"") if scheme.name == "vonage" else (to_bytes(request.url), b"")


def _of_parts(parts: Sequence[SignedPart]) -> Iterator[SignedText]:
    """Parts that are left out or in another order; for a form, whose fields are parts, there are other mistakes."""
    if not 2 <= len(parts) <= 9:
        return
    for at, part in enumerate(parts):
        words = f"this is left out: {part.name}"
        yield SignedText(
            (CodeMistake("part_left_out", words, f"Add it: {part.name}."),), _joined((*parts[:at], *parts[at + 1 :]))
        )
    names = CodeMistake("separators", "the separators between the parts are left out", "Add them.")
    yield SignedText((names,), _joined([part for part in parts if len(part.value) > 1]))
    yield SignedText((CodeMistake("order", "the parts are in the wrong order", "Swap them."),), _joined(parts[::-1]))


def _both(first: CodeMistake | None, second: CodeMistake | None) -> tuple[CodeMistake, ...]:
    return tuple(mistake for mistake in (first, second) if mistake is not None)


def _joined(parts: Sequence[SignedPart]) -> bytes:
    return b"".join([part.value for part in parts])


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _distinct(fields: Fields) -> Sequence[tuple[str, str]]:
    return sorted(set(fields))


def _stable(fields: Fields) -> Sequence[tuple[str, str]]:
    return sorted(fields, key=lambda pair: pair[0])


def _as_map(fields: Fields) -> Sequence[tuple[str, str]]:
    return sorted({name: value for name, value in fields if name != "sig"}.items())


def _plain(fields: Sequence[tuple[str, str]]) -> str:
    return "".join([name + value for name, value in fields])


def _replaced(fields: Sequence[tuple[str, str]]) -> str:
    return "".join([f"&{name}={value.replace('&', '_').replace('=', '_')}" for name, value in fields])


_RULES = {
    "twilio": FieldRule(_distinct, _plain),
    "signalwire": FieldRule(_stable, _plain),
    "plivo": FieldRule(sorted, _plain),
    "vonage": FieldRule(_as_map, _replaced),
}
