"""The requests of forwards as bytes: a capture byte for byte, or one of its events as JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from ...domain.captures import Capture, Headers
from ...domain.forwards.events import LaterFacts, event_at, forwarded_event, is_repeat
from ...domain.forwards.follow_ups import pairings_by_event
from ...domain.forwards.headers import (
    MAX_HOPS,
    WEBHOOK_ID,
    DispatchedRequest,
    added_headers,
    event_headers,
    hops_of,
    webhook_id,
)
from ...domain.forwards.model import EventContent, Forward, ForwardSignature, LaterEvent, parts_of
from ...domain.replays import MAX_SENT, FollowUp, Trigger, header_lines_of, replayed, unsent, with_signature
from ...domain.signatures import Signing
from ...signatures.signer import Signer
from ...signatures.urls import request_url
from ...store import Store
from ...tasks import run_in_thread
from ..large import QUICK_BYTES
from ..secrets import Secrets

LOOP = f"it has passed {MAX_HOPS} instances of smsbin already: their forwards send to each other"
_NO_SECRET = "its secret was encrypted with another --secrets-key; set the signature again"  # noqa: S105


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """Everything but the capture: the forward, its secret for signing, and which attempt it is. `may_send` is called
    directly before it is sent."""

    forward_id: str
    bin_id: str
    forward: Forward
    secret: str | None
    attempt: int
    trigger: Trigger
    may_send: Callable[[], bool] = _always


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBytes:
    """A request as it is sent to `url`. `kept`: the part of it that is kept with the attempt."""

    url: str
    data: bytes
    kept: bytes


class RequestWriter:
    """Writes the requests. Use from one event loop only."""

    def __init__(self, store: Store, secrets: Secrets) -> None:
        self._store = store
        self._secrets = secrets

    async def write_capture(self, capture: Capture, outgoing: Outgoing, at: datetime) -> RequestBytes:
        """The capture byte for byte, with headers added at the end. Raises Invalid, Damaged, ValueError."""
        raw, role, forward = capture.intact(), capture.row.role, outgoing.forward
        request = self._dispatched(capture, outgoing)
        url, credentials = forward.url, forward.credentials
        signer = await self._signer(capture, outgoing)
        if signer is not None and raw.refused is None:
            whole, headers = unsent(raw, role, url, with_credentials=credentials)
            if forward.signature is ForwardSignature.SMSBIN:
                headers = _with_own_id(headers, outgoing.bin_id, capture.row.n)
            signed = signer.sign(raw.method, whole, headers, raw.body, at)
            # The headers are chosen already, and a signature may be in Authorization.
            raw, url, credentials = with_signature(raw, signed.headers, signed.body), signed.url, True
        kept = () if raw.refused is not None else unsent(raw, role, url, with_credentials=credentials)[1]
        added = added_headers(request, kept)
        data = replayed(raw, role, url, with_credentials=credentials, added=added)
        return RequestBytes(url=url, data=data, kept=header_lines_of(data))

    async def write_event(
        self, capture: Capture, event: int | LaterEvent, outgoing: Outgoing, at: datetime
    ) -> RequestBytes:
        """The event at a position as JSON, or what follows from it, signed by Standard Webhooks. Raises Invalid,
        Damaged, ValueError, StoreUnavailable, NotFound."""
        if outgoing.secret is None:
            raise ValueError(_NO_SECRET)
        signer = Signer(scheme="standardwebhooks", secret=outgoing.secret)
        position, follow_up = parts_of(event)
        headers = event_headers(self._dispatched(capture, outgoing), position, follow_up)
        body = await self.event_json(outgoing.bin_id, outgoing.forward, capture, event)
        url = outgoing.forward.url
        if len(body) > QUICK_BYTES:
            signed = await run_in_thread(signer.sign, "POST", url, headers, body, at)
        else:
            signed = signer.sign("POST", url, headers, body, at)
        data = _posted(url, signed.headers, body)
        return RequestBytes(url=url, data=data, kept=(header_lines_of(data) + b"\r\n" + body)[:MAX_SENT])

    async def event_json(self, bin_id: str, forward: Forward, capture: Capture, event: int | LaterEvent) -> bytes:
        """The body of the request for an event. Raises Damaged, StoreUnavailable, NotFound."""
        is_thin = forward.event_content is EventContent.THIN
        position, _ = parts_of(event)
        repeats = is_repeat(capture) and not is_thin
        first = await self._store.repeat_of(bin_id, capture.row.n, position) if repeats else None
        facts = None
        if not isinstance(event, int):
            facts = LaterFacts(later=event) if is_thin else await self._facts(bin_id, capture, event)
        public_url = self._secrets.context.public_url

        def encoded() -> bytes:
            made = forwarded_event(
                bin_id, capture, position, forward, duplicate_of=first, public_url=public_url, facts=facts
            )
            return msgspec.json.encode(made)

        is_large = forward.event_content is EventContent.RAW and len(capture.raw.body) > QUICK_BYTES
        return await run_in_thread(encoded) if is_large else encoded()

    async def _facts(self, bin_id: str, capture: Capture, later: LaterEvent) -> LaterFacts:
        n = capture.row.n
        if later.follow_up is FollowUp.VERDICT:
            pairings = await self._store.pairings_of(bin_id, [n], wait=False)
            return LaterFacts(later=later, pairing=pairings_by_event(capture, pairings).get(later.event))
        event = event_at(capture, later.event)
        messages = await self._store.messages_of(bin_id, n)
        found = [each for each in messages if event is not None and each.message_id == event.message_id]
        return LaterFacts(later=later, message=found[0] if found else None)

    def _dispatched(self, capture: Capture, outgoing: Outgoing) -> DispatchedRequest:
        """Raises ValueError for a request that went in a circle."""
        if hops_of(capture.raw) >= MAX_HOPS:
            raise ValueError(LOOP)
        return DispatchedRequest(
            bin_id=outgoing.bin_id,
            capture=capture,
            called=request_url(capture.raw, self._secrets.context.public_url),
            attempt=outgoing.attempt,
            trigger=outgoing.trigger,
        )

    async def _signer(self, capture: Capture, outgoing: Outgoing) -> Signer | None:
        match outgoing.forward.signature:
            case ForwardSignature.SENT:
                return None
            case ForwardSignature.TARGET:
                return await self._secrets.signer_like(outgoing.bin_id, capture, Signing.VALID)
            case ForwardSignature.SMSBIN:
                if outgoing.secret is None:
                    raise ValueError(_NO_SECRET)
                return Signer(scheme="standardwebhooks", secret=outgoing.secret)


def _with_own_id(headers: Headers, bin_id: str, n: int) -> Headers:
    """The headers without those of another signature by Standard Webhooks."""
    others = tuple(pair for pair in headers if not pair[0].lower().startswith((b"webhook-", b"svix-")))
    return (*others, (WEBHOOK_ID, webhook_id(bin_id, n)))


def _posted(url: str, headers: Headers, body: bytes) -> bytes:
    """A POST request of these headers and this body."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"POST {target} HTTP/1.1".encode("latin-1"), b"Host: " + parts.netloc.encode(),
        b"User-Agent: smsbin", *(name + b": " + value for name, value in headers),
        b"Content-Length: %d" % len(body), b"Connection: close",
    ]  # fmt: skip
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
