"""A signature that has the right bytes, but is written in another way: other digits, capitals, no label."""

import hmac
from collections.abc import Callable

from .candidates import digest_in
from .model import Mistake, SignedRequest


def written_otherwise(
    sent: Callable[[SignedRequest], tuple[str, ...]], expected: Callable[[SignedRequest, str], str | None], form: str
) -> Mistake:
    """The mistake of a scheme. `form` is how its signatures are written: "in Base64"."""

    def fits(request: SignedRequest, secret: str) -> bool:
        right = digest_in(expected(request, secret) or "")
        found = [digest_in(value) for value in sent(request)]
        return right is not None and any(hmac.compare_digest(each, right) for each in found if each is not None)

    return Mistake(cause="encoding", words=f"the signature is written {form}", fits=fits)
