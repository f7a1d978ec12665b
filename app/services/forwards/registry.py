"""The forwards of all bins, each with its runner. The store is changed first.

Of several servers that share a store one sends: the one with the lease. The others show the forwards as they are
stored, and read them again once a second; so does the one that sends, to learn what users have changed elsewhere.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from msgspec.structs import replace as struct_with

from ... import clock
from ...domain.captures import Capture, CaptureRow
from ...domain.forwards.answers import SCHEDULE
from ...domain.forwards.health import paused, resumed
from ...domain.forwards.model import (
    MOST_FORWARDS,
    OPEN,
    Dispatch,
    DispatchState,
    Forward,
    ForwardMode,
    ForwardSignature,
    Retry,
    StoredForward,
)
from ...domain.replays import Attempt, Trigger
from ...egress import Network
from ...errors import Conflict, Invalid, NotFound, StoreUnavailable
from ...live.hub import Hub
from ...store import Store
from ...tasks import start_periodic, start_task, stop
from ..choosing import query_of
from ..leases import Lease
from ..sealed_secrets import SealedSecrets
from ..secrets import Secrets
from .checking import check_forward, filter_problems
from .counters import ForwardCounters
from .queue import matching_rows
from .recent import RECENT, RecentDispatches
from .requests import Outgoing, RequestWriter
from .runner import ForwardChanges, ForwardRunner
from .sending import ForwardSender
from .shown import ForwardStatus, ShownDispatch, show_dispatch

LOOK_S = 10.0
"""Seconds between two looks at the state of all forwards, for the metrics."""
PREVIEWED = 100
"""The newest captures that a preview tries a filter on."""
LEASE = "forwards"
FOLLOW_S = 1.0
"""How often the forwards are read again from a store that is shared."""
FOLLOWED = 50
"""The last dispatches of a forward that are shown again when another server has sent some."""


class Forwards:
    """Use from one event loop only. `own`: the host and port of this server, to which nothing is sent. `schedule`: the
    waits between attempts."""

    def __init__(
        self, store: Store, hub: Hub, secrets: Secrets, allowed: Sequence[Network | str], own: str | None = None,
        schedule: Sequence[timedelta] = SCHEDULE,
    ) -> None:  # fmt: skip
        self._store = store
        self._hub = hub
        self._secrets = SealedSecrets(secrets)
        self._own = {own} if own else set()
        self._writer = RequestWriter(store, secrets)
        self._allowed = allowed
        self._sender = ForwardSender(self._writer, allowed)
        self._schedule = schedule
        self._by_bin: dict[str, dict[str, ForwardRunner]] = {}
        self._changing = asyncio.Lock()
        self.lease = Lease(store, LEASE, self._begin_sending, self._end_sending)
        """Of the server that sends."""
        self._is_sending = False
        self._following: asyncio.Task[None] | None = None
        self.recent = RecentDispatches()
        """Those that have changed, for open pages."""
        self.statuses: Sequence[ForwardStatus] = ()
        """The forwards of all bins as of the last `look`, for the metrics."""
        self.counters = ForwardCounters()
        """What the metrics report."""
        self._changes = ForwardChanges(
            sent=self.counters.sent, ended=self.counters.ended, changed=self._dispatches_changed
        )

    async def start(self) -> None:
        """Load the forwards, and start to send if no other server does."""
        await self.refresh()
        await self.lease.start()
        if self._store.is_shared:
            self._following = start_periodic(self._follow, name="forwards-elsewhere")

    async def close(self) -> None:
        """Wait a little for requests on their way, and store their results. Then another server may send."""
        if self._following is not None:
            await stop(self._following)
        await self.lease.stop()
        await asyncio.gather(*(runner.stop() for runner in self._all()))
        await self.lease.release()

    async def refresh(self, bin_id: str | None = None) -> None:
        """Read what other servers have changed in a bin; None: in all bins. Raises StoreUnavailable."""
        async with self._changing:
            await self._refresh(bin_id)

    def bin_changed(self, bin_id: str) -> None:
        """The ledger has something new of a bin."""
        for runner in self._by_bin.get(bin_id, {}).values():
            runner.wake()

    async def add(
        self, bin_id: str, forward: Forward, *, position: int | None, own: str = "", is_paused: bool = False
    ) -> StoredForward:
        """Add a forward that begins after capture number `position`; None: after the last one. `own`: the host of this
        server as the user sees it. Raises NotFound, Invalid, Conflict."""
        forward = check_forward(forward, (*self._own, own), self._allowed)
        async with self._changing:
            if len(self._by_bin.get(bin_id, {})) >= MOST_FORWARDS:
                raise Conflict(f"A bin has at most {MOST_FORWARDS} forwards; delete one first.")
            forward_id = clock.new_id()
            secret = await self._secrets.make(forward_id) if _is_signed(forward) else None
            health = paused(resumed()) if is_paused else resumed()
            stored = await self._store.add_forward(
                bin_id, forward_id, forward, health, secret=secret, position=position
            )
            await self._run(stored)
        self._hub.notify(bin_id)
        return stored

    async def change(self, bin_id: str, forward_id: str, forward: Forward, *, own: str = "") -> StoredForward:
        """Replace the settings. With another URL the target is new, so its failures are forgotten. Raises NotFound,
        Invalid."""
        async with self._changing:
            old = await self._newest(bin_id, forward_id)
            # A target that is no longer allowed does not prevent other changes.
            allowed = None if forward.url == old.forward.url else self._allowed
            forward = check_forward(forward, (*self._own, own), allowed)
            forward = struct_with(forward, wiretap=old.forward.wiretap)
            health = old.health
            if forward.url != old.forward.url:
                health = paused(resumed()) if health.paused else resumed()
            secret = old.secret
            if not _is_signed(forward):
                secret = None
            elif secret is None or self._secrets.of(forward_id) is None:
                secret = await self._secrets.make(forward_id)
            skips = forward.sends_follow_ups and not old.forward.sends_follow_ups
            return await self._set(replace(old, forward=forward, health=health, secret=secret), skips=skips)

    async def set_dispatch(self, bin_id: str, forward_id: str, dispatch: Dispatch) -> None:
        """Store the state of a capture with a forward, whether it matches or not. Raises NotFound."""
        await self.runner(bin_id, forward_id).set_dispatch(dispatch)

    async def pause(self, bin_id: str, forward_id: str) -> StoredForward:
        """Send nothing until it is resumed. Raises NotFound."""
        async with self._changing:
            old = await self._newest(bin_id, forward_id)
            return await self._set(replace(old, health=paused(old.health)))

    async def resume(self, bin_id: str, forward_id: str) -> StoredForward:
        """Send again, also to a target that rests or is off, and at once what waits for a next attempt. Raises
        NotFound."""
        async with self._changing:
            stored = await self._set(replace(await self._newest(bin_id, forward_id), health=resumed()))
            runner = self.runner(bin_id, forward_id)
        await runner.retry(Retry(states=OPEN, trigger=Trigger.RESUME, restart=False))
        return stored

    async def retry(self, bin_id: str, forward_id: str, wanted: Retry) -> int:
        """Send dispatches again at once. Returns how many. Raises NotFound."""
        count = await self.runner(bin_id, forward_id).retry(wanted)
        self._hub.notify(bin_id)
        return count

    async def drop(self, bin_id: str, forward_id: str) -> None:
        """Delete a forward. Raises NotFound."""
        async with self._changing:
            runner = self.runner(bin_id, forward_id)
            await self._store.drop_forward(forward_id)
            self._remove(runner)
        self._hub.notify(bin_id)

    def forget(self, bin_id: str) -> None:
        """The bin was deleted."""
        self.recent.forget(bin_id)
        for runner in self._by_bin.pop(bin_id, {}).values():
            self._secrets.forget(runner.stored.id)
            start_task(runner.stop(), name="forward-end")

    async def test(self, bin_id: str, forward_id: str, n: int | None) -> Attempt:
        """Send one capture now, or its first event, whatever the state of the forward: number `n`, or the last one that
        matches. The state of its dispatch does not change. Raises NotFound, Conflict."""
        stored = self.runner(bin_id, forward_id).stored
        capture = await (self._last_matching(stored) if n is None else self._store.get_capture(bin_id, n))
        if capture is None:
            raise Conflict(f"None of the last {PREVIEWED} requests matches; send one first.")
        outgoing = Outgoing(
            forward_id=forward_id, bin_id=bin_id, forward=stored.forward, secret=self._secrets.of(forward_id),
            attempt=1, trigger=Trigger.MANUAL,
        )  # fmt: skip
        sent = await self._sender.send(capture, outgoing, 0 if stored.forward.mode is ForwardMode.EVENT else None)
        self.counters.sent(forward_id, sent)
        number = await self._store.add_attempt(bin_id, sent.attempt)
        values = {name: getattr(sent.attempt, name) for name in sent.attempt.__dataclass_fields__}
        return Attempt(**values, number=number)

    async def example(self, stored: StoredForward) -> bytes | None:
        """The JSON of the first event of the last capture that a forward would send; None: there is none. Raises
        NotFound, TooSlow, Damaged."""
        capture = await self._last_matching(stored)
        if capture is None:
            return None
        return await self._writer.event_json(stored.bin_id, stored.forward, capture, 0)

    async def preview(self, bin_id: str, forward: Forward) -> tuple[int, int]:
        """How many of the last captures a forward would send, and of how many. Raises NotFound, Invalid, TooSlow."""
        if problems := filter_problems(forward.filter):
            raise Invalid(*[("filter", message) for message in problems])
        query = query_of(forward)
        rows = await self._store.list_captures(bin_id, limit=PREVIEWED)
        return len(await matching_rows(self._store, bin_id, forward, query, rows)), len(rows)

    async def look(self) -> float:
        """Read the state of all forwards for the metrics. Returns the seconds until the next look."""
        found = []
        for runner in self._all():
            try:
                found.append(await self.status(runner.stored.bin_id, runner.stored.id))
            except (NotFound, StoreUnavailable):
                continue  # deleted in the meantime, or not readable now; it is read again soon
        self.statuses = found
        return LOOK_S

    def of(self, bin_id: str) -> Sequence[StoredForward]:
        """The forwards of a bin, oldest first, without a disk access: counts are those of the start."""
        return [runner.stored for runner in self._by_bin.get(bin_id, {}).values()]

    def runner(self, bin_id: str, forward_id: str) -> ForwardRunner:
        """The runner of a forward. Raises NotFound."""
        runner = self._by_bin.get(bin_id, {}).get(forward_id)
        if runner is None:
            raise NotFound(f"There is no forward {forward_id} in this bin.")
        return runner

    async def status(self, bin_id: str, forward_id: str) -> ForwardStatus:
        """A forward with its counts. Raises NotFound."""
        runner = self.runner(bin_id, forward_id)
        stored = await self._store.get_forward(forward_id)
        counts = await self._store.count_dispatches(forward_id)
        now = replace(stored, health=runner.health, position=runner.stored.position) if self._is_sending else stored
        unseen = max(stored.last_n - now.position, 0)
        due_at = counts.due_at
        if unseen:
            # The ledger may not be readable yet; the forward was changed all the same.
            with suppress(StoreUnavailable):
                first = await self._store.list_captures(bin_id, after=now.position, limit=1, wait=False)
                due_at = min(filter(None, [due_at, *(row.received_at for row in first)]), default=None)
        return ForwardStatus(
            stored=now, lag=unseen + counts.open, failed=counts.failed, oldest_due_at=due_at,
            secret=self._secrets.of(forward_id),
        )  # fmt: skip

    async def dispatches(self, bin_id: str, rows: Sequence[CaptureRow]) -> Mapping[int, Sequence[ShownDispatch]]:
        """What the forwards of a bin do with captures, by number. Costs nothing in a bin without forwards."""
        runners = self._by_bin.get(bin_id)
        if not runners or not rows:
            return {}
        stored = await self._store.dispatches_of(bin_id, [row.n for row in rows])
        shown: dict[int, list[ShownDispatch]] = {}
        for runner in runners.values():
            forward = runner.stored
            known = {each.n: each for each in stored if each.forward == forward.id}
            new = [row for row in rows if row.n > forward.position and row.n not in known]
            waiting = await matching_rows(self._store, bin_id, forward.forward, query_of(forward.forward), new)
            known |= {row.n: Dispatch(n=row.n, state=DispatchState.WAITING) for row in waiting}
            for n, dispatch in known.items():
                shown.setdefault(n, []).append(show_dispatch(forward, dispatch, is_in_flight=n in runner.in_flight))
        return shown

    def _all(self) -> Sequence[ForwardRunner]:
        return [runner for runners in self._by_bin.values() for runner in runners.values()]

    def all_stored(self) -> Sequence[StoredForward]:
        """The forwards of all bins, without a disk access."""
        return [runner.stored for runner in self._all()]

    def _dispatches_changed(self, bin_id: str, numbers: Sequence[int]) -> None:
        self.recent.add(bin_id, numbers)
        self._hub.notify(bin_id)

    async def _last_matching(self, stored: StoredForward) -> Capture | None:
        rows = await self._store.list_captures(stored.bin_id, limit=PREVIEWED)
        found = await matching_rows(self._store, stored.bin_id, stored.forward, query_of(stored.forward), rows)
        return await self._store.get_capture(stored.bin_id, found[0].n) if found else None

    async def _run(self, stored: StoredForward) -> None:
        secret = await self._secrets.open(stored.id, stored.secret)
        runner = self._put(stored, secret)
        if self._is_sending:
            runner.start()

    def _put(self, stored: StoredForward, secret: str | None) -> ForwardRunner:
        runner = ForwardRunner(self._store, self._sender, stored, secret, self._changes, self.lease, self._schedule)
        self._by_bin.setdefault(stored.bin_id, {})[stored.id] = runner
        return runner

    def _remove(self, runner: ForwardRunner) -> None:
        bin_id, forward_id = runner.stored.bin_id, runner.stored.id
        self._by_bin.get(bin_id, {}).pop(forward_id, None)
        self._secrets.forget(forward_id)
        start_task(runner.stop(), name="forward-end")

    async def _set(self, stored: StoredForward, *, skips: bool = False) -> StoredForward:
        await self._store.set_forward(stored.id, stored.forward, stored.health, secret=stored.secret, skips=skips)
        # With its new edition.
        stored = replace(await self._store.get_forward(stored.id), position=stored.position)
        runner = self.runner(stored.bin_id, stored.id)
        runner.use(stored, await self._secrets.open(stored.id, stored.secret))
        self._hub.notify(stored.bin_id)
        return stored

    # Other servers

    async def _begin_sending(self) -> None:
        async with self._changing:
            if self._store.is_shared:
                # The other server may have sent until a moment ago.
                await self._refresh()
            self._is_sending = True
            for runner in self._all():
                runner.start()

    async def _end_sending(self, is_elsewhere: bool) -> None:
        self._is_sending = False
        await asyncio.gather(*(runner.stop(is_elsewhere=is_elsewhere) for runner in self._all()))
        async with self._changing:
            for runner in self._all():
                self._put(runner.stored, self._secrets.of(runner.stored.id))

    async def _follow(self) -> float:
        with suppress(StoreUnavailable):
            await self.refresh()
        return FOLLOW_S

    async def _refresh(self, bin_id: str | None = None) -> None:
        found = {each.id: each for each in await self._store.list_forwards(bin_id)}
        for runner in self._all() if bin_id is None else list(self._by_bin.get(bin_id, {}).values()):
            if runner.stored.id not in found:
                self._remove(runner)
                self._hub.notify(runner.stored.bin_id)
        for stored in found.values():
            await self._compare(stored)

    async def _compare(self, stored: StoredForward) -> None:
        """Use a forward as it is stored, if it has changed."""
        runner = self._by_bin.get(stored.bin_id, {}).get(stored.id)
        if runner is None:
            await self._run(stored)
            self._hub.notify(stored.bin_id)
            return
        old = runner.stored
        secret = await self._secrets.open(stored.id, stored.secret)
        if self._is_sending:
            if old.edition != stored.edition:
                self._hub.notify(stored.bin_id)
            runner.follow(stored, secret)
        elif replace(old, last_n=stored.last_n, expired=stored.expired) != stored:
            self._put(stored, secret)
            sent = [each.n for each in await self._store.last_dispatches(stored.id, FOLLOWED)]
            passed = range(max(old.position, stored.position - RECENT) + 1, stored.position + 1)
            self._dispatches_changed(stored.bin_id, sorted({*sent, *passed}))

    async def _newest(self, bin_id: str, forward_id: str) -> StoredForward:
        """A forward as it is now, on whichever server it was changed. Raises NotFound."""
        if self._store.is_shared:
            await self._refresh(bin_id)
        return self.runner(bin_id, forward_id).stored


def _is_signed(forward: Forward) -> bool:
    return forward.signature is ForwardSignature.SMSBIN
