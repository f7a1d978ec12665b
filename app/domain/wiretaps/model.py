"""A wiretap: which program answers the requests of a role, and what the provider gets if it does not."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from ..captures import Capture, CaptureRow, Headers, RawRequest, Reading
from ..roles import Role

MIN_TIMEOUT_S, MAX_TIMEOUT_S = 0.5, 60.0
UNKNOWN_LIMIT_S = 10.0
"""How long the handler may take if it is not known how long the provider waits."""
# What is left of the time of the provider, for the way of the answer: a part of it, but never less than this.
_MARGIN, _LEAST_MARGIN_S = 0.13, 0.5


class OnFailure(StrEnum):
    """What the provider gets if the handler fails. `MIRROR`: the failure, as without smsbin. `SAFE`: the safe answer of
    the role, and the request is sent to the handler later."""

    MIRROR = "mirror"
    SAFE = "safe"


class Wiretap(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The settings of a wiretap, as JSON in the log. `timeout_s` None: as long as the provider of the bin allows.
    `credentials`: also send Authorization, Cookie, Proxy-* and X-Forwarded-* as received."""

    url: str
    on_failure: OnFailure = OnFailure.MIRROR
    timeout_s: float | None = None
    credentials: bool = True
    enabled: bool = True


class FailureKind(StrEnum):
    """Why a handler gave no answer. `REFUSED`: no connection. `BROKEN`: a connection, but no answer that can be passed
    on. `TIMEOUT`: nothing within the limit. `BUSY`: it has too many requests already. `UNSENT`: it was not called.
    `GONE`: it does not answer this request, so smsbin answers as usual."""

    REFUSED = "refused"
    BROKEN = "broken"
    TIMEOUT = "timeout"
    BUSY = "busy"
    UNSENT = "unsent"
    GONE = "gone"


STATUS_OF = {
    FailureKind.REFUSED: 502,
    FailureKind.BROKEN: 502,
    FailureKind.TIMEOUT: 504,
    FailureKind.BUSY: 503,
    FailureKind.UNSENT: 502,
}
"""What the provider gets for a failure that is mirrored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerAnswer:
    """An answer of a handler, after `took_s` seconds. `sent`: the header lines that the handler got, each with its line
    break, or b""."""

    status: int
    headers: Headers
    body: bytes
    took_s: float
    sent: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerFailure:
    """No answer, after `took_s` seconds. `why` is a few words such as "the connection was refused"."""

    kind: FailureKind
    why: str
    took_s: float = 0.0
    sent: bytes = b""


def limit_s(own_s: float | None, provider_waits_s: float | None) -> float:
    """Seconds from the head of a request in which its handler must answer."""
    if own_s is not None:
        return own_s
    if provider_waits_s is None:
        return UNKNOWN_LIMIT_S
    return provider_waits_s - max(_LEAST_MARGIN_S, float(round(provider_waits_s * _MARGIN)))


def unread_capture(n: int, role: Role, raw: RawRequest, *, simulated: bool) -> Capture:
    """A capture as it is known after its commit, before the ledger has it."""
    row = CaptureRow(
        n=n, seq=0, received_at=raw.received_at, role=role, method=raw.method, target=raw.target, peer=raw.peer,
        size=len(raw.body), content_type=None, body_complete=raw.body_complete, reading=Reading(), outcome=None,
        simulated=simulated,
    )  # fmt: skip
    return Capture(row=row, raw=raw, sha256="")
