"""Forwards and listeners."""

import msgspec

from .base import Job
from .decisions import AddAttempt


class AddForward(Job):
    """`forward` and `health` are JSON. `position` None: that of the last capture."""

    bin_id: str
    id: str
    made_at: int
    forward: str
    health: str
    secret: str | None
    position: int | None


class SetForward(Job):
    """`skips`: what follows from captures up to the position is not looked for."""

    id: str
    forward: str
    health: str
    secret: str | None
    skips: bool = False


class DropForward(Job):
    id: str


class DispatchRecord(msgspec.Struct, array_like=True, gc=False):
    """An element of `MarkDispatches`: the new state of a dispatch, and the attempts that led to it. `arrived` and
    `later` as they are stored."""

    n: int
    state: str
    tries: int
    step: int
    due_at: int | None
    status: int | None
    message: str | None
    trigger: str | None
    attempts: list[AddAttempt]
    arrived: str | None = None
    later: str | None = None
    later_only: bool = False


class LaterRecord(msgspec.Struct, array_like=True, gc=False):
    """An element of `MarkDispatches`: what follows from a capture, as it is stored. `is_verdict`: its number is
    compared with the position of verdicts, else with the other one."""

    n: int
    message: str | None
    later: str
    is_verdict: bool


class MarkDispatches(Job):
    """What changed in a forward. Dispatches of deleted captures, and of a deleted forward, are ignored, and so is the
    health if the edition is another one, and what is `later` up to the stored position. `health` None: the dispatches
    are queued by others than the runner."""

    id: str
    now: int
    health: str | None
    position: int | None
    dispatches: list[DispatchRecord]
    edition: int
    later: tuple[LaterRecord, ...] = ()
    verdicts_position: int | None = None
    stuck_position: int | None = None


class RetryDispatches(Job):
    """Send dispatches again at once, at most `limit` of them; the result is their number."""

    id: str
    now: int
    states: list[str]
    trigger: str
    first: int
    last: int
    lowest: int | None
    highest: int | None
    restart: bool
    limit: int


class OpenListener(Job):
    """Add a listener, or set its cursor; the result is how often it was opened. `cursor` None: where it is, and a new
    one after the last capture."""

    bin_id: str
    name: str
    now: int
    cursor: int | None


class MarkListener(Job):
    """What changed in a listener. `sent` and `last` are JSON. Ignored, except the attempts, for one that is deleted or
    was opened again."""

    bin_id: str
    name: str
    opened: int
    connected_at: int | None
    seen_at: int
    cursor: int
    sent: str
    last: str | None
    attempts: list[AddAttempt]


class DropListener(Job):
    bin_id: str
    name: str
