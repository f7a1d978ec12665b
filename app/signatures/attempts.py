"""What is tried, in order: the request as it is, then with one change, then with two and three.

A change is of the URL, the body or the secret, or one that only the scheme has. The number of attempts is bounded, and
so are the bytes that are hashed: a large body gets fewer of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from .bodies import body_variants
from .keys import KeyVariant, key_variants
from .model import Scheme, Secret, SignedRequest
from .urls import UrlVariant, url_variants

MAX_ATTEMPTS = 2000
MAX_HASHED = 4_000_000
_COST = 400  # of an attempt besides its body, as bytes that are hashed in the same time
_PROBE = "probe://probe.invalid/probe?probe=1"
_KEYS_WITH_URLS = frozenset({"secret_whitespace", "secret_quotes"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt. `causes` are empty where nothing is changed; `words` complete "valid if …"."""

    secret: Secret
    causes: tuple[str, ...]
    words: str
    request: SignedRequest
    value: str
    mistake: int | None = None

    def fits(self, scheme: Scheme) -> bool:
        """Whether the signature is right so."""
        fits = scheme.fits if self.mistake is None else scheme.mistakes[self.mistake].fits
        return fits(self.request, self.value)


def attempts(request: SignedRequest, scheme: Scheme, secrets: Sequence[Secret]) -> Iterator[Attempt]:
    """All attempts, those with the fewest changes first; bounded."""
    for secret in secrets:
        yield Attempt(secret, (), "", request, secret.value)
    limit = min(MAX_ATTEMPTS, MAX_HASHED // (len(request.body) + _COST))
    yield from islice(_changed(request, scheme, secrets), limit)


def _changed(request: SignedRequest, scheme: Scheme, secrets: Sequence[Secret]) -> Iterator[Attempt]:
    urls = list(url_variants(request, request.hosts)) if covers_url(request, scheme) else []
    keys = [(secret, key_variants(secret.value) if scheme.needs_secret else ()) for secret in secrets]
    single = [variant for variant in urls if len(variant.causes) == 1]
    for secret, others in keys:
        for key in others:
            yield Attempt(secret, (key.cause,), key.words, request, key.secret)
        for number, mistake in enumerate(scheme.mistakes):
            yield Attempt(secret, (mistake.cause,), mistake.words, request, secret.value, number)
        yield from _with_urls(request, secret, single)
    if covers_body(request, scheme):
        yield from _with_bodies(request, secrets)
    for secret, others in keys:
        for key in (key for key in others if key.cause in _KEYS_WITH_URLS):
            yield from _with_urls(request, secret, single[:40], key)
    for count in (2, 3):
        for secret in secrets:
            yield from _with_urls(request, secret, [variant for variant in urls if len(variant.causes) == count])


def _with_bodies(request: SignedRequest, secrets: Sequence[Secret]) -> Iterator[Attempt]:
    for secret in secrets:
        for body in body_variants(request):
            yield Attempt(secret, (body.cause,), body.words, replace(request, body=body.body), secret.value)


def _with_urls(
    request: SignedRequest, secret: Secret, urls: Sequence[UrlVariant], key: KeyVariant | None = None
) -> Iterator[Attempt]:
    for url in urls:
        changed = SignedRequest(
            raw=request.raw, url=url.url, body=request.body, certificates=request.certificates, hosts=request.hosts
        )
        if key is None:
            yield Attempt(secret, url.causes, url.words, changed, secret.value)
        else:
            yield Attempt(secret, (key.cause, *url.causes), f"{key.words} and {url.words}", changed, key.secret)


def covers_url(request: SignedRequest, scheme: Scheme) -> bool:
    """Whether the URL is part of what is signed."""
    return scheme.parts(request) != scheme.parts(replace(request, url=_PROBE))


def covers_body(request: SignedRequest, scheme: Scheme) -> bool:
    """Whether the body, or a hash of it, is part of what is signed."""
    return scheme.parts(request) != scheme.parts(replace(request, body=request.body + b"&probe=1"))
