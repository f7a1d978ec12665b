"""A capture as a curl command that is safe to paste, whatever somebody sent (P7).

`--data-raw` never reads a file for a leading `@`; every value is quoted for a POSIX shell; bytes that a command line
cannot carry go through base64 and standard input. Credentials are left out unless asked for.
"""

import base64
import shlex

from .captures import RawRequest

# Headers that curl makes itself, or that belong to one connection.
_OWN = frozenset(
    {b"host", b"content-length", b"connection", b"transfer-encoding", b"expect", b"upgrade", b"te", b"trailer",
     b"keep-alive", b"proxy-connection"}
)  # fmt: skip
SECRET_HEADERS = frozenset({b"authorization", b"cookie", b"proxy-authorization", b"x-api-key", b"x-auth-token"})


def as_curl(raw: RawRequest, address: str, *, with_secrets: bool = False) -> str:
    """One command for a POSIX shell; `address` is where it goes."""
    parts = ["curl", "--globoff", "--path-as-is", "-X", shlex.quote(raw.method)]
    for name, value in raw.headers:
        lower = name.lower()
        if lower in _OWN or (lower in SECRET_HEADERS and not with_secrets):
            continue
        text = f"{name.decode('latin-1')}: {value.decode('latin-1')}"
        # curl takes `Name;` for an empty value; `Name:` would remove the header.
        text = f"{name.decode('latin-1')};" if not value else text
        parts += ["-H", shlex.quote(text)]
    if raw.body and not raw.header(b"content-type"):
        parts += ["-H", "'Content-Type:'"]
    before = ""
    if raw.body:
        shown = _as_text(raw.body)
        if shown is None:
            before = f"printf %s {base64.b64encode(raw.body).decode()} | base64 -d | "
            parts += ["--data-binary", "@-"]
        else:
            parts += ["--data-raw", shlex.quote(shown)]
    return before + " ".join([*parts, "--", shlex.quote(address)])


def _as_text(body: bytes) -> str | None:
    """The body, when a command line can carry it byte for byte."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if all(character.isprintable() or character == "\n" for character in text) else None
