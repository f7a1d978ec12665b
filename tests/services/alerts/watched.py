"""A bin with alerts, whose webhooks may be on this machine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from app import clock
from app.domain.alerts.model import Alert, AlertKind, AlertWebhook, QuietHours, StoredAlert, StoredNotice
from app.domain.bins import Bin
from app.domain.captures import NewCapture, NewOutcome, Outcome, RawRequest, write_lines
from app.domain.reader import ReaderContext
from app.domain.roles import Role
from app.live.hub import Hub
from app.services.alerts.registry import Alerts
from app.services.alerts.sending import AlertSender, MailSettings
from app.services.secrets import Secrets
from app.storage.opening import open_store
from app.store import Store
from tests.services.forwards.target import FORM, Seen
from tests.storage.builders import a_bin

WITHIN_S = 60


@dataclass
class Watched:
    """A bin with alerts."""

    store: Store
    hub: Hub
    secrets: Secrets
    alerts: Alerts
    bin: Bin

    async def capture(
        self,
        body: bytes = b"Text=hi",
        role: Role = Role.PRIMARY,
        *,
        ago: timedelta = timedelta(),
        ok: bool | None = True,
    ) -> int:
        """A request that arrived some time ago. `ok`: whether it was answered well; None: not yet."""
        raw = RawRequest(
            method="POST", target=f"/{self.bin.key}/{role.value}", http_version="1.1", body_complete=True,
            peer="192.0.2.7", received_at=clock.now() - ago, body=body,
            head=write_lines((FORM, (b"Content-Length", b"%d" % len(body)))),
        )  # fmt: skip
        n = await self.store.add_capture(NewCapture(bin_id=self.bin.id, role=role, raw=raw))
        if ok is not None:
            self.answered(n, ok=ok)
        return n

    def answered(self, n: int, *, ok: bool) -> None:
        outcome = Outcome(status=200 if ok else 500, after_ms=3, sender_left=False, well_formed=True)
        self.store.note_outcome(NewOutcome(bin_id=self.bin.id, n=n, outcome=outcome))

    async def status(self, message: str, status: str, *, ago: timedelta = timedelta()) -> int:
        body = f"MessageSid={message}&MessageStatus={status}&AccountSid=AC1&From=%2B14155550123&To=%2B14155550100"
        return await self.capture(body.encode(), Role.STATUS, ago=ago)

    async def inbound(self, message: str, role: Role = Role.PRIMARY, *, ok: bool | None = True) -> int:
        body = f"MessageSid={message}&AccountSid=AC1&From=%2B14155550123&To=%2B14155550100&Body=secret+text"
        return await self.capture(body.encode(), role, ok=ok)

    async def add(self, url: str = "", kind: AlertKind = AlertKind.MATCHES, **values: object) -> StoredAlert:
        webhook = AlertWebhook(url=url) if url else None
        if isinstance(quiet := values.get("quiet"), dict):
            values["quiet"] = QuietHours(**quiet)
        return await self.alerts.add(self.bin.id, Alert(**{"name": "A", "kind": kind, "webhook": webhook, **values}))

    def now(self, alert: StoredAlert) -> StoredAlert:
        return self.alerts.get(self.bin.id, alert.id)

    async def history(self, alert: StoredAlert) -> Sequence[StoredNotice]:
        """Oldest first."""
        return list(reversed(await self.alerts.history(self.bin.id, alert.id, limit=100)))

    async def kinds(self, alert: StoredAlert) -> list[str]:
        return [each.notice.kind.value for each in await self.history(alert)]

    async def until(self, holds: Callable[[], Awaitable[object]]) -> None:
        """Wait for changes of the bin until the condition holds."""
        with self.hub.subscribe(self.bin.id) as subscription:
            async with asyncio.timeout(WITHIN_S):
                subscription.clear()
                while not await holds():
                    await subscription.wait(0.2)
                    subscription.clear()

    async def until_kinds(self, alert: StoredAlert, *kinds: str) -> None:
        async def holds() -> bool:
            return await self.kinds(alert) == list(kinds)

        try:
            await self.until(holds)
        except TimeoutError:
            raise AssertionError(f"{await self.kinds(alert)}, not {list(kinds)}") from None

    async def until_delivered(self, alert: StoredAlert, count: int) -> None:
        async def holds() -> bool:
            found = [each for notice in await self.history(alert) for each in notice.deliveries]
            return [each.state.value for each in found] == ["delivered"] * count

        await self.until(holds)

    async def until_looked(self, alert: StoredAlert) -> None:
        """Everything that is stored has been looked at."""
        last = (await self.store.get_bin(self.bin.id)).last_n

        async def holds() -> bool:
            return self.now(alert).position >= last

        await self.until(holds)


def said(seen: Seen) -> dict[str, object]:
    """The JSON that a webhook got."""
    found: dict[str, object] = msgspec.json.decode(seen.body)
    return found


def types(seen: Sequence[Seen]) -> list[object]:
    return [said(each)["type"] for each in seen]


class Clock:
    """The wall clock, which a test may advance."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self._now = clock.now

    def now(self) -> datetime:
        return self._now() + self.ahead

    def set(self, text: str) -> None:
        """It is this time now."""
        self.ahead = datetime.fromisoformat(text) - self._now()


@asynccontextmanager
async def watching(
    folder: Path, *, bin: Bin | None = None, mail: MailSettings | None = None, root: str | None = None,
    key: str | None = None, allowed: Sequence[str] = ("127.0.0.1",),
) -> AsyncIterator[Watched]:  # fmt: skip
    """A store with a bin and its alerts."""
    async with open_store(folder) as store:
        hub = Hub()
        secrets = Secrets(store, hub, ReaderContext(secrets_key=key))
        alerts = Alerts(store, hub, secrets, AlertSender(allowed, mail), own="bin.example", root=root)
        store.on_change(hub.notify)
        store.on_change(alerts.bin_changed)
        await alerts.start()
        try:
            yield Watched(store, hub, secrets, alerts, bin or await a_bin(store))
        finally:
            await alerts.close()
