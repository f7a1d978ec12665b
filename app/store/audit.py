"""The audit log."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from ..domain.audit import AuditEntry, AuditFilter


class Attachment(Protocol):
    """An entry that waits for the first write of a block."""

    @property
    def is_written(self) -> bool:
        """Whether there was a write, which has the entry with it."""


class AuditStore(Protocol):
    """The audit log. Deleting a bin or captures does not change it."""

    def attach_audit_entry(self, entry: AuditEntry) -> AbstractContextManager[Attachment]:
        """A context: the first write in it is committed together with the entry, or after it."""

    async def put_audit_entry(self, entry: AuditEntry) -> None:
        """Add an entry, or replace the one with this id, which keeps its time and number."""

    async def list_audit_entries(
        self, wanted: AuditFilter, *, limit: int, before: int | None = None, after: int | None = None
    ) -> Sequence[AuditEntry]:
        """The newest entries first; with `after`, those with a higher number, oldest first, up to the first one whose
        result is not known yet because its request is being handled."""

    async def trim_audit_log(self, *, before: datetime | None, most: int, most_unknown: int) -> int:
        """Delete entries that are older than `before`; the oldest over `most`; and the oldest over `most_unknown` of
        those whose `who` is None. Returns how many were deleted in this step; 0: none are left."""
