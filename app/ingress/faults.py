"""How answers are played: at once, late, or wrong on purpose. One player a `FaultKind`.

Every player starts after the commit, and gives back what became of the answer. What is sent carries X-Capture and the
safe headers, whatever it is. A sender that hangs up while it is kept waiting is noticed in that moment.
"""

import math
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import msgspec

from ..domain.answers import EMPTY_TWIML, Answer, safe_answer
from ..domain.captures import Outcome
from ..domain.checking import BODILESS
from ..domain.faults import FaultKind
from ..log import get_log
from ..services.replying import Reply, Words
from ..services.waiting import Ending, Waiting
from .answering import Line

# As even as it may be, in as few pieces as a thousand of them may have.
DRIP_S = 0.1
MOST_DROPS = 60
FAILED = "The configured response could not be sent; the default was sent instead."
_XML = (("Content-Type", "text/xml"),)
# An element that is never closed, a bare ampersand, half a tag.
_BAD_XML = Answer(headers=_XML, body='<?xml version="1.0" encoding="UTF-8"?><Response><Message>fish & chips</Respon')
_TO_CUT = Answer(headers=_XML, body=EMPTY_TWIML)
# Half of less could not be told from a whole one.
_LEAST_TO_CUT = 16

_log = get_log("faults")


@dataclass(frozen=True, slots=True)
class Scene:
    """What a player works with. `redirect_to` makes the address that a redirect points to."""

    line: Line
    waiting: Waiting
    bin_id: str
    n: int
    reply: Reply
    usual: Words
    redirect_to: Callable[[], str]

    async def say(self, words: Words, note: str | None = None) -> Outcome:
        """Send it whole."""
        self.line.write(words.answer, n=self.n, constant=words.constant)
        return _noted(words.tell(await self.line.drained()), note)

    def left(self, status: int | None = None) -> Outcome:
        """The sender has just hung up."""
        return self.usual.tell(Outcome(status=status, sender_left=True, left_ms=self.line.elapsed_ms()))

    async def wait(self, until_ms: float) -> Ending:
        """So long after the arrival."""
        return await self.waiting.wait((until_ms - self.line.elapsed_ms()) / 1_000, self.line.peer)


Player = Callable[[Scene], Awaitable[Outcome]]


async def play(scene: Scene) -> Outcome:
    """Play the fault, or the delay, of a reply. Always ends with an answer, or with the reason why there is none."""
    fault = scene.reply.fault
    try:
        if fault is None:
            return await _late(scene, scene.usual.answer.delay_ms)
        return await PLAYERS[fault.kind](scene)
    except Exception as error:
        _log.error("fault.failed", exc_info=error)
        scene.line.stay = False
        if scene.line.has_begun:
            return _noted(await scene.line.drained(), FAILED)
        return await scene.say(Words(answer=safe_answer(scene.reply.role)), FAILED)


async def _status(scene: Scene) -> Outcome:
    fault, hit = scene.reply.fault, scene.reply.hit
    assert fault is not None
    assert hit is not None
    status = fault.statuses[(hit.hits - 1) % len(fault.statuses)]
    usual = scene.usual
    if status == usual.answer.status:
        # "Fail twice, then 200": the third time is as if nothing were wrong.
        return await scene.say(usual)
    return await scene.say(_made(Answer(status=status)))


async def _hold(scene: Scene) -> Outcome:
    assert scene.reply.fault is not None
    return await _late(scene, scene.reply.fault.seconds * 1_000)


async def _late(scene: Scene, until_ms: float) -> Outcome:
    with scene.waiting.place(scene.bin_id) as free:
        ending = await scene.wait(until_ms) if free else Ending.FULL
    if ending is Ending.LEFT:
        return scene.left()
    return await scene.say(scene.usual, ending.value)


async def _drop(scene: Scene) -> Outcome:
    scene.line.drop()
    return Outcome()


async def _cut(scene: Scene) -> Outcome:
    answer = scene.usual.answer
    if answer.status in BODILESS or len(answer.body) < _LEAST_TO_CUT:
        answer = _TO_CUT
    data = scene.line.compose(answer, n=scene.n, constant=False, last=True)
    body = answer.body.encode()
    half = len(body) // 2
    # A HEAD is answered without a body: of such an answer the last header is cut.
    scene.line.put(data[: half - len(body)] if data.endswith(body) else data[:-4], answer.status)
    outcome = await scene.line.drained()
    words = Words(answer=msgspec.structs.replace(answer, body=body[:half].decode("utf-8", "ignore")), set_by_user=True)
    return msgspec.structs.replace(words.tell(outcome), well_formed=False)


async def _bad_xml(scene: Scene) -> Outcome:
    return await scene.say(_made(_BAD_XML, well_formed=False))


async def _redirect(scene: Scene) -> Outcome:
    return await scene.say(_made(Answer(status=302, headers=(("Location", scene.redirect_to()),))))


async def _slow(scene: Scene) -> Outcome:
    assert scene.reply.fault is not None
    words, line = scene.usual, scene.line
    until_ms = scene.reply.fault.seconds * 1_000
    with scene.waiting.place(scene.bin_id) as free:
        if not free:
            return await scene.say(words, Ending.FULL.value)
        data = line.compose(words.answer, n=scene.n, constant=words.constant)
        ending = Ending.OVER
        for due_ms, piece in _drops(data, line.elapsed_ms(), until_ms):
            if ending is not Ending.STOPPED:
                ending = await scene.wait(due_ms)
            if ending is Ending.LEFT:
                return scene.left(words.answer.status if line.has_begun else None)
            line.put(piece, words.answer.status)
    return _noted(words.tell(await line.drained()), ending.value)


def _drops(data: bytes, from_ms: float, until_ms: float) -> Iterator[tuple[float, bytes]]:
    """The status line now, the rest in small pieces, the last one at `until_ms`."""
    head = data.index(b"\r\n") + 2
    yield from_ms, data[:head]
    rest = data[head:]
    count = min(len(rest), MOST_DROPS, max(1, round((until_ms - from_ms) / (DRIP_S * 1_000))))
    size = math.ceil(len(rest) / count)
    count = math.ceil(len(rest) / size)
    for index in range(count):
        due_ms = from_ms + (until_ms - from_ms) * (index + 1) / count
        yield due_ms, rest[index * size : (index + 1) * size]


def _made(answer: Answer, *, well_formed: bool = True) -> Words:
    return Words(answer=answer, set_by_user=True, well_formed=well_formed)


def _noted(outcome: Outcome, note: str | None) -> Outcome:
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
