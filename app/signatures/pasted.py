"""The box "paste the signature that your code computed": which mistake gives exactly that value?

All combinations of mistakes of URL, body, key, hash and encoding are computed over the received bytes, those with the
fewest mistakes first, and the first that equals the pasted value is the answer.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from .matching import find_match, is_for
from .model import Scheme, Secret, SignedRequest
from .pasting.model import CodeMistake, Key, SignedText
from .pasting.raw_bodies import wrong_bodies
from .pasting.recipes import ALGORITHMS, MAX_BODY, SIZES, Recipe, recipe_for
from .pasting.secrets import Pasted, encoding_mistake, read_pasted, wrong_keys
from .reading import fields_of, is_form
from .schemes import schemes_for, schemes_of

MAX_HASHED = 24_000_000
_COST = 1_000  # of a computation besides its bytes, as bytes that are hashed in the same time
ENCODINGS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedResult:
    """What was found. `mistakes` are the fewest that give the pasted value: none for the right signature, and None
    where no combination gives it. `secret`: the label of the secret with which. `tried`: how many combinations."""

    mistakes: tuple[CodeMistake, ...] | None
    sentence: str
    scheme: str | None = None
    secret: str | None = None
    tried: int = 0


def explain_pasted(
    request: SignedRequest, secrets: Sequence[Secret], provider: str | None, pasted: str
) -> PastedResult:
    """The mistakes that give the pasted signature. It never raises, and computes a bounded number of hashes."""
    values = read_pasted(pasted)
    if not values:
        sentence = "This is no signature: paste hexadecimal digits or Base64 of 16, 20, 32, 48 or 64 bytes."
        return PastedResult(mistakes=None, sentence=sentence)
    tried = 0
    named = None
    hashed = _explain_hash(request, provider, values)
    if hashed is not None:
        return hashed
    for scheme, base, secret in _bases(request, secrets, provider):
        recipe = recipe_for(base.request, scheme, base.value)
        if recipe is None:
            continue
        named = scheme
        search = _Search(recipe, values, wrong_keys(base.value, recipe.key, fields_of(base.request.body)))
        mistakes = search.run()
        tried += search.tried
        if mistakes is not None:
            return PastedResult(
                mistakes=mistakes,
                sentence=_sentence(mistakes, scheme, secret),
                scheme=scheme.name,
                secret=secret.label,
                tried=tried,
            )
    if named is None:
        return PastedResult(mistakes=None, sentence=_nothing_to_compute(request, secrets, provider))
    sentence = (
        f"None of {tried:,} combinations of mistakes gives this value. Compare the signed bytes that are displayed here"
        " with those of your code, and check that the value is for this request."
    )
    return PastedResult(mistakes=None, sentence=sentence, scheme=named.name, tried=tried)


def _explain_hash(request: SignedRequest, provider: str | None, values: Sequence[Pasted]) -> PastedResult | None:
    """The SHA-256 of the body, which some schemes have in a token or in the URL."""
    scheme = next((scheme for scheme in schemes_of(request, provider) if scheme.fits_but_body), None)
    if scheme is None or is_form(request.raw):
        return None
    bodies = wrong_bodies(request.body) if len(request.body) <= MAX_BODY else [(None, request.body)]
    for mistake, body in bodies:
        if any(hashlib.sha256(body).digest() == value.digest for value in values):
            mistakes = () if mistake is None else (mistake,)
            words = "This is the right SHA-256 of the body." if mistake is None else _words(mistakes)
            return PastedResult(mistakes=mistakes, sentence=words, scheme=scheme.name, tried=len(bodies))
    return None


@dataclass(frozen=True, slots=True)
class _Base:
    """The request and the secret for which a computation is right."""

    request: SignedRequest
    value: str


def _bases(
    request: SignedRequest, secrets: Sequence[Secret], provider: str | None
) -> Iterator[tuple[Scheme, _Base, Secret]]:
    """For each scheme the request as it was signed, where that is found; otherwise as received, for each secret."""
    found = schemes_of(request, provider) or schemes_for(provider) or _named(secrets)
    for scheme in found:
        usable = [secret for secret in secrets if is_for(secret, scheme)]
        match = find_match(request, scheme, usable)
        if match is not None:
            yield scheme, _Base(match.change.request, match.value), match.secret
            usable = [secret for secret in usable if match.causes or secret != match.secret]
        yield from ((scheme, _Base(request, secret.value), secret) for secret in usable)


def _named(secrets: Sequence[Secret]) -> tuple[Scheme, ...]:
    return tuple(scheme for secret in secrets for scheme in schemes_for(secret.scheme))


class _Search:
    """The combinations for one request and one secret. `tried` is how many were compared."""

    def __init__(self, recipe: Recipe, values: Sequence[Pasted], keys: Sequence[Key]) -> None:
        self.tried = 0
        self._recipe = recipe
        self._values = values
        self._keys = keys
        self._left = MAX_HASHED

    def run(self) -> tuple[CodeMistake, ...] | None:
        """The fewest mistakes that give one of the values, or None."""
        return next(
            (mistakes for mistakes in (self._find(value) for value in self._values) if mistakes is not None), None
        )

    def _find(self, value: Pasted) -> tuple[CodeMistake, ...] | None:
        encoding = encoding_mistake(value, self._recipe.encoding)
        last = (encoding,) if encoding else ()
        best: tuple[CodeMistake, ...] | None = None
        for name in ALGORITHMS:
            if SIZES[name] != len(value.digest):
                continue
            algorithm = () if name == self._recipe.algorithm else (_other_algorithm(name, self._recipe.algorithm),)
            found = self._find_by(name, value.digest)
            mistakes = None if found is None else (*found, *algorithm, *last)
            if mistakes is not None and (best is None or len(mistakes) < len(best)):
                best = mistakes
        plain = self._find_plain(value.digest) if best is None or len(best) > 1 else None
        return (plain, *last) if plain is not None else best

    def _find_by(self, algorithm: str, digest: bytes) -> tuple[CodeMistake, ...] | None:
        """By one algorithm: the combinations of texts and keys, those with the fewest mistakes first."""
        compute = ALGORITHMS[algorithm]
        for text, key in _combinations(self._recipe.texts, self._keys):
            self._left -= len(text.signed) + _COST
            if self._left < 0:
                return None
            self.tried += ENCODINGS
            if compute(key.value, text.signed) == digest:
                return (*text.mistakes, *key.mistakes)
        return None

    def _find_plain(self, digest: bytes) -> CodeMistake | None:
        """Hashes without HMAC, of the right text."""
        text, key = self._recipe.texts[0].signed, self._recipe.key
        for name in ("sha1", "sha256", "sha384", "sha512", "md5"):
            for words, signed in (("secret and text", key + text), ("text and secret", text + key), ("the text", text)):
                self.tried += ENCODINGS
                if hashlib.new(name, signed, usedforsecurity=False).digest() == digest:
                    return CodeMistake(
                        "no_hmac", f"it is a plain {name.upper()} of {words}, not an HMAC", "Use the library's HMAC."
                    )
        return None


def _combinations(texts: Sequence[SignedText], keys: Sequence[Key]) -> Iterator[tuple[SignedText, Key]]:
    """Those with the fewest mistakes first."""
    by_count = [[text for text in texts if len(text.mistakes) == count] for count in range(3)]
    for total in range(4):
        for key in keys:
            count = total - len(key.mistakes)
            if 0 <= count < len(by_count):
                yield from zip(by_count[count], repeat(key), strict=False)


def _other_algorithm(used: str, right: str) -> CodeMistake:
    return CodeMistake("algorithm", f"{used} is used instead of {right}", f"Use {right}.")


def _sentence(mistakes: Sequence[CodeMistake], scheme: Scheme, secret: Secret) -> str:
    if not mistakes:
        return (
            f"This is the right signature for this request and the secret {secret.label} ({scheme.title}). If your code"
            " rejects the request, look at what it compares with: the name of the header, and the whole value."
        )
    return _words(mistakes)


def _words(mistakes: Sequence[CodeMistake]) -> str:
    words = "; ".join(mistake.words for mistake in mistakes)
    cures = " ".join(mistake.cure for mistake in mistakes if mistake.cure)
    return f"Your code makes {'this mistake' if len(mistakes) == 1 else 'these mistakes'}: {words}. {cures}".rstrip()


def _nothing_to_compute(request: SignedRequest, secrets: Sequence[Secret], provider: str | None) -> str:
    if not secrets:
        return "Enter the secret first: without it nothing can be computed."
    found = schemes_of(request, provider) or schemes_for(provider)
    if not found:
        return "How this request would be signed is not known."
    return f"Only the sender can compute {found[0].title}: there is nothing to compare with."
