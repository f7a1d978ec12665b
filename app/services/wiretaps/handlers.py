"""Who answers the requests of a role in place of smsbin. A capture looks it up before it is stored, without a read."""

from typing import Protocol

from ...domain.captures import Capture, CaptureRow
from ...domain.roles import Role
from ...domain.wiretaps.model import HandlerAnswer, HandlerFailure

LATE_S = 30.0
"""How long after the deadline an answer is waited for, to be shown."""


class Outbox(Protocol):
    """Sends the requests later that a handler has not accepted."""

    async def take(self, bin_id: str, row: CaptureRow, *, again_s: float) -> str:
        """Send a request in `again_s` seconds, and again until it has arrived. It is durable when this returns; the
        result is a sentence about it. Raises NotFound, StoreUnavailable, Conflict."""

    async def arrived(self, bin_id: str, row: CaptureRow, status: int) -> None:
        """The handler has answered late. After a good answer the request is not sent again. Raises NotFound,
        StoreUnavailable."""


class Handler(Protocol):
    """A program of the user that answers requests: at a URL, or behind a connected listener."""

    @property
    def url(self) -> str:
        """Where it is, for people and for attempts, without secrets: a URL, or the name of a listener."""

    @property
    def outbox(self) -> Outbox | None:
        """Where a request is put if the handler fails, so that the provider gets the safe answer; None: the provider
        gets the failure."""

    @property
    def timeout_s(self) -> float | None:
        """Seconds that it may take; None: as long as the provider of the bin allows."""

    async def answer(self, bin_id: str, capture: Capture, deadline: float) -> HandlerAnswer | HandlerFailure:
        """Send a stored capture and return the answer. The provider waits until `deadline` (of `clock.ticks`). The call
        may take longer, because a late answer is shown; it is cancelled `LATE_S` seconds after the deadline. Never
        raises for errors of the handler."""


class Handlers:
    """The handlers of all bins. Use from one event loop only."""

    def __init__(self) -> None:
        # Several of one role: the last one answers.
        self._by_bin: dict[str, dict[Role, list[Handler]]] = {}

    def of(self, bin_id: str, role: Role) -> Handler | None:
        """The handler that answers a role; None: smsbin does."""
        roles = self._by_bin.get(bin_id)
        if roles is None:
            return None
        found = roles.get(role)
        return None if found is None else found[-1]

    def roles_of(self, bin_id: str) -> dict[Role, Handler]:
        """The roles of a bin that have a handler, each with the one that answers."""
        return {role: found[-1] for role, found in self._by_bin.get(bin_id, {}).items()}

    def add(self, bin_id: str, role: Role, handler: Handler) -> None:
        """From now on this one answers, until it is removed; then the one before it."""
        self._by_bin.setdefault(bin_id, {}).setdefault(role, []).append(handler)

    def remove(self, bin_id: str, role: Role, handler: Handler) -> None:
        """This one does not answer any more. One that is not there is ignored."""
        roles = self._by_bin.get(bin_id, {})
        rest = [each for each in roles.get(role, ()) if each is not handler]
        if rest:
            roles[role] = rest
            return
        roles.pop(role, None)
        if not roles:
            self._by_bin.pop(bin_id, None)

    def forget(self, bin_id: str) -> None:
        """The bin was deleted."""
        self._by_bin.pop(bin_id, None)
