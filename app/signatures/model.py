"""What schemes, the verdict and the explanation share: a signed request, a secret, a scheme."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..domain.captures import RawRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """A request as a scheme sees it. `url` is the URL that the sender called, as seen here; variants
    replace it. `body` are the received bytes; variants replace them, too. `certificates` by their URL (AWS).

    `hosts`: other names under which senders may know this server, as `host`, `host:port` or a base URL.
    """

    raw: RawRequest
    url: str
    body: bytes
    certificates: Mapping[str, bytes]
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret in clear text. `scheme` None: any scheme; otherwise the name of a scheme or of a provider."""

    label: str
    value: str = field(repr=False)
    scheme: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPart:
    """A part of the signed bytes, for people: "URL", "body", "time stamp"."""

    name: str
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A difference between what was signed and what was received that only one scheme has.

    `fits(request, secret)`: whether a signature is right after the change. `words` complete "valid if …".
    """

    cause: str
    words: str
    fits: Callable[[SignedRequest, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One way to sign requests.

    `name` is stable, used in the API. `providers`: names of the providers that sign so. `marks`: names of headers in
    lower case; a request that is signed so has one of them, or, without marks, `sent` finds a signature elsewhere.
    `secret_is`: which secret, and where the portal has it. `window_s`: how old a signature may be.

    `sent(request)` gives the signatures as sent, none for an unsigned request. `parts(request)` gives the signed
    bytes. `fits(request, secret)`: whether one of the sent signatures is right. `expected(request, secret)`: the
    signature that would be right, as text; None where it cannot be computed without a private key. `stamp(request)`:
    the time of the signature.

    Optional: `mistakes` are tried where `fits` fails. `fits_but_body`: the signature is right, but a hash of the body
    inside of it is not, so the body was changed. `suspect(request)`: the cause and its words when nothing fits.
    `needs_secret` false: a certificate decides, and `fits` gets a blank secret. `method_of(request, secret)`: which of
    `methods` a right signature was made with; a secret whose scheme is one of them expects that method.
    `early_s`: how far the time may be in the future, where that differs from `window_s`. `late`: the cause of a
    signature that is too old. `exactly(request, secret)`: the scheme of the form that fits, for one that tries many.
    `ready(request)`: whether what decides instead of a secret is there. `note(request)`: a sentence about a signature
    that is right.
    """

    name: str
    title: str
    providers: frozenset[str]
    marks: frozenset[bytes]
    secret_is: str
    sent: Callable[[SignedRequest], tuple[str, ...]]
    parts: Callable[[SignedRequest], tuple[SignedPart, ...]]
    fits: Callable[[SignedRequest, str], bool]
    expected: Callable[[SignedRequest, str], str | None]
    stamp: Callable[[SignedRequest], datetime | None]
    window_s: float | None = None
    mistakes: tuple[Mistake, ...] = ()
    fits_but_body: Callable[[SignedRequest, str], bool] | None = None
    suspect: Callable[[SignedRequest], tuple[str, str] | None] | None = None
    needs_secret: bool = True
    methods: tuple[str, ...] = ()
    method_of: Callable[[SignedRequest, str], str | None] | None = None
    early_s: float | None = None
    late: str = "stale"
    exactly: "Callable[[SignedRequest, str], Scheme | None] | None" = None
    ready: Callable[[SignedRequest], bool] | None = None
    note: Callable[[SignedRequest], str | None] | None = None
