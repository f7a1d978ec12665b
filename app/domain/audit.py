"""The audit log: who did what, when, from where, and with which result."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

COMMAND_LINE = "command line"
"""Who it was, for a command that changes the data without a server."""

MAX_FACTS = 12
MAX_FACT = 200
# A number as people write it, with 7 digits or more; only the last two are kept.
_NUMBER = re.compile(r"\+?\d(?:[ ()./-]{0,2}\d){4,}[ ()./-]{0,2}(?=\d{2}(?!\d))", re.ASCII)


class AuditResult(StrEnum):
    """How an action ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


def result_of(status: int) -> AuditResult:
    """The result of a request, from the status of its response."""
    if status < 400:
        return AuditResult.DONE
    return AuditResult.REFUSED if status < 500 else AuditResult.FAILED


def fact(value: str | int) -> str:
    """A name as it is kept: short, and without whole phone numbers. Whole numbers are kept as they are."""
    if isinstance(value, int):
        return str(value)
    return _NUMBER.sub("…", value)[:MAX_FACT]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One action, or several equal ones that changed nothing: then `times` is their number and `last_at` the last.

    `who` is the name of the token or user, None: it is not known; `via` is how they proved it. `peer` is the
    address of the client, None: several, or the command line. `action` is `noun.verb`. `facts` are names of what was
    changed. `result` None: smsbin stopped before it was known.
    """

    id: str
    at: datetime
    last_at: datetime
    who: str | None
    via: str
    peer: str | None
    action: str
    bin: str | None = None
    bin_name: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    result: AuditResult | None = None
    times: int = 1
    number: int = 0
    """The order of the entries; the store assigns it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries; None: any. `action` is one, or a noun for all of its actions. `since` is inclusive, `until` is
    not."""

    who: str | None = None
    action: str | None = None
    bin: str | None = None
    result: AuditResult | None = None
    since: datetime | None = None
    until: datetime | None = None
