"""The result of a capture, in one word: each capture has exactly one."""

from collections.abc import Collection
from enum import StrEnum

from .captures import Outcome
from .statuses import FAILURES

_FAILURES = frozenset(status.value for status in FAILURES)


class CaptureResult(StrEnum):
    """`FAILED`: it states a failed delivery, our answer was not a whole 2xx, or a fault changed it. `ODD`: it has
    findings, and has not failed. `OK`: all others; one whose answer is still held is not failed yet."""

    OK = "ok"
    FAILED = "failed"
    ODD = "odd"


def result_of(
    status: str | None, findings: Collection[str], outcome: Outcome | None, *, has_fault: bool
) -> CaptureResult:
    """The result that follows from what is known of a capture now."""
    if has_fault or status in _FAILURES or (outcome is not None and not outcome.ok):
        return CaptureResult.FAILED
    return CaptureResult.ODD if findings else CaptureResult.OK
