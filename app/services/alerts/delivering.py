"""Delivers the notices of all alerts, each until it has arrived, in their order for one alert and target.

A notice is in the log before it is sent, and its result soon after. After a crash between the two, it is sent once
more, with the same id.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from ... import clock
from ...domain.alerts.model import AlertDelivery, AlertNotice, AlertTarget, NoticeKind
from ...domain.forwards.answers import MAX_RETRY_AFTER, AnswerMeaning, step_after
from ...errors import NotFound, StoreUnavailable
from ...log import get_log
from ...store import Store
from ...tasks import start_periodic, start_task, stop
from ..leases import Lease
from .content import NoticeContent
from .sending import AlertSender, SentNotice, always

ALERT_SCHEDULE: Sequence[timedelta] = tuple(
    timedelta(seconds=seconds) for seconds in (2, 10, 60, 300, 900, *[1_800] * 10)
)
"""The waits between attempts, about 5.4 hours in all. None is long, because the all-clear waits for the alert."""
READ = 100
"""Deliveries that are read at once."""
AGAIN_S = 1.0
LONGEST_S = 60.0
STOP_S = 3.0
FAILED = "smsbin has failed; its log has the cause"

ContentOf = Callable[[str, int, AlertNotice], Awaitable[tuple[NoticeContent, str | None] | None]]
"""The content of a notice of an alert and the secret of its webhook; None: the alert was deleted."""
Key = tuple[str, int, AlertTarget]

_log = get_log("alerts")


class AlertDeliveries:
    """Use from one event loop only. `sent` is called after each attempt, `changed` with the id of the alert when the
    result is stored. What is stored is delivered with the `lease` only."""

    def __init__(
        self, store: Store, sender: AlertSender, content_of: ContentOf, sent: Callable[[AlertTarget, SentNotice], None],
        changed: Callable[[str], None], lease: Lease, schedule: Sequence[timedelta] = ALERT_SCHEDULE,
    ) -> None:  # fmt: skip
        self._store = store
        self._sender = sender
        self._content_of = content_of
        self._sent = sent
        self._changed = changed
        self._lease = lease
        self._schedule = schedule
        self._sending: dict[Key, asyncio.Task[None]] = {}
        # Deliveries whose result was stored since the last read began: that read may show them as they were before.
        self._ended: set[Key] = set()
        self._waiters: dict[Key, asyncio.Future[AlertDelivery]] = {}
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start to deliver what is in the log."""
        self._task = start_periodic(self._step, name="alert-deliveries")

    def wake(self) -> None:
        """The log has new deliveries."""
        self._woken.set()

    def first_attempt(self, alert_id: str, number: int, target: AlertTarget) -> "asyncio.Future[AlertDelivery]":
        """The result of the first attempt of a delivery that is about to be stored."""
        return self._waiters.setdefault((alert_id, number, target), asyncio.get_running_loop().create_future())

    async def stop(self, *, is_elsewhere: bool = False) -> None:
        """Wait a little for requests on their way, and store their results. `is_elsewhere`: another server may be
        sending them already, so nothing is waited for."""
        if self._task is not None:
            await stop(self._task)
        if self._sending and not is_elsewhere:
            await asyncio.wait(self._sending.values(), timeout=STOP_S)
        for task in list(self._sending.values()):
            await stop(task)

    async def attempt(
        self, delivery: AlertDelivery, notice: AlertNotice, may_send: Callable[[], bool] = always
    ) -> AlertDelivery | None:
        """Send a notice once; returns the delivery with its new state, which the caller stores. None: its alert was
        deleted. Raises StoreUnavailable, also if it may not be sent any more."""
        try:
            found = await self._content_of(delivery.alert_id, delivery.number, notice)
        except NotFound:
            found = None
        if found is None:
            return None
        content, secret = found
        try:
            sent = await self._sender.send(content, delivery, secret, may_send)
        except StoreUnavailable:
            raise
        except Exception as error:
            # Otherwise it would be sent again at once, without end.
            _log.error("alerts.not_sent", alert=delivery.alert_id, exc_info=error)
            sent = SentNotice(meaning=AnswerMeaning.FAILURE, error=FAILED)
        self._sent(delivery.target, sent)
        schedule = () if notice.kind is NoticeKind.TEST else self._schedule
        tries = delivery.tries + 1
        following = step_after(
            sent.meaning, tries, retry_after=sent.retry_after, dice=clock.dice(), schedule=schedule
        )  # fmt: skip
        due_at = None if following.wait is None else clock.now() + following.wait
        return replace(
            delivery, state=following.state, tries=tries, due_at=due_at, status=sent.status, error=sent.error
        )  # fmt: skip

    async def _step(self) -> float:
        self._woken.clear()
        try:
            wait_s = await self._advance()
        except StoreUnavailable as error:
            _log.warning("alerts.wait", reason=str(error))
            wait_s = AGAIN_S
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._woken.wait()
        return 0

    async def _advance(self) -> float:
        """Send what is due. Returns the seconds until the next look."""
        if not self._lease.may_begin:
            return AGAIN_S
        self._ended.clear()
        found = await self._store.open_alert_deliveries(READ)
        now = clock.now()
        wait_s = LONGEST_S
        for delivery, notice in found:
            key = delivery.alert_id, delivery.number, delivery.target
            if key in self._sending or key in self._ended:
                continue
            wait = timedelta() if delivery.due_at is None else delivery.due_at - now
            # The clock may have been set back.
            if timedelta() < wait <= MAX_RETRY_AFTER:
                wait_s = min(wait_s, wait.total_seconds())
            else:
                self._sending[key] = start_task(self._deliver(delivery, notice), name="alert-delivery")
        return wait_s

    async def _deliver(self, delivery: AlertDelivery, notice: AlertNotice) -> None:
        key = delivery.alert_id, delivery.number, delivery.target
        try:
            result = await self._retried(lambda: self._attempt_stored(delivery, notice))
            if result is not None:
                await self._retried(lambda: self._store.mark_alert_deliveries([result]))
                self._changed(delivery.alert_id)
                waiter = self._waiters.pop(key, None)
                if waiter is not None:
                    waiter.set_result(result)
        finally:
            self._ended.add(key)
            del self._sending[key]
            self.wake()

    async def _attempt_stored(self, delivery: AlertDelivery, notice: AlertNotice) -> AlertDelivery | None:
        await self._store.flush()
        return await self.attempt(delivery, notice, lambda: self._lease.may_begin)

    async def _retried(self, call: "Callable[[], Awaitable[AlertDelivery | None]]") -> AlertDelivery | None:
        """The result of a call, which is repeated until the store works."""
        while True:
            try:
                return await call()
            except StoreUnavailable as error:
                _log.warning("alerts.wait", reason=str(error))
                await asyncio.sleep(AGAIN_S)
