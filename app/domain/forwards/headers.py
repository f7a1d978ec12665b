"""The headers that a forwarded request gets in addition: how the provider called smsbin, and which capture it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..captures import Capture, Headers, RawRequest
from ..replays import FollowUp, Trigger, tail_of
from ..units import rfc3339

MAX_HOPS = 3
"""Instances of smsbin that a request may pass, so that two that send to each other stop."""
HOPS = b"X-Smsbin-Hops"
WEBHOOK_ID = b"webhook-id"


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchedRequest:
    """A capture on its way. `called` is the URL that the provider called, as far as it is known."""

    bin_id: str
    capture: Capture
    called: str
    attempt: int
    trigger: Trigger


def hops_of(raw: RawRequest) -> int:
    """The number of instances of smsbin that have sent a request. What is no number counts as the limit."""
    values = [value for name, value in raw.headers if name.lower() == HOPS.lower()]
    return max((int(value) if value.isdigit() and len(value) < 4 else MAX_HOPS for value in values), default=0)


def webhook_id(bin_id: str, n: int, event: int | None = None, follow_up: FollowUp | None = None) -> bytes:
    """The same for every attempt of a capture, of one of its events, or of what follows from that."""
    return ".".join(str(part) for part in (bin_id, n, event, follow_up) if part is not None).encode()


def added_headers(request: DispatchedRequest, kept: Headers) -> Headers:
    """The headers to append to those that are `kept`. None of them is replaced."""
    there = {name.lower() for name, _ in kept}
    forwarded = ((name, value) for name, value in _as_called(request) if name.lower() not in there)
    return (*forwarded, *_about(request))


def event_headers(request: DispatchedRequest, event: int, follow_up: FollowUp | None = None) -> Headers:
    """The headers of the request for an event, before it is signed. How the provider called smsbin is not among them:
    the capture key is of no use to a target that gets no request of the provider."""
    return (
        (b"Content-Type", b"application/json"),
        (WEBHOOK_ID, webhook_id(request.bin_id, request.capture.row.n, event, follow_up)),
        *_about(request),
    )


def _as_called(request: DispatchedRequest) -> Iterator[tuple[bytes, bytes]]:
    """Headers from which web frameworks compute the URL that the provider called, and signed."""
    raw, parts = request.capture.raw, urlsplit(request.called)
    yield b"X-Forwarded-Proto", parts.scheme.encode()
    yield b"X-Forwarded-Host", parts.netloc.encode("latin-1", "replace")
    yield b"X-Forwarded-For", raw.peer.encode()
    path = request.called.partition("?")[0].partition("://")[2].partition("/")[2]
    prefix = f"/{path}".removesuffix(tail_of(raw.target, request.capture.row.role))
    yield b"X-Forwarded-Prefix", prefix.encode("latin-1", "replace")
    yield b"X-Smsbin-Url", request.called.encode("latin-1", "replace")


def _about(request: DispatchedRequest) -> Iterator[tuple[bytes, bytes]]:
    row = request.capture.row
    yield b"X-Smsbin-Id", f"{request.bin_id}/{row.n}".encode()
    yield b"X-Smsbin-Attempt", b"%d" % request.attempt
    yield b"X-Smsbin-Trigger", request.trigger.value.encode()
    yield b"X-Smsbin-Received-At", rfc3339(request.capture.row.received_at).encode()
    if row.reading.signature is not None:
        yield b"X-Smsbin-Signature-Verdict", row.reading.signature.verdict.value.encode()
    yield HOPS, b"%d" % (hops_of(request.capture.raw) + 1)
    if row.simulated:
        yield b"X-Smsbin-Simulated", b"1"
