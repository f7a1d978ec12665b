"""What `smsbin doctor` finds: one line a check, with the cure where something is wrong."""

from dataclasses import dataclass
from typing import Literal

CheckState = Literal["ok", "warning", "wrong", "skipped"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was checked, how it is, and how to mend it."""

    check: str
    state: CheckState
    told: str
    cure: str = ""


def ok(check: str, told: str) -> CheckResult:
    """All is well."""
    return CheckResult(check, "ok", told)


def wrong(check: str, told: str, cure: str) -> CheckResult:
    """This keeps smsbin from doing its work."""
    return CheckResult(check, "wrong", told, cure)


def warning(check: str, told: str, cure: str) -> CheckResult:
    """It works, and somebody should know."""
    return CheckResult(check, "warning", told, cure)


def skipped(check: str, why: str) -> CheckResult:
    """Nothing can be said."""
    return CheckResult(check, "skipped", why)
