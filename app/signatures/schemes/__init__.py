"""The registry of signature schemes: each module here has the facts of one of them."""

from ..model import Scheme, SignedRequest
from . import (
    aws,
    bandwidth,
    generic,
    github,
    messagebird,
    plivo,
    signalwire,
    sinch,
    standard_webhooks,
    stripe,
    telnyx,
    twilio,
    vonage,
    vonage_jwt,
)

SCHEMES: tuple[Scheme, ...] = (
    twilio.SCHEME,
    signalwire.SCHEME,
    plivo.SCHEME,
    vonage.SCHEME,
    vonage_jwt.SCHEME,
    telnyx.TELNYX,
    bandwidth.BASIC,
    sinch.WEBHOOK,
    sinch.NUMBERS,
    sinch.APPLICATION,
    messagebird.MESSAGEBIRD,
    messagebird.MESSAGEBIRD_OLD,
    messagebird.BIRD,
    aws.AWS,
    standard_webhooks.STANDARD_WEBHOOKS,
    stripe.STRIPE,
    github.GITHUB,
    generic.GENERIC,
)
"""In the order in which people choose from them. The one for any HMAC is the last."""

ANY_HMAC = generic.GENERIC
"""The scheme that tries all forms of HMAC."""

_BY_PROVIDER: dict[str | None, tuple[Scheme, ...]] = {
    name: tuple(scheme for scheme in SCHEMES if name in scheme.providers)
    for name in {name for scheme in SCHEMES for name in scheme.providers}
}
_BY_NAME = {name: scheme for scheme in SCHEMES for name in (scheme.name, *scheme.methods)}


def scheme_of(name: str) -> Scheme | None:
    """The scheme with this name, or with a method of this name."""
    return _BY_NAME.get(name)


def schemes_for(provider: str | None) -> tuple[Scheme, ...]:
    """The schemes that a provider signs with."""
    return _BY_PROVIDER.get(provider, ())


def schemes_of(request: SignedRequest, provider: str | None) -> tuple[Scheme, ...]:
    """The schemes that the request is signed with. Those of its provider are preferred, then those that have a header
    of their own. Credentials and parameters are read for other providers only where this one has no scheme; the generic
    scheme is for what has no other."""
    own = schemes_for(provider)
    if found := tuple(scheme for scheme in own if scheme.sent(request)):
        return found
    found = tuple(scheme for scheme in SCHEMES if scheme.sent(request))
    marked = tuple(scheme for scheme in found if scheme.marks)
    named = () if own else tuple(scheme for scheme in found if scheme.providers)
    return marked or named or tuple(scheme for scheme in found if not scheme.providers)
