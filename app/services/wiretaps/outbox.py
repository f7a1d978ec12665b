"""The outbox of a wiretap: a forward that only sends the requests that the handler of a role has not accepted."""

import asyncio
import math
from dataclasses import replace
from datetime import timedelta

from msgspec.structs import replace as struct_with

from ... import clock
from ...domain.captures import CaptureRow
from ...domain.forwards.answers import AnswerMeaning, meaning_of
from ...domain.forwards.model import (
    MAX_TIMEOUT_S,
    MIN_TIMEOUT_S,
    Dispatch,
    DispatchOrder,
    DispatchState,
    Forward,
    StoredForward,
)
from ...domain.replays import Trigger
from ...domain.roles import Role
from ...domain.wiretaps.model import UNKNOWN_LIMIT_S, Wiretap
from ...store import Store
from ..forwards.registry import Forwards


class ForwardOutbox:
    """Use from one event loop only."""

    def __init__(self, store: Store, forwards: Forwards, bin_id: str, role: Role, wiretap: Wiretap) -> None:
        self._store = store
        self._forwards = forwards
        self._bin_id = bin_id
        self._forward = _forward_of(role, wiretap)
        self._opening = asyncio.Lock()

    async def open(self) -> StoredForward:
        """The forward, which is added if it is not there, and sends to the URL of the wiretap. Raises NotFound,
        Invalid, Conflict, StoreUnavailable."""
        async with self._opening:
            found = find_outbox(self._forwards, self._bin_id, self._forward.wiretap)
            if found is None and self._store.is_shared:
                # Another server may just have added it.
                await self._forwards.refresh(self._bin_id)
                found = find_outbox(self._forwards, self._bin_id, self._forward.wiretap)
            if found is None:
                return await self._forwards.add(self._bin_id, self._forward, position=None)
            wanted = struct_with(found.forward, url=self._forward.url, credentials=self._forward.credentials)
            if found.forward != wanted:
                return await self._forwards.change(self._bin_id, found.id, wanted)
            return found

    async def take(self, bin_id: str, row: CaptureRow, *, again_s: float) -> str:
        """As in `Outbox`."""
        forward = await self.open()
        dispatch = Dispatch(
            n=row.n, state=DispatchState.RETRYING, tries=1, due_at=clock.now() + timedelta(seconds=again_s),
            trigger=Trigger.RETRY,
        )  # fmt: skip
        await self._forwards.set_dispatch(bin_id, forward.id, dispatch)
        return f"The forward “{forward.forward.name}” sends the request to your handler again."

    async def arrived(self, bin_id: str, row: CaptureRow, status: int) -> None:
        """As in `Outbox`."""
        forward = find_outbox(self._forwards, bin_id, self._forward.wiretap)
        if forward is None or meaning_of(status) is not AnswerMeaning.SUCCESS:
            return
        stored = await self._store.dispatches_with_numbers(forward.id, [row.n])
        is_unsent = [each for each in stored if each.state is DispatchState.RETRYING and each.tries == 1]
        for dispatch in is_unsent:
            delivered = replace(dispatch, state=DispatchState.DELIVERED, due_at=None, status=status, trigger=None)
            await self._forwards.set_dispatch(bin_id, forward.id, delivered)


def find_outbox(forwards: Forwards, bin_id: str, role: Role | None) -> StoredForward | None:
    """The forward of the wiretap of a role, which users may have deleted."""
    return next((each for each in forwards.of(bin_id) if role is not None and each.forward.wiretap is role), None)


def _forward_of(role: Role, wiretap: Wiretap) -> Forward:
    timeout_s = math.ceil(wiretap.timeout_s or UNKNOWN_LIMIT_S)
    return Forward(
        name=f"Wiretap on {role.value}", url=wiretap.url, roles=(role,), order=DispatchOrder.NONE,
        credentials=wiretap.credentials, timeout_s=min(max(timeout_s, MIN_TIMEOUT_S), MAX_TIMEOUT_S), wiretap=role,
    )  # fmt: skip
