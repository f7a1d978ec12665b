"""The audit log as JSON."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from ...domain.audit import AuditEntry
from ...domain.units import rfc3339


class AuditEntryShape(msgspec.Struct):
    """Who did what. Equal actions that changed nothing share one entry: `times` is their number, and `last_at` the time
    of the last. `who` is the name of the token or user, or null; `via` how they proved it. `peer` is the address of the
    client; null: the command line, or several. `result` and `status` are null if smsbin stopped before they were known.
    """

    number: int
    at: str
    last_at: str
    times: int
    who: str | None
    via: str
    peer: str | None
    action: str
    bin: str | None
    bin_name: str | None
    facts: Mapping[str, str]
    result: Literal["done", "refused", "failed"] | None
    status: int | None


class AuditList(msgspec.Struct):
    """A page of the audit log, newest first; with `after`, oldest first."""

    items: list[AuditEntryShape]
    next: str | None


def show_entry(entry: AuditEntry) -> AuditEntryShape:
    """One entry."""
    return AuditEntryShape(
        number=entry.number, at=rfc3339(entry.at), last_at=rfc3339(entry.last_at), times=entry.times, who=entry.who,
        via=entry.via, peer=entry.peer, action=entry.action, bin=entry.bin, bin_name=entry.bin_name, facts=entry.facts,
        result=None if entry.result is None else entry.result.value, status=entry.status,
    )  # fmt: skip
