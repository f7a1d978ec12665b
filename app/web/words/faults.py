"""Active faults in words: the banner on every page of the bin.

An open page sends the `key_of` the faults that it shows, and gets the new banner when that changes. A fault has no seq,
because it is not a row of a list: viewers are notified when one is set, hit or ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from ...domain.faults import ActiveFault, Fault, FaultKind, seconds_text, statuses_text
from ...domain.roles import Role
from ...providers.sheet import Sheet

KINDS = {
    FaultKind.HOLD: (
        "Hold",
        "Waits for some seconds, then sends the normal response. A long wait makes the provider time out.",
    ),
    FaultKind.STATUS: ("Answer with a status", "Sends another status, or several in turn."),
    FaultKind.DROP: ("Drop the connection", "Closes the connection without a response."),
    FaultKind.CUT: ("Truncate the body", "Sends the headers and half of the body, then closes the connection."),
    FaultKind.BAD_XML: ("Invalid XML", "Sends 200 with malformed XML."),
    FaultKind.REDIRECT: ("Redirect", "Sends 302 to the same URL with /redirected at its end."),
    FaultKind.SLOW: ("Send slowly", "Sends the normal response a few bytes at a time, over some seconds."),
}
_MANY = 6
# Longer than any time-out that a provider publishes.
_HOLD_S = 16.0


def key_of(faults: Sequence[ActiveFault]) -> str:
    """A key that changes with what is shown; empty for no faults."""
    return sha256(msgspec.json.encode(faults)).hexdigest()[:16] if faults else ""


def fault_words(kind: str) -> str:
    """What a kind of fault does to an answer, in a sentence."""
    return KINDS[FaultKind(kind)][1]


def fault_text(fault: Fault) -> str:
    """The effect of a fault: "hold 16 s", "statuses 500, 500, 200 in turn"."""
    if fault.kind is not FaultKind.STATUS or len(fault.statuses) == 1:
        return fault.effect()
    shown = statuses_text(fault.statuses[:_MANY])
    return f"statuses {shown}{' …' if len(fault.statuses) > _MANY else ''} in turn"


def reach_text(active: ActiveFault) -> str:
    """The requests that get it: "for the next 2 requests"."""
    if active.fault.chance < 100:
        more = "" if active.left is None else f", {active.left:,} more"
        return f"for {active.fault.chance} % of the requests{more}"
    if active.left is None:
        return "for every request"
    return "for the next request" if active.left == 1 else f"for the next {active.left:,} requests"


def remaining_text(until: datetime, now: datetime) -> str:
    """The time until it ends: "9 min 12 s", "1 h 5 min". Rounded up, so that it never ends later."""
    seconds = max(0, -((now - until) // timedelta(seconds=1)))
    if seconds < 60:
        return seconds_text(seconds)
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    minutes = -(-seconds // 60)
    return f"{minutes // 60} h {minutes % 60} min"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickFault:
    """A button that sets a fault: the fields of its form."""

    title: str
    role: Role
    fields: Mapping[str, str]


def hold_s(sheet: Sheet | None) -> float:
    """Seconds to hold an answer: one more than the provider waits."""
    return sheet.habits.timeout_s + 1 if sheet and sheet.habits.timeout_s else _HOLD_S
