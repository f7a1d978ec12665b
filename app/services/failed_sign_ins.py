"""Wrong tokens: counted, logged, and answered late when there are many, wherever they come from.

A right token is never late, and captures have no token. Each wrong one gets a place in a row of answers; the first few
are immediate. So a client that tries tokens one after the other gets a few answers a second, and with many connections
each of them waits for the longest time.
"""

import asyncio
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, Metric

from .. import clock
from ..log import get_log

AT_ONCE = 50
"""Wrong tokens that are answered immediately, after a while without any."""
EVERY_S = 0.05
"""Then one is answered in this time …"""
LONGEST_S = 5.0
"""… and none waits for longer."""
LOG_EVERY_S = 60.0

_log = get_log("access")


class FailedSignIns:
    """Use from one event loop only."""

    def __init__(self) -> None:
        self.count = 0
        self._next = 0.0
        self._logged_at: float | None = None
        self._logged = 0

    async def slow_down(self, peer: str) -> None:
        """A token was wrong: count it, and wait until it may be answered."""
        self.count += 1
        self._note(peer)
        wait_s = self._wait_s()
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    def metrics(self) -> Iterator[Metric]:
        """For Prometheus."""
        yield CounterMetricFamily("smsbin_failed_sign_ins", "Wrong tokens, of forms and of calls.", value=self.count)

    def _wait_s(self) -> float:
        now = clock.ticks()
        free = AT_ONCE * EVERY_S
        # A row that is longer than the longest wait would continue for a while after the last attempt.
        self._next = min(max(self._next, now) + EVERY_S, now + free + LONGEST_S)
        return self._next - now - free

    def _note(self, peer: str) -> None:
        now = clock.ticks()
        if self._logged_at is not None and now - self._logged_at < LOG_EVERY_S:
            return
        _log.warning("sign_in.failed", count=self.count - self._logged, last_peer=peer)
        self._logged_at, self._logged = now, self.count
