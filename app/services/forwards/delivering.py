"""One delivery of a capture: a single request, or one for each of its events that has not arrived, and for what
follows from them.

An event that fails does not hold the others, except those of its message and, with the order strict, all. If the target
does not answer, or the forward does not send any more, the rest waits for the next delivery.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from ...domain.captures import Capture
from ...domain.forwards.answers import SCHEDULE, AnswerMeaning, step_after
from ...domain.forwards.events import count_events, event_at
from ...domain.forwards.model import FAILED, Dispatch, DispatchOrder, Forward, ForwardMode, LaterEvent, parts_of
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
    that are worst, None before any. `arrived`: the positions of the events that the target has now, `later`: what
    follows from them and has not arrived. `is_partial`: nothing failed, and there are more events to send."""

    count: int = 0
    kept: list[NewAttempt] = field(default_factory=list)
    worst: SentDispatch | None = None
    retry_after: timedelta | None = None
    arrived: set[int] = field(default_factory=set)
    later: tuple[LaterEvent, ...] = ()
    is_partial: bool = False

    @property
    def meaning(self) -> AnswerMeaning:
        """The worst of the results; a success if nothing was left to send."""
        return AnswerMeaning.SUCCESS if self.worst is None else self.worst.meaning

    def step(self, dispatch: Dispatch) -> int:
        """The number of the delivery in its schedule, which begins again when an event has arrived."""
        has_arrived = self.arrived - set(dispatch.arrived) or len(self.later) < len(dispatch.later)
        return 1 if has_arrived else dispatch.step + 1

    def note(self, sent: SentDispatch) -> None:
        """A request was sent."""
        self.count += 1
        if len(self.kept) < EVENTS_AT_ONCE:
            self.kept.append(sent.attempt)
        if self.worst is None or _WORST_FIRST.index(sent.meaning) < _WORST_FIRST.index(self.worst.meaning):
            self.worst = sent
        if sent.retry_after is not None:
            self.retry_after = max(sent.retry_after, self.retry_after or timedelta())
        if sent.meaning is not AnswerMeaning.SUCCESS or sent.attempt.event is None:
            return
        name = (sent.attempt.event, sent.attempt.follow_up)
        if sent.attempt.follow_up is None:
            self.arrived.add(sent.attempt.event)
        self.later = tuple(each for each in self.later if (each.event, each.follow_up) != name)

    def waiting(self, capture: Capture, dispatch: Dispatch) -> Sequence[int | LaterEvent]:
        """What is still to be sent of a capture, in order."""
        own = range(0) if dispatch.later_only else range(count_events(capture))
        return [*(position for position in own if position not in self.arrived), *self.later]


async def deliver(
    sender: ForwardSender, capture: Capture, outgoing: Outgoing, dispatch: Dispatch, delivery: Delivery,
    goes_on: Callable[[SentDispatch], bool], schedule: Sequence[timedelta] = SCHEDULE,
) -> None:  # fmt: skip
    """Send, and note each result in `delivery`. `goes_on` is called with each, and says whether the forward sends more.
    Raises StoreUnavailable, NotFound."""
    if outgoing.forward.mode is ForwardMode.RAW:
        if not dispatch.later_only:
            sent = await sender.send(capture, outgoing)
            delivery.note(sent)
            goes_on(sent)
        return
    delivery.arrived.update(dispatch.arrived)
    delivery.later = later_of(dispatch, outgoing.forward)
    held: set[str] = set()
    for each in delivery.waiting(capture, dispatch):
        event = event_at(capture, parts_of(each)[0])
        message = None if event is None else event.message_id
        if message in held:
            continue
        if delivery.count >= EVENTS_AT_ONCE and delivery.meaning is AnswerMeaning.SUCCESS:
            break
        sent = await sender.send(capture, outgoing, each)
        delivery.note(sent)
        if not goes_on(sent) or sent.meaning is AnswerMeaning.IMPOSSIBLE or sent.attempt.status is None:
            break
        if sent.meaning is AnswerMeaning.SUCCESS or _is_final(sent, delivery.step(dispatch), schedule):
            continue
        if outgoing.forward.order is DispatchOrder.STRICT:
            break
        if message is not None and outgoing.forward.order is DispatchOrder.MESSAGE:
            held.add(message)
    is_done = not delivery.waiting(capture, dispatch)
    delivery.is_partial = delivery.meaning is AnswerMeaning.SUCCESS and not is_done


def later_of(dispatch: Dispatch, forward: Forward) -> tuple[LaterEvent, ...]:
    """What follows from a capture and is to be sent, each once; nothing if the forward sends none of it any more."""
    if not forward.sends_follow_ups:
        return ()
    return tuple({(each.event, each.follow_up): each for each in dispatch.later}.values())


def _is_final(sent: SentDispatch, step: int, schedule: Sequence[timedelta]) -> bool:
    """Whether an event is not sent again, so that nothing has to wait for it."""
    following = step_after(sent.meaning, step, retry_after=None, dice=0.0, schedule=schedule)
    return following.state in FAILED
