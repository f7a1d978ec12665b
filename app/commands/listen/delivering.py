"""Delivers captures to the local program. While nothing listens on its port, they are held."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ... import clock
from ...domain.listening import MAX_RESULT, ListenCapture, ListenFailed, ListenResult, Pairs
from ...domain.replays import Trigger
from ...egress import TargetResponse, send_exactly
from ...errors import Invalid
from .requests import LocalTarget, local_request

FIRST_PROBE_S = 1.0
LONGEST_PROBE_S = 5.0
NO_RESPONSE = "no response in time"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalDelivery:
    """A capture, or the `event` of it at a position, that was sent to the local program. `status` None: there was no
    response, and `error` says why. `sent`: the request. `is_refused`: there was no connection."""

    capture: ListenCapture
    event: int | None = None
    trigger: Trigger
    url: str
    sent: bytes
    status: int | None
    ms: int
    error: str | None = None
    headers: Pairs
    body: bytes
    is_refused: bool = False

    @property
    def is_ok(self) -> bool:
        """Whether the response was a 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def severity(self) -> int:
        """The higher, the worse: no response is the worst."""
        return 1_000 if self.status is None else self.status

    @property
    def frame(self) -> ListenResult | ListenFailed:
        """The result for the server."""
        if self.status is None:
            return ListenFailed(n=self.capture.n, why=self._why, ms=self.ms)
        body, is_cut = self.body[:MAX_RESULT], len(self.body) > MAX_RESULT
        return ListenResult(
            n=self.capture.n, status=self.status, headers=self.headers, body=body, more=is_cut, ms=self.ms
        )

    @property
    def _why(self) -> str:
        """The error with a first word that the server can read."""
        if self.error == NO_RESPONSE:
            return "timeout"
        return f"refused: {self.error}" if self.is_refused else self.error or ""


class LocalProgram:
    """Use from one event loop only. `report` gets lines for people, `held` returns the number of captures that wait.
    `drops`: while nothing listens, a capture is dropped. `pause` waits for some seconds."""

    def __init__(
        self, target: LocalTarget, bin_id: str, *, report: Callable[[str], None], held: Callable[[], int],
        drops: bool = False, pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        self._target = target
        self._bin_id = bin_id
        self._report = report
        self._held = held
        self._drops = drops
        self._pause = pause
        self._shown: tuple[int, str] | None = None
        self.under_way = 0
        """Requests that are sent and not answered."""

    @property
    def is_down(self) -> bool:
        """Whether nothing listened at the last attempt."""
        return self._shown is not None

    async def deliver(
        self,
        capture: ListenCapture,
        trigger: Trigger,
        event: int | None = None,
        held_back: Callable[[LocalDelivery], Awaitable[None]] | None = None,
    ) -> LocalDelivery | None:
        """Send a capture, or its event at a position, as soon as something listens; None: nothing did, and it is
        dropped. `held_back` is called once if it has to wait, with the attempt that failed."""
        pause_s = FIRST_PROBE_S
        while True:
            delivery = await self._send(capture, trigger, event)
            if not delivery.is_refused:
                self._reached()
                return delivery
            if self._drops:
                what = f"the rest of #{capture.n}" if event else f"#{capture.n}"
                self._show(delivery, f"{self._target.address} is down: {what} is dropped")
                return None
            self._show(delivery, f"waiting for {self._target.address} ({self._held():,} held)")
            if held_back is not None:
                await held_back(delivery)
                held_back = None
            await self._pause(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PROBE_S)

    async def _send(self, capture: ListenCapture, trigger: Trigger, event: int | None) -> LocalDelivery:
        """What one attempt led to."""
        target = self._target
        try:
            # Made for each attempt, because a signature has the time.
            url, data = local_request(self._bin_id, capture, target, trigger, clock.now(), event)
        except (ValueError, Invalid) as error:
            return _delivery(capture, event, trigger, target.url, b"", _impossible(str(error)))
        self.under_way += 1
        try:
            reply = await send_exactly(
                url, data, allowed=None, timeout_s=target.timeout_s, max_body=MAX_RESULT + 1, tls=target.tls
            )
        finally:
            self.under_way -= 1
        return _delivery(capture, event, trigger, url, data, reply)

    def _show(self, delivery: LocalDelivery, text: str) -> None:
        """Report that nothing listens: once, and again when the number or the reason changes."""
        shown = (delivery.capture.n if self._drops else self._held(), delivery.error or "")
        if shown != self._shown:
            self._report(f"{text}: {delivery.error}")
        self._shown = shown

    def _reached(self) -> None:
        if self._shown is not None:
            self._report(f"{self._target.address} is reachable again.")
        self._shown = None


def _delivery(
    capture: ListenCapture, event: int | None, trigger: Trigger, url: str, sent: bytes, reply: TargetResponse
) -> LocalDelivery:
    return LocalDelivery(
        capture=capture, event=event, trigger=trigger, url=url, sent=sent, status=reply.status,
        ms=reply.ms, error=reply.error,
        headers=list(reply.headers), body=reply.body, is_refused=reply.refused,
    )  # fmt: skip


def _impossible(why: str) -> TargetResponse:
    return TargetResponse(status=None, ms=0, error=f"not sent: {why}")
