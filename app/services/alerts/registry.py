"""The alerts of all bins, each bin with its watcher. The store is changed first."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from ... import clock
from ...domain.alerts.evaluation import resumed, with_test
from ...domain.alerts.model import (
    MOST_ALERTS,
    Alert,
    AlertKind,
    AlertNotice,
    AlertState,
    NoticeKind,
    StoredAlert,
    StoredNotice,
    WebhookShape,
)
from ...domain.captures import CaptureRow
from ...errors import Conflict, NotFound
from ...live.hub import Hub
from ...signatures.sealing import NONCE_BYTES, CannotOpen, seal, unseal
from ...store import Store
from ...tasks import run_in_thread, start_task
from ..secrets import Secrets
from .checking import check_alert
from .content import NoticeContent
from .counters import AlertCounters
from .delivering import AlertDeliveries
from .looking import alert_query, times_before
from .sending import MAIL_TIMEOUT_S, AlertSender
from .watching import BinWatcher, RecentNotice, WatchedAlert

SECRET_BYTES = 24
"""Random bytes of the secret of a webhook."""
SHOWN = 3
"""Notices of each alert that open pages show after a restart."""
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
        self._secrets = secrets
        self._sender = sender
        self._own = {own} if own else set()
        self._root = root
        self._watchers: dict[str, BinWatcher] = {}
        self._bins: dict[str, str] = {}
        self._adding = asyncio.Lock()
        self.counters = AlertCounters()
        """What the metrics report."""
        self._deliveries = AlertDeliveries(store, sender, self._content_of, self.counters.sent, self._delivered)

    @property
    def has_mail(self) -> bool:
        """Whether e-mail can be sent."""
        return self._sender.has_mail

    async def start(self) -> None:
        """Load the alerts, and start to watch and to deliver."""
        for stored in await self._store.list_alerts():
            watcher = await self._watch(stored)
            if stored.alert.browser:
                found = await self._store.list_notices(stored.id, limit=SHOWN)
                watcher.recent.extend(
                    RecentNotice(stored=stored, number=each.number, notice=each.notice)
                    for each in reversed(found)
                    if each.notice.kind is not NoticeKind.MISSED
                )
        self._deliveries.start()

    async def close(self) -> None:
        """Store what was looked at, and wait a little for requests on their way."""
        await asyncio.gather(*(watcher.stop() for watcher in self._watchers.values()))
        await self._deliveries.stop()

    def bin_changed(self, bin_id: str) -> None:
        """The ledger has something new of a bin."""
        watcher = self._watchers.get(bin_id)
        if watcher is not None:
            watcher.wake()

    async def add(self, bin_id: str, alert: Alert, *, own: str = "") -> StoredAlert:
        """Add an alert on what arrives from now on. `own`: the host of this server as the user sees it. Raises
        NotFound, Invalid, Conflict, TooSlow."""
        alert = check_alert(alert, (*self._own, own), has_mail=self._sender.has_mail)
        async with self._adding:
            if len(self.of(bin_id)) >= MOST_ALERTS:
                raise Conflict(f"A bin has at most {MOST_ALERTS} alerts; delete one first.")
            alert_id = clock.new_id()
            secret = await self._new_secret(alert_id) if _is_signed(alert) else None
            position = (await self._store.get_bin(bin_id)).last_n
            state = await self._state_before(bin_id, alert, position)
            stored = await self._store.add_alert(
                bin_id, alert_id, alert, state, secret=secret, position=position
            )  # fmt: skip
            watcher = await self._watch(stored)
        watcher.wake()
        self._hub.notify(bin_id)
        return stored

    async def change(self, bin_id: str, alert_id: str, alert: Alert, *, own: str = "") -> StoredAlert:
        """Replace the settings. With another condition it starts from the beginning. Raises NotFound, Invalid,
        StoreUnavailable."""
        alert = check_alert(alert, (*self._own, own), has_mail=self._sender.has_mail)
        watcher, watched = self._find(bin_id, alert_id)
        async with watcher.lock:
            await watcher.write()
            restart = _condition_of(alert) != _condition_of(watched.alert)
            state = watched.state
            if restart:
                position = (await self._store.get_bin(bin_id)).last_n
                before = await self._state_before(bin_id, alert, position)
                state = structs.replace(before, made=state.made, paused=state.paused)
            secret = watched.stored.secret if _is_signed(alert) else None
            if _is_signed(alert) and (secret is None or watched.secret is None):
                secret = await self._new_secret(alert_id)
            await self._set(watcher, watched, alert, state, secret=secret, restart=restart)
        return watched.stored

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
            watcher.alerts.pop(alert_id, None)
            self._bins.pop(alert_id, None)
        if not watcher.alerts:
            self.forget(bin_id)
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
        watcher, watched = self._find(bin_id, alert_id)
        async with watcher.lock:
            await watcher.write()
            made = with_test(watched.state, clock.now())
            number = made.state.made
            results = [self._deliveries.first_attempt(alert_id, number, target) for target in watched.alert.targets]
            await watcher.note(watched, made.state, made.notices)
        if results:
            await asyncio.wait(results, timeout=TEST_S)
        found = await self._store.list_notices(alert_id, limit=1, before=number + 1)
        return found[0]

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
        watcher, watched = self._find(bin_id, alert_id)
        async with watcher.lock:
            await watcher.write()
            state = structs.replace(resumed(watched.state), paused=paused)
            await self._set(watcher, watched, watched.alert, state, secret=watched.stored.secret, restart=True)
        return watched.stored

    async def _set(
        self, watcher: BinWatcher, watched: WatchedAlert, alert: Alert, state: AlertState, *, secret: str | None,
        restart: bool,
    ) -> None:  # fmt: skip
        stored = await self._store.set_alert(watched.stored.id, alert, state, secret=secret, restart=restart)
        if not restart:
            stored = replace(stored, position=watched.stored.position)
        watched.stored, watched.written = stored, stored.position
        watched.next_look = watched.aged_at = None
        watched.secret = await self._opened(stored)
        watcher.wake()
        self._hub.notify(stored.bin_id)

    async def _state_before(self, bin_id: str, alert: Alert, position: int) -> AlertState:
        """The state of an alert that begins after `position`. Raises NotFound, TooSlow."""
        if alert.kind is not AlertKind.SILENCE:
            return AlertState()
        rows = await self._store.list_captures(
            bin_id, limit=alert.more_than + 1, before=position + 1, query=alert_query(alert)
        )  # fmt: skip
        return times_before(alert, rows)

    def _find(self, bin_id: str, alert_id: str) -> tuple[BinWatcher, WatchedAlert]:
        watcher = self._watchers.get(bin_id)
        watched = None if watcher is None else watcher.alerts.get(alert_id)
        if watcher is None or watched is None:
            raise NotFound(f"There is no alert {alert_id} in this bin.")
        return watcher, watched

    async def _watch(self, stored: StoredAlert) -> BinWatcher:
        secret = await self._opened(stored)
        watcher = self._watchers.get(stored.bin_id)
        if watcher is None:
            watcher = BinWatcher(self._store, stored.bin_id, self._deliveries, self._hub.notify)
            self._watchers[stored.bin_id] = watcher
            watcher.start()
        watcher.alerts[stored.id] = WatchedAlert(stored=stored, secret=secret, written=stored.position)
        self._bins[stored.id] = stored.bin_id
        return watcher

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
        name = (await self._store.get_bin(bin_id, wait=False)).name
        rows: Sequence[CaptureRow] = ()
        if watched.alert.include_texts and notice.n is not None and notice.kind is not NoticeKind.TEST:
            rows = await self._store.get_rows(bin_id, [notice.n])
        url = None if self._root is None else f"{self._root}/bins/{bin_id}/alerts/{alert_id}"
        content = NoticeContent(
            stored=watched.stored, number=number, notice=notice, bin_name=name, url=url, rows=rows
        )  # fmt: skip
        return content, watched.secret

    async def _opened(self, stored: StoredAlert) -> str | None:
        if stored.secret is None:
            return None
        try:
            return await run_in_thread(unseal, stored.secret, stored.id, self._secrets.context.secrets_key)
        except CannotOpen:
            return None

    async def _new_secret(self, alert_id: str) -> str:
        secret = "whsec_" + base64.b64encode(clock.new_bytes(SECRET_BYTES)).decode()
        nonce = clock.new_bytes(NONCE_BYTES)
        return await run_in_thread(seal, secret, alert_id, self._secrets.context.secrets_key, nonce)


def _is_signed(alert: Alert) -> bool:
    return alert.webhook is not None and alert.webhook.shape is WebhookShape.STANDARD


def _condition_of(alert: Alert) -> tuple[object, ...]:
    return alert.kind, alert.filter, alert.more_than, alert.within_s
