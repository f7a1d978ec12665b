"""Is a capture genuine? The verdict over the received bytes, with the fewest changes that make the signature right."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..domain.providers import PROVIDER_TITLES
from ..domain.signatures import Judgement, SignatureVerdict
from .attempts import SignatureAttempt
from .bodies import body_variants
from .keys import shape_of
from .matching import NO_SECRET, find_match, is_complete, secrets_for
from .model import Scheme, Secret, SignedRequest
from .near import near_header, repeated_header
from .schemes import ANY_HMAC, SCHEMES, scheme_of, schemes_for, schemes_of
from .words import cure_of

_WRONG = SignatureVerdict.WRONG_SECRET_OR_CHANGED
_SIGNATURE = b"signature"  # a part of the names of the headers of all schemes, except those of these providers
_SIGNED_ELSEWHERE = frozenset(
    provider
    for scheme in SCHEMES
    if not scheme.marks or not all(_SIGNATURE in mark for mark in scheme.marks)
    for provider in scheme.providers
)


def judge(request: SignedRequest, secrets: Sequence[Secret], provider: str | None) -> Judgement:
    """The verdict about one request. It never raises, whatever was sent, and takes a bounded number of attempts.

    All secrets are tried; `provider` is the name of the one that the request was recognised as, or None.
    """
    if not secrets and _SIGNATURE not in request.raw.head.lower() and provider not in _SIGNED_ELSEWHERE:
        return _UNSIGNED.get(provider, _UNKNOWN)  # nearly all captures: this takes half a microsecond
    found = [scheme for scheme in schemes_of(request, provider) if _is_meant(scheme, secrets)]
    if not found:
        return _judge_unsigned(request, secrets, provider)
    if len(found) > 1:
        found.sort(key=lambda scheme: not _fits_as_it_is(request, secrets, scheme))
    judgements = []
    for scheme in found:
        judgements.append(_judge_by(request, secrets, scheme))
        if judgements[-1].verdict is SignatureVerdict.VALID:
            break
    best = min(judgements, key=lambda judgement: _RANK.index(judgement.verdict))
    return _by_any_hmac(request, secrets, found) or best if best.verdict is _WRONG else best


def _by_any_hmac(request: SignedRequest, secrets: Sequence[Secret], found: Sequence[Scheme]) -> Judgement | None:
    """A verdict by the generic scheme, for headers of well-known names that other senders use in their own way."""
    if any(scheme.providers or scheme is ANY_HMAC for scheme in found) or not ANY_HMAC.sent(request):
        return None
    judgement = _judge_by(request, secrets, ANY_HMAC)
    return judgement if judgement.verdict in (SignatureVerdict.VALID, SignatureVerdict.VALID_AS) else None


_RANK = (
    SignatureVerdict.VALID,
    SignatureVerdict.VALID_AS,
    SignatureVerdict.STALE,
    SignatureVerdict.WRONG_SECRET_OR_CHANGED,
    SignatureVerdict.UNDECIDED,
    SignatureVerdict.UNSIGNED,
    SignatureVerdict.NOT_SIGNED_BY_PROVIDER,
)
"""Where several schemes apply, the first verdict of this list counts."""


@dataclass(frozen=True, slots=True)
class _Cause:
    code: str
    words: str

    @property
    def variant(self) -> str:
        return f"{self.code}: {self.words}"


def _is_meant(scheme: Scheme, secrets: Sequence[Secret]) -> bool:
    """Secrets that all belong to other schemes do not make a signature of this one invisible, except where the scheme
    is for any sender and would take other headers for signatures."""
    return bool(scheme.providers or scheme.marks or not secrets or secrets_for(scheme, secrets))


def _fits_as_it_is(request: SignedRequest, secrets: Sequence[Secret], scheme: Scheme) -> bool:
    """Such a scheme is judged first, because the others would try every change."""
    return any(scheme.fits(request, secret.value) for secret in secrets_for(scheme, secrets))


def _judge_by(request: SignedRequest, secrets: Sequence[Secret], scheme: Scheme) -> Judgement:
    usable = secrets_for(scheme, secrets)
    if not usable:
        sentence = f"The request has {scheme.title}. Enter the secret, and it is checked: {_sentence(scheme.secret_is)}"
        return Judgement(verdict=SignatureVerdict.UNDECIDED, scheme=scheme.name, sentence=sentence)
    changed = _judge_body(request, usable, scheme)
    if changed is not None:
        return changed
    if scheme.ready is not None and not scheme.ready(request):
        return _without_certificate(request, scheme)
    match = find_match(request, scheme, usable)
    if match is not None:
        return _judge_match(request, scheme, match)
    if not is_complete(request, scheme):
        sentence = "The stored body is not complete, so its signature cannot be checked."
        return Judgement(verdict=SignatureVerdict.UNDECIDED, scheme=scheme.name, sentence=sentence)
    return _judge_wrong(request, usable, scheme)


def _judge_body(request: SignedRequest, secrets: Sequence[Secret], scheme: Scheme) -> Judgement | None:
    """The signature is right and has a hash of another body: the body was changed, which is certain."""
    fits = scheme.fits_but_body
    secret = next((secret for secret in secrets if fits and fits(request, secret.value)), None)
    if secret is None:
        return None
    if not request.raw.body_complete:
        sentence = "The signature is right, but the stored body is not complete, so its hash cannot be checked."
        return Judgement(verdict=SignatureVerdict.UNDECIDED, scheme=scheme.name, secret=secret.label, sentence=sentence)
    written = next(
        (
            variant.words
            for variant in body_variants(request)
            if scheme.fits(replace(request, body=variant.body), secret.value)
        ),
        None,
    )
    words = f"valid if {written}" if written else "the signature is right, but the hash of the body is not"
    cause = _Cause("body_changed", words)
    return Judgement(
        verdict=SignatureVerdict.WRONG_SECRET_OR_CHANGED,
        scheme=scheme.name,
        causes=(cause.code,),
        variant=cause.variant,
        secret=secret.label,
        sentence=(
            f"The body was changed after it was signed: {words}. The secret {secret.label} is right."
            f" {cure_of(cause.code)}"
        ),
    )


def _judge_match(request: SignedRequest, scheme: Scheme, match: SignatureAttempt) -> Judgement:
    scheme = (scheme.exactly(match.change.request, match.value) if scheme.exactly else None) or scheme
    causes = list(match.causes)
    words = [f"if {match.words}"] if match.causes else []
    other = _other_method(request, scheme, match)
    if other is not None:
        causes.append("algorithm")
        words.append(f"if the method is {other}, not {match.secret.scheme}")
    repeated = repeated_header(request.raw, scheme.marks)
    if repeated is not None:
        causes.append("duplicate_header")
        words.append(f"by one of several headers {repeated}, of which other code may read another one")
    label = match.secret.label
    by = f", with the secret {label}" if label else ""
    variants = [f"valid {each}" for each in words]
    verdict = SignatureVerdict.VALID_AS if causes else SignatureVerdict.VALID
    sentence = (
        f"Genuine {'; '.join(words)}{by}. {cure_of(causes[0])}" if causes else f"Genuine: {scheme.title} is right{by}."
    )
    age = _age_out_of_window(request, scheme)
    if age is not None:
        verdict = SignatureVerdict.STALE
        causes.append(age.code)
        variants.append(age.words)
        sentence = f"The signature is right{by}, but {'; '.join([*words, age.words])}. {cure_of(age.code)}"
    variant = f"{', '.join(causes)}: {'; '.join(variants)}" if causes else None
    note = scheme.note(request) if scheme.note else None
    return Judgement(
        verdict=verdict,
        scheme=scheme.name,
        causes=tuple(causes),
        variant=variant,
        secret=label or None,
        sentence=f"{sentence.strip()} {note or ''}".rstrip(),
    )


def _other_method(request: SignedRequest, scheme: Scheme, match: SignatureAttempt) -> str | None:
    """The method of the signature, where the secret belongs to another one."""
    if scheme.method_of is None or match.causes or match.secret.scheme not in scheme.methods:
        return None
    method = scheme.method_of(request, match.value)
    return None if method == match.secret.scheme else method


def _age_out_of_window(request: SignedRequest, scheme: Scheme) -> _Cause | None:
    """Judged by the time when the request was received, because that is when the receiver's code checks it."""
    stamp = scheme.stamp(request) if scheme.window_s is not None else None
    if stamp is None or scheme.window_s is None:
        return None
    age_s = (request.raw.received_at - stamp).total_seconds()
    early_s = scheme.window_s if scheme.early_s is None else scheme.early_s
    if -early_s <= age_s <= scheme.window_s:
        return None
    if age_s < 0:
        words = f"it was signed {-age_s:.0f} s after it was received here, and {early_s:g} s count"
        return _Cause("clock_behind", words)
    return _Cause(scheme.late, f"it was {age_s:.0f} s old when it was received, and {scheme.window_s:g} s count")


def _judge_wrong(request: SignedRequest, secrets: Sequence[Secret], scheme: Scheme) -> Judgement:
    cause = _suspected(request, secrets, scheme)
    sentence = f"Nothing that was tried gives the signature that was sent: {_likely(secrets)}"
    if cause is not None:
        sentence = f"The signature does not fit: {cause.words}."
    needed = cure_of(cause.code) if cause else ""
    if scheme.needs_secret:
        needed = f"Needed is: {_sentence(scheme.secret_is)}"
    return Judgement(
        verdict=SignatureVerdict.WRONG_SECRET_OR_CHANGED,
        scheme=scheme.name,
        causes=(cause.code,) if cause else (),
        variant=cause.variant if cause else None,
        sentence=f"{sentence} {needed}".rstrip(),
    )


def _suspected(request: SignedRequest, secrets: Sequence[Secret], scheme: Scheme) -> _Cause | None:
    """The likely reason why nothing fits: what the scheme sees, or a secret that looks like something else."""
    suspected = scheme.suspect(request) if scheme.suspect else None
    if suspected is not None:
        return _Cause(*suspected)
    for secret in secrets:
        shape = shape_of(secret.value) if scheme.needs_secret else None
        if shape is not None:
            return _Cause("secret_shape", f"the secret {secret.label} looks like {shape}")
    return None


def _likely(secrets: Sequence[Secret]) -> str:
    count = len(secrets)
    tried = "the secret is another one" if count == 1 else f"none of the {count} secrets is the right one"
    return f"{tried}, or URL or body were changed."


def _without_certificate(request: SignedRequest, scheme: Scheme) -> Judgement:
    cause = scheme.suspect(request) if scheme.suspect else None
    if cause is not None:
        return _judge_wrong(request, (NO_SECRET,), scheme)
    sentence = "The certificate that verifies the signature is not here yet. Fetch it, or upload it."
    return Judgement(verdict=SignatureVerdict.UNDECIDED, scheme=scheme.name, sentence=sentence)


def _judge_unsigned(request: SignedRequest, secrets: Sequence[Secret], provider: str | None) -> Judgement:
    """No signature: a wrong name of its header, or a reason that a scheme of the provider sees."""
    named = {secret.scheme for secret in secrets if secret.scheme is not None}
    expected = schemes_for(provider) or tuple(scheme for scheme in map(scheme_of, sorted(named)) if scheme is not None)
    near = near_header(request.raw, expected or SCHEMES)
    if near is not None:
        return _unsigned(_Cause("missing_header", near))
    for scheme in expected:
        has_mark = any(request.raw.header(mark) is not None for mark in scheme.marks)
        cause = scheme.suspect(request) if scheme.suspect and has_mark else None
        if cause is not None:
            return _unsigned(_Cause(*cause))
    if expected:
        return _UNSIGNED.get(provider) or _unsigned(_absent(expected))
    if secrets and provider not in _UNSIGNED:
        return _unsigned(_Cause("missing_header", "the request has no signature that smsbin can find"))
    return _UNSIGNED.get(provider, _UNKNOWN)


def _unsigned(cause: _Cause) -> Judgement:
    return Judgement(
        verdict=SignatureVerdict.UNSIGNED,
        causes=(cause.code,),
        variant=cause.variant,
        sentence=f"Not signed: {cause.words}. {cure_of(cause.code)}".strip(),
    )


def _absent(schemes: Sequence[Scheme]) -> _Cause:
    names = sorted({mark.decode() for scheme in schemes for mark in scheme.marks})
    if all(scheme.marks for scheme in schemes):
        return _Cause("missing_header", f"there is no header {' or '.join(names[:2])}")
    return _Cause("missing_header", f"there is nothing of {' or '.join(scheme.title for scheme in schemes[:3])}")


def _sentence(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".") + "."


def _of_provider(name: str) -> Judgement:
    schemes = schemes_for(name)
    if schemes:
        return _unsigned(_absent(schemes))
    sentence = f"{PROVIDER_TITLES[name]} does not sign its requests. Only the secrecy of the URL protects them."
    return Judgement(verdict=SignatureVerdict.NOT_SIGNED_BY_PROVIDER, sentence=sentence)


_UNSIGNED: dict[str | None, Judgement] = {name: _of_provider(name) for name in PROVIDER_TITLES}
_UNKNOWN = Judgement(
    verdict=SignatureVerdict.UNDECIDED,
    sentence="No signature was found, and whether the sender signs its requests is not known.",
)
