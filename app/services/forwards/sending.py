"""Sends requests to the target of a forward, a few at the same time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from ... import clock
from ...domain.captures import Capture
from ...domain.forwards.answers import AnswerMeaning, meaning_of, read_retry_after
from ...domain.forwards.model import LaterEvent, parts_of
from ...domain.replays import NewAttempt, without_secrets
from ...egress import Network, send_exactly
from ...egress.gate import BLOCKED
from ...errors import Damaged, Invalid, StoreUnavailable
from .requests import Outgoing, RequestBytes, RequestWriter

PER_TARGET = 4
"""Requests on their way to one host and port."""
IN_ALL = 8
MAX_LOCATION = 200
BUSY_S = 0.002
"""A longer turn of the event loop means that captures wait for it."""
WAIT_FACTOR = 10
"""How many such turns a forward leaves to captures before it sends."""
LONGEST_WAIT_S = 0.2


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

    @property
    def result(self) -> str:
        """The status of the answer, or why there is none."""
        return self.attempt.error or f"status {self.attempt.status}"


class ForwardSender:
    """Use from one event loop only. `allowed`: the targets that the operator allows."""

    def __init__(self, writer: RequestWriter, allowed: Sequence[Network | str]) -> None:
        self._writer = writer
        self._allowed = allowed
        self._slots = TargetSlots()

    async def send(
        self, capture: Capture, outgoing: Outgoing, event: int | LaterEvent | None = None
    ) -> SentDispatch:  # fmt: skip
        """Send a capture, or one of its events, or what follows from one. Never raises for errors of the target. Raises
        StoreUnavailable, NotFound."""
        if event is None:
            return await self._send(capture, outgoing, None, partial(self._writer.write_capture, capture, outgoing))
        write = partial(self._writer.write_event, capture, event, outgoing)
        return await self._send(capture, outgoing, event, write)

    async def _send(
        self, capture: Capture, outgoing: Outgoing, event: int | LaterEvent | None,
        write: Callable[[datetime], Awaitable[RequestBytes]],
    ) -> SentDispatch:  # fmt: skip
        position, follow_up = (None, None) if event is None else parts_of(event)
        async with self._slots.slot(outgoing.forward.url):
            await wait_for_captures()
            attempt = NewAttempt(
                n=capture.row.n, url=without_secrets(outgoing.forward.url), sent_at=clock.now(), status=None, ms=0,
                forward=outgoing.forward_id, trigger=outgoing.trigger, event=position, follow_up=follow_up,
            )  # fmt: skip
            try:
                request = await write(attempt.sent_at)
            except (Invalid, Damaged, ValueError) as error:
                attempt = replace(attempt, error=f"not sent: {error}")
                return SentDispatch(attempt=attempt, meaning=AnswerMeaning.IMPOSSIBLE)
            if not outgoing.may_send():
                raise StoreUnavailable("Another server may send this now.")
            reply = await send_exactly(
                request.url, request.data, allowed=self._allowed, timeout_s=outgoing.forward.timeout_s
            )
        why = reply.error
        if reply.status is not None and 300 <= reply.status < 400:
            why = f"a redirect to {(reply.location or 'nowhere')[:MAX_LOCATION]}, which is not followed"
        return SentDispatch(
            attempt=replace(
                attempt,
                status=reply.status,
                ms=reply.ms,
                error=why,
                content_type=reply.content_type[:200],
                body=reply.body,
                sent=b"" if reply.error == BLOCKED else request.kept,
            ),
            meaning=meaning_of(reply.status),
            retry_after=read_retry_after(reply.retry_after, clock.now()),
        )


async def wait_for_captures() -> None:
    """On a busy event loop wait for some turns, so that captures do not wait for forwards."""
    since = clock.ticks()
    await asyncio.sleep(0)
    turn_s = clock.ticks() - since
    if turn_s > BUSY_S:
        await asyncio.sleep(min(turn_s * WAIT_FACTOR, LONGEST_WAIT_S))
