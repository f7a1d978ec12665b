"""The results of `smsbin doctor`: one line for each check, with the fix if something is wrong."""

from dataclasses import dataclass
from typing import Literal

CheckState = Literal["ok", "warning", "wrong", "skipped"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The name of a check, its state, and the fix."""

    check: str
    state: CheckState
    told: str
    cure: str = ""


def ok(check: str, told: str) -> CheckResult:
    """The check passed."""
    return CheckResult(check, "ok", told)


def wrong(check: str, told: str, cure: str) -> CheckResult:
    """smsbin cannot work because of this."""
    return CheckResult(check, "wrong", told, cure)


def warning(check: str, told: str, cure: str) -> CheckResult:
    """smsbin works, but the user should know about this."""
    return CheckResult(check, "warning", told, cure)


def skipped(check: str, why: str) -> CheckResult:
    """The check was not possible."""
    return CheckResult(check, "skipped", why)
