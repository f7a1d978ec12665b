"""The alerts of all bins, each bin with its watcher. The store is changed first.

Of several servers that share a store one watches and delivers: the one with the lease. All of them read the alerts
again once a second, and whenever the store refuses a write because another server has written before.
"""

import asyncio
import operator
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from msgspec import structs

from ... import clock
from ...domain.alerts.evaluation import resumed, with_test
from ...domain.alerts.model import (
    MOST_ALERTS,
    Alert,
    AlertDelivery,
    AlertNotice,
    AlertState,
    AlertWebhook,
    NoticeKind,
    StoredAlert,
    StoredNotice,
    WebhookShape,
)
from ...domain.captures import CaptureRow
from ...errors import Conflict, NotFound, Stale, StoreUnavailable
from ...live.hub import Hub
from ...store import Store
from ...tasks import start_periodic, start_task, stop
from ..leases import Lease
from ..sealed_secrets import SealedSecrets
from ..secrets import Secrets
from .checking import check_alert
from .content import NoticeContent
from .counters import AlertCounters
from .delivering import AlertDeliveries
from .looking import state_before
from .sending import MAIL_TIMEOUT_S, AlertSender
from .watching import BinWatcher, RecentNotice, WatchedAlert

LEASE = "alerts"
FOLLOW_S = 1.0
"""How often the alerts are read again from a store that is shared."""
TRIES = 5
"""How often a change is tried while another server writes between."""
LOOK_S = 0.2
"""How often it is looked whether another server has delivered a test."""
TEST_S = MAIL_TIMEOUT_S + 5.0
"""How long a test waits for its deliveries."""


class Alerts:
    """Use from one event loop only. `own`: the host and port of this server, to which nothing is sent. `root`: the URL
    of its pages, None if it is not known."""

    def __init__(
        self, store: Store, hub: Hub, secrets: Secrets, sender: AlertSender, *, own: str | None = None,
        root: str | None = None,
    ) -> None:  # fmt: skip
        self._store = store
        self._hub = hub
        self._secrets = SealedSecrets(secrets)
        self._sender = sender
        self._own = {own} if own else set()
        self._root = root
        self._watchers: dict[str, BinWatcher] = {}
        self._bins: dict[str, str] = {}
        self._adding = asyncio.Lock()
        self.lease = Lease(store, LEASE, self._begin_watching, self._end_watching)
        """Of the server that watches and delivers."""
        self._is_watching = False
        self._following: asyncio.Task[None] | None = None
        self.counters = AlertCounters()
        """What the metrics report."""
        self._deliveries = AlertDeliveries(
            store, sender, self._content_of, self.counters.sent, self._delivered, self.lease
        )

    @property
    def has_mail(self) -> bool:
        """Whether e-mail can be sent."""
        return self._sender.has_mail

    async def start(self) -> None:
        """Load the alerts, and start to watch and to deliver if no other server does."""
        await self.refresh()
        await self.lease.start()
        if self._store.is_shared:
            self._following = start_periodic(self._follow, name="alerts-elsewhere")

    async def close(self) -> None:
        """Store what was looked at, and wait a little for requests on their way. Then another server may watch."""
        if self._following is not None:
            await stop(self._following)
        await self.lease.stop()
        await asyncio.gather(*(watcher.stop() for watcher in self._watchers.values()))
        await self._deliveries.stop()
        await self.lease.release()

    async def refresh(self, bin_id: str | None = None) -> None:
        """Read what other servers have changed in a bin; None: in all bins. Raises StoreUnavailable."""
        stored: dict[str, list[StoredAlert]] = {}
        for each in await self._store.list_alerts(bin_id):
            stored.setdefault(each.bin_id, []).append(each)
        known = self._watchers if bin_id is None else {bin_id} & self._watchers.keys()
        for bin in {*stored, *known}:
            watcher = self._watcher_of(bin)
            if not _has_changed(watcher, stored.get(bin, ())):
                continue  # the lock may not be free soon
            async with watcher.lock:
                # What was written here since the read is newer.
                await self._use(watcher, stored.get(bin, ()), is_older=operator.lt)

    def bin_changed(self, bin_id: str) -> None:
        """The ledger has something new of a bin."""
        watcher = self._watchers.get(bin_id)
        if watcher is not None:
            watcher.wake()

    async def add(self, bin_id: str, alert: Alert, *, own: str = "") -> StoredAlert:
        """Add an alert on what arrives from now on. `own`: the host of this server as the user sees it. Raises
        NotFound, Invalid, Conflict, TooSlow."""
        alert = self._checked(alert, own)
        async with self._adding:
            if len(self.of(bin_id)) >= MOST_ALERTS:
                raise Conflict(f"A bin has at most {MOST_ALERTS} alerts; delete one first.")
            alert_id = clock.new_id()
            secret = await self._secrets.make(alert_id) if _is_signed(alert) else None
            position = (await self._store.get_bin(bin_id)).last_n
            state = await state_before(self._store, bin_id, alert, position)
            stored = await self._store.add_alert(bin_id, alert_id, alert, state, secret=secret, position=position)
            watcher = await self._watch(stored)
        watcher.wake()
        self._hub.notify(bin_id)
        return stored

    async def change(self, bin_id: str, alert_id: str, alert: Alert, *, own: str = "") -> StoredAlert:
        """Replace the settings. With another condition it starts from the beginning. Raises NotFound, Invalid,
        StoreUnavailable."""
        alert = self._checked(alert, own, self.get(bin_id, alert_id).alert.webhook)

        async def change(watcher: BinWatcher, watched: WatchedAlert) -> None:
            restart = _condition_of(alert) != _condition_of(watched.alert)
            state = watched.state
            if restart:
                position = (await self._store.get_bin(bin_id)).last_n
                before = await state_before(self._store, bin_id, alert, position)
                state = structs.replace(before, made=state.made, paused=state.paused)
            secret = watched.stored.secret if _is_signed(alert) else None
            if _is_signed(alert) and (secret is None or watched.secret is None):
                secret = await self._secrets.make(alert_id)
            await self._set(watcher, watched, alert, state, secret=secret, restart=restart)

        return await self._changed(bin_id, alert_id, change)

    async def pause(self, bin_id: str, alert_id: str) -> StoredAlert:
        """Look at nothing until it is resumed. Raises NotFound, StoreUnavailable."""
        return await self._restart(bin_id, alert_id, paused=True)

    async def resume(self, bin_id: str, alert_id: str) -> StoredAlert:
        """Look at what arrives from now on. Raises NotFound, StoreUnavailable."""
        return await self._restart(bin_id, alert_id, paused=False)

    async def drop(self, bin_id: str, alert_id: str) -> None:
        """Delete an alert with its history. Raises NotFound."""
        watcher, _ = self._find(bin_id, alert_id)
        async with watcher.lock:
            await self._store.drop_alert(alert_id)
            self._remove(watcher, alert_id)
        self._hub.notify(bin_id)

    def forget(self, bin_id: str) -> None:
        """The bin was deleted, or its last alert."""
        watcher = self._watchers.pop(bin_id, None)
        if watcher is not None:
            self._bins = {alert_id: bin for alert_id, bin in self._bins.items() if bin != bin_id}
            start_task(watcher.stop(), name="alerts-end")

    async def test(self, bin_id: str, alert_id: str) -> StoredNotice:
        """Send a test to all targets, in quiet hours too; returns the notice with the results. A target that
        has not answered in time is still waiting. Raises NotFound, StoreUnavailable."""
        results: list[asyncio.Future[AlertDelivery]] = []

        async def test(watcher: BinWatcher, watched: WatchedAlert) -> None:
            made = with_test(watched.state, clock.now())
            if self._is_watching:
                number, targets = made.state.made, watched.alert.targets
                results[:] = [self._deliveries.first_attempt(alert_id, number, target) for target in targets]
            if not await watcher.note(watched, made.state, made.notices):
                raise Stale("The alert has changed.")

        number = (await self._changed(bin_id, alert_id, test)).state.made
        if results:
            await asyncio.wait(results, timeout=TEST_S)
        ends_at = clock.ticks() + TEST_S
        while True:
            found = (await self._store.list_notices(alert_id, limit=1, before=number + 1))[0]
            is_tried = all(each.tries for each in found.deliveries)
            if results or is_tried or clock.ticks() > ends_at:
                return found
            await asyncio.sleep(LOOK_S)

    async def history(self, bin_id: str, alert_id: str, *, limit: int) -> Sequence[StoredNotice]:
        """The last notices, newest first. Raises NotFound."""
        self._find(bin_id, alert_id)
        return await self._store.list_notices(alert_id, limit=limit)

    def of(self, bin_id: str) -> Sequence[StoredAlert]:
        """The alerts of a bin, oldest first, without a disk access."""
        watcher = self._watchers.get(bin_id)
        return [] if watcher is None else [each.stored for each in watcher.alerts.values()]

    def get(self, bin_id: str, alert_id: str) -> StoredAlert:
        """An alert. Raises NotFound."""
        return self._find(bin_id, alert_id)[1].stored

    def secret_of(self, bin_id: str, alert_id: str) -> str | None:
        """With which its webhook is signed. Raises NotFound."""
        return self._find(bin_id, alert_id)[1].secret

    def recent(self, bin_id: str) -> Sequence[RecentNotice]:
        """The newest notices for open pages of a bin, oldest first."""
        watcher = self._watchers.get(bin_id)
        return [] if watcher is None else tuple(watcher.recent)

    def all_stored(self) -> Sequence[StoredAlert]:
        """The alerts of all bins, without a disk access."""
        return [each.stored for watcher in self._watchers.values() for each in watcher.alerts.values()]

    async def _restart(self, bin_id: str, alert_id: str, *, paused: bool) -> StoredAlert:
        async def restart(watcher: BinWatcher, watched: WatchedAlert) -> None:
            state = structs.replace(resumed(watched.state), paused=paused)
            await self._set(watcher, watched, watched.alert, state, secret=watched.stored.secret, restart=True)

        return await self._changed(bin_id, alert_id, restart)

    async def _changed(
        self, bin_id: str, alert_id: str, change: Callable[[BinWatcher, WatchedAlert], Awaitable[None]]
    ) -> StoredAlert:
        """Change an alert as it is stored now, again if another server writes between. Raises NotFound,
        StoreUnavailable."""
        watcher, _ = self._find(bin_id, alert_id)
        async with watcher.lock:
            for _ in range(TRIES):
                if self._store.is_shared:
                    await self._reread(watcher)
                await watcher.write()
                watched = self._find(bin_id, alert_id)[1]
                try:
                    await change(watcher, watched)
                except Stale:
                    continue
                return watched.stored
        raise StoreUnavailable("The alert changes all the time.")

    async def _set(
        self, watcher: BinWatcher, watched: WatchedAlert, alert: Alert, state: AlertState, *, secret: str | None,
        restart: bool,
    ) -> None:  # fmt: skip
        stored = await self._store.set_alert(
            watched.stored.id, alert, state, secret=secret, restart=restart, edition=watched.stored.edition
        )
        if not restart:
            stored = replace(stored, position=watched.stored.position)
        watched.stored, watched.written = stored, stored.position
        watched.next_look = watched.aged_at = None
        watched.secret = await self._secrets.open(stored.id, stored.secret)
        watcher.wake()
        self._hub.notify(stored.bin_id)

    def _checked(self, alert: Alert, own: str, old: AlertWebhook | None = None) -> Alert:
        # A target that is no longer allowed does not prevent other changes.
        is_same = old is not None and alert.webhook is not None and alert.webhook.url == old.url
        allowed = None if is_same else self._sender.allowed
        return check_alert(alert, (*self._own, own), has_mail=self._sender.has_mail, allowed=allowed)

    def _find(self, bin_id: str, alert_id: str) -> tuple[BinWatcher, WatchedAlert]:
        watcher = self._watchers.get(bin_id)
        watched = None if watcher is None else watcher.alerts.get(alert_id)
        if watcher is None or watched is None:
            raise NotFound(f"There is no alert {alert_id} in this bin.")
        return watcher, watched

    def _watcher_of(self, bin_id: str) -> BinWatcher:
        watcher = self._watchers.get(bin_id)
        if watcher is None:
            watcher = self._watchers[bin_id] = BinWatcher(
                self._store, bin_id, self._deliveries, self._hub.notify, self.lease, self._reread
            )
            if self._is_watching:
                watcher.start()
        return watcher

    async def _watch(self, stored: StoredAlert) -> BinWatcher:
        """Use an alert as it is stored."""
        secret = await self._secrets.open(stored.id, stored.secret)
        watcher = self._watcher_of(stored.bin_id)
        watcher.alerts[stored.id] = WatchedAlert(stored=stored, secret=secret, written=stored.position)
        self._bins[stored.id] = stored.bin_id
        return watcher

    # Other servers

    async def _begin_watching(self) -> None:
        if self._store.is_shared:
            await self.refresh()
        self._is_watching = True
        for watcher in self._watchers.values():
            watcher.start()
        self._deliveries.start()

    async def _end_watching(self, is_elsewhere: bool) -> None:
        """While no other server is known to watch, alerts on smsbin itself are still looked at: they are most wanted
        when nothing can be stored."""
        self._is_watching = False
        await self._deliveries.stop(is_elsewhere=is_elsewhere)
        if is_elsewhere:
            await asyncio.gather(*(watcher.stop(is_elsewhere=True) for watcher in self._watchers.values()))

    async def _follow(self) -> float:
        with suppress(StoreUnavailable):
            await self.refresh()
        return FOLLOW_S

    async def _reread(self, watcher: BinWatcher) -> None:
        """Use the alerts of a bin as they are stored. Raises StoreUnavailable."""
        await self._use(watcher, await self._store.list_alerts(watcher.bin_id), is_older=operator.ne)

    async def _use(
        self, watcher: BinWatcher, stored: Sequence[StoredAlert], is_older: Callable[[int, int], bool]
    ) -> None:
        """Those of an edition that is known stay as they are here, where more may have been looked at."""
        for alert_id in watcher.alerts.keys() - {each.id for each in stored}:
            self._remove(watcher, alert_id)
            self._hub.notify(watcher.bin_id)
        for each in stored:
            known = watcher.alerts.get(each.id)
            if known is not None and not is_older(known.stored.edition, each.edition):
                continue
            await self._watch(each)
            await watcher.show_notices(each, after=0 if known is None else known.state.made)
            self._deliveries.wake()
            watcher.wake()
            self._hub.notify(watcher.bin_id)

    def _remove(self, watcher: BinWatcher, alert_id: str) -> None:
        watcher.alerts.pop(alert_id, None)
        self._bins.pop(alert_id, None)
        self._secrets.forget(alert_id)
        if not watcher.alerts:
            self.forget(watcher.bin_id)

    def _delivered(self, alert_id: str) -> None:
        bin_id = self._bins.get(alert_id)
        if bin_id is not None:
            self._hub.notify(bin_id)

    async def _content_of(
        self, alert_id: str, number: int, notice: AlertNotice
    ) -> tuple[NoticeContent, str | None] | None:
        """The content of a notice, with the newest capture if the alert includes texts. Raises NotFound,
        StoreUnavailable."""
        bin_id = self._bins.get(alert_id)
        if bin_id is None:
            return None
        watched = self._find(bin_id, alert_id)[1]
        name = await self._name_of(watched.stored)
        rows: Sequence[CaptureRow] = ()
        if watched.alert.include_texts and notice.n is not None and notice.kind is not NoticeKind.TEST:
            rows = await self._store.get_rows(bin_id, [notice.n])
        url = None if self._root is None else f"{self._root}/bins/{bin_id}/alerts/{alert_id}"
        content = NoticeContent(
            stored=watched.stored, number=number, notice=notice, bin_name=name, url=url, rows=rows
        )  # fmt: skip
        return content, watched.secret

    async def _name_of(self, stored: StoredAlert) -> str:
        try:
            return (await self._store.get_bin(stored.bin_id, wait=False)).name
        except StoreUnavailable:
            # An alert on smsbin itself says so.
            return stored.bin_name


def _has_changed(watcher: BinWatcher, stored: Sequence[StoredAlert]) -> bool:
    """Whether alerts of a bin were added, changed or deleted elsewhere."""
    known = {alert_id: each.stored.edition for alert_id, each in watcher.alerts.items()}
    return known.keys() != {each.id for each in stored} or any(known[each.id] < each.edition for each in stored)


def _is_signed(alert: Alert) -> bool:
    return alert.webhook is not None and alert.webhook.shape is WebhookShape.STANDARD


def _condition_of(alert: Alert) -> tuple[object, ...]:
    return alert.kind, alert.filter, alert.more_than, alert.within_s
