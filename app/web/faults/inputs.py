"""The input of a call, or of a form, that sets a fault."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from ...domain.faults import (
    LASTS,
    LONGEST,
    MOST_COUNT,
    MOST_SECONDS,
    MOST_STATUSES,
    WITH_SECONDS,
    Fault,
    FaultKind,
    check_fault,
)
from ...errors import Invalid
from ..site.convert import Input, Problems
from .shapes import FaultName

_DEFAULT = Fault(kind=FaultKind.STATUS, until=datetime.max.replace(tzinfo=UTC))
Status = Annotated[int, Meta(ge=200, le=599)]
Statuses = Annotated[list[Status], Meta(min_length=1, max_length=MOST_STATUSES)]


class FaultInput(Input, frozen=True, kw_only=True):
    """How a URL shall misbehave. null is the same as a field that is left out."""

    kind: FaultName
    status: Annotated[
        Status | Statuses | None,
        Meta(
            description="Only for kind status; with a list, each request gets the next one. Default 503.",
            extra={"reason": f"must be from 200 to 599, or a list of at most {MOST_STATUSES} of them"},
        ),
    ] = None
    seconds: Annotated[
        Annotated[float, Meta(ge=0, le=MOST_SECONDS)] | None,
        Meta(
            description="Only for kinds hold and slow. Default 30.",
            extra={"reason": f"must be a number from 0 to {MOST_SECONDS:g}"},
        ),
    ] = None
    count: Annotated[
        Annotated[int, Meta(ge=1, le=MOST_COUNT)] | None,
        Meta(
            description="Ends after this many requests; null: no limit.",
            extra={"reason": f"must be a whole number from 1 to {MOST_COUNT:,}, or null for no limit"},
        ),
    ] = None
    until: Annotated[
        Annotated[datetime, Meta(tz=True)] | None,
        Meta(
            description=f"Ends at this time at the latest. Default: in {LASTS.seconds // 60} minutes;"
            f" at most in {LONGEST.days * 24} hours.",
            extra={"reason": "must be a time such as 2026-11-24T14:02:07Z"},
        ),
    ] = None
    chance: Annotated[
        Annotated[int, Meta(ge=1, le=100)] | None,
        Meta(
            description="Percentage of requests that get the fault. Default 100.",
            extra={"reason": "must be a whole number from 1 to 100"},
        ),
    ] = None

    def fault(self, now: datetime, path: str = "") -> Fault:
        """As a domain object. Invalid names fields that contradict another field or the time; `path` precedes their
        names."""
        problems = self._contradictions()
        fault = Fault(
            kind=FaultKind(self.kind),
            until=now + LASTS if self.until is None else _utc(self.until, problems),
            statuses=_DEFAULT.statuses if self.status is None else _all_of(self.status),
            seconds=_DEFAULT.seconds if self.seconds is None else self.seconds,
            count=self.count,
            chance=_DEFAULT.chance if self.chance is None else self.chance,
        )
        if problems := problems or check_fault(fault, now):
            raise Invalid(*[(path + name, text) for name, text in problems])
        return fault

    def _contradictions(self) -> Problems:
        problems = []
        if self.status is not None and FaultKind(self.kind) is not FaultKind.STATUS:
            problems.append(("status", "is only for kind status"))
        if self.seconds is not None and FaultKind(self.kind) not in WITH_SECONDS:
            problems.append(("seconds", "is only for kinds hold and slow"))
        return problems


def _all_of(status: int | list[int]) -> tuple[int, ...]:
    return (status,) if isinstance(status, int) else tuple(status)


def _utc(at: datetime, problems: Problems) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        problems.append(("until", "must be a time within the next 24 hours"))
        return at
