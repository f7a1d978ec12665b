"""What is tried, in order: the request as it is, then with one change, then with two and three.

A change is of the URL, the body or the secret, or one that only the scheme has. The number of attempts is bounded, and
so are the bytes that are hashed: a large body gets fewer of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from .bodies import BodyVariant, body_variants
from .keys import KeyVariant, key_variants
from .model import Scheme, Secret, SignedRequest
from .urls import url_variants

MAX_ATTEMPTS = 900
MAX_HASHED = 3_000_000
_COST = 400  # of an attempt besides its body, as bytes that are hashed in the same time
_PROBE = "probe://probe.invalid/probe?probe=1"
_KEYS_WITH_URLS = frozenset({"secret_whitespace", "secret_quotes"})
_URLS_WITH_KEYS = 40


class Change(NamedTuple):
    """A changed request, and whether the scheme's own mistake with this number has to fit. `words` complete
    "valid if …"."""

    causes: tuple[str, ...]
    words: str
    request: SignedRequest
    mistake: int | None = None


class SignatureAttempt(NamedTuple):
    """One attempt: a secret, or another form of it, with a change. `causes` are empty where nothing is changed."""

    secret: Secret
    change: Change
    key: KeyVariant | None = None

    @property
    def causes(self) -> tuple[str, ...]:
        """What is changed, in secret and request."""
        return self.change.causes if self.key is None else (self.key.cause, *self.change.causes)

    @property
    def words(self) -> str:
        """Completes "valid if …"."""
        return " and ".join(filter(None, (self.key.words if self.key else "", self.change.words)))

    @property
    def value(self) -> str:
        """The secret as it is tried."""
        return self.secret.value if self.key is None else self.key.secret

    def fits(self, scheme: Scheme) -> bool:
        """Whether the signature is right so."""
        number = self.change.mistake
        fits = scheme.fits if number is None else scheme.mistakes[number].fits
        return fits(self.change.request, self.secret.value if self.key is None else self.key.secret)


def attempts(request: SignedRequest, scheme: Scheme, secrets: Sequence[Secret]) -> Iterator[SignatureAttempt]:
    """All attempts, those with the fewest changes first; bounded."""
    unchanged = Change((), "", request)
    for secret in secrets:
        yield SignatureAttempt(secret, unchanged)
    limit = min(MAX_ATTEMPTS, MAX_HASHED // (len(request.body) + _COST))
    yield from islice(_changed(unchanged, scheme, secrets), limit)


def _changed(unchanged: Change, scheme: Scheme, secrets: Sequence[Secret]) -> Iterator[SignatureAttempt]:
    request = unchanged.request
    keys = [(secret, key) for secret in secrets if scheme.needs_secret for key in key_variants(secret.value)]
    yield from (SignatureAttempt(secret, unchanged, key) for secret, key in keys)
    own = [Change((each.cause,), each.words, request, number) for number, each in enumerate(scheme.mistakes)]
    yield from _each(secrets, own)
    urls: dict[int, list[Change]] = {1: [], 2: [], 3: []}
    if covers_url(request, scheme):
        for url in url_variants(request, request.hosts):
            changed = SignedRequest(
                raw=request.raw, url=url.url, body=request.body, certificates=request.certificates, hosts=request.hosts
            )
            urls[len(url.causes)].append(Change(url.causes, url.words, changed))
    yield from _each(secrets, urls[1])
    if covers_body(request, scheme):
        yield from _each(secrets, [_with_body(request, variant) for variant in body_variants(request)])
    for secret, key in keys:
        if key.cause in _KEYS_WITH_URLS:
            yield from (SignatureAttempt(secret, change, key) for change in urls[1][:_URLS_WITH_KEYS])
    yield from _each(secrets, urls[2])
    yield from _each(secrets, urls[3])


def _each(secrets: Sequence[Secret], changes: Sequence[Change]) -> Iterator[SignatureAttempt]:
    """One change with each secret, before the next change: what schemes cache of a request is used again."""
    for change in changes:
        for secret in secrets:
            yield SignatureAttempt(secret, change)


def _with_body(request: SignedRequest, variant: BodyVariant) -> Change:
    return Change((variant.cause,), variant.words, replace(request, body=variant.body))


def covers_url(request: SignedRequest, scheme: Scheme) -> bool:
    """Whether the URL is part of what is signed."""
    return scheme.parts(request) != scheme.parts(replace(request, url=_PROBE))


def covers_body(request: SignedRequest, scheme: Scheme) -> bool:
    """Whether the body, or a hash of it, is part of what is signed."""
    return scheme.parts(request) != scheme.parts(replace(request, body=request.body + b"&probe=1"))
