"""The forwards of all bins, each with its runner. The store is changed first."""

import asyncio
import base64
from collections import deque
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
from ...signatures.sealing import NONCE_BYTES, CannotOpen, seal, unseal
from ...store import Store
from ...tasks import run_in_thread, start_task
from ..choosing import query_of
from ..secrets import Secrets
from .checking import check_forward, filter_problems
from .counters import ForwardCounters
from .queue import matching_rows
from .requests import Outgoing, RequestWriter
from .runner import ForwardChanges, ForwardRunner
from .sending import ForwardSender
from .shown import ForwardStatus, ShownDispatch, show_dispatch

LOOK_S = 10.0
"""Seconds between two looks at the state of all forwards, for the metrics."""
RECENT = 200
"""Captures whose changed dispatches are shown on open pages."""
PREVIEWED = 100
"""The newest captures that a preview tries a filter on."""
SECRET_BYTES = 24
"""Random bytes of the secret of a forward."""


class Forwards:
    """Use from one event loop only. `own`: the host and port of this server, to which nothing is sent. `schedule`: the
    waits between attempts."""

    def __init__(
        self, store: Store, hub: Hub, secrets: Secrets, allowed: Sequence[Network | str], own: str | None = None,
        schedule: Sequence[timedelta] = SCHEDULE,
    ) -> None:  # fmt: skip
        self._store = store
        self._hub = hub
        self._secrets = secrets
        self._own = {own} if own else set()
        self._writer = RequestWriter(store, secrets)
        self._sender = ForwardSender(self._writer, allowed)
        self._schedule = schedule
        self._by_bin: dict[str, dict[str, ForwardRunner]] = {}
        self._open_secrets: dict[str, str | None] = {}
        self._changing = asyncio.Lock()
        # The numbers of captures whose dispatches have changed lately, each with the version of its bin after that.
        self._recent: dict[str, deque[tuple[int, int]]] = {}
        self.statuses: Sequence[ForwardStatus] = ()
        """The forwards of all bins as of the last `look`, for the metrics."""
        self.counters = ForwardCounters()
        """What the metrics report."""
        self._changes = ForwardChanges(
            sent=self.counters.sent, ended=self.counters.ended, changed=self._dispatches_changed
        )

    async def start(self) -> None:
        """Load the forwards and start to send."""
        for stored in await self._store.list_forwards():
            await self._run(stored)

    async def close(self) -> None:
        """Wait a little for requests on their way, and store their results."""
        await asyncio.gather(*(runner.stop() for runner in self._all()))

    def bin_changed(self, bin_id: str) -> None:
        """The ledger has something new of a bin."""
        for runner in self._by_bin.get(bin_id, {}).values():
            runner.wake()

    async def add(
        self, bin_id: str, forward: Forward, *, position: int | None, own: str = "", is_paused: bool = False
    ) -> StoredForward:
        """Add a forward that begins after capture number `position`; None: after the last one. `own`: the host of this
        server as the user sees it. Raises NotFound, Invalid, Conflict."""
        forward = check_forward(forward, (*self._own, own))
        async with self._changing:
            if len(self._by_bin.get(bin_id, {})) >= MOST_FORWARDS:
                raise Conflict(f"A bin has at most {MOST_FORWARDS} forwards; delete one first.")
            forward_id = clock.new_id()
            secret = await self._new_secret(forward, forward_id)
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
        forward = check_forward(forward, (*self._own, own))
        async with self._changing:
            old = self.runner(bin_id, forward_id).stored
            forward = struct_with(forward, wiretap=old.forward.wiretap)
            health = old.health
            if forward.url != old.forward.url:
                health = paused(resumed()) if health.paused else resumed()
            secret = old.secret
            if forward.signature is not ForwardSignature.SMSBIN:
                secret = None
            elif secret is None or self._open_secrets.get(forward_id) is None:
                secret = await self._new_secret(forward, forward_id)
            return await self._set(replace(old, forward=forward, health=health, secret=secret))

    async def set_dispatch(self, bin_id: str, forward_id: str, dispatch: Dispatch) -> None:
        """Store the state of a capture with a forward, whether it matches or not. Raises NotFound."""
        await self.runner(bin_id, forward_id).set_dispatch(dispatch)

    async def pause(self, bin_id: str, forward_id: str) -> StoredForward:
        """Send nothing until it is resumed. Raises NotFound."""
        async with self._changing:
            old = self.runner(bin_id, forward_id).stored
            return await self._set(replace(old, health=paused(old.health)))

    async def resume(self, bin_id: str, forward_id: str) -> StoredForward:
        """Send again, also to a target that rests or is off, and at once what waits for a next attempt. Raises
        NotFound."""
        async with self._changing:
            runner = self.runner(bin_id, forward_id)
            stored = await self._set(replace(runner.stored, health=resumed()))
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
            del self._by_bin[bin_id][forward_id]
            self._open_secrets.pop(forward_id, None)
        start_task(runner.stop(), name="forward-end")
        self._hub.notify(bin_id)

    def forget(self, bin_id: str) -> None:
        """The bin was deleted."""
        self._recent.pop(bin_id, None)
        for runner in self._by_bin.pop(bin_id, {}).values():
            self._open_secrets.pop(runner.stored.id, None)
            start_task(runner.stop(), name="forward-end")

    async def test(self, bin_id: str, forward_id: str, n: int | None) -> Attempt:
        """Send one capture now, or its first event, whatever the state of the forward: number `n`, or the last one that
        matches. The state of its dispatch does not change. Raises NotFound, Conflict."""
        stored = self.runner(bin_id, forward_id).stored
        capture = await (self._last_matching(stored) if n is None else self._store.get_capture(bin_id, n))
        if capture is None:
            raise Conflict(f"None of the last {PREVIEWED} requests matches; send one first.")
        outgoing = Outgoing(
            forward_id=forward_id, bin_id=bin_id, forward=stored.forward, secret=self._open_secrets.get(forward_id),
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

    def version(self, bin_id: str) -> int:
        """A number that grows with each dispatch of the bin that changes."""
        recent = self._recent.get(bin_id)
        return recent[-1][0] if recent else 0

    def changed_since(self, bin_id: str, version: int) -> list[int]:
        """The captures whose dispatches have changed since a version, of the last `RECENT`."""
        return sorted({n for at, n in self._recent.get(bin_id, ()) if at > version})

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
        now = replace(stored, health=runner.health, position=runner.stored.position)
        unseen = max(stored.last_n - now.position, 0)
        due_at = counts.due_at
        if unseen:
            # The ledger may not be readable yet; the forward was changed all the same.
            with suppress(StoreUnavailable):
                first = await self._store.list_captures(bin_id, after=now.position, limit=1, wait=False)
                due_at = min(filter(None, [due_at, *(row.received_at for row in first)]), default=None)
        return ForwardStatus(
            stored=now, lag=unseen + counts.open, failed=counts.failed, oldest_due_at=due_at,
            secret=self._open_secrets.get(forward_id),
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
        recent = self._recent.setdefault(bin_id, deque(maxlen=RECENT))
        version = self.version(bin_id) + 1
        recent.extend((version, n) for n in numbers)
        self._hub.notify(bin_id)

    async def _last_matching(self, stored: StoredForward) -> Capture | None:
        rows = await self._store.list_captures(stored.bin_id, limit=PREVIEWED)
        found = await matching_rows(self._store, stored.bin_id, stored.forward, query_of(stored.forward), rows)
        return await self._store.get_capture(stored.bin_id, found[0].n) if found else None

    async def _run(self, stored: StoredForward) -> None:
        secret = await self._opened(stored)
        runner = ForwardRunner(self._store, self._sender, stored, secret, self._changes, self._schedule)
        self._by_bin.setdefault(stored.bin_id, {})[stored.id] = runner
        runner.start()

    async def _set(self, stored: StoredForward) -> StoredForward:
        await self._store.set_forward(stored.id, stored.forward, stored.health, secret=stored.secret)
        runner = self.runner(stored.bin_id, stored.id)
        runner.use(stored, await self._opened(stored))
        self._hub.notify(stored.bin_id)
        return stored

    async def _opened(self, stored: StoredForward) -> str | None:
        secret = None
        if stored.secret is not None:
            try:
                secret = await run_in_thread(unseal, stored.secret, stored.id, self._secrets.context.secrets_key)
            except CannotOpen:
                secret = None
        self._open_secrets[stored.id] = secret
        return secret

    async def _new_secret(self, forward: Forward, forward_id: str) -> str | None:
        if forward.signature is not ForwardSignature.SMSBIN:
            return None
        secret = "whsec_" + base64.b64encode(clock.new_bytes(SECRET_BYTES)).decode()
        nonce = clock.new_bytes(NONCE_BYTES)
        return await run_in_thread(seal, secret, forward_id, self._secrets.context.secrets_key, nonce)
