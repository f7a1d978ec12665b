"""What `smsbin doctor` finds: one line a check, with the cure where something is wrong."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "wrong", "skipped"]


@dataclass(frozen=True, slots=True)
class Line:
    """What was checked, how it is, and how to mend it."""

    check: str
    state: State
    told: str
    cure: str = ""


def ok(check: str, told: str) -> Line:
    """All is well."""
    return Line(check, "ok", told)


def wrong(check: str, told: str, cure: str) -> Line:
    """This keeps smsbin from doing its work."""
    return Line(check, "wrong", told, cure)


def warning(check: str, told: str, cure: str) -> Line:
    """It works, and somebody should know."""
    return Line(check, "warning", told, cure)


def skipped(check: str, why: str) -> Line:
    """Nothing can be said."""
    return Line(check, "skipped", why)
