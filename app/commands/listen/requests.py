"""The request that is sent to the local program for a capture: byte for byte, with headers added at the end."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import structs

from ...domain.captures import Capture, CaptureRow, Headers, RawRequest, Reading, write_lines
from ...domain.forwards.headers import MAX_HOPS, WEBHOOK_ID, DispatchedRequest, added_headers, hops_of, webhook_id
from ...domain.listening import ListenCapture, as_headers
from ...domain.replays import Trigger, replayed, unsent, with_signature
from ...domain.signatures import Judgement, SignatureVerdict
from ...signatures.signer import Signer

_JSON = (b"Content-Type", b"application/json")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTarget:
    """The URL of the local program. `keeps_path`: the path after the role is appended. `headers`: added at the end.
    `signer`: signs for `url`; None: the signature stays as sent. `as_event`: the events of a capture are sent
    instead. `tls`: which certificates are trusted; None: those of the system."""

    url: str
    timeout_s: float
    keeps_path: bool = True
    headers: Headers = ()
    signer: Signer | None = None
    as_event: bool = False
    tls: ssl.SSLContext | None = None

    @property
    def address(self) -> str:
        """Host and port, for people."""
        return urlsplit(self.url).netloc

    def events_of(self, capture: ListenCapture) -> Sequence[int | None]:
        """A request is sent for each of these: the events of a capture by their positions, or None for itself."""
        # If the server has sent none, the first request says so.
        return range(max(len(capture.events), 1)) if self.as_event else (None,)


def local_request(
    bin_id: str, capture: ListenCapture, target: LocalTarget, trigger: Trigger, at: datetime, event: int | None = None
) -> tuple[str, bytes]:
    """The URL and the bytes to send, for the event at a position or for the capture. ValueError, Invalid: it cannot be
    sent."""
    raw, url = _raw(capture), target.url
    if hops_of(raw) >= MAX_HOPS:
        raise ValueError(f"it has passed {MAX_HOPS} instances of smsbin already: they send to each other")
    shown = CaptureRow(
        n=capture.n, seq=0, received_at=capture.received_at, role=capture.role, method=raw.method, target=raw.target,
        peer=raw.peer, size=capture.size, content_type=None, body_complete=True, outcome=None,
        reading=_reading(capture), simulated=capture.simulated,
    )  # fmt: skip
    request = DispatchedRequest(
        bin_id=bin_id, capture=Capture(row=shown, raw=raw, sha256=""), called=capture.url, attempt=capture.attempt,
        trigger=trigger,
    )  # fmt: skip
    if event is not None:
        raw = _event(bin_id, capture, event, raw)
    elif not target.keeps_path:
        _, mark, query = raw.target.partition("?")
        raw = structs.replace(raw, target=f"/{mark}{query}")
    if target.signer is not None and raw.refused is None:
        whole, headers = unsent(raw, capture.role, url, with_credentials=True)
        signed = target.signer.sign(raw.method, whole, headers, raw.body, at)
        raw, url = with_signature(raw, signed.headers, signed.body), signed.url
    # What the server did not send is not added with an empty value.
    added = tuple(pair for pair in added_headers(request, raw.headers) if pair[1])
    return url, replayed(raw, capture.role, url, with_credentials=True, added=(*added, *target.headers))


def _raw(capture: ListenCapture) -> RawRequest:
    return RawRequest(
        method=capture.method, target=capture.target, http_version="1.1",
        head=write_lines(as_headers(capture.headers)), body=capture.body, body_complete=True, peer=capture.peer,
        received_at=capture.received_at, refused=capture.refused,
    )  # fmt: skip


def _reading(capture: ListenCapture) -> Reading:
    if capture.signature not in set(SignatureVerdict):
        return Reading()
    return Reading(signature=Judgement(verdict=SignatureVerdict(capture.signature)))


def _event(bin_id: str, capture: ListenCapture, event: int, raw: RawRequest) -> RawRequest:
    """A request with the event as its body. ValueError: there is none."""
    if event >= len(capture.events):
        raise ValueError("the server has sent no event for it")
    head = write_lines([_JSON, (WEBHOOK_ID, webhook_id(bin_id, capture.n, event))])
    return structs.replace(
        raw, method="POST", target="/", head=head, body=bytes(capture.events[event]), refused=None
    )  # fmt: skip
