"""A listener as the handler of its roles: the provider waits, and gets what the program of the listener answers.

The request comes to the listener from its queue, as every other one. So the answer may be there before it is waited
for, or there is none: the request does not match the filter, or the listener has disconnected.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from ... import clock
from ...domain.captures import Capture
from ...domain.wiretaps.model import FailureKind, HandlerAnswer, HandlerFailure
from .queue import ListenerQueue

MOST_EARLY = 64
"""Answers that are kept in case that they are waited for."""
DISCONNECTED = "the listener has disconnected"
NOT_SENT = "the listener does not answer this request"
TOO_LONG = "its body is longer than the listener sends"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramAnswer:
    """What the program of a listener did with a capture. `status` None: it did not answer, and `error` says why.
    `is_cut`: the body is only the beginning. `kind`: of the failure."""

    status: int | None
    ms: int
    error: str | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    is_cut: bool = False
    kind: FailureKind = FailureKind.BROKEN

    @property
    def content_type(self) -> str:
        """The content type, or ""."""
        found = [value for name, value in self.headers if name.lower() == b"content-type"]
        return found[0].decode("latin-1") if found else ""


class ListenerHandler:
    """Implements `Handler`, for one connection. Use from one event loop only."""

    outbox = None
    timeout_s = None

    def __init__(self, name: str, queue: ListenerQueue) -> None:
        self.url = f"listener {name}"
        self._queue = queue
        self._is_closed = False
        # The results that are waited for, each with its deadline.
        self._waiting: dict[int, tuple[asyncio.Future[HandlerAnswer | HandlerFailure], float]] = {}
        self._early: OrderedDict[int, HandlerAnswer | HandlerFailure] = OrderedDict()

    async def answer(self, bin_id: str, capture: Capture, deadline: float) -> HandlerAnswer | HandlerFailure:  # noqa: ARG002
        """As in `Handler`."""
        n = capture.row.n
        if self._is_closed:
            return _gone(DISCONNECTED)
        if (early := self._early.pop(n, None)) is not None:
            return early
        if self._queue.has_passed(n):
            return _gone(NOT_SENT)
        future: asyncio.Future[HandlerAnswer | HandlerFailure] = asyncio.get_running_loop().create_future()
        self._waiting[n] = (future, deadline)
        try:
            return await future
        finally:
            self._waiting.pop(n, None)

    def left_ms(self, n: int) -> int | None:
        """How long a provider still waits for the answer to a capture; None: it does not wait."""
        found = self._waiting.get(n)
        return None if found is None else max(round((found[1] - clock.ticks()) * 1_000), 0)

    def answered(self, n: int, answer: ProgramAnswer) -> bool:
        """The program has answered. Returns whether that is waited for."""
        result = _result_of(answer)
        if n in self._waiting:
            self._resolve(n, result)
            return True
        self._early[n] = result
        if len(self._early) > MOST_EARLY:
            self._early.popitem(last=False)
        return False

    def check(self) -> None:
        """The queue has moved: captures that it has passed without an answer are not answered by the listener."""
        for n in [n for n in self._waiting if self._queue.has_passed(n)]:
            self._resolve(n, _gone(NOT_SENT))

    def close(self) -> None:
        """The connection has ended."""
        self._is_closed = True
        for n in list(self._waiting):
            self._resolve(n, _gone(DISCONNECTED))

    def _resolve(self, n: int, result: HandlerAnswer | HandlerFailure) -> None:
        future, _ = self._waiting[n]
        if not future.done():
            future.set_result(result)


def _gone(why: str) -> HandlerFailure:
    return HandlerFailure(kind=FailureKind.GONE, why=why)


def _result_of(answer: ProgramAnswer) -> HandlerAnswer | HandlerFailure:
    took_s = answer.ms / 1_000
    if answer.status is None:
        return HandlerFailure(kind=answer.kind, why=answer.error or "no answer", took_s=took_s)
    if answer.is_cut:
        return HandlerFailure(kind=FailureKind.BROKEN, why=TOO_LONG, took_s=took_s)
    return HandlerAnswer(status=answer.status, headers=answer.headers, body=answer.body, took_s=took_s)
