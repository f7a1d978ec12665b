"""Alerts, their notices, and the deliveries of these."""

from collections.abc import Sequence
from typing import Protocol

from ..domain.alerts.model import Alert, AlertDelivery, AlertMark, AlertNotice, AlertState, StoredAlert, StoredNotice
from ..domain.messages.model import UnfinishedMessage

NEW_ALERT = AlertState()
"""The state of a new alert."""


class AlertStore(Protocol):
    """Alerts, their notices, and the deliveries of these. Reads of an unknown alert are empty."""

    async def list_alerts(self, bin_id: str | None = None) -> Sequence[StoredAlert]:
        """The alerts of a bin, oldest first; None: of all bins."""

    async def get_alert(self, alert_id: str) -> StoredAlert:
        """One alert. Raises NotFound."""

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
        """Add an alert that looks at the captures after number `position`; None: after the last one. Raises
        NotFound."""

    async def set_alert(
        self, alert_id: str, alert: Alert, state: AlertState, *, secret: str | None, restart: bool, edition: int
    ) -> StoredAlert:
        """Replace the settings and the state. `restart`: it looks at later captures only. Raises NotFound, and Stale
        when the alert has another edition."""

    async def drop_alert(self, alert_id: str) -> None:
        """Delete an alert with its history. Raises NotFound."""

    async def mark_alerts(self, marks: Sequence[AlertMark]) -> int:
        """Store what changed, in one transaction; returns of how many alerts. Those that are deleted or have another
        edition are ignored. Of an alert the last `MOST_NOTICES` notices stay, and those with a delivery that waits;
        deliveries above `MOST_OPEN` are exhausted at once."""

    async def mark_alert_deliveries(self, deliveries: Sequence[AlertDelivery]) -> None:
        """Store the results of attempts. Those of deleted alerts are ignored."""

    async def list_notices(self, alert_id: str, *, limit: int, before: int | None = None) -> Sequence[StoredNotice]:
        """The history of an alert, newest first, with numbers below `before`."""

    async def open_alert_deliveries(self, limit: int) -> Sequence[tuple[AlertDelivery, AlertNotice]]:
        """Deliveries of all bins with a next attempt, the earliest first; of each alert and target only that of the
        oldest notice, because notices are delivered in order, and those of tests."""

    async def unfinished_messages(self, bin_id: str, numbers: Sequence[int]) -> Sequence[UnfinishedMessage]:
        """The outbound messages of these captures that have no final status, as far as the ledger is now. Raises
        NotFound when there is no such bin."""
