"""The hub: subscriptions by bin. Notifying never waits, never fails and never carries data (P4, P5).

A single change notifies its subscribers at once; in a burst they are notified once every `TICK_S`, so that a
thousand viewers cost the same for one capture as for fifty. At most `AT_ONCE` are notified in one turn of the event
loop, so that a capture never waits for all of them.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

TICK_S = 0.05
# With many viewers the tick grows, so that each frame has more changes and captures get enough time on the event loop.
VIEWERS_PER_TICK = 250
AT_ONCE = 32


class Subscription:
    """The subscription of one viewer. Clear it before the store is read, so that a notification in between is not
    lost."""

    __slots__ = ("_notified", "_waiter")

    def __init__(self) -> None:
        self._notified = False
        self._waiter: asyncio.Future[None] | None = None

    def notify(self) -> None:
        """Wake the viewer, now or as soon as it waits."""
        self._notified = True
        if self._waiter is not None:
            _wake(self._waiter)

    def clear(self) -> None:
        """Reset the notifications so far."""
        self._notified = False

    async def wait(self, at_most_s: float) -> bool:
        """Wait at most `at_most_s`; True if notified. Uses a timer, because `asyncio.timeout` around an `Event`
        costs three times as much, and each viewer waits once a tick."""
        if not self._notified:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = loop.call_later(at_most_s, _wake, self._waiter)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        return self._notified


def _wake(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)


class _Topic:
    __slots__ = ("again", "subscriptions", "timer")

    def __init__(self) -> None:
        self.subscriptions: set[Subscription] = set()
        self.timer: asyncio.TimerHandle | None = None
        self.again = False


class Hub:
    """Subscriptions by bin. Use from one event loop only."""

    def __init__(self) -> None:
        self._topics: dict[str, _Topic] = {}
        self._versions: Counter[str] = Counter()
        self._closed = False

    @property
    def viewers(self) -> int:
        """The number of subscriptions, over all bins."""
        return sum(len(topic.subscriptions) for topic in self._topics.values())

    @property
    def closed(self) -> bool:
        """True while the server is stopping: waiting handlers should answer and end."""
        return self._closed

    def notify(self, bin_id: str) -> None:
        """Something in this bin has changed."""
        topic = self._topics.get(bin_id)
        if topic is None:
            self._versions[bin_id] += 1
            return
        if topic.timer is not None:
            topic.again = True
            return
        self._publish(bin_id, topic)

    def notify_all(self) -> None:
        """Something about the server has changed."""
        for bin_id in list(self._topics):
            self.notify(bin_id)

    def version(self, bin_id: str) -> int:
        """The number of notifications of this bin. Data that was read before the last one may be outdated. A
        notification that waits for its tick is not counted yet."""
        return self._versions[bin_id]

    @contextmanager
    def subscribe(self, bin_id: str) -> Iterator[Subscription]:
        """A subscription for the duration of the context."""
        subscription = Subscription()
        topic = self._topics.setdefault(bin_id, _Topic())
        topic.subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            topic.subscriptions.discard(subscription)
            if not topic.subscriptions and self._topics.get(bin_id) is topic:
                del self._topics[bin_id]
                # For a notification that waited for its tick, and has no subscriber now.
                self._versions[bin_id] += 1
                if topic.timer is not None:
                    topic.timer.cancel()

    def close(self) -> None:
        """Notify all subscribers for the last time."""
        self._closed = True
        for topic in self._topics.values():
            for subscription in topic.subscriptions:
                subscription.notify()

    def _publish(self, bin_id: str, topic: _Topic) -> None:
        self._versions[bin_id] += 1
        _notify_some(list(topic.subscriptions))
        topic.again = False
        topic.timer = asyncio.get_running_loop().call_later(
            _tick_s(len(topic.subscriptions)), self._tick, bin_id, topic
        )

    def _tick(self, bin_id: str, topic: _Topic) -> None:
        topic.timer = None
        if topic.again:
            self._publish(bin_id, topic)


def _notify_some(subscriptions: list[Subscription]) -> None:
    for subscription in subscriptions[-AT_ONCE:]:
        subscription.notify()
    del subscriptions[-AT_ONCE:]
    if subscriptions:
        asyncio.get_running_loop().call_soon(_notify_some, subscriptions)


def _tick_s(viewers: int) -> float:
    return TICK_S * (1 + viewers // VIEWERS_PER_TICK)
