"""Calls a handler while the provider waits, and decides what the provider gets.

The request is stored before. A late answer, and one of a provider that has left, is still waited for, for `LATE_S`: it
is kept as an attempt, as every answer is.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import msgspec

from ... import clock
from ...domain.answers.model import Answer, safe_answer
from ...domain.bins import Bin
from ...domain.captures import Capture, Outcome
from ...domain.forwards.answers import AnswerMeaning, meaning_of
from ...domain.replays import NewAttempt, Trigger
from ...domain.roles import Role
from ...domain.wiretaps.model import STATUS_OF, FailureKind, HandlerAnswer, HandlerFailure, limit_s
from ...domain.wiretaps.passing import as_answer, is_intact, passed_on
from ...errors import NotFound, StoreUnavailable
from ...log import get_log
from ...providers import sheet_of
from ...store import Store
from ...tasks import start_task
from ..held_answers import Ending, HeldAnswers, WatchedPeer
from .counters import WiretapCounters
from .handlers import LATE_S, Handler, Outbox

PER_TARGET = 64
"""Requests that one handler may have at a time."""
IN_ALL = 256
BYTES_IN_ALL = 64 << 20
"""Bytes of the bodies of all of them."""
AGAIN_S = 1.0
"""How long the outbox waits before it sends what the handler has refused."""
STOP_S = 2.5
"""How long a stop waits for handlers, so that a provider that waits gets its answer."""
INCOMPLETE = "the request has not arrived completely"
TOO_MANY = "too many requests wait for an answer already"
STOPPED = "smsbin was stopping"
FAILED = "smsbin has failed; its log has the cause"

_log = get_log("wiretap")

HandlerResult = HandlerAnswer | HandlerFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """What the provider gets. `took_s`: seconds that the handler needed; None: it gave no answer in time. `note`: the
    reason if it is not the answer of the handler. `is_usual`: send what smsbin answers without a handler instead."""

    answer: HandlerAnswer
    took_s: float | None
    note: str | None = None
    is_usual: bool = False

    def complete_outcome(self, outcome: Outcome) -> Outcome:
        """Add the answer and the note to the outcome of sending it."""
        went_out = outcome.status is not None
        return msgspec.structs.replace(
            outcome,
            sent=as_answer(self.answer) if went_out else None,
            well_formed=not went_out or is_intact(self.answer),
            note=outcome.note or self.note,
        )


class _HandlerCall:
    """One request on its way to a handler."""

    def __init__(self, bin: Bin, capture: Capture, handler: Handler, path: str, deadline: float) -> None:
        self.bin = bin
        self.capture = capture
        self.handler = handler
        self.path = path
        self.deadline = deadline
        self.sent_at = clock.now()
        self.answered: asyncio.Future[HandlerResult] = asyncio.get_running_loop().create_future()
        self.in_outbox = False
        self.task: asyncio.Task[None] | None = None


class Wiretapping:
    """Use from one event loop only."""

    def __init__(self, store: Store, held_answers: HeldAnswers) -> None:
        self._store = store
        self._held_answers = held_answers
        self.counters = WiretapCounters()
        """What the pages and the metrics report."""
        self._open: set[_HandlerCall] = set()
        self._by_target: Counter[str] = Counter()
        self._bytes = 0

    async def call(
        self, handler: Handler, bin: Bin, capture: Capture, *, since: float, path: str, peer: WatchedPeer
    ) -> GivenAnswer | None:
        """Call the handler about a stored capture whose head was read at `since`. `path`: that of the capture URL.
        None: the sender has left. Never raises for errors of the handler."""
        sheet = sheet_of(bin.provider)
        seconds = limit_s(handler.timeout_s, sheet.habits.timeout_s if sheet else None)
        call = _HandlerCall(bin, capture, handler, path, since + seconds)
        result: HandlerResult | None = self._refusal(call)
        if result is None:
            self._begin(call)
            left_s = call.deadline - clock.ticks()
            ending = await self._held_answers.wait(left_s, peer, call.answered)
            if ending is Ending.LEFT:
                return None
            if ending is Ending.STOPPED:
                await asyncio.wait([call.answered], timeout=min(max(left_s, 0.0), STOP_S))
            result = call.answered.result() if call.answered.done() else None
            if result is None:
                why = STOPPED if ending is Ending.STOPPED else f"no response within {seconds:g} s"
                result = HandlerFailure(kind=FailureKind.TIMEOUT, why=why)
        return await self._give(call, result)

    def passed(self, bin_id: str, role: Role, given: GivenAnswer, *, elapsed_s: float) -> None:
        """An answer was passed on, `elapsed_s` after the head of its request."""
        if given.took_s is not None:
            self.counters.add(bin_id, role, max(elapsed_s - given.took_s, 0.0))

    async def close(self) -> None:
        """Give up what is still on its way, and store that."""
        tasks = [call.task for call in self._open if call.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _refusal(self, call: _HandlerCall) -> HandlerFailure | None:
        """Why the handler is not called at all."""
        if not call.capture.raw.body_complete:
            return HandlerFailure(kind=FailureKind.UNSENT, why=INCOMPLETE)
        size = self._bytes + len(call.capture.raw.body)
        if size > BYTES_IN_ALL or len(self._open) >= IN_ALL or self._by_target[_target_of(call.handler)] >= PER_TARGET:
            return HandlerFailure(kind=FailureKind.BUSY, why=TOO_MANY)
        return None

    def _begin(self, call: _HandlerCall) -> None:
        self._open.add(call)
        self._bytes += len(call.capture.raw.body)
        self._by_target[_target_of(call.handler)] += 1
        call.task = start_task(self._run(call), name="wiretap")

    async def _run(self, call: _HandlerCall) -> None:
        """Call it, pass the result to who waits, and keep the result as an attempt."""
        target = _target_of(call.handler)
        try:
            result = await self._result_of(call)
            if not call.answered.done():
                call.answered.set_result(result)
            if not _is_gone(result):
                self._store.note_attempt(call.bin.id, _attempt_of(call, result))
            if call.in_outbox:
                await self._arrived(call, result)
        finally:
            self._open.discard(call)
            self._bytes -= len(call.capture.raw.body)
            self._by_target[target] -= 1
            if not self._by_target[target]:
                del self._by_target[target]

    async def _result_of(self, call: _HandlerCall) -> HandlerResult:
        since = clock.ticks()
        try:
            async with asyncio.timeout(call.deadline + LATE_S - since):
                result = await call.handler.answer(call.bin.id, call.capture, call.deadline)
            return _checked(result, call.handler.url, call.path)
        except TimeoutError:
            return HandlerFailure(kind=FailureKind.TIMEOUT, why="no response in time", took_s=clock.ticks() - since)
        except asyncio.CancelledError:
            return HandlerFailure(kind=FailureKind.TIMEOUT, why=STOPPED, took_s=clock.ticks() - since)
        except Exception as error:
            # A bug in smsbin; the provider gets an answer all the same.
            _log.error("wiretap.failed", bin=call.bin.id, exc_info=error)
            return HandlerFailure(kind=FailureKind.BROKEN, why=FAILED, took_s=clock.ticks() - since)

    async def _arrived(self, call: _HandlerCall, result: HandlerResult) -> None:
        outbox = call.handler.outbox
        if outbox is None or not isinstance(result, HandlerAnswer):
            return
        try:
            await outbox.arrived(call.bin.id, call.capture.row, result.status)
        except (NotFound, StoreUnavailable) as error:
            # Deleted, or not writable now: then the request is sent once more, with the same id.
            _log.warning("wiretap.not_noted", bin=call.bin.id, n=call.capture.row.n, reason=str(error))

    async def _give(self, call: _HandlerCall, result: HandlerResult) -> GivenAnswer:
        """What the provider gets for this result."""
        safe = _plain(safe_answer(call.capture.row.role))
        if isinstance(result, HandlerFailure) and _is_gone(result):
            return GivenAnswer(answer=safe, took_s=None, note=f"smsbin answered: {result.why}.", is_usual=True)
        if isinstance(result, HandlerAnswer):
            if meaning_of(result.status) is not AnswerMeaning.FAILURE:
                return GivenAnswer(answer=result, took_s=result.took_s)
            why = f"it answered {result.status}"
            mirrored, what = result, "smsbin passed that on"
        else:
            why, status = result.why, STATUS_OF[result.kind]
            mirrored, what = _plain(Answer(status=status)), f"smsbin sent {status}"
        took_s = result.took_s if isinstance(result, HandlerAnswer) else None
        outbox = call.handler.outbox
        if outbox is not None:
            try:
                place = await self._put_aside(call, outbox, result)
            except Exception as error:
                # Without a durable copy nothing may be confirmed, so the failure is passed on.
                _log.error("wiretap.not_queued", bin=call.bin.id, n=call.capture.row.n, exc_info=error)
                why += "; the request could not be put aside for later"
            else:
                note = f"Your handler failed ({why}), so smsbin sent the safe response. {place}"
                return GivenAnswer(answer=safe, took_s=took_s, note=note)
        return GivenAnswer(answer=mirrored, took_s=took_s, note=f"Your handler failed ({why}), and {what}.")

    async def _put_aside(self, call: _HandlerCall, outbox: Outbox, result: HandlerResult) -> str:
        """Give the request to the outbox. An answer that may still come is waited for first."""
        is_late = isinstance(result, HandlerFailure) and result.kind is FailureKind.TIMEOUT
        again_s = LATE_S + AGAIN_S if is_late else AGAIN_S
        place = await outbox.take(call.bin.id, call.capture.row, again_s=again_s)
        call.in_outbox = True
        if is_late and call.answered.done():
            await self._arrived(call, call.answered.result())
        return place


def _checked(result: HandlerResult, url: str, path: str) -> HandlerResult:
    """The answer as it is passed on, or that it cannot be."""
    if isinstance(result, HandlerFailure):
        return result
    try:
        return passed_on(result, url=url, path=path)
    except ValueError as error:
        return HandlerFailure(kind=FailureKind.BROKEN, why=str(error), took_s=result.took_s, sent=result.sent)


def _is_gone(result: HandlerResult) -> bool:
    return isinstance(result, HandlerFailure) and result.kind is FailureKind.GONE


def _plain(answer: Answer) -> HandlerAnswer:
    headers = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers)
    return HandlerAnswer(status=answer.status, headers=headers, body=answer.body.encode(), took_s=0.0)


def _target_of(handler: Handler) -> str:
    return urlsplit(handler.url).netloc or handler.url


def _attempt_of(call: _HandlerCall, result: HandlerResult) -> NewAttempt:
    attempt = NewAttempt(
        n=call.capture.row.n, url=call.handler.url, sent_at=call.sent_at, status=None,
        ms=round(result.took_s * 1_000), trigger=Trigger.WIRETAP, sent=result.sent,
    )  # fmt: skip
    if isinstance(result, HandlerFailure):
        return replace(attempt, error=result.why)
    types = [value for name, value in result.headers if name.lower() == b"content-type"]
    return replace(
        attempt, status=result.status, content_type=types[0].decode("latin-1")[:200] if types else "",
        body=result.body[:4096],
    )  # fmt: skip
