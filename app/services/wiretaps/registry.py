"""The wiretaps of all bins, each with its handler. The store is changed first."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from ...domain.roles import Role
from ...domain.wiretaps.model import MAX_TIMEOUT_S, MIN_TIMEOUT_S, OnFailure, Wiretap
from ...egress import Network
from ...errors import Invalid, NotFound
from ...live.hub import Hub
from ...store import Store
from ..forwards.checking import LISTEN, OWN, check_target_url
from ..forwards.registry import Forwards
from ..keyring import Reload
from .counters import WiretapCounters
from .handlers import Handlers
from .outbox import ForwardOutbox, find_outbox
from .target import TargetHandler


class Wiretaps:
    """Use from one event loop only. `own`: the host and port of this server, to which nothing is sent."""

    def __init__(
        self, store: Store, hub: Hub, handlers: Handlers, forwards: Forwards, counters: WiretapCounters,
        allowed: Sequence[Network | str], own: str | None, public_url: str | None,
    ) -> None:  # fmt: skip
        self._store = store
        self._hub = hub
        self._handlers = handlers
        self._forwards = forwards
        self._counters = counters
        self._allowed = allowed
        self._own = {own} if own else set()
        self._public_url = public_url
        self._by_bin: dict[str, dict[Role, tuple[Wiretap, TargetHandler]]] = {}
        self._changing = asyncio.Lock()
        self.reload: Reload | None = None
        """Set if the store is shared."""

    async def start(self) -> None:
        """Load the stored wiretaps."""
        for bin_id, role, wiretap in await self._store.list_wiretaps():
            self._use(bin_id, role, wiretap, self._outbox_of(bin_id, role, wiretap))

    async def read(self, bin_id: str) -> Callable[[], None]:
        """As in `Reloadable`."""
        found = {role: wiretap for _, role, wiretap in await self._store.list_wiretaps(bin_id)}
        return partial(self._put, bin_id, found)

    def of(self, bin_id: str) -> Mapping[Role, Wiretap]:
        """The wiretaps of a bin, those that are switched off too."""
        return {role: wiretap for role, (wiretap, _) in self._by_bin.get(bin_id, {}).items()}

    async def set(self, bin_id: str, role: Role, wiretap: Wiretap, *, own: str = "") -> Wiretap:
        """Set the wiretap of a role. `own`: the host of this server as the user sees it. Raises NotFound, Invalid with
        every wrong field, Conflict when a bin cannot have another forward for its outbox."""
        old = self.of(bin_id).get(role)
        # A target that is no longer allowed does not prevent other changes; it can be switched off.
        allowed = None if old is not None and old.url == wiretap.url else self._allowed
        wiretap = _checked(wiretap, (*self._own, own), allowed)
        async with self._changing:
            await self._store.get_bin(bin_id, wait=False)
            outbox = self._outbox_of(bin_id, role, wiretap)
            if outbox is not None:
                await outbox.open()
            await self._store.set_wiretap(bin_id, role, wiretap)
            if self.reload is not None:
                await self.reload(bin_id)
            else:
                self._use(bin_id, role, wiretap, outbox)
            if outbox is None:
                await self._close_outbox(bin_id, role)
        self._hub.notify(bin_id)
        return wiretap

    async def remove(self, bin_id: str, role: Role) -> None:
        """Remove the wiretap of a role, if there is one. Raises NotFound when there is no such bin."""
        async with self._changing:
            await self._store.set_wiretap(bin_id, role, None)
            if self.reload is not None:
                await self.reload(bin_id)
            else:
                self._unuse(bin_id, role)
            await self._close_outbox(bin_id, role)
        self._hub.notify(bin_id)

    def forget(self, bin_id: str) -> None:
        """The bin was deleted."""
        self._by_bin.pop(bin_id, None)
        self._handlers.forget(bin_id)
        self._counters.forget(bin_id)

    def _outbox_of(self, bin_id: str, role: Role, wiretap: Wiretap) -> ForwardOutbox | None:
        if wiretap.on_failure is OnFailure.MIRROR:
            return None
        return ForwardOutbox(self._store, self._forwards, bin_id, role, wiretap)

    def _put(self, bin_id: str, found: Mapping[Role, Wiretap]) -> None:
        """Replace the wiretaps of a bin. One that is the same keeps its handler."""
        before = self.of(bin_id)
        for role in before.keys() - found.keys():
            self._unuse(bin_id, role)
        for role, wiretap in found.items():
            if before.get(role) != wiretap:
                self._use(bin_id, role, wiretap, self._outbox_of(bin_id, role, wiretap))

    def _use(self, bin_id: str, role: Role, wiretap: Wiretap, outbox: ForwardOutbox | None) -> None:
        self._unuse(bin_id, role)
        handler = TargetHandler(wiretap, self._allowed, self._public_url, outbox)
        self._by_bin.setdefault(bin_id, {})[role] = (wiretap, handler)
        if wiretap.enabled:
            self._handlers.add(bin_id, role, handler)

    def _unuse(self, bin_id: str, role: Role) -> None:
        roles = self._by_bin.get(bin_id, {})
        if role in roles:
            self._handlers.remove(bin_id, role, roles.pop(role)[1])
        if not roles:
            self._by_bin.pop(bin_id, None)

    async def _close_outbox(self, bin_id: str, role: Role) -> None:
        """Delete the forward of a wiretap. It stays while it has requests that have not arrived."""
        forward = find_outbox(self._forwards, bin_id, role)
        if forward is None:
            return
        try:
            status = await self._forwards.status(bin_id, forward.id)
            if not status.lag and not status.failed:
                await self._forwards.drop(bin_id, forward.id)
        except NotFound:
            return  # deleted in the meantime


def _checked(wiretap: Wiretap, own: Collection[str], allowed: Sequence[Network | str] | None) -> Wiretap:
    """The wiretap as it is stored. Raises Invalid with every wrong field."""
    problems: list[tuple[str, str]] = []
    url = wiretap.url
    try:
        url = check_target_url("url", wiretap.url, own, OWN, allowed, LISTEN)
    except Invalid as error:
        problems += error.problems
    timeout_s = wiretap.timeout_s
    # A number that is not in the range, or that is no number.
    if timeout_s is not None and not MIN_TIMEOUT_S <= timeout_s <= MAX_TIMEOUT_S:
        problems.append(("timeout_s", f"must be a number from {MIN_TIMEOUT_S:g} to {MAX_TIMEOUT_S:g}, or empty"))
    if problems:
        raise Invalid(*problems)
    return replace(wiretap, url=url)
