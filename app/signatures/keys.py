"""Other forms of a secret, and what was pasted instead of one."""

import re
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections.abc import Iterator
from dataclasses import dataclass

_QUOTES = "\"'`“”‘’"
# What the credentials of the vendors' consoles look like; prefixes as in their documentation, read 2026-11-28:
# twilio.com/docs/glossary/what-is-a-sid, developers.telnyx.com/docs/messaging/webhooks.
_SHAPES = (
    (r"AC[0-9a-fA-F]{32}", "an account SID"),
    (r"SK[0-9a-fA-F]{32}", "the SID of an API key"),
    (r"MG[0-9a-fA-F]{32}", "the SID of a messaging service"),
    (r"PN[0-9a-fA-F]{32}", "the SID of a phone number"),
    (r"KEY[0-9A-Za-z_-]{10,}", "a Telnyx API key"),
    (r"(?:MA|SA)[0-9A-Z]{18}", "a Plivo auth id"),
    (r"(?:sk|pk|rk)_(?:live|test)_\w+", "a Stripe API key"),
    (r"gh[pousr]_\w{20,}", "a GitHub token"),
    (r"AKIA[0-9A-Z]{16}", "an AWS access key id"),
    (r"https?://\S+", "a URL"),
    (r"\+?\d{10,15}", "a phone number"),
    (r"-----BEGIN [\s\S]+", "a PEM file"),
    (r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*", "a JSON Web Token"),
    (r"", "nothing"),
)


@dataclass(frozen=True, slots=True)
class KeyVariant:
    """Another form of a secret. `words` complete "valid if …"."""

    cause: str
    words: str
    secret: str


def key_variants(secret: str) -> tuple[KeyVariant, ...]:
    """Other forms of a secret, each once, without the secret itself."""
    found: dict[str, KeyVariant] = {}
    for variant in _forms(secret):
        if variant.secret not in ("", secret):
            found.setdefault(variant.secret, variant)
    return tuple(found.values())


def _forms(secret: str) -> Iterator[KeyVariant]:
    bare = secret.strip()
    yield KeyVariant("secret_whitespace", "the secret has no blanks around it", bare)
    yield KeyVariant("secret_whitespace", "the secret has no blanks in it", "".join(secret.split()))
    yield KeyVariant("secret_quotes", "the secret has no quotes around it", bare.strip(_QUOTES).strip())
    name, equals, value = bare.partition("=")
    if equals and re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        yield KeyVariant("secret_quotes", f"the secret is what {name} is set to", value.strip().strip(_QUOTES))
    prefix, mark, rest = bare.partition("_")
    if mark and prefix in ("whsec", "whsk", "whpk"):
        yield KeyVariant("secret_prefix", f"the secret has no {prefix}_", rest)
    else:
        yield KeyVariant("secret_prefix", "the secret begins with whsec_", "whsec_" + bare)
    encoded = b64encode(bare.encode("utf-8", "surrogatepass")).decode()
    for start in ("whsec_", ""):
        words = "the secret is used as text, not decoded from Base64"
        yield KeyVariant("secret_not_decoded", words, start + encoded)
    text = _decoded(rest if mark and prefix == "whsec" else bare)
    if text is not None:
        yield KeyVariant("secret_not_decoded", "the secret is decoded from Base64", text)
    yield KeyVariant("secret_whitespace", "the secret ends with a newline", secret + "\n")
    if re.fullmatch(r"[0-9A-Fa-f]{16,}", bare):
        yield KeyVariant("secret_case", "the secret is in lower case", bare.lower())
        yield KeyVariant("secret_case", "the secret is in capitals", bare.upper())


def _decoded(text: str) -> str | None:
    """Base64 undone, where that gives text."""
    try:
        return b64decode(text.encode("ascii"), validate=True).decode()
    except (NoBase64, ValueError):
        return None


def shape_of(secret: str) -> str | None:
    """What the secret looks like, if it looks like something else than a secret: "an account SID"."""
    bare = secret.strip().strip(_QUOTES)
    return next((words for pattern, words in _SHAPES if re.fullmatch(pattern, bare)), None)
