"""Alerts."""

import msgspec

from .base import Job


class AddAlert(Job):
    """`alert` and `state` are JSON. `position` None: that of the last capture."""

    bin_id: str
    id: str
    made_at: int
    alert: str
    state: str
    secret: str | None
    position: int | None


class SetAlert(Job):
    """`restart`: only later captures are looked at. Refused if the alert has another `edition`."""

    id: str
    edition: int
    alert: str
    state: str
    secret: str | None
    restart: bool


class DropAlert(Job):
    id: str


class AlertDeliveryRecord(msgspec.Struct, array_like=True, gc=False):
    """A delivery of a notice."""

    target: str
    number: int
    state: str
    tries: int
    due_at: int | None
    status: int | None
    error: str | None


class AlertNoticeRecord(msgspec.Struct, array_like=True, gc=False):
    """An element of `AlertRecord`: a new notice, as JSON."""

    number: int
    notice: str
    deliveries: list[AlertDeliveryRecord]


class AlertRecord(msgspec.Struct, array_like=True, gc=False):
    """An element of `MarkAlerts`: the new state of an alert, and its new notices."""

    id: str
    edition: int
    state: str
    position: int
    notices: list[AlertNoticeRecord]


class MarkAlerts(Job):
    """What changed in alerts. Those that are deleted or have another edition are ignored; the result is the number of
    the others."""

    alerts: list[AlertRecord]
    most_open: int
    most_notices: int


class MarkAlertDeliveries(Job):
    """The results of attempts, for an alert each. Deleted ones are ignored."""

    deliveries: list[tuple[str, AlertDeliveryRecord]]
