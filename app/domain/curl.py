"""A capture as a curl command that is safe to paste, whatever was sent (P7).

`--data-raw` never reads a file for a leading `@`; every value is quoted for a POSIX shell; bytes that a command line
cannot carry go through base64 and standard input, and those of a header through `printf`. A `#` in the target is sent
like every other character, and a response without a body is not waited for. Credentials are left out
by default.
"""

import base64
import re
import shlex
from collections.abc import Iterator

from .captures import RawRequest

# Headers that curl makes itself, or that belong to one connection.
_OWN = frozenset(
    {b"host", b"content-length", b"connection", b"transfer-encoding", b"expect", b"upgrade", b"te", b"trailer",
     b"keep-alive", b"proxy-connection"}
)  # fmt: skip
SECRET_HEADERS = frozenset({b"authorization", b"cookie", b"proxy-authorization", b"x-api-key", b"x-auth-token"})
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
# Linux allows 128 KiB for one argument.
MAX_ARGUMENT = 100_000
# With `-X HEAD`, curl waits for a body of the response. `--head` does not, but it allows no body of the request.
HEAD_S = 10
# Of these neither `printf` nor any shell, not even one with a history, makes something else.
_PLAIN = re.compile(rb"[A-Za-z0-9 :;,./=_+*()@?<>&|-]")


def as_curl(raw: RawRequest, address: str, *, with_secrets: bool = False) -> str:
    """One command for a POSIX shell; `address` is where it goes."""
    parts = ["curl", "--globoff", "--path-as-is", *_method(raw)]
    if "#" in address:
        # curl would take the rest for a fragment, and not send it.
        parts += ["--request-target", shlex.quote(target_of(address))]
    for name, value in sent_headers(raw, with_secrets=with_secrets):
        # curl takes `Name;` for an empty value; `Name:` would remove the header.
        parts += ["-H", _quote(name + b": " + value if value else name + b";")]
    if raw.body and not raw.header(b"content-type"):
        parts += ["-H", "'Content-Type:'"]
    before = ""
    if raw.body:
        shown = _as_text(raw.body) if len(raw.body) <= MAX_ARGUMENT else None
        if shown is None:
            before = f"printf %s {base64.b64encode(raw.body).decode()} | base64 -d | "
            parts += ["--data-binary", "@-"]
        else:
            parts += ["--data-raw", shlex.quote(shown)]
    return before + " ".join([*parts, "--", shlex.quote(address)])


def sent_headers(raw: RawRequest, *, with_secrets: bool = False) -> Iterator[tuple[bytes, bytes]]:
    """The headers that a command sets, in their order."""
    for name, value in raw.headers:
        lower = name.lower()
        if lower not in _OWN and (with_secrets or lower not in SECRET_HEADERS):
            yield name, value


def target_of(address: str) -> str:
    """The path of a URL and all that follows, unchanged."""
    target = _ORIGIN.sub("", address, count=1)
    return target if target.startswith("/") else f"/{target}"


def _method(raw: RawRequest) -> list[str]:
    """The arguments for the method."""
    if raw.method != "HEAD":
        return ["-X", shlex.quote(raw.method)]
    return ["-X", "HEAD", "--max-time", str(HEAD_S)] if raw.body else ["--head"]


def _quote(line: bytes) -> str:
    """One argument, byte for byte, in ASCII: a shell would send `é` in its own charset, and a terminal may obey the
    control characters of what is pasted."""
    text = line.decode("latin-1")
    if text.isascii() and text.isprintable():
        return shlex.quote(text)
    octal = "".join(chr(byte) if _PLAIN.match(bytes((byte,))) else f"\\{byte:03o}" for byte in line)
    return f"\"$(printf '{octal}')\""


def _as_text(body: bytes) -> str | None:
    """The body, when a command line can carry it byte for byte."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if text.replace("\n", "").isprintable() else None
