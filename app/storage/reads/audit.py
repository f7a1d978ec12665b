"""The audit log: read from the log, written by its process."""

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from ... import clock
from ...domain.audit import AuditEntry, AuditFilter, AuditResult
from ...domain.units import from_micros, micros
from ...store.audit import Attachment
from ..ids import MASK
from ..log.audit import attached, audit_job
from ..log.jobs import TrimAuditLog
from ..transaction import SqlRow
from .base import StoreBase

# An entry without a result that is older belongs to a request that was cut off.
HANDLED = timedelta(minutes=5)


class AuditReads(StoreBase):
    """Implements `Store`."""

    def attach_audit_entry(self, entry: AuditEntry) -> AbstractContextManager[Attachment]:
        return attached(audit_job(entry))

    async def put_audit_entry(self, entry: AuditEntry) -> None:
        await self._appender.submit(audit_job(entry))

    async def list_audit_entries(
        self, wanted: AuditFilter, *, limit: int, before: int | None = None, after: int | None = None
    ) -> Sequence[AuditEntry]:
        values: dict[str, object] = {
            "who": wanted.who, "action": wanted.action, "bin": wanted.bin, "result": wanted.result,
            "since": None if wanted.since is None else micros(wanted.since),
            "until": None if wanted.until is None else micros(wanted.until),
            "limit": limit,
        }  # fmt: skip
        if after is None:
            bounds = {"before": MASK if before is None else before}
            rows = await self._log.all("audit_entries_before", values | bounds)
        else:
            bounds = {"after": after, "handled": micros(clock.now() - HANDLED)}
            rows = await self._log.all("audit_entries_after", values | bounds)
        return [_entry(row) for row in rows]

    async def trim_audit_log(self, *, before: datetime | None, most: int, most_unknown: int) -> int:
        job = TrimAuditLog(None if before is None else micros(before), most, most_unknown)
        return (await self._appender.submit(job)).value


def _entry(row: SqlRow) -> AuditEntry:
    return AuditEntry(
        id=row["id"], number=row["number"], at=from_micros(row["at"]), last_at=from_micros(row["last_at"]),
        who=row["who"], via=row["via"], peer=row["peer"], action=row["action"], bin=row["bin"],
        bin_name=row["bin_name"], facts=json.loads(row["facts"]), status=row["status"],
        result=None if row["result"] is None else AuditResult(row["result"]), times=row["times"],
    )  # fmt: skip
