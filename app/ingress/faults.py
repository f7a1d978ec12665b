"""Sends delayed and faulty answers. There is one player for each `FaultKind`.

A player starts after the commit and returns the outcome of the answer. Every response has X-Capture and the safe
headers. If the sender disconnects while its answer is held back, the player ends at once.
"""

import math
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import msgspec

from ..domain.answers.limits import BODILESS
from ..domain.answers.model import EMPTY_TWIML, Answer, safe_answer
from ..domain.captures import Outcome
from ..domain.faults import FaultKind
from ..log import get_log
from ..services.held_answers import Ending, HeldAnswers
from ..services.replies import PreparedAnswer, Reply
from .answering import Responder

# The interval of pieces of a slow answer, and the maximum number of pieces, because there may be a thousand slow
# answers.
PIECE_INTERVAL_S = 0.1
MAX_PIECES = 60
FAILED = "The configured response could not be sent; the default was sent instead."
_XML = (("Content-Type", "text/xml"),)
# An element that is not closed, a bare ampersand, an incomplete tag.
_BAD_XML = Answer(headers=_XML, body='<?xml version="1.0" encoding="UTF-8"?><Response><Message>fish & chips</Respon')
_TO_CUT = Answer(headers=_XML, body=EMPTY_TWIML)
# Half of a shorter body could be mistaken for a complete one.
_MIN_CUT_BODY = 16

_log = get_log("faults")


@dataclass(frozen=True, slots=True)
class FaultContext:
    """The input of a player. `redirect_to` returns the target of a redirect."""

    responder: Responder
    held_answers: HeldAnswers
    bin_id: str
    n: int
    reply: Reply
    prepared: PreparedAnswer
    redirect_to: Callable[[], str]

    async def send(self, prepared: PreparedAnswer, note: str | None = None) -> Outcome:
        """Send a complete answer."""
        self.responder.write(prepared.answer, n=self.n, constant=prepared.constant)
        return _with_note(prepared.complete_outcome(await self.responder.drained()), note)

    def disconnected(self, status: int | None = None) -> Outcome:
        """The outcome when the sender has just disconnected."""
        return self.prepared.complete_outcome(
            Outcome(status=status, sender_left=True, left_ms=self.responder.elapsed_ms())
        )

    async def wait(self, until_ms: float) -> Ending:
        """Wait until this time after the request."""
        return await self.held_answers.wait((until_ms - self.responder.elapsed_ms()) / 1_000, self.responder.peer)


Player = Callable[[FaultContext], Awaitable[Outcome]]


async def play(context: FaultContext) -> Outcome:
    """Play the fault or the delay of a reply. Always returns an outcome, with a note when the fault could not be
    played."""
    fault = context.reply.fault
    try:
        if fault is None:
            return await _answer_late(context, context.prepared.answer.delay_ms)
        return await PLAYERS[fault.kind](context)
    except Exception as error:
        _log.error("fault.failed", exc_info=error)
        context.responder.keep_open = False
        if context.responder.has_begun:
            return _with_note(await context.responder.drained(), FAILED)
        return await context.send(PreparedAnswer(answer=safe_answer(context.reply.role)), FAILED)


async def _status(context: FaultContext) -> Outcome:
    fault, hit = context.reply.fault, context.reply.hit
    assert fault is not None
    assert hit is not None
    status = fault.statuses[(hit.hits - 1) % len(fault.statuses)]
    prepared = context.prepared
    if status == prepared.answer.status:
        # With "fail twice, then 200", the third answer is the normal one.
        return await context.send(prepared)
    return await context.send(_prepared(Answer(status=status)))


async def _hold(context: FaultContext) -> Outcome:
    assert context.reply.fault is not None
    return await _answer_late(context, context.reply.fault.seconds * 1_000)


async def _answer_late(context: FaultContext, until_ms: float) -> Outcome:
    with context.held_answers.slot(context.bin_id) as free:
        ending = await context.wait(until_ms) if free else Ending.FULL
    if ending is Ending.LEFT:
        return context.disconnected()
    return await context.send(context.prepared, ending.value)


async def _drop(context: FaultContext) -> Outcome:
    context.responder.drop()
    return Outcome()


async def _cut(context: FaultContext) -> Outcome:
    answer = context.prepared.answer
    if answer.status in BODILESS or len(answer.body) < _MIN_CUT_BODY:
        answer = _TO_CUT
    data = context.responder.compose(answer, n=context.n, constant=False, last=True)
    body = answer.body.encode()
    half = len(body) // 2
    # The response to HEAD has no body, so its last header is truncated.
    context.responder.send_part(data[: half - len(body)] if data.endswith(body) else data[:-4], answer.status)
    outcome = await context.responder.drained()
    prepared = PreparedAnswer(
        answer=msgspec.structs.replace(answer, body=body[:half].decode("utf-8", "ignore")), set_by_user=True
    )
    return msgspec.structs.replace(prepared.complete_outcome(outcome), well_formed=False)


async def _bad_xml(context: FaultContext) -> Outcome:
    return await context.send(_prepared(_BAD_XML, well_formed=False))


async def _redirect(context: FaultContext) -> Outcome:
    return await context.send(_prepared(Answer(status=302, headers=(("Location", context.redirect_to()),))))


async def _slow(context: FaultContext) -> Outcome:
    assert context.reply.fault is not None
    prepared, responder = context.prepared, context.responder
    until_ms = context.reply.fault.seconds * 1_000
    with context.held_answers.slot(context.bin_id) as free:
        if not free:
            return await context.send(prepared, Ending.FULL.value)
        data = responder.compose(prepared.answer, n=context.n, constant=prepared.constant)
        ending = Ending.OVER
        for due_ms, piece in _pieces(data, responder.elapsed_ms(), until_ms):
            if ending is not Ending.STOPPED:
                ending = await context.wait(due_ms)
            if ending is Ending.LEFT:
                return context.disconnected(prepared.answer.status if responder.has_begun else None)
            responder.send_part(piece, prepared.answer.status)
    return _with_note(prepared.complete_outcome(await responder.drained()), ending.value)


def _pieces(data: bytes, from_ms: float, until_ms: float) -> Iterator[tuple[float, bytes]]:
    """The status line at once, then the rest in small pieces, the last one at `until_ms`."""
    head = data.index(b"\r\n") + 2
    yield from_ms, data[:head]
    rest = data[head:]
    count = min(len(rest), MAX_PIECES, max(1, round((until_ms - from_ms) / (PIECE_INTERVAL_S * 1_000))))
    size = math.ceil(len(rest) / count)
    count = math.ceil(len(rest) / size)
    for index in range(count):
        due_ms = from_ms + (until_ms - from_ms) * (index + 1) / count
        yield due_ms, rest[index * size : (index + 1) * size]


def _prepared(answer: Answer, *, well_formed: bool = True) -> PreparedAnswer:
    return PreparedAnswer(answer=answer, set_by_user=True, well_formed=well_formed)


def _with_note(outcome: Outcome, note: str | None) -> Outcome:
    return outcome if note is None else msgspec.structs.replace(outcome, note=note)


PLAYERS: dict[FaultKind, Player] = {
    FaultKind.STATUS: _status,
    FaultKind.HOLD: _hold,
    FaultKind.DROP: _drop,
    FaultKind.CUT: _cut,
    FaultKind.BAD_XML: _bad_xml,
    FaultKind.REDIRECT: _redirect,
    FaultKind.SLOW: _slow,
}
