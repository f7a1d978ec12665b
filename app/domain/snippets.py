"""A capture as code that is safe to paste, whatever was sent (P7): for HTTPie, Python and JavaScript; `curl.py` has
the command for curl.

Each value is one literal in the language that it is pasted into, in ASCII or printable characters. None: this request
cannot be written for the tool without changing it.
"""

import base64
import json
import re
import shlex
from urllib.parse import urlsplit

from .captures import RawRequest
from .curl import MAX_ARGUMENT, sent_headers, target_of

# What HTTPie takes as a method, and as the name of a header in `Name:value`.
_METHOD = re.compile(r"[A-Za-z]+")
_NAME = re.compile(r"[A-Za-z0-9_.!#$%&'*+^`|~][A-Za-z0-9_.!#$%&'*+^`|~-]*")
_NO_BODY = frozenset({"GET", "HEAD"})


def as_httpie(raw: RawRequest, address: str) -> str | None:
    """One command for a POSIX shell. HTTPie reads a file for `:@` and takes `\\` as an escape, so a value that begins
    with `@` or `=` is escaped, and one with a backslash cannot be written. It does not send what follows a `#`."""
    if not _METHOD.fullmatch(raw.method) or "#" in address:
        return None
    items = []
    for name, value in sent_headers(raw):
        key, text = name.decode("latin-1"), _printable(value)
        if text is None or "\\" in text or not _NAME.fullmatch(key):
            return None
        escape = "\\" if text.startswith(("@", "=")) else ""
        items.append(shlex.quote(f"{key}:{escape}{text}" if text else f"{key};"))
    if raw.body and not raw.header(b"content-type"):
        items.append("'Content-Type:'")
    text = _printable(raw.body, "\n") if len(raw.body) <= MAX_ARGUMENT else None
    before, body = "", ["--ignore-stdin"]
    if raw.body and text is None:
        before, body = f"printf %s {base64.b64encode(raw.body).decode()} | base64 -d | ", []
    elif raw.body:
        body.append(f"--raw={shlex.quote(text or '')}")
    return before + " ".join(["http", *body, raw.method, shlex.quote(address), *items])


def as_python(raw: RawRequest, address: str) -> str:
    """A script that needs only the standard library."""
    parts = urlsplit(address)
    connection = "HTTPSConnection" if parts.scheme == "https" else "HTTPConnection"
    lines = [
        "import http.client",
        "",
        f"connection = http.client.{connection}({parts.netloc!a})",
        f"connection.putrequest({raw.method!a}, {target_of(address)!a}, skip_accept_encoding=True)",
    ]
    lines += [f"connection.putheader({_literal(name)}, {_literal(value)})" for name, value in sent_headers(raw)]
    if raw.body:
        lines.append(f'connection.putheader("Content-Length", "{len(raw.body)}")')
    lines += [
        f"connection.endheaders({_literal(raw.body, encoded=True) if raw.body else ''})",
        "response = connection.getresponse()",
        "print(response.status, response.reason)",
        'print(response.read().decode("utf-8", "replace"))',
    ]
    return "\n".join(lines) + "\n"


def as_fetch(raw: RawRequest, address: str) -> str | None:
    """A call of `fetch`, for a browser's console, Node or Deno. It allows no body with GET and HEAD, and
    does not send what follows a `#`."""
    if (raw.body and raw.method.upper() in _NO_BODY) or "#" in address:
        return None
    headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in sent_headers(raw)]
    lines = [f"  method: {json.dumps(raw.method)},"]
    if headers:
        lines += ["  headers: [", *(f"    {json.dumps(header)}," for header in headers), "  ],"]
    if raw.body:
        lines.append(f"  body: {_bytes(raw.body)},")
    lines = [f"const response = await fetch({json.dumps(address)}, {{", *lines, "});"]
    return "\n".join([*lines, "console.log(response.status, await response.text());"]) + "\n"


def _bytes(body: bytes) -> str:
    """Bytes, so that `fetch` adds no Content-Type of its own."""
    text = _printable(body, "\r\n\t")
    if text is not None:
        return f"new TextEncoder().encode({json.dumps(text)})"
    return f'Uint8Array.from(atob("{base64.b64encode(body).decode()}"), (character) => character.charCodeAt(0))'


def _literal(value: bytes, *, encoded: bool = False) -> str:
    """A Python literal: a text where it is one, else bytes."""
    if value.isascii():
        text = ascii(value.decode())
        return f"{text}.encode()" if encoded else text
    return repr(value)


def _printable(value: bytes, others: str = "") -> str | None:
    """The text of a value, if a command line can carry it byte for byte; `others` are allowed, too."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return text if text.translate(dict.fromkeys(map(ord, others))).isprintable() else None
