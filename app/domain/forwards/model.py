"""A forward: which captures it sends, where, and how; and a dispatch: one capture with one forward.

A forward has a position: every capture up to it was either sent, is a dispatch that waits for its next attempt, or did
not match. So nothing is stored while a capture is answered, and captures after the position wait without a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import msgspec

from ..replays import FollowUp, NewAttempt, Trigger
from ..roles import Role

MOST_FORWARDS = 20
"""Forwards of one bin."""
MAX_NAME = 100
"""Characters of the name of a forward."""
MIN_TIMEOUT_S, MAX_TIMEOUT_S = 2, 60


class ForwardMode(StrEnum):
    """`RAW`: the request as it came, byte for byte. `EVENT`: what it states, as JSON, one request for each event."""

    RAW = "raw"
    EVENT = "event"


class EventContent(StrEnum):
    """What an event contains. `THIN`: ids only. `RAW`: everything, and the request as it came."""

    FULL = "full"
    THIN = "thin"
    RAW = "raw"


class DispatchOrder(StrEnum):
    """`MESSAGE`: the requests of one message id one after the other. `STRICT`: all requests, in the order of their
    numbers. `NONE`: as soon as possible."""

    MESSAGE = "message"
    NONE = "none"
    STRICT = "strict"


class ForwardSignature(StrEnum):
    """`SENT`: as the provider sent it. `TARGET`: signed again for the target, with a secret of the bin. `SMSBIN`: by
    Standard Webhooks, with a secret of the forward."""

    SENT = "sent"
    TARGET = "target"
    SMSBIN = "smsbin"


class DispatchState(StrEnum):
    """`WAITING`: not sent yet. `RETRYING`: failed, with a next attempt. `REJECTED`: the target refused the request.
    `EXHAUSTED`: failed, and all attempts are used. `HELD`: would be sent if the forward were not paused or resting."""

    WAITING = "waiting"
    IN_FLIGHT = "in_flight"
    DELIVERED = "delivered"
    RETRYING = "retrying"
    REJECTED = "rejected"
    EXHAUSTED = "exhausted"
    HELD = "held"


OPEN = (DispatchState.WAITING, DispatchState.RETRYING)
"""The stored states that have a next attempt."""
FAILED = (DispatchState.REJECTED, DispatchState.EXHAUSTED)


class ForwardState(StrEnum):
    """`RESTING`: the target failed several times in a row, and is only probed. `OFF`: it failed for days."""

    ON = "on"
    PAUSED = "paused"
    RESTING = "resting"
    OFF = "off"


class Forward(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The settings of a forward. `filter` is in the filter grammar, "" matches everything; no `roles` means all.
    `event_content` is for the mode event only, which is always signed by `SMSBIN`. `credentials`: also send
    Authorization, Cookie, Proxy-* and X-Forwarded-* as received. `wiretap`: the role whose wiretap uses this forward;
    it only sends the requests that the handler of the role has not accepted. `follow_ups`: in the mode event, also send
    what follows from requests later."""

    name: str
    url: str
    filter: str = ""
    roles: tuple[Role, ...] = ()
    mode: ForwardMode = ForwardMode.RAW
    event_content: EventContent = EventContent.FULL
    order: DispatchOrder = DispatchOrder.MESSAGE
    signature: ForwardSignature = ForwardSignature.SENT
    credentials: bool = False
    timeout_s: int = 10
    wiretap: Role | None = None
    follow_ups: bool = True

    @property
    def sends_follow_ups(self) -> bool:
        """Whether it sends what follows from requests later."""
        return self.mode is ForwardMode.EVENT and self.follow_ups


class ForwardHealth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether a forward sends, as JSON in the log. `failures`: in a row, since `failing_since`, the last one with
    `error`. `probe_at`: when a resting target gets its next attempt. `reason`: why it is paused or off, when no user
    did it. `pace`: the number of probes that failed."""

    paused: bool = False
    off: bool = False
    reason: str | None = None
    failures: int = 0
    failing_since: datetime | None = None
    error: str | None = None
    probe_at: datetime | None = None
    pace: int = 0

    @property
    def state(self) -> ForwardState:
        """The state in one word; what a user has set comes first."""
        if self.paused:
            return ForwardState.PAUSED
        if self.off:
            return ForwardState.OFF
        return ForwardState.ON if self.probe_at is None else ForwardState.RESTING


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredForward:
    """A forward in the log. `secret` is stored as `signatures/sealing.py` has written it. `delivered` and `expired`
    count dispatches; expired ones were deleted with their captures before they had arrived. `last_n`: the last capture
    of the bin at the time of the read. `edition` counts the changes of settings and health by users, `requeued` how
    often dispatches were queued by others than the runner: they show a server what another one has done. Every capture
    up to the numbers `looked` was looked at for what follows from it."""

    id: str
    bin_id: str
    forward: Forward
    health: ForwardHealth
    made_at: datetime
    position: int
    secret: str | None = None
    delivered: int = 0
    expired: int = 0
    last_n: int = 0
    edition: int = 0
    requeued: int = 0
    looked: Mapping[FollowUp, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterEvent:
    """What follows from event number `event` of a capture, which has become true `at` a later time."""

    event: int
    follow_up: FollowUp
    at: datetime


def parts_of(event: int | LaterEvent) -> tuple[int, FollowUp | None]:
    """The number of an event in its capture, and which of the events that follow from it is meant."""
    return (event.event, event.follow_up) if isinstance(event, LaterEvent) else (event, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Capture `n` with one forward. `tries` counts all its deliveries, `step` those of its schedule. `status`: of the
    last answer. `message` identifies the message whose requests stay in order. `trigger`: of the next attempt.
    `arrived`: the positions of the events that the target has, of a capture of which others have not arrived yet.
    `later`: what follows from them and has not arrived; `later_only`: nothing else is to be sent."""

    n: int
    state: DispatchState
    tries: int = 0
    step: int = 0
    due_at: datetime | None = None
    status: int | None = None
    message: str | None = None
    trigger: Trigger | None = None
    forward: str = ""
    arrived: tuple[int, ...] = ()
    later: tuple[LaterEvent, ...] = ()
    later_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchMark:
    """The new state of a dispatch, with the attempts that led to it; none: it only waits for another one."""

    dispatch: Dispatch
    attempts: Sequence[NewAttempt] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchCounts:
    """The dispatches of a forward that are stored and not delivered: those with a next attempt, and those without.
    `due_at`: the earliest next attempt."""

    open: int
    failed: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterMark:
    """Events that follow from capture `n`: its dispatch has to send them, too. `message` as in `Dispatch`."""

    n: int
    message: str | None
    events: Sequence[LaterEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardMarks:
    """What changed in a forward, written at once. `position` None: unchanged, as those that `looked` does not have. The
    health is ignored if the forward has another `edition` by now; None: these dispatches do not come from the runner.
    What is `later` is ignored if its capture was looked at already, as far as it is stored."""

    health: ForwardHealth | None
    position: int | None
    marks: Sequence[DispatchMark] = ()
    edition: int = 0
    later: Sequence[LaterMark] = ()
    looked: Mapping[FollowUp, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Which stored dispatches are sent again at once: of these states, with numbers from `first` to `last`, and with a
    last answer from `lowest` to `highest`. `restart`: with a new schedule."""

    states: Sequence[DispatchState]
    trigger: Trigger
    first: int = 1
    last: int | None = None
    lowest: int | None = None
    highest: int | None = None
    restart: bool = True
