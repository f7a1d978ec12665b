"""One delivery of a capture: a single request, or one for each of its events that has not arrived.

An event that fails does not hold the others, except those of its message and, with the order strict, all. If the target
does not answer, or the forward does not send any more, the rest waits for the next delivery.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from ...domain.captures import Capture
from ...domain.forwards.answers import SCHEDULE, AnswerMeaning, step_after
from ...domain.forwards.events import count_events, event_at
from ...domain.forwards.model import FAILED, Dispatch, DispatchOrder, ForwardMode
from ...domain.replays import NewAttempt
from .requests import Outgoing
from .sending import ForwardSender, SentDispatch

EVENTS_AT_ONCE = 32
"""Events of a capture that are sent before it is stored which have arrived; attempts that are kept of a delivery."""
_WORST_FIRST = (
    AnswerMeaning.GONE, AnswerMeaning.FAILURE, AnswerMeaning.REFUSAL, AnswerMeaning.IMPOSSIBLE, AnswerMeaning.SUCCESS,
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Delivery:
    """What has been sent for a capture: `count` requests. `kept`: the first attempts. `worst`: the first of the results
    that are worst, None before any. `arrived`: the positions of the events that the target has now. `is_partial`:
    nothing failed, and there are more events to send."""

    count: int = 0
    kept: list[NewAttempt] = field(default_factory=list)
    worst: SentDispatch | None = None
    retry_after: timedelta | None = None
    arrived: set[int] = field(default_factory=set)
    is_partial: bool = False

    @property
    def meaning(self) -> AnswerMeaning:
        """The worst of the results; a success if nothing was left to send."""
        return AnswerMeaning.SUCCESS if self.worst is None else self.worst.meaning

    def step(self, dispatch: Dispatch) -> int:
        """The number of the delivery in its schedule, which begins again when an event has arrived."""
        return 1 if self.arrived - set(dispatch.arrived) else dispatch.step + 1

    def note(self, sent: SentDispatch) -> None:
        """A request was sent."""
        self.count += 1
        if len(self.kept) < EVENTS_AT_ONCE:
            self.kept.append(sent.attempt)
        if self.worst is None or _WORST_FIRST.index(sent.meaning) < _WORST_FIRST.index(self.worst.meaning):
            self.worst = sent
        if sent.retry_after is not None:
            self.retry_after = max(sent.retry_after, self.retry_after or timedelta())
        if sent.attempt.event is not None and sent.meaning is AnswerMeaning.SUCCESS:
            self.arrived.add(sent.attempt.event)


async def deliver(
    sender: ForwardSender, capture: Capture, outgoing: Outgoing, dispatch: Dispatch, delivery: Delivery,
    goes_on: Callable[[SentDispatch], bool], schedule: Sequence[timedelta] = SCHEDULE,
) -> None:  # fmt: skip
    """Send, and note each result in `delivery`. `goes_on` is called with each, and says whether the forward sends more.
    Raises StoreUnavailable, NotFound."""
    if outgoing.forward.mode is ForwardMode.RAW:
        sent = await sender.send(capture, outgoing)
        delivery.note(sent)
        goes_on(sent)
        return
    delivery.arrived.update(dispatch.arrived)
    held: set[str] = set()
    waiting = [position for position in range(count_events(capture)) if position not in delivery.arrived]
    for position in waiting:
        event = event_at(capture, position)
        message = None if event is None else event.message_id
        if message in held:
            continue
        if delivery.count >= EVENTS_AT_ONCE and delivery.meaning is AnswerMeaning.SUCCESS:
            break
        sent = await sender.send(capture, outgoing, position)
        delivery.note(sent)
        if not goes_on(sent) or sent.meaning is AnswerMeaning.IMPOSSIBLE or sent.attempt.status is None:
            break
        if sent.meaning is AnswerMeaning.SUCCESS or _is_final(sent, delivery.step(dispatch), schedule):
            continue
        if outgoing.forward.order is DispatchOrder.STRICT:
            break
        if message is not None and outgoing.forward.order is DispatchOrder.MESSAGE:
            held.add(message)
    delivery.is_partial = delivery.meaning is AnswerMeaning.SUCCESS and not delivery.arrived.issuperset(waiting)


def _is_final(sent: SentDispatch, step: int, schedule: Sequence[timedelta]) -> bool:
    """Whether an event is not sent again, so that nothing has to wait for it."""
    following = step_after(sent.meaning, step, retry_after=None, dice=0.0, schedule=schedule)
    return following.state in FAILED
