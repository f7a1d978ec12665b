"""Alerts and their history: read from the log, written by its process."""

from collections.abc import Sequence

import msgspec

from ... import clock
from ...domain.alerts.model import (
    MOST_NOTICES,
    MOST_OPEN,
    Alert,
    AlertDelivery,
    AlertMark,
    AlertNotice,
    AlertState,
    AlertTarget,
    StoredAlert,
    StoredNotice,
)
from ...domain.forwards.model import DispatchState
from ...domain.messages.model import UnfinishedMessage
from ...domain.units import from_micros, micros
from ...errors import NotFound
from ...store.alerts import NEW_ALERT
from ..log import jobs
from ..transaction import SqlRow
from .base import StoreBase, up_to

_read_alert = msgspec.json.Decoder(Alert).decode
_read_state = msgspec.json.Decoder(AlertState).decode
_read_notice = msgspec.json.Decoder(AlertNotice).decode


class AlertReads(StoreBase):
    """Implements `Store`."""

    async def list_alerts(self, bin_id: str | None = None) -> Sequence[StoredAlert]:
        return [_stored(row) for row in await self._log.all("list_alerts", {"bin": bin_id})]

    async def get_alert(self, alert_id: str) -> StoredAlert:
        row = await self._log.one("get_alert", {"id": alert_id})
        if row is None:
            raise NotFound(f"There is no alert {alert_id}.")
        return _stored(row)

    async def add_alert(
        self,
        bin_id: str,
        alert_id: str,
        alert: Alert,
        state: AlertState = NEW_ALERT,
        *,
        secret: str | None,
        position: int | None = None,
    ) -> StoredAlert:
        job = jobs.AddAlert(bin_id, alert_id, micros(clock.now()), _json(alert), _json(state), secret, position)
        await self._appender.submit(job)
        return await self.get_alert(alert_id)

    async def set_alert(
        self, alert_id: str, alert: Alert, state: AlertState, *, secret: str | None, restart: bool, edition: int
    ) -> StoredAlert:
        await self._appender.submit(jobs.SetAlert(alert_id, edition, _json(alert), _json(state), secret, restart))
        return await self.get_alert(alert_id)

    async def drop_alert(self, alert_id: str) -> None:
        await self._appender.submit(jobs.DropAlert(alert_id))

    async def mark_alerts(self, marks: Sequence[AlertMark]) -> int:
        records = [
            jobs.AlertRecord(
                mark.alert_id, mark.edition, _json(mark.state), mark.position,
                [
                    jobs.AlertNoticeRecord(
                        each.number, _json(each.notice), [_record(delivery) for delivery in each.deliveries]
                    )
                    for each in mark.notices
                ],
            )
            for mark in marks
        ]  # fmt: skip
        result = await self._appender.submit(jobs.MarkAlerts(records, MOST_OPEN, MOST_NOTICES))
        return result.value

    async def mark_alert_deliveries(self, deliveries: Sequence[AlertDelivery]) -> None:
        records = [(each.alert_id, _record(each)) for each in deliveries]
        await self._appender.submit(jobs.MarkAlertDeliveries(records))

    async def list_notices(self, alert_id: str, *, limit: int, before: int | None = None) -> Sequence[StoredNotice]:
        rows = await self._log.all("alert_notices", {"id": alert_id, "before": up_to(before), "limit": limit})
        if not rows:
            return []
        bounds = {"id": alert_id, "first": rows[-1]["number"], "last": rows[0]["number"]}
        deliveries = [_delivery(row) for row in await self._log.all("alert_deliveries", bounds)]
        return [
            StoredNotice(
                number=row["number"],
                notice=_read_notice(row["notice"]),
                deliveries=tuple(each for each in deliveries if each.number == row["number"]),
            )
            for row in rows
        ]

    async def open_alert_deliveries(self, limit: int) -> Sequence[tuple[AlertDelivery, AlertNotice]]:
        rows = await self._log.all("due_alert_deliveries", {"limit": limit})
        return [(_delivery(row), _read_notice(row["notice"])) for row in rows]

    async def unfinished_messages(self, bin_id: str, numbers: Sequence[int]) -> Sequence[UnfinishedMessage]:
        values = {"bin": await self._number(bin_id), "numbers": list(numbers)}
        rows = await self._ledger.all("unfinished_messages", values)
        return [UnfinishedMessage(row["n"], row["provider"], row["message_id"], row["last_n"]) for row in rows]


def _json(value: Alert | AlertState | AlertNotice) -> str:
    return msgspec.json.encode(value).decode()


def _stored(row: SqlRow) -> StoredAlert:
    return StoredAlert(
        id=row["id"], bin_id=row["bin_id"], alert=_read_alert(row["alert"]), state=_read_state(row["state"]),
        made_at=from_micros(row["made_at"]), position=row["position"], secret=row["secret"], edition=row["edition"],
        bin_name=row["bin_name"],
    )  # fmt: skip


def _delivery(row: SqlRow) -> AlertDelivery:
    return AlertDelivery(
        alert_id=row["alert_id"], number=row["number"], target=AlertTarget(row["target"]),
        state=DispatchState(row["state"]), tries=row["tries"],
        due_at=None if row["due_at"] is None else from_micros(row["due_at"]),
        status=row["status"], error=row["error"],
    )  # fmt: skip


def _record(delivery: AlertDelivery) -> jobs.AlertDeliveryRecord:
    return jobs.AlertDeliveryRecord(
        delivery.target.value, delivery.number, delivery.state.value, delivery.tries,
        None if delivery.due_at is None else micros(delivery.due_at), delivery.status, delivery.error,
    )  # fmt: skip
