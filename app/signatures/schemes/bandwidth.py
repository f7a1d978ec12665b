"""Bandwidth's callbacks: no signature, but HTTP Basic authentication with credentials of the application.

Sources, read 2026-11: dev.bandwidth.com/docs/account/applications, Bandwidth/api-docs@f8a48018
(`account/applications.mdx`), and RFC 7617. Facts:

- `InboundCallbackCreds` and `OutboundCallbackCreds` are separate settings: with only one of them, either inbound
  messages or status callbacks come without credentials.
- Credentials prove neither the URL nor the body. The secret here is `user:password`.
- Infobip, Sinch's SMS API (on request) and others offer the same.
"""

from ..digests import base64_of, from_base64, no_stamp, same
from ..model import Scheme, SignedPart, SignedRequest
from ..reading import key_of, values_of


def sent(request: SignedRequest) -> tuple[str, ...]:
    """The whole values that begin with the word Basic."""
    return tuple(
        value for value in values_of(request.raw, b"authorization") if value.partition(" ")[0].lower() == "basic"
    )


def parts(_request: SignedRequest) -> tuple[SignedPart, ...]:
    """None: nothing is signed."""
    return ()


def expected(_request: SignedRequest, secret: str) -> str:
    return "Basic " + base64_of(key_of(secret))


def _credentials(request: SignedRequest) -> list[str]:
    decoded = [from_base64(value.partition(" ")[2].strip()) for value in sent(request)]
    return [value.decode(charset, "replace") for value in decoded if value for charset in ("utf-8", "latin-1")]


def fits(request: SignedRequest, secret: str) -> bool:
    """In UTF-8 or latin-1, because the RFC leaves the charset open."""
    return any(same(text, secret) for text in _credentials(request))


def suspect(request: SignedRequest) -> tuple[str, str] | None:
    """Nothing else can differ: neither the URL nor the body is covered."""
    user = next((value.partition(":")[0] for value in _credentials(request)), "")
    return "secret", f"the credentials are other ones, of the user {user[:60]}"


BASIC = Scheme(
    name="basic",
    title="HTTP Basic authentication",
    providers=frozenset({"bandwidth"}),
    marks=frozenset(),
    secret_is="User and password of the callbacks, as user:password: Applications; inbound and status have their own.",
    sent=sent,
    parts=parts,
    fits=fits,
    expected=expected,
    stamp=no_stamp,
    suspect=suspect,
)
