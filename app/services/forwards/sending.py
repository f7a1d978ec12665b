"""Sends one capture to the target of a forward: byte for byte, with headers added at the end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from ... import clock
from ...domain.captures import Capture, Headers
from ...domain.forwards.answers import AnswerMeaning, meaning_of, read_retry_after
from ...domain.forwards.headers import (
    MAX_HOPS,
    WEBHOOK_ID,
    DispatchedRequest,
    added_headers,
    hops_of,
    webhook_id,
)
from ...domain.forwards.model import Forward, ForwardSignature
from ...domain.replays import (
    NewAttempt,
    Trigger,
    header_lines_of,
    replayed,
    unsent,
    with_signature,
    without_secrets,
)
from ...domain.signatures import Signing
from ...egress import Network, send_exactly
from ...errors import Damaged, Invalid
from ...signatures.signer import Signer
from ...signatures.urls import request_url
from ..secrets import Secrets

PER_TARGET = 4
"""Requests on their way to one host and port."""
IN_ALL = 8
MAX_LOCATION = 200
BUSY_S = 0.002
"""A longer turn of the event loop means that captures wait for it."""
WAIT_FACTOR = 10
"""How many such turns a forward leaves to captures before it sends."""
LONGEST_WAIT_S = 0.2
LOOP = f"it has passed {MAX_HOPS} instances of smsbin already: their forwards send to each other"


class TargetSlots:
    """Limits the requests on their way, to one target and in all. Use from one event loop only."""

    def __init__(self, per_target: int = PER_TARGET, in_all: int = IN_ALL) -> None:
        self._per_target = per_target
        self._all = asyncio.Semaphore(in_all)
        # Semaphore and number of users by host and port; without users it is removed.
        self._targets: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def slot(self, url: str) -> AsyncIterator[None]:
        """A slot for the duration of the context."""
        target = urlsplit(url).netloc
        semaphore, users = self._targets.get(target) or (asyncio.Semaphore(self._per_target), 0)
        self._targets[target] = (semaphore, users + 1)
        try:
            async with semaphore, self._all:
                yield
        finally:
            users = self._targets[target][1] - 1
            self._targets[target] = (semaphore, users)
            if not users:
                del self._targets[target]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentDispatch:
    """An attempt, what its answer means, and the wait that the target wants."""

    attempt: NewAttempt
    meaning: AnswerMeaning
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """Everything but the capture: the forward, its secret for signing, and which attempt it is."""

    forward_id: str
    bin_id: str
    forward: Forward
    secret: str | None
    attempt: int
    trigger: Trigger


class ForwardSender:
    """Use from one event loop only. `allowed`: the targets that the operator allows."""

    def __init__(self, secrets: Secrets, allowed: Sequence[Network | str]) -> None:
        self._secrets = secrets
        self._allowed = allowed
        self._slots = TargetSlots()

    async def send(self, capture: Capture, outgoing: Outgoing) -> SentDispatch:
        """Send one capture. Never raises for errors of the target."""
        async with self._slots.slot(outgoing.forward.url):
            await wait_for_captures()
            sent_at = clock.now()
            try:
                url, data = await self._request(capture, outgoing, sent_at)
            except (Invalid, Damaged, ValueError) as error:
                return _impossible(capture, outgoing, sent_at, str(error))
            reply = await send_exactly(url, data, allowed=self._allowed, timeout_s=outgoing.forward.timeout_s)
        why = reply.error
        if reply.status is not None and 300 <= reply.status < 400:
            why = f"a redirect to {(reply.location or 'nowhere')[:MAX_LOCATION]}, which is not followed"
        attempt = NewAttempt(
            n=capture.row.n, url=without_secrets(outgoing.forward.url), sent_at=sent_at, status=reply.status,
            ms=reply.ms, error=why, content_type=reply.content_type[:200], body=reply.body,
            forward=outgoing.forward_id, trigger=outgoing.trigger, sent=header_lines_of(data),
        )  # fmt: skip
        return SentDispatch(
            attempt=attempt,
            meaning=meaning_of(reply.status),
            retry_after=read_retry_after(reply.retry_after, clock.now()),
        )

    async def _request(self, capture: Capture, outgoing: Outgoing, at: datetime) -> tuple[str, bytes]:
        """The URL and the bytes to send. Raises Invalid, Damaged, ValueError."""
        raw, role, forward = capture.intact(), capture.row.role, outgoing.forward
        if hops_of(raw) >= MAX_HOPS:
            raise ValueError(LOOP)
        request = DispatchedRequest(
            bin_id=outgoing.bin_id,
            capture=capture,
            called=request_url(raw, self._secrets.context.public_url),
            attempt=outgoing.attempt,
            trigger=outgoing.trigger,
        )
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
        return url, replayed(raw, role, url, with_credentials=credentials, added=added)

    async def _signer(self, capture: Capture, outgoing: Outgoing) -> Signer | None:
        match outgoing.forward.signature:
            case ForwardSignature.SENT:
                return None
            case ForwardSignature.TARGET:
                return await self._secrets.signer_like(outgoing.bin_id, capture, Signing.VALID)
            case ForwardSignature.SMSBIN:
                if outgoing.secret is None:
                    raise ValueError("its secret was encrypted with another --secrets-key; set the signature again")
                return Signer(scheme="standardwebhooks", secret=outgoing.secret)


async def wait_for_captures() -> None:
    """On a busy event loop wait for some turns, so that captures do not wait for forwards."""
    since = clock.ticks()
    await asyncio.sleep(0)
    turn_s = clock.ticks() - since
    if turn_s > BUSY_S:
        await asyncio.sleep(min(turn_s * WAIT_FACTOR, LONGEST_WAIT_S))


def _with_own_id(headers: Headers, bin_id: str, n: int) -> Headers:
    """The headers without those of another signature by Standard Webhooks."""
    others = tuple(pair for pair in headers if not pair[0].lower().startswith((b"webhook-", b"svix-")))
    return (*others, (WEBHOOK_ID, webhook_id(bin_id, n)))


def _impossible(capture: Capture, outgoing: Outgoing, at: datetime, why: str) -> SentDispatch:
    attempt = NewAttempt(
        n=capture.row.n, url=without_secrets(outgoing.forward.url), sent_at=at, status=None, ms=0,
        error=f"not sent: {why}", forward=outgoing.forward_id, trigger=outgoing.trigger,
    )  # fmt: skip
    return SentDispatch(attempt=attempt, meaning=AnswerMeaning.IMPOSSIBLE)
