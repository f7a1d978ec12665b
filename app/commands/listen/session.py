"""Listens: takes captures from the connection, delivers them in order, and acknowledges each."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass

import click

from ...domain.listening import WINDOW, ClientFrame, ListenAck, ListenCapture, ListenDrop, ListenHello
from ...domain.replays import Trigger, without_secrets
from ...errors import CannotStart, Invalid
from .connecting import ListenAddress, ServerConnection
from .delivering import LocalDelivery, LocalProgram
from .memory import DeliveredCaptures
from .output import Output, report
from .requests import LocalTarget
from .sleeping import Pause, span_text, watch_for_sleep

STOP_S = 3.0
"""How long an end waits for requests to the local program that are under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """`answers`: providers wait for the local responses, so requests are delivered at the same time, not one after the
    other. `once`: end after so many deliveries, of captures or of events; 0: never. `drops`: while the local program is
    down, captures are dropped. `title` and `page_url` are those of the bin."""

    answers: bool = False
    once: int = 0
    drops: bool = False
    title: str
    page_url: str

    @property
    def at_once(self) -> int:
        """How many captures are delivered at the same time."""
        return WINDOW if self.answers and not self.once else 1


class ListenSession:
    """Use from one event loop only. `pause` waits for some seconds."""

    def __init__(
        self, plan: SessionPlan, address: ListenAddress, target: LocalTarget, delivered: DeliveredCaptures,
        output: Output, pause: Pause = asyncio.sleep,
    ) -> None:  # fmt: skip
        self._plan = plan
        self._target = target
        self._pause = pause
        self._connection = ServerConnection(address, self, report)
        self._program = LocalProgram(
            target, address.bin_id, report=report, held=lambda: self.held, drops=plan.drops, pause=pause
        )
        self._delivered = delivered
        self._output = output
        self._inbox: deque[tuple[int, ListenCapture]] = deque()
        self._changed = asyncio.Event()
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._stops_with: int | None = None
        self._is_paused = False
        self._wants_replay = False
        # Numbers that are being delivered, and the captures that were delivered in this run and may be sent again.
        self._under_way: set[int] = set()
        self._results: dict[int, ClientFrame] = {}
        self._last: ListenCapture | None = None
        self._behind = 0
        self._count = 0

    async def run(self) -> int:
        """Listen until the end; returns the exit code. Raises CannotStart, Invalid, BrokenPipeError."""
        async with asyncio.TaskGroup() as group:
            works = [self._connection.run(), watch_for_sleep(self._woke, self._pause)]
            works += [self._deliver_all() for _ in range(self._plan.at_once)]
            tasks = [group.create_task(self._until_error(work)) for work in works]
            await asyncio.wait([self._ended])
            # First, so that every acknowledgement arrives.
            await self._connection.close()
            for task in tasks:
                task.cancel()
        return self._ended.result()

    def begin(self, connection: int, hello: ListenHello) -> None:
        """A new connection: everything that was not acknowledged is sent again."""
        self._inbox.clear()
        self._behind = hello.behind
        if connection > 1:
            return
        waiting = f"; {hello.behind:,} requests wait" if hello.behind else ""
        report(f"listening on {self._plan.title} as {hello.name}, for {without_secrets(self._target.url)}{waiting}.")
        if hello.took_over:
            report(f"another listener of the name {hello.name} was disconnected.")

    def take(self, connection: int, capture: ListenCapture) -> None:
        """A capture of this connection."""
        self._inbox.append((connection, capture))
        self._changed.set()

    @property
    def held(self) -> int:
        """The number of captures that are not delivered, as far as it is known."""
        return max(self._behind, len(self._inbox) + len(self._under_way))

    def press(self, key: str) -> None:
        """A key of the terminal."""
        match key:
            case "r":
                self._wants_replay = self._last is not None
                if not self._wants_replay:
                    report("nothing was delivered yet, so there is nothing to replay.")
            case "p":
                self._is_paused = not self._is_paused
                report("paused; requests are held." if self._is_paused else "continued.")
            case "o":
                self._open()
            case "q":
                self.stop(0)
        self._changed.set()

    def interrupt(self) -> None:
        """A signal to end."""
        self.stop(130)

    def stop(self, code: int) -> None:
        """End when the requests under way are answered, at the latest after `STOP_S`; a second call ends now."""
        if self._stops_with is not None or not self._program.under_way:
            self._end(code)
            return
        self._stops_with = code
        asyncio.get_running_loop().call_later(STOP_S, self._end, code)

    def _woke(self, slept_s: float) -> None:
        """The machine was asleep."""
        report(f"awake after {span_text(slept_s)}.")
        self._connection.reconnect()

    async def _until_error(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except (CannotStart, Invalid, BrokenPipeError) as error:
            if not self._ended.done():
                self._ended.set_exception(error)

    async def _deliver_all(self) -> None:
        while True:
            while not self._is_ready():
                self._changed.clear()
                await self._changed.wait()
            if self._wants_replay and self._last is not None:
                self._wants_replay = False
                await self._replay(self._last)
            else:
                await self._next()
            # Another task may wait for the end of this delivery.
            self._changed.set()
            if self._stops_with is not None and not self._program.under_way:
                self._end(self._stops_with)

    @property
    def _stops(self) -> bool:
        """Whether nothing more is sent."""
        return self._stops_with is not None or self._ended.done()

    def _is_ready(self) -> bool:
        if self._stops:
            return False
        # A capture that is sent again waits until its delivery has ended.
        is_free = bool(self._inbox) and self._inbox[0][1].n not in self._under_way
        return self._wants_replay or (is_free and not self._is_paused)

    async def _next(self) -> None:
        connection, capture = self._inbox.popleft()
        if self._delivered.has(capture.n, capture.received_at):
            # Only the acknowledgement was lost.
            known = self._results.get(capture.n)
            await self._done(connection, *([known] if known else []), ListenAck(capture.n))
            return
        self._under_way.add(capture.n)
        try:
            await self._deliver(connection, capture)
        finally:
            self._under_way.discard(capture.n)

    async def _deliver(self, connection: int, capture: ListenCapture) -> None:
        """Deliver a capture, or one after the other its events that were not delivered yet, and acknowledge it."""
        n, received_at = capture.n, capture.received_at
        trigger = Trigger.FIRST if capture.attempt == 1 else Trigger.RETRY
        events = self._target.events_of(capture)
        # A bin whose mapping was changed may state fewer events than before.
        first = min(self._delivered.events_of(n, received_at), len(events) - 1)
        result: LocalDelivery | None = None
        for done, event in enumerate(events[first:], start=first + 1):
            delivery = await self._program.deliver(
                capture, trigger, event, lambda held: self._held_back(connection, held)
            )
            if delivery is None:
                await self._done(connection, *([result.frame] if result else []), ListenDrop(n))
                return
            # Before the acknowledgement: if that is lost, the server sends the capture again.
            self._delivered.add(n, received_at, done if done < len(events) else None)
            self._last = capture
            result = self._result(result, delivery)
            if done == len(events):
                self._keep(result)
                await self._done(connection, result.frame, ListenAck(n))
            self._output.show(delivery)
            self._count += 1
            if self._count == self._plan.once:
                self._end(0)
            if self._stops:
                return

    def _result(self, before: LocalDelivery | None, delivery: LocalDelivery) -> LocalDelivery:
        """Which of the deliveries of a capture is its result: the worst; the last one if providers wait for it."""
        if before is None or self._plan.answers:
            return delivery
        return max(before, delivery, key=lambda each: each.severity)

    async def _replay(self, capture: ListenCapture) -> None:
        for event in self._target.events_of(capture):
            delivery = await self._program.deliver(capture, Trigger.MANUAL, event)
            if delivery is not None:
                self._output.show(delivery)
            if delivery is None or self._stops:
                return

    async def _held_back(self, connection: int, delivery: LocalDelivery) -> None:
        """A capture waits for the local program; the provider must not wait for that too."""
        if self._plan.answers:
            await self._connection.send(connection, delivery.frame)

    async def _done(self, connection: int, *frames: ClientFrame) -> None:
        if await self._connection.send(connection, *frames):
            self._behind = max(self._behind - 1, 0)

    def _keep(self, delivery: LocalDelivery) -> None:
        self._results[delivery.capture.n] = delivery.frame
        for oldest in list(self._results)[: -2 * WINDOW]:
            del self._results[oldest]

    def _open(self) -> None:
        url = self._plan.page_url if self._last is None else self._last.page_url
        # The address is the server's; only a web page is opened.
        if url.startswith(("http://", "https://")):
            click.launch(url)

    def _end(self, code: int) -> None:
        if not self._ended.done():
            self._ended.set_result(code)
