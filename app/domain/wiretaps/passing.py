"""What of a handler's answer is passed on to the provider: status and body as they are, and the headers except those
that belong to a connection or to smsbin."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from msgspec.structs import replace as replaced

from ..answers.limits import MOST_BODY, is_well_formed
from ..answers.model import Answer
from ..captures import Headers
from .model import HandlerAnswer

MAX_HANDLER_BODY = 256 << 10
"""Bytes of the body of a handler's answer."""
MAX_HANDLER_HEADERS = 100
MAX_HANDLER_HEAD = 32 << 10
"""Bytes of all headers of a handler's answer."""

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
# Headers of one connection (RFC 9110, section 7.6.1), and those that smsbin sets.
_HOPS = frozenset({
    b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade",
    b"content-length", b"proxy-authenticate",
})  # fmt: skip
_OWNED = frozenset({
    b"date", b"x-capture", b"cache-control", b"content-security-policy", b"x-content-type-options", b"x-robots-tag",
})  # fmt: skip
# Headers that act on everything else under the host of smsbin, and that no provider needs.
_HOST_WIDE = frozenset({
    b"strict-transport-security", b"clear-site-data", b"service-worker-allowed", b"alt-svc", b"nel", b"report-to",
    b"reporting-endpoints", b"content-security-policy-report-only", b"refresh", b"x-sendfile", b"set-cookie2",
})  # fmt: skip
_HOST_WIDE_PREFIXES = (b"x-accel-", b"access-control-")
_NO_BODY = (204, 304)


def passed_on(answer: HandlerAnswer, *, url: str, path: str) -> HandlerAnswer:
    """The answer as the provider gets it. `url`: the URL of the handler, for a Location without a host; `path`: that
    of the capture URL, to which cookies are limited. ValueError says in a few words why it cannot be passed on."""
    if not 200 <= answer.status <= 599:
        raise ValueError(f"its status {answer.status} is no final status of HTTP")
    if len(answer.body) > MAX_HANDLER_BODY:
        raise ValueError(f"its body is larger than {MAX_HANDLER_BODY >> 10} KiB")
    headers = tuple(_kept(answer.headers))
    if (
        len(headers) > MAX_HANDLER_HEADERS
        or sum(len(name) + len(value) + 4 for name, value in headers) > MAX_HANDLER_HEAD
    ):
        raise ValueError("it has too many headers")
    changed = tuple(_changed(name, value, url, path) for name, value in headers)
    return HandlerAnswer(
        status=answer.status, headers=changed, body=b"" if answer.status in _NO_BODY else answer.body,
        took_s=answer.took_s, sent=answer.sent,
    )  # fmt: skip


def as_answer(answer: HandlerAnswer) -> Answer:
    """The answer as smsbin stores and checks it: text, with the beginning of a large body."""
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers)
    return Answer(status=answer.status, headers=headers, body=answer.body[:MOST_BODY].decode("utf-8", "replace"))


def is_intact(answer: HandlerAnswer) -> bool:
    """False for XML that no strict parser accepts."""
    if len(answer.body) > MOST_BODY:
        return True
    return is_well_formed(replaced(as_answer(answer), delay_ms=0))


def _kept(headers: Headers) -> Iterator[tuple[bytes, bytes]]:
    named = {item.strip().lower() for name, value in headers if name.lower() == b"connection"
             for item in value.split(b",")}  # fmt: skip
    for name, value in headers:
        if not _TOKEN.fullmatch(name) or _CONTROLS.search(value):
            raise ValueError("its headers are not valid HTTP")
        lower = name.lower()
        is_ours = lower in _HOPS or lower in _OWNED or lower in named
        if not is_ours and lower not in _HOST_WIDE and not lower.startswith(_HOST_WIDE_PREFIXES):
            yield name, value


def _changed(name: bytes, value: bytes, url: str, path: str) -> tuple[bytes, bytes]:
    lower = name.lower()
    if lower == b"location":
        return name, _absolute(value.decode("latin-1"), url).encode("latin-1")
    if lower == b"set-cookie":
        # Providers send a cookie back, and pages of smsbin must never get it.
        pair, *attributes = value.split(b";")
        kept = [each for each in attributes if each.strip().partition(b"=")[0].lower() not in (b"path", b"domain")]
        return name, b";".join([pair, *kept, b" Path=" + path.encode("latin-1")])
    return name, value


def _absolute(location: str, url: str) -> str:
    """A Location as seen from the handler, since the provider would apply it to the URL of smsbin."""
    try:
        return location if urlsplit(location).scheme else urljoin(url, location)
    except ValueError:
        raise ValueError("its Location is not a URL") from None
