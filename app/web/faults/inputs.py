"""What a call states about a fault: types here, limits in `domain/`; every mistake is named at once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from ...domain.faults import LASTS, MOST_SECONDS, Fault, FaultKind, check_fault
from ...errors import Invalid
from ..site.fields import Problems, take, text, whole

FAULT_FIELDS = ("kind", "status", "seconds", "count", "until", "chance")


def read_fault(said: dict[str, Any], now: datetime) -> Fault:
    """The fault that is asked for. Invalid names every field that is wrong."""
    problems: Problems = []
    given = {name: value for name, value in said.items() if value is not None}
    values: dict[str, Any] = {"kind": FaultKind.STATUS, "until": now + LASTS}
    if "kind" not in given:
        problems.append(("kind", f"must be one of {', '.join(FaultKind)}"))
    readers: dict[str, Callable[[Any], Any]] = {
        "kind": _kind, "status": _statuses, "seconds": _seconds, "count": whole, "until": _until, "chance": whole,
    }  # fmt: skip
    for name, value in given.items():
        take("statuses" if name == "status" else name, name, value, readers[name], values, problems)
    if not problems:
        kind = values["kind"]
        if "status" in given and kind is not FaultKind.STATUS:
            problems.append(("status", "goes with the kind status only"))
        if "seconds" in given and kind not in (FaultKind.HOLD, FaultKind.SLOW):
            problems.append(("seconds", "goes with the kinds hold and slow only"))
    if problems:
        raise Invalid(*problems)
    fault = Fault(**values)
    if problems := check_fault(fault, now):
        raise Invalid(*problems)
    return fault


def _kind(said: object) -> FaultKind:
    try:
        return FaultKind(text(said))
    except ValueError:
        raise ValueError(f"must be one of {', '.join(FaultKind)}") from None


def _statuses(said: object) -> tuple[int, ...]:
    return tuple(whole(one) for one in (said if isinstance(said, list) else [said]))


def _seconds(said: object) -> float:
    if not isinstance(said, int | float) or isinstance(said, bool):
        raise ValueError("must be a number")
    # Larger ones than a float can hold come too.
    return float(min(said, MOST_SECONDS + 1))


def _until(said: object) -> datetime:
    try:
        at = msgspec.convert(said, datetime) if isinstance(said, str) else None
    except msgspec.ValidationError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError("must be a time such as 2026-11-24T14:02:07Z")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a time within the next 24 hours") from None
