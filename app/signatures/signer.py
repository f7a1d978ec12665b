"""Chooses the secret and the scheme with which simulations and replays are signed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ..domain.captures import Headers
from ..domain.providers import PROVIDER_TITLES
from ..errors import Invalid
from .matching import is_for
from .model import Secret
from .schemes import scheme_of, schemes_for
from .signing import Signed, can_sign, sign

_SAMPLE: Headers = ((b"Content-Type", b"application/x-www-form-urlencoded"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs requests with one secret; `wrongly`: so that the signature is invalid. `names_url`: for the URL that the
    provider is configured with, not for the address that a request is sent to."""

    scheme: str
    secret: str = field(repr=False)
    wrongly: bool = False
    names_url: bool = False

    def sign(self, method: str, url: str, headers: Headers, body: bytes, at: datetime) -> Signed:
        """The request with a new signature. Raises Invalid if the secret cannot sign."""
        return sign(self.scheme, self.secret, method, url, headers, body, at, wrongly=self.wrongly)


def choose_signer(
    secrets: Sequence[Secret], names: Iterable[str | None], *, wrongly: bool = False, names_url: bool = False
) -> Signer:
    """The first secret that can sign by one of these schemes or providers, in their order. Raises Invalid for the
    field `sign` with the cure."""
    wanted = list(filter(None, names))
    for name in wanted:
        for secret in secrets:
            scheme = _scheme_for(secret, name)
            if scheme is not None:
                signer = Signer(scheme=scheme, secret=secret.value, wrongly=wrongly, names_url=names_url)
                _try_out(signer)
                return signer
    raise Invalid(("sign", _why_not(wanted)))


def _scheme_for(secret: Secret, name: str) -> str | None:
    """The scheme by which a secret signs for a scheme or a provider, or None."""
    if secret.scheme is not None and can_sign(secret.scheme):
        own = scheme_of(secret.scheme)
        # A scheme of no provider was chosen for this sender by the user.
        if own is None or not own.providers or name in (own.name, *own.providers):
            return secret.scheme
        return None
    known = scheme_of(name) or next(iter(schemes_for(name)), None)
    return name if known is not None and can_sign(name) and is_for(secret, known) else None


def _try_out(signer: Signer) -> None:
    """Refuse a secret that cannot sign, before anything is sent."""
    try:
        signer.sign("POST", "https://example.net/", _SAMPLE, b"a=b", datetime(2026, 1, 1, tzinfo=UTC))
    except Invalid as error:
        raise Invalid(("sign", "; ".join(message for _, message in error.problems))) from None


def _why_not(names: Sequence[str]) -> str:
    titles = [PROVIDER_TITLES.get(name) or name for name in names]
    who = titles[-1] if titles else "this sender"
    if names and not schemes_for(names[-1]) and scheme_of(names[-1]) is None:
        return f"is not possible for {who}, which does not sign; store a secret with a scheme to sign all the same"
    if names and not any(can_sign(name) for name in names):
        return f"is not possible for {who}, which signs with a private key"
    return f"needs a secret of this bin that can sign for {who}; store it first, under Settings › Signatures"
