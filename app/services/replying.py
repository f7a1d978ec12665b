"""Choosing a reply: the first rule that matches, else the role's answer, else the safe default; then the fault.

The choice is made before the capture is stored, because the fault is counted in its transaction; the words are put
together afterwards, because a body may name the capture's number. The request is read only where a rule or a
placeholder needs that.
"""

import msgspec

from ..domain.answers import Answer, safe_answer
from ..domain.bins import Bin
from ..domain.captures import FaultHit, Outcome, RawRequest, Reading
from ..domain.checking import is_fit, is_well_formed
from ..domain.faults import Fault
from ..domain.rendering import has_placeholders, render
from ..domain.roles import Role
from ..log import get_log
from ..providers import recognise
from .answers import Answers
from .faults import Faults

UNFIT = "The configured response cannot be sent; the default was sent instead."
UNREAD = "The request could not be parsed, so no response could be chosen; the default was sent instead."

_log = get_log("replying")


class Words(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is to be said. `constant`: others will be told the very same. `set_by_user`: it is not the default."""

    answer: Answer
    constant: bool = True
    set_by_user: bool = False
    well_formed: bool = True
    note: str | None = None

    def tell(self, outcome: Outcome) -> Outcome:
        """The outcome of having said it."""
        if not self.set_by_user and self.note is None:
            return outcome
        went_out = outcome.status is not None
        return msgspec.structs.replace(
            outcome,
            sent=self.answer if self.set_by_user and went_out else None,
            well_formed=self.well_formed or not went_out,
            note=outcome.note or self.note,
        )


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a capture is answered. `reading` is there where the answer speaks of it; `note` says what went wrong."""

    role: Role
    answer: Answer
    set_by_user: bool = False
    note: str | None = None
    reading: Reading | None = None
    fault: Fault | None = None
    hit: FaultHit | None = None

    @property
    def is_played(self) -> bool:
        """It is not simply sent at once."""
        return self.fault is not None or self.answer.delay_ms > 0

    def words(self, n: int) -> Words:
        """What is said to capture `n`. Never raises: what cannot be sent is replaced by the default."""
        if not self.set_by_user:
            return Words(answer=self.answer, note=self.note)
        if not is_fit(self.answer):
            return Words(answer=safe_answer(self.role), note=UNFIT)
        if self.reading is None:
            return Words(answer=self.answer, set_by_user=True, well_formed=is_well_formed(self.answer))
        answer = render(self.answer, values_of(self.reading, n))
        return Words(answer=answer, constant=False, set_by_user=True, well_formed=is_well_formed(answer))


_SAFE = Reply(role=Role.PRIMARY, answer=safe_answer(Role.PRIMARY))
_SAFE_STATUS = Reply(role=Role.STATUS, answer=safe_answer(Role.STATUS))


def choose(answers: Answers, faults: Faults, bin: Bin, role: Role, raw: RawRequest) -> Reply:
    """The reply to one request; a fault counts it."""
    reply = _SAFE_STATUS if role is Role.STATUS else _SAFE
    if answers.is_set(bin.id, role):
        try:
            reply = _set_by_user(answers, bin, role, raw)
        except Exception as error:
            # A fault of smsbin: what came must be kept all the same.
            _log.error("answer.not_chosen", bin=bin.id, exc_info=error)
            reply = Reply(role=role, answer=safe_answer(role), note=UNREAD)
    taken = faults.take(bin.id, role, raw.received_at, target=raw.target)
    if taken is None:
        return reply
    fault, hit = taken
    return msgspec.structs.replace(reply, role=role, fault=fault, hit=hit)


def _set_by_user(answers: Answers, bin: Bin, role: Role, raw: RawRequest) -> Reply:
    reading = recognise(raw, role, bin.provider) if answers.needs_reading(bin.id, role) else None
    chosen = answers.choose(bin.id, role, raw, reading or Reading())
    return Reply(role=role, answer=chosen, set_by_user=True, reading=reading if has_placeholders(chosen) else None)


def values_of(reading: Reading, n: int) -> dict[str, str]:
    """What the placeholders of `domain/rendering.py` stand for in a capture; for a preview too."""
    return {
        "from": reading.sender or "",
        "to": reading.recipient or "",
        "text": reading.text or "",
        "message_id": reading.message_id or "",
        "n": str(n),
    }
