"""Alerts in the log, their notices, and the deliveries of these."""

import msgspec

from . import jobs
from .batch import Batch, Rejected


def add_alert(batch: Batch, job: jobs.AddAlert) -> None:
    """Add an alert. Raises Rejected when there is no such bin."""
    if not batch.run("add_alert", msgspec.structs.asdict(job)):
        raise Rejected("not_found", f"There is no bin {job.bin_id}.")


def set_alert(batch: Batch, job: jobs.SetAlert) -> None:
    """Replace settings and state. Raises Rejected when there is no such alert, or when it has changed."""
    if not batch.run("set_alert", msgspec.structs.asdict(job)):
        raise _unknown(job.id) if _number(batch, job.id) is None else Rejected("stale", "The alert has changed.")


def drop_alert(batch: Batch, job: jobs.DropAlert) -> None:
    """Delete an alert with its history. Raises Rejected when there is no such alert."""
    batch.flush()
    alert = _number(batch, job.id)
    if alert is None:
        raise _unknown(job.id)
    for query in ("drop_alert_deliveries", "drop_alert_notices", "drop_alert"):
        batch.transaction.run(query, {"alert": alert})


def mark_alerts(batch: Batch, job: jobs.MarkAlerts) -> int:
    """Store the new states, and the notices with their deliveries; the oldest notices are deleted. Returns of how
    many alerts: the others have another edition."""
    batch.flush()
    run = batch.transaction.run
    marked = 0
    for record in job.alerts:
        alert = _number(batch, record.id)
        values = {"alert": alert, "edition": record.edition, "state": record.state, "position": record.position}
        # The edition is compared by the statement that writes: another server may be writing at this moment.
        if alert is None or not run("mark_alert", values):
            continue
        marked += 1
        for notice in record.notices:
            run("add_alert_notice", {"alert": alert, "number": notice.number, "notice": notice.notice})
            for delivery in notice.deliveries:
                values = {"alert": alert, "most": job.most_open, **msgspec.structs.asdict(delivery)}
                run("add_alert_delivery", values)
        if record.notices:
            oldest = {"alert": alert, "upto": record.notices[-1].number - job.most_notices}
            run("forget_alert_deliveries", oldest)
            run("forget_alert_notices", oldest)
    return marked


def mark_alert_deliveries(batch: Batch, job: jobs.MarkAlertDeliveries) -> None:
    """Store the results of attempts."""
    batch.flush()
    for alert_id, record in job.deliveries:
        alert = _number(batch, alert_id)
        if alert is not None:
            batch.transaction.run("set_alert_delivery", {"alert": alert, **msgspec.structs.asdict(record)})


def _number(batch: Batch, alert_id: str) -> int | None:
    row = batch.transaction.one("alert_to_mark", {"id": alert_id})
    return None if row is None else int(row[0])


def _unknown(alert_id: str) -> Rejected:
    return Rejected("not_found", f"There is no alert {alert_id}.")
