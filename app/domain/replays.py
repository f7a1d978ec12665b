"""Replay: a capture sent again by hand, exactly as received, to a URL of the user; the result is an attempt."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from msgspec import structs

from .bins import KEY
from .captures import Headers, RawRequest, write_lines
from .curl import SECRET_HEADERS
from .roles import Role
from .simulations import MARK

MOST_AT_ONCE = 50
"""Captures in one replay."""
MAX_SENT = 16 << 10
"""Bytes that are kept of what an attempt has sent."""

# Headers of one connection (RFC 9110, section 7.6.1), and those that are set for the new one. The mark of a simulation
# is for the bin only.
_OURS = frozenset(
    {b"host", b"content-length", b"connection", b"keep-alive", b"transfer-encoding", b"te", b"trailer", b"upgrade",
     b"expect", b"proxy-connection", MARK.lower().encode()}
)  # fmt: skip
# Printable ASCII without blanks and quotation marks.
_IN_URLS = "!#$%&'()*+,/:;=?@[]~|^`{}\\"
_SECRET_PREFIXES = (b"proxy-", b"x-forwarded-")
_SECRETS = SECRET_HEADERS | {b"forwarded", b"x-real-ip"}


_ONE_OR_RANGE = re.compile(r"#?([0-9]{1,18})(?:-#?([0-9]{1,18}))?", re.ASCII)


class FollowUp(StrEnum):
    """What follows from an event by time. `VERDICT`: about a message or call whose fallback URL was used, or whose
    primary URL failed. `STUCK`: its message has no final status, and had no other event for too long."""

    VERDICT = "verdict"
    STUCK = "stuck"


class Trigger(StrEnum):
    """Why an attempt was made: of a forward by itself, or by a user for one capture (`MANUAL`) or for many (`BULK`).
    `RESUME`: held while the forward was paused. `PROBE`: to find out whether a resting target works. `WIRETAP`: while
    the provider waited for the answer."""

    FIRST = "first"
    RETRY = "retry"
    MANUAL = "manual"
    BULK = "bulk"
    RESUME = "resume"
    PROBE = "probe"
    WIRETAP = "wiretap"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttempt:
    """Capture `n` was sent to `url`, whose query values are not kept. `status` None: no whole answer; then `error`
    says why in a few words. `ms` until the end of the answer. `body` is its head. `edited`: it was changed before.
    `forward`: the id of the forward that sent it; None: a replay. `sent`: the header lines that were sent, and for
    an event a blank line and its JSON, up to `MAX_SENT`. `event`: the position of the event in its capture; None: the
    request itself was sent. `follow_up`: what followed from that event was sent. `listener`: the name of the listener
    whose program answered; then `url` is empty."""

    n: int
    url: str
    sent_at: datetime
    status: int | None
    ms: int
    error: str | None = None
    content_type: str = ""
    body: bytes = b""
    edited: bool = False
    forward: str | None = None
    trigger: Trigger = Trigger.MANUAL
    sent: bytes = b""
    listener: str | None = None
    event: int | None = None
    follow_up: FollowUp | None = None

    @property
    def sent_head(self) -> bytes:
        """The header lines of `sent`, each with its line break."""
        return self.sent if self.event is None else self.sent.partition(b"\r\n\r\n")[0] + b"\r\n"

    @property
    def sent_body(self) -> bytes:
        """The JSON of `sent`, as far as it is kept."""
        return b"" if self.event is None else self.sent.partition(b"\r\n\r\n")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(NewAttempt):
    """A kept one; `number` counts the attempts of its capture from 1."""

    number: int


def replayed(raw: RawRequest, role: Role, url: str, *, with_credentials: bool, added: Headers = ()) -> bytes:
    """The bytes to send to `url`, body included; `added` headers are the last ones. ValueError: it cannot be written as
    one request."""
    if raw.refused is not None:
        raise ValueError("it is not valid HTTP, so its URL cannot be changed")
    lines = [f"{raw.method} {_target(raw.target, role, url)} HTTP/1.1".encode("latin-1")]
    lines.append(b"Host: " + urlsplit(url).netloc.encode())
    lines += [name + b": " + value for name, value in _kept(raw, with_credentials=with_credentials)]
    if raw.body or raw.header(b"content-length") or raw.header(b"transfer-encoding"):
        lines.append(b"Content-Length: %d" % len(raw.body))
    lines.append(b"Connection: close")
    lines += [name + b": " + value for name, value in added]
    if any(letter in line for line in lines for letter in b"\r\n\0"):
        raise ValueError("a line break in a header cannot be sent again")
    return b"\r\n".join(lines) + b"\r\n\r\n" + raw.body


def header_lines_of(data: bytes) -> bytes:
    """The header lines of a request as it is sent, each with its line break, up to `MAX_SENT` bytes."""
    return (data.partition(b"\r\n\r\n")[0].partition(b"\r\n")[2] + b"\r\n")[:MAX_SENT]


def address_of(raw: RawRequest, role: Role, url: str) -> str:
    """`url`, the URL of the role, with the path after the role and the query of a request. Bytes that no URL may have
    are percent-encoded."""
    parts = urlsplit(url)
    target = quote(_target(raw.target, role, url).encode("latin-1"), safe=_IN_URLS)
    return f"{parts.scheme}://{parts.netloc}{target}"


def is_replaced(name: bytes) -> bool:
    """Whether a header is of the connection, and gets a new value when a request is sent again."""
    return name.lower() in _OURS


def is_credential(name: bytes) -> bool:
    """Whether a header may identify the sender, or is of the proxies in between."""
    lower = name.lower()
    return lower in _SECRETS or lower.startswith(_SECRET_PREFIXES)


def unsent(raw: RawRequest, role: Role, url: str, *, with_credentials: bool) -> tuple[str, Headers]:
    """The whole URL and the headers of a request that `replayed` would send, for a new signature."""
    parts = urlsplit(url)
    target = _target(raw.target, role, url)
    return f"{parts.scheme}://{parts.netloc}{target}", tuple(_kept(raw, with_credentials=with_credentials))


def with_signature(raw: RawRequest, headers: Headers, body: bytes) -> RawRequest:
    """The request with these headers and this body, and without a path and a query: its new URL has both."""
    return structs.replace(raw, target="/", head=write_lines(headers), body=body)


def without_secrets(url: str) -> str:
    """An address for display: the names of its query stay, the values are dots."""
    parts = urlsplit(url)
    query = "&".join(pair.partition("=")[0] + ("=…" if "=" in pair else "") for pair in parts.query.split("&"))
    return urlunsplit(parts._replace(query=query))


def _kept(raw: RawRequest, *, with_credentials: bool) -> Iterator[tuple[bytes, bytes]]:
    named = {item.strip().lower() for name, value in raw.headers if name.lower() == b"connection"
             for item in value.split(b",")}  # fmt: skip
    for name, value in raw.headers:
        lower = name.lower()
        if lower not in _OURS and lower not in named and (with_credentials or not is_credential(name)):
            yield name, value


def _target(target: str, role: Role, url: str) -> str:
    """The path of `url` and the part of the target after the role; both queries. Nothing is decoded or encoded."""
    query = target.partition("?")[2]
    tail = tail_of(target, role)
    parts = urlsplit(url)
    start = parts.path.rstrip("/") if tail else parts.path or "/"
    queries = "&".join(each for each in (parts.query, query) if each)
    return start + tail + (f"?{queries}" if queries else "")


def tail_of(target: str, role: Role) -> str:
    """The path of a target after the capture URL of the role: "" or beginning with a slash."""
    segments = target.partition("?")[0].split("/")
    keys = [place for place, segment in enumerate(segments) if KEY.fullmatch(unquote(segment))]
    behind = segments[keys[0] + 1 :] if keys else []
    if behind and behind[0] == role.value:
        behind = behind[1:]
    return "".join(f"/{segment}" for segment in behind) if any(behind) else ""


def read_selection(text: str) -> list[int]:
    """Numbers of captures in the order in which they are named: `43 44`, `#43, 47-50`. ValueError says what is not."""
    numbers: list[int] = []
    for word in text.replace(",", " ").split():
        found = _ONE_OR_RANGE.fullmatch(word)
        if found is None:
            raise ValueError(f'"{word[:20]}" is not a request number; write 43 44 or 47-50')
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first or last - first >= MOST_AT_ONCE:
            raise ValueError(f"{word[:40]} must be ascending, with at most {MOST_AT_ONCE} requests")
        numbers += range(first, last + 1)
    return numbers
