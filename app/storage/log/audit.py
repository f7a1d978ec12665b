"""The audit log: the entry that belongs to the first write of a block, and the deletion of old entries."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import msgspec

from ...domain.audit import AuditEntry
from ...domain.units import micros
from .batch import Batch
from .jobs import PutAuditEntry, TrimAuditLog

# Rows that one step deletes, because captures wait for it.
CHUNK = 200


class AttachedEntry:
    """An entry that waits for the first write of a block."""

    def __init__(self, job: PutAuditEntry) -> None:
        self._job: PutAuditEntry | None = job
        self.is_written = False

    def take(self) -> PutAuditEntry | None:
        """The job, at the first call."""
        job, self._job = self._job, None
        self.is_written = self.is_written or job is not None
        return job

    def end(self) -> None:
        """The block has ended. Tasks that it started have a copy of its context, and may write later."""
        self._job = None


_attached: ContextVar[AttachedEntry | None] = ContextVar("attached", default=None)


@contextmanager
def attached(job: PutAuditEntry) -> Iterator[AttachedEntry]:
    """A context whose first write has the job before it."""
    entry = AttachedEntry(job)
    before = _attached.set(entry)
    try:
        yield entry
    finally:
        entry.end()
        _attached.reset(before)


def take_attached() -> PutAuditEntry | None:
    """What has to be written before the next write of this context, once."""
    entry = _attached.get()
    return None if entry is None else entry.take()


def audit_job(entry: AuditEntry) -> PutAuditEntry:
    """The job that writes an entry."""
    return PutAuditEntry(
        entry.id, micros(entry.at), micros(entry.last_at), entry.who, entry.via, entry.peer, entry.action, entry.bin,
        entry.bin_name, json.dumps(dict(entry.facts)), entry.status, entry.result, entry.times,
    )  # fmt: skip


def put_audit_entry(batch: Batch, job: PutAuditEntry) -> None:
    """Add or replace an entry. Not by an upsert, which would leave gaps between the numbers."""
    values = msgspec.structs.asdict(job)
    if not batch.run("set_audit_entry", values):
        batch.run("add_audit_entry", values)


def trim_audit_log(batch: Batch, job: TrimAuditLog) -> int:
    """Delete some of the entries that are too old or too many; returns how many."""
    batch.flush()
    transaction = batch.transaction
    unknown = _count(batch, "count_unknown_audit_entries") - job.most_unknown
    erased = 0
    if unknown > 0:
        erased = transaction.run("erase_unknown_audit_entries", {"limit": min(unknown, CHUNK)})
    over = _count(batch, "count_audit_entries") - job.most
    upto = None
    for index, (number, at) in enumerate(transaction.all("oldest_audit_entries", {"limit": CHUNK})):
        if index >= over and (job.before is None or at >= job.before):
            break
        upto = number
    if upto is not None:
        erased += transaction.run("erase_audit_entries", {"number": upto})
    return erased


def _count(batch: Batch, query: str) -> int:
    row = batch.transaction.one(query)
    assert row is not None, "a count has one row"
    return int(row[0])
