"""Judges captures with the stored secrets of their bin.

A certificate of AWS is stored like a secret of the scheme `aws`: its label is the URL that requests name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import msgspec

from ..domain.captures import RawRequest
from ..domain.findings import SIGNATURE_AS, SIGNATURE_INVALID
from ..domain.reader import ReaderContext, SigningSecret
from ..domain.signatures import Judgement, SignatureVerdict
from ..domain.withheld import Withheld
from .explaining import Diagnosis, diagnose
from .judging import judge
from .model import Secret, SignedRequest
from .pasted import PastedResult, explain_pasted
from .schemes.aws import certificate_url
from .sealing import CannotOpen, unseal
from .urls import request_url

CERTIFICATES = "aws"
"""The scheme whose stored secrets are certificates."""

_FINDINGS = {
    SignatureVerdict.WRONG_SECRET_OR_CHANGED: SIGNATURE_INVALID,
    SignatureVerdict.STALE: SIGNATURE_INVALID,
    SignatureVerdict.VALID_AS: SIGNATURE_AS,
}
# With the secrets that cannot be opened, these may become another verdict.
_OPEN_TO_CHANGE = frozenset({SignatureVerdict.WRONG_SECRET_OR_CHANGED, SignatureVerdict.UNDECIDED})
# With what was replaced, these may become another verdict.
_OPEN_TO_WITHHELD = frozenset(
    {SignatureVerdict.WRONG_SECRET_OR_CHANGED, SignatureVerdict.STALE, SignatureVerdict.UNSIGNED}
)
_NOT_HTTP = Judgement(
    verdict=SignatureVerdict.UNDECIDED, sentence="The request is not valid HTTP, so a signature cannot be found in it."
)


class OpenedSecrets(msgspec.Struct, frozen=True, kw_only=True):
    """The secrets of a bin in clear text. `certificates` by their URL. `locked`: the labels of those that cannot be
    opened with the key of this server."""

    secrets: tuple[Secret, ...] = ()
    certificates: Mapping[str, bytes] = msgspec.field(default_factory=dict)
    locked: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def open_secrets(stored: tuple[SigningSecret, ...], key: str | None) -> OpenedSecrets:
    """Open all secrets of a bin."""
    secrets: list[Secret] = []
    certificates: dict[str, bytes] = {}
    locked: list[str] = []
    for each in stored:
        try:
            value = unseal(each.secret, each.label, key)
        except CannotOpen:
            locked.append(each.label)
            continue
        if each.scheme == CERTIFICATES:
            certificates[each.label] = value.encode()
        else:
            secrets.append(Secret(label=each.label, value=value, scheme=each.scheme))
    return OpenedSecrets(secrets=tuple(secrets), certificates=certificates, locked=tuple(locked))


def as_signed(raw: RawRequest, opened: OpenedSecrets, public_url: str | None) -> SignedRequest:
    """A capture as schemes see it."""
    hosts = () if public_url is None else (public_url,)
    url = request_url(raw, public_url)
    return SignedRequest(raw=raw, url=url, body=raw.body, certificates=opened.certificates, hosts=hosts)


def diagnose_stored(
    raw: RawRequest, provider: str | None, stored: tuple[SigningSecret, ...], context: ReaderContext
) -> tuple[Diagnosis, str | None]:
    """All about the signature of a capture, and the URL of the certificate that it needs and that is not stored."""
    if raw.refused is not None:
        return Diagnosis(judgement=_NOT_HTTP, url=""), None
    opened = open_secrets(stored, context.secrets_key)
    request = as_signed(raw, opened, context.public_url)
    diagnosis = diagnose(request, opened.secrets, provider)
    url = certificate_url(request)
    is_missing = url is not None and url not in opened.certificates
    judgement = _unless_withheld(_unless_locked(diagnosis.judgement, opened), raw)
    return replace(diagnosis, judgement=judgement), url if is_missing else None


def explain_stored(
    raw: RawRequest, provider: str | None, stored: tuple[SigningSecret, ...], context: ReaderContext, pasted: str
) -> PastedResult:
    """The mistakes that give a signature which the code of a user has computed."""
    if raw.refused is not None:
        return PastedResult(mistakes=None, sentence=_NOT_HTTP.sentence)
    if raw.withheld is not None:
        return PastedResult(mistakes=None, sentence=_withheld_sentence(raw.withheld))
    opened = open_secrets(stored, context.secrets_key)
    return explain_pasted(as_signed(raw, opened, context.public_url), opened.secrets, provider, pasted)


def judge_stored(
    raw: RawRequest, provider: str | None, stored: tuple[SigningSecret, ...], context: ReaderContext
) -> Judgement:
    """The verdict about a capture with the secrets of its bin; `provider` is that of its reading."""
    if raw.refused is not None:
        return _NOT_HTTP
    opened = open_secrets(stored, context.secrets_key)
    judgement = judge(as_signed(raw, opened, context.public_url), opened.secrets, provider)
    return _unless_withheld(_unless_locked(judgement, opened), raw)


def _unless_withheld(judgement: Judgement, raw: RawRequest) -> Judgement:
    """The verdict, or why it is open: what was signed, or the signature, may be what was replaced."""
    if raw.withheld is None or judgement.verdict not in _OPEN_TO_WITHHELD:
        return judgement
    return Judgement(
        verdict=SignatureVerdict.UNDECIDED, scheme=judgement.scheme, sentence=_withheld_sentence(raw.withheld)
    )


def _withheld_sentence(withheld: Withheld) -> str:
    return f"The signature cannot be checked, because parts of the request are not stored. {withheld.sentence}"


def _unless_locked(judgement: Judgement, opened: OpenedSecrets) -> Judgement:
    """The verdict, or why it is open: a secret that cannot be used may be the right one."""
    if opened.locked and judgement.verdict in _OPEN_TO_CHANGE and judgement.scheme is not None:
        return Judgement(
            verdict=SignatureVerdict.UNDECIDED, scheme=judgement.scheme, sentence=locked_sentence(opened.locked)
        )
    return judgement


def locked_sentence(labels: Sequence[str]) -> str:
    """Why secrets cannot be used, with the cure."""
    named = ", ".join(f"“{label}”" for label in labels)
    which = f"The secret {named} of this bin is" if len(labels) == 1 else f"The secrets {named} of this bin are"
    return (
        f"{which} encrypted with another key. Start smsbin with the secrets key (--secrets-key) that it had when the"
        " secret was stored, or store the secret again."
    )


def finding_of(judgement: Judgement) -> str | None:
    """The code of the finding of a verdict, or None."""
    return _FINDINGS.get(judgement.verdict)
