"""GitHub's signatures, which many senders have copied: `X-Hub-Signature-256: sha256=` and hexadecimal digits.

Sources, read 2026-11: docs.github.com "Validating webhook deliveries" (with the example `Hello, World!`), and
`@octokit/webhooks-methods`. Facts:

- Signed is the body as sent. With the content type `application/x-www-form-urlencoded` that is the form, `payload=…`,
  not the JSON in it.
- There is no time stamp, so a signature never becomes stale.
- The key is the text of the secret. A secret that was read from a file often has a newline too much.
"""

from ..digests import hmac_of, no_stamp, one_of
from ..encodings import written_otherwise
from ..model import Scheme, SignedPart, SignedRequest
from ..reading import key_of, values_of

HEADER = b"x-hub-signature-256"


def sent(request: SignedRequest) -> tuple[str, ...]:
    return values_of(request.raw, HEADER)


def parts(request: SignedRequest) -> tuple[SignedPart, ...]:
    return (SignedPart(name="body", value=request.body),)


def expected(request: SignedRequest, secret: str) -> str:
    return "sha256=" + hmac_of(key_of(secret), request.body, "sha256").hex()


GITHUB = Scheme(
    name="github",
    title="GitHub's signature",
    providers=frozenset(),
    marks=frozenset({HEADER}),
    secret_is="The secret that was typed in when the webhook was created: Settings of the repository, Webhooks.",
    sent=sent,
    parts=parts,
    fits=one_of(sent, expected),
    expected=expected,
    stamp=no_stamp,
    mistakes=(written_otherwise(sent, expected, "as sha256= with hexadecimal digits, in lower case"),),
)
