"""The JSON of faults; the OpenAPI document's components are generated from these types."""

import math
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ...domain.faults import ActiveFault, Fault, FaultKind
from ...domain.units import rfc3339
from ..site.shapes import Time

FaultName = Literal["status", "hold", "drop", "cut", "bad_xml", "redirect", "slow"]


class FaultShape(msgspec.Struct):
    """A fault; null for fields that the kind does not use, and for a count without limit."""

    kind: FaultName
    status: int | list[int] | None
    seconds: float | None
    count: int | None
    until: Time
    chance: int


class LeftShape(msgspec.Struct):
    """The rest of a fault: requests that still get it (null: no limit), and seconds until it ends at the latest."""

    count: int | None
    seconds: int


class FaultState(msgspec.Struct, omit_defaults=True):
    """The fault of a role; only `fault` with null if there is none. `hits`: requests that got it."""

    fault: Annotated[FaultShape | None, Meta(description="null: no fault is active.")]
    left: LeftShape | None = None
    hits: int | None = None
    started_at: Time | None = None


def show_fault(active: ActiveFault | None, now: datetime) -> FaultState:
    """A role's fault, or that there is none."""
    if active is None:
        return FaultState(None)
    seconds = max(0, math.ceil((active.fault.until - now).total_seconds()))
    left = LeftShape(active.left, seconds)
    return FaultState(show_fault_settings(active.fault), left, active.hits, rfc3339(active.started_at))


def show_fault_settings(fault: Fault) -> FaultShape:
    """The settings of a fault."""
    statuses = list(fault.statuses)
    return FaultShape(
        kind=fault.kind.value,
        status=(statuses[0] if len(statuses) == 1 else statuses) if fault.kind is FaultKind.STATUS else None,
        seconds=fault.seconds if fault.lasts else None,
        count=fault.count,
        until=rfc3339(fault.until),
        chance=fault.chance,
    )
