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
        raise _unknown(job.id) if _find(batch, job.id) is None else Rejected("stale", "The alert has changed.")


def drop_alert(batch: Batch, job: jobs.DropAlert) -> None:
    """Delete an alert with its history. Raises Rejected when there is no such alert."""
    batch.flush()
    found = _find(batch, job.id)
    if found is None:
        raise _unknown(job.id)
    alert, _ = found
    for query in ("drop_alert_deliveries", "drop_alert_notices", "drop_alert"):
        batch.transaction.run(query, {"alert": alert})


def mark_alerts(batch: Batch, job: jobs.MarkAlerts) -> int:
    """Store the new states, and the notices with their deliveries; the oldest notices are deleted. Returns how many
    alerts are as the server knows them."""
    batch.flush()
    run = batch.transaction.run
    marked = 0
    for record in job.alerts:
        found = _find(batch, record.id)
        if found is None or found[1] != record.edition:
            continue
        alert, _ = found
        marked += 1
        run("mark_alert", {"alert": alert, "state": record.state, "position": record.position})
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
        found = _find(batch, alert_id)
        if found is not None:
            batch.transaction.run("set_alert_delivery", {"alert": found[0], **msgspec.structs.asdict(record)})


def _find(batch: Batch, alert_id: str) -> tuple[int, int] | None:
    """The number of an alert, and its edition."""
    row = batch.transaction.one("alert_to_mark", {"id": alert_id})
    return None if row is None else (int(row[0]), int(row[1]))


def _unknown(alert_id: str) -> Rejected:
    return Rejected("not_found", f"There is no alert {alert_id}.")
