"""Chooses the reply to a request: the first rule that matches, else the role's answer, else the safe default; then
the fault.

The reply is chosen before the capture is stored, because the fault is counted in its transaction. The answer is
rendered afterwards, because its body may contain the capture's number. The request is parsed only if a rule or a
placeholder needs it.
"""

import msgspec

from ..domain.answers.limits import is_fit, is_well_formed
from ..domain.answers.model import Answer, safe_answer
from ..domain.answers.placeholders import has_placeholders, render
from ..domain.bins import Bin
from ..domain.captures import FaultHit, Outcome, RawRequest, Reading
from ..domain.faults import Fault
from ..domain.roles import Role
from ..log import get_log
from ..providers import recognise
from .answers import Answers
from .faults import Faults
from .mappings import Mappings
from .wiretaps.handlers import Handler

UNFIT = "The configured response cannot be sent; the default was sent instead."
UNREAD = "The request could not be parsed, so no response could be chosen; the default was sent instead."

_log = get_log("replying")


class PreparedAnswer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An answer that is ready to be sent. `constant`: other requests get the same one. `set_by_user`: it is not the
    default."""

    answer: Answer
    constant: bool = True
    set_by_user: bool = False
    well_formed: bool = True
    note: str | None = None

    def complete_outcome(self, outcome: Outcome) -> Outcome:
        """Add the answer and the note to the outcome of sending it."""
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
    """The reply to a capture. `reading` is set if the answer has placeholders; `note` is the reason why the default
    is sent. `handler`: what answers instead; then `simulated` says whether one of our own simulations has sent it."""

    role: Role
    answer: Answer
    set_by_user: bool = False
    note: str | None = None
    reading: Reading | None = None
    fault: Fault | None = None
    hit: FaultHit | None = None
    handler: Handler | None = None
    simulated: bool = False

    @property
    def is_played(self) -> bool:
        """Whether the answer is delayed or changed by a fault, or given by a handler."""
        return self.fault is not None or self.answer.delay_ms > 0 or self.handler is not None

    def prepare(self, n: int) -> PreparedAnswer:
        """The answer to capture `n`. Never raises: an answer that cannot be sent is replaced by the default."""
        if not self.set_by_user:
            return PreparedAnswer(answer=self.answer, note=self.note)
        if not is_fit(self.answer):
            return PreparedAnswer(answer=safe_answer(self.role), note=UNFIT)
        if self.reading is None:
            return PreparedAnswer(answer=self.answer, set_by_user=True, well_formed=is_well_formed(self.answer))
        answer = render(self.answer, values_of(self.reading, n))
        return PreparedAnswer(answer=answer, constant=False, set_by_user=True, well_formed=is_well_formed(answer))


_SAFE = Reply(role=Role.PRIMARY, answer=safe_answer(Role.PRIMARY))
_SAFE_STATUS = Reply(role=Role.STATUS, answer=safe_answer(Role.STATUS))


def choose(
    answers: Answers,
    faults: Faults,
    mappings: Mappings,
    bin: Bin,
    role: Role,
    raw: RawRequest,
    reading: Reading | None = None,
) -> Reply:
    """The reply to one request; its fault is counted. `reading`: the request is parsed already."""
    reply = choose_answer(answers, mappings, bin, role, raw, reading)
    counted = faults.count_hit(bin.id, role, raw.received_at, target=raw.target)
    if counted is None:
        return reply
    fault, hit = counted
    return msgspec.structs.replace(reply, role=role, fault=fault, hit=hit)


def choose_answer(
    answers: Answers, mappings: Mappings, bin: Bin, role: Role, raw: RawRequest, reading: Reading | None = None
) -> Reply:
    """The reply without a fault. `reading` as in `choose`."""
    if answers.is_set(bin.id, role):
        try:
            return _set_by_user(answers, mappings, bin, role, raw, reading)
        except Exception as error:
            # A bug in smsbin; the request must be stored all the same.
            _log.error("answer.not_chosen", bin=bin.id, exc_info=error)
            return Reply(role=role, answer=safe_answer(role), note=UNREAD)
    return _SAFE_STATUS if role is Role.STATUS else _SAFE


def _set_by_user(
    answers: Answers, mappings: Mappings, bin: Bin, role: Role, raw: RawRequest, reading: Reading | None
) -> Reply:
    if reading is None and answers.needs_reading(bin.id, role):
        reading = recognise(raw, role, bin.provider, mappings.reader_of(bin.id))
    chosen = answers.choose(bin.id, role, raw, reading or Reading())
    return Reply(role=role, answer=chosen, set_by_user=True, reading=reading if has_placeholders(chosen) else None)


def values_of(reading: Reading, n: int) -> dict[str, str]:
    """The values of the placeholders of `domain/answers/placeholders.py` for a capture; also used by the preview."""
    return {
        "from": reading.sender or "",
        "to": reading.recipient or "",
        "text": reading.text or "",
        "message_id": reading.message_id or "",
        "n": str(n),
    }
