"""Runs one forward: takes dispatches from its queue, sends them, and stores the results.

Results are stored in small batches. After a crash between the answer of
the target and that commit, the request is sent once more, with the same id.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from ... import clock
from ...domain.forwards.answers import SCHEDULE, AnswerMeaning, NextStep, step_after
from ...domain.forwards.health import LONGEST_PROBE, after_attempt
from ...domain.forwards.model import (
    OPEN,
    Dispatch,
    DispatchMark,
    DispatchOrder,
    DispatchState,
    ForwardHealth,
    ForwardMarks,
    ForwardMode,
    ForwardState,
    Retry,
    StoredForward,
)
from ...domain.replays import FollowUp, NewAttempt, Trigger
from ...errors import NotFound, StoreUnavailable, TooSlow
from ...log import get_log
from ...store import Store
from ...tasks import start_periodic, start_task, stop
from ..gathering import GatheredWrites
from ..leases import Lease
from .delivering import Delivery, deliver
from .follow_ups import FollowUpLook, looks_of
from .queue import ForwardQueue
from .requests import Outgoing
from .sending import PER_TARGET, ForwardSender, SentDispatch

GATHER_S = 0.01
"""Seconds in which results are collected before they are stored, so that captures do not wait for many commits."""
AGAIN_S = 1.0
"""The pause after a store that could not be read or written."""
LONGEST_S = 60.0
STOP_S = 3.0
"""How long a stop waits for requests on their way."""
UNSTORED = 64
"""Results that wait to be stored; no more is sent until they are."""
MAX_UNWRITTEN = 500
"""Captures that did not match before the new position is stored without a result."""
RETRY_STEP = 1_000
"""Dispatches that are changed in one transaction."""
JUMP = timedelta(seconds=5)

_log = get_log("forwards")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardChanges:
    """Callbacks: `sent` after each attempt, `ended` with the state that follows, `changed` when results are stored."""

    sent: Callable[[str, SentDispatch], None]
    ended: Callable[[DispatchState], None]
    changed: Callable[[str, Sequence[int]], None]


class ForwardRunner:
    """Use from one event loop only. It sends with the `lease` only; without one it shows the forward as another server
    has stored it. `schedule`: the waits between attempts."""

    def __init__(
        self, store: Store, sender: ForwardSender, stored: StoredForward, secret: str | None, changes: ForwardChanges,
        lease: Lease, schedule: Sequence[timedelta] = SCHEDULE,
    ) -> None:  # fmt: skip
        self._store = store
        self._sender = sender
        self._stored = stored
        self._secret = secret
        self._changes = changes
        self._lease = lease
        self._schedule = schedule
        self.health: ForwardHealth = stored.health
        self._queue = ForwardQueue(store, stored.id, stored.bin_id, stored.forward, stored.position)
        self._looks = looks_of(store, stored)
        self._written = (stored.position, stored.looked)
        self._marks: list[DispatchMark] = []
        self._sending: dict[int, asyncio.Task[None]] = {}
        self._writes = GatheredWrites(
            self._write, self.wake, name="forward-results", gather_s=GATHER_S, again_s=AGAIN_S
        )
        self._woken = asyncio.Event()
        self._has_recovered = False
        self._task: asyncio.Task[None] | None = None
        self._wall, self._ticks = clock.now(), clock.uptime()

    @property
    def stored(self) -> StoredForward:
        """The forward with its current health and positions."""
        looked = {**self._stored.looked, **self._looked}
        return replace(self._stored, health=self.health, position=self._queue.position, looked=looked)

    @property
    def in_flight(self) -> frozenset[int]:
        """The numbers of the captures that are on their way."""
        return frozenset(self._sending)

    def start(self) -> None:
        """Start to send."""
        self._task = start_periodic(self._step, name=f"forward-{self._stored.id}")

    def wake(self) -> None:
        """The bin has changed, or its forward."""
        self._woken.set()

    def use(self, stored: StoredForward, secret: str | None) -> None:
        """Continue with new settings and a new health."""
        self._stored, self._secret, self.health = stored, secret, stored.health
        self._queue.use(stored.forward)
        self._looks = looks_of(self._store, stored)
        self.wake()

    def follow(self, stored: StoredForward, secret: str | None) -> None:
        """Continue with what was changed on another server."""
        if stored.edition != self._stored.edition:
            self.use(stored, secret)
        elif stored.requeued != self._stored.requeued:
            self._stored = replace(self._stored, requeued=stored.requeued)
            self._queue.changed()
            self.wake()

    async def retry(self, wanted: Retry) -> int:
        """Send dispatches again at once, in steps that no capture waits for. Returns how many. Raises NotFound."""
        total, more = 0, True
        while more:
            changed = await self._store.retry_dispatches(self._stored.id, wanted, RETRY_STEP)
            total, more = total + changed, changed == RETRY_STEP
        self._queue.changed()
        self.wake()
        return total

    async def set_dispatch(self, dispatch: Dispatch) -> None:
        """Store the state of a capture that is not on its way; if it has a next attempt, it is sent then."""
        marks = ForwardMarks(health=None, position=None, marks=[DispatchMark(dispatch=dispatch, attempts=())])
        await self._store.mark_dispatches(self._stored.bin_id, self._stored.id, marks)
        self._queue.changed()
        self.wake()
        self._changes.changed(self._stored.bin_id, [dispatch.n])

    async def stop(self, *, is_elsewhere: bool = False) -> None:
        """Wait a little for requests on their way, and store their results. `is_elsewhere`: another server may be
        sending them already, so nothing is waited for or stored."""
        if self._task is not None:
            await stop(self._task)
        if self._sending and not is_elsewhere:
            await asyncio.wait(self._sending.values(), timeout=STOP_S)
        for task in list(self._sending.values()):
            await stop(task)
        await self._writes.finish()

    async def _step(self) -> float:
        self._woken.clear()
        try:
            wait_s = await self._advance()
        except NotFound:
            wait_s = LONGEST_S  # the bin is being deleted
        except (StoreUnavailable, TooSlow) as error:
            _log.warning("forward.waits", forward=self._stored.id, reason=str(error))
            wait_s = AGAIN_S
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._woken.wait()
        return 0

    async def _advance(self) -> float:
        """Send what can be sent now. Returns the seconds until the next look."""
        if not self._lease.may_begin:
            return AGAIN_S
        await self._check_clock()
        self._write_soon()
        if self._has_recovered:
            self._has_recovered = False
            await self.retry(Retry(states=OPEN, trigger=Trigger.RESUME, restart=False))
        now = clock.now()
        if self.health.state in (ForwardState.PAUSED, ForwardState.OFF):
            return LONGEST_S
        if self.health.probe_at is not None:
            return await self._probe(self.health.probe_at, now)
        at_once = 1 if self._stored.forward.order is DispatchOrder.STRICT else PER_TARGET
        while len(self._sending) < at_once and len(self._marks) < UNSTORED:
            dispatch = await self._queue.take(now)
            if dispatch is None:
                break
            self._send(dispatch, _trigger_of(dispatch))
        self._write_soon()
        return min(_seconds_until(self._queue.next_due, now), await self._look(now))

    async def _look(self, now: datetime) -> float:
        """Find what follows from captures that are not on their way. Returns the seconds until the next look."""
        upto = min([self._queue.position, *(n - 1 for n in self._queue.in_progress)])
        wait_s = LONGEST_S
        for each in self._looks:
            if each.is_due(now, upto) and (await self._look_for(each, now, upto) or each.is_due(now, upto)):
                return 0.0
            if each.position < upto:
                wait_s = min(wait_s, _seconds_until(each.next_look, now))
        return wait_s

    async def _look_for(self, look: FollowUpLook, now: datetime, upto: int) -> bool:
        """Store what is found. The queue is read again before anything else is sent, so that no delivery is without
        it."""
        looked = await look.look(now, upto)
        if looked.later:
            if not self._lease.may_begin:
                raise StoreUnavailable("Another server may send this now.")
            marks = ForwardMarks(
                health=self.health, position=None, edition=self._stored.edition, later=looked.later,
                looked={look.follow_up: looked.position},
            )  # fmt: skip
            await self._store.mark_dispatches(self._stored.bin_id, self._stored.id, marks)
            self._queue.changed()
            self._changes.changed(self._stored.bin_id, [each.n for each in looked.later])
        look.position = looked.position
        return bool(looked.later)

    async def _probe(self, at: datetime, now: datetime) -> float:
        """Send one dispatch to a resting target."""
        if at - now > LONGEST_PROBE:
            # The clock was set back.
            self.health = msgspec.structs.replace(self.health, probe_at=now)
        elif at > now:
            return _seconds_until(at, now)
        if not self._sending and not self._marks:
            dispatch = await self._queue.take_one(now)
            if dispatch is not None:
                self._send(dispatch, Trigger.PROBE)
        return LONGEST_S

    def _send(self, dispatch: Dispatch, trigger: Trigger) -> None:
        if trigger is not Trigger.PROBE and dispatch.due_at is not None and dispatch.due_at > clock.now():
            self._marks.append(DispatchMark(dispatch=dispatch))
            return
        self._sending[dispatch.n] = start_task(self._deliver(dispatch, trigger), name="forward-request")

    async def _deliver(self, dispatch: Dispatch, trigger: Trigger) -> None:
        stored = self._stored
        outgoing = Outgoing(
            forward_id=stored.id, bin_id=stored.bin_id, forward=stored.forward, secret=self._secret,
            attempt=dispatch.tries + 1, trigger=trigger, may_send=lambda: self._lease.may_begin,
        )  # fmt: skip
        delivery = Delivery(arrived=set(dispatch.arrived), later=dispatch.later)
        try:
            capture = await self._store.get_capture(stored.bin_id, dispatch.n, wait=False)
            await self._store.flush()
            if stored.forward.mode is ForwardMode.EVENT and not capture.is_read:
                raise StoreUnavailable(f"#{dispatch.n} is not parsed yet")
            await deliver(self._sender, capture, outgoing, dispatch, delivery, self._judge, self._schedule)
        except NotFound:
            self._queue.dropped(dispatch.n)
        except StoreUnavailable as error:
            _log.warning("forward.waits", forward=stored.id, reason=str(error))
            await self._again_later(dispatch, delivery)
        except asyncio.CancelledError:
            self._put_back(dispatch, delivery)
            raise
        except Exception:
            failed = _failed(dispatch, outgoing)
            delivery.note(failed)
            self._judge(failed)
            self._note(dispatch, trigger, delivery)
            raise
        else:
            self._note(dispatch, trigger, delivery)
        finally:
            del self._sending[dispatch.n]
            self.wake()

    async def _again_later(self, dispatch: Dispatch, delivery: Delivery) -> None:
        try:
            await asyncio.sleep(AGAIN_S)
        finally:
            self._put_back(dispatch, delivery)

    def _put_back(self, dispatch: Dispatch, delivery: Delivery) -> None:
        """Continue later, with the events that have not arrived."""
        if delivery.count:
            delivery.is_partial = True
            self._note(dispatch, _trigger_of(dispatch), delivery)
        else:
            self._queue.put_back(dispatch)

    def _judge(self, sent: SentDispatch) -> bool:
        """Note what an answer says about the target. Returns whether the forward sends more."""
        was_resting = self.health.probe_at is not None
        self.health = after_attempt(self.health, sent.meaning, clock.now(), sent.result)
        self._has_recovered = self._has_recovered or (was_resting and self.health.state is ForwardState.ON)
        self._changes.sent(self._stored.id, sent)
        return self.health.state is ForwardState.ON

    def _note(self, dispatch: Dispatch, trigger: Trigger, delivery: Delivery) -> None:
        """Decide what follows a delivery, and queue that to be stored."""
        now, step = clock.now(), delivery.step(dispatch)
        if delivery.is_partial or delivery.meaning is AnswerMeaning.GONE:
            # One whose target is gone is sent again when a user resumes the forward.
            step -= 1
            state = DispatchState.WAITING if delivery.is_partial else DispatchState.RETRYING
            following = NextStep(state=state, wait=timedelta())
        else:
            following = step_after(
                delivery.meaning, step, retry_after=delivery.retry_after, dice=clock.dice(), schedule=self._schedule
            )
            if trigger is Trigger.PROBE and delivery.meaning is AnswerMeaning.FAILURE:
                # A probe is not counted, so that no request is given up because the target is down.
                step = dispatch.step
                following = NextStep(state=DispatchState.RETRYING, wait=following.wait or self._schedule[-1])
        worst = delivery.worst
        changed = replace(
            dispatch, state=following.state, tries=dispatch.tries + (not delivery.is_partial), step=step,
            status=dispatch.status if worst is None else worst.attempt.status,
            trigger=trigger if delivery.is_partial and trigger is not Trigger.PROBE else None,
            due_at=None if following.wait is None else now + following.wait,
            arrived=() if following.state is DispatchState.DELIVERED else tuple(sorted(delivery.arrived)),
            later=() if following.state is DispatchState.DELIVERED else delivery.later,
        )  # fmt: skip
        self._marks.append(DispatchMark(dispatch=changed, attempts=delivery.kept))
        self._changes.ended(changed.state)

    def _write_soon(self) -> None:
        position, looked = self._written
        ahead = [self._queue.position - position, *(n - looked.get(each, 0) for each, n in self._looked.items())]
        is_far = max(ahead) >= MAX_UNWRITTEN
        if self._marks or is_far:
            self._writes.soon()

    async def _write(self) -> None:
        batch = list(self._marks)
        position, looked = self._queue.position_without([mark.dispatch.n for mark in batch]), self._looked
        if (not batch and (position, looked) == self._written) or not self._lease.is_held:
            return
        marks = ForwardMarks(
            health=self.health, position=position, marks=batch, edition=self._stored.edition, looked=looked
        )
        await self._store.mark_dispatches(self._stored.bin_id, self._stored.id, marks)
        del self._marks[: len(batch)]
        self._written = (position, looked)
        self._queue.stored([mark.dispatch for mark in batch])
        self._changes.changed(self._stored.bin_id, [mark.dispatch.n for mark in batch])

    @property
    def _looked(self) -> Mapping[FollowUp, int]:
        return {each.follow_up: each.position for each in self._looks}

    async def _check_clock(self) -> None:
        """After the clock was set back, what is scheduled would be late by that time: it is sent now."""
        wall, ticks = clock.now(), clock.uptime()
        drift = (wall - self._wall) - timedelta(seconds=ticks - self._ticks)
        self._wall, self._ticks = wall, ticks
        if drift < -JUMP:
            await self.retry(Retry(states=OPEN, trigger=Trigger.RETRY, restart=False))


def _trigger_of(dispatch: Dispatch) -> Trigger:
    return dispatch.trigger or (Trigger.RETRY if dispatch.tries else Trigger.FIRST)


def _seconds_until(at: datetime | None, now: datetime) -> float:
    return LONGEST_S if at is None else min(max((at - now).total_seconds(), 0.0), LONGEST_S)


def _failed(dispatch: Dispatch, outgoing: Outgoing) -> SentDispatch:
    attempt = NewAttempt(
        n=dispatch.n, url="", sent_at=clock.now(), status=None, ms=0, error="smsbin has failed; its log has the cause",
        forward=outgoing.forward_id, trigger=outgoing.trigger,
    )  # fmt: skip
    return SentDispatch(attempt=attempt, meaning=AnswerMeaning.FAILURE)
