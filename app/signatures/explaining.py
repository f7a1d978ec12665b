"""The panel of a capture: what was signed, what was tried, and what to do about it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..domain.signatures import Judgement
from .attempts import SignatureAttempt
from .judging import judge
from .matching import secrets_for, tries_for
from .model import Scheme, Secret, SignedPart, SignedRequest
from .reading import value_of
from .schemes import scheme_of, schemes_for
from .snippets import Snippet, snippets_for
from .words import cure_of


@dataclass(frozen=True, slots=True)
class TriedKind:
    """A kind of attempt, in words, and how many there were."""

    words: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """All about the signature of one capture.

    `title` and `secret_is` are the scheme's, None where it is not known. `parts`: the signed bytes in order, with the
    change of the verdict. `sent`: the signatures of the request. `computed`: the right signature for the secret
    `computed_with`; None without a secret, or where only the sender can compute it. `url`: the URL that was signed, as
    far as it is known. `cure`: one sentence, "" where there is nothing to do.
    """

    judgement: Judgement
    title: str | None = None
    secret_is: str | None = None
    parts: tuple[SignedPart, ...] = ()
    sent: tuple[str, ...] = ()
    computed: str | None = None
    computed_with: str | None = None
    url: str
    tried: tuple[TriedKind, ...] = ()
    cure: str = ""
    snippets: tuple[Snippet, ...] = ()


def diagnose(request: SignedRequest, secrets: Sequence[Secret], provider: str | None) -> Diagnosis:
    """The verdict with its reasons. It never raises."""
    judgement = judge(request, secrets, provider)
    cure = next(filter(None, map(cure_of, judgement.causes)), "")
    scheme = _scheme_of(judgement, provider)
    if scheme is None:
        return Diagnosis(judgement=judgement, url=request.url, cure=cure)
    usable = secrets_for(scheme, secrets)
    tried = list(_up_to_match(scheme, tries_for(request, scheme, usable))) if judgement.scheme else []
    last = tried[-1] if tried else None
    match = last if last is not None and last.fits(scheme) else None
    if match is not None and scheme.exactly is not None:
        scheme = scheme.exactly(match.change.request, match.value) or scheme
    shown = match.change.request if match is not None else request
    value, label = _shown_secret(match, usable)
    return Diagnosis(
        judgement=judgement,
        title=scheme.title,
        secret_is=scheme.secret_is,
        parts=scheme.parts(shown),
        sent=scheme.sent(request),
        computed=None if value is None else scheme.expected(shown, value),
        computed_with=label,
        url=shown.url,
        tried=_counted(tried),
        cure=cure,
        snippets=snippets_for(_snippet_name(scheme, request), shown.url),
    )


def _scheme_of(judgement: Judgement, provider: str | None) -> Scheme | None:
    """The scheme of the signature; for an unsigned request that which its provider would use."""
    if judgement.scheme is not None:
        return scheme_of(judgement.scheme)
    return next(iter(schemes_for(provider)), None)


def _up_to_match(scheme: Scheme, tries: Iterable[SignatureAttempt]) -> Iterable[SignatureAttempt]:
    """The attempts up to the one that fits, which is the last then."""
    for attempt in tries:
        yield attempt
        if attempt.fits(scheme):
            return


def _shown_secret(match: SignatureAttempt | None, usable: Sequence[Secret]) -> tuple[str | None, str | None]:
    """The secret for the computed signature, and its label."""
    if match is not None:
        return match.value, match.secret.label or None
    if usable and usable[0].label:
        return usable[0].value, usable[0].label
    return None, None


def _counted(tried: Sequence[SignatureAttempt]) -> tuple[TriedKind, ...]:
    counts = Counter(_kind(attempt) for attempt in tried)
    return tuple(TriedKind(words, count) for words, count in counts.items())


def _kind(attempt: SignatureAttempt) -> str:
    if not attempt.causes:
        return "the request as it was received"
    if attempt.key is not None and not attempt.change.causes:
        return "other forms of the secret"
    if attempt.change.mistake is not None:
        return "mistakes that this signature is known for"
    if attempt.change.words.startswith("the URL"):
        several = len(attempt.causes) > 1
        return "other URLs, with several changes" if several else "other URLs, with one change"
    return "other bodies"


def _snippet_name(scheme: Scheme, request: SignedRequest) -> str:
    shared = scheme.name == "twilio" and value_of(request.raw, b"x-twilio-webhooks-signature-settings")
    return "twilio-shared-key" if shared else scheme.name
