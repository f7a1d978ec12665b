"""Replays captures one after the other, in the given order, to targets that the gate allows."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace

from .. import clock
from ..domain.captures import RawRequest
from ..domain.edits import Edit, edited
from ..domain.replays import MOST_AT_ONCE, Attempt, NewAttempt, replayed, without_secrets
from ..domain.roles import Role
from ..egress import AT_ONCE, Network, check_target, send_exactly
from ..errors import Invalid
from ..store import Store


class Replaying:
    """Use from one event loop only. `allowed`: the targets that the operator allows."""

    def __init__(self, store: Store, allowed: Sequence[Network | str]) -> None:
        self._store = store
        self._allowed = allowed
        self._semaphore = asyncio.Semaphore(AT_ONCE)

    async def replay(
        self,
        bin_id: str,
        numbers: Sequence[int],
        url: str,
        *,
        with_credentials: bool = False,
        edit: Edit | None = None,
    ) -> list[Attempt]:
        """Returns the attempts in the order of `numbers`. `edit` changes the first of the captures. Nothing is sent if
        one of them does not exist. Raises NotFound, Invalid, Damaged."""
        if not 1 <= len(numbers) <= MOST_AT_ONCE:
            raise Invalid(("captures", f"must be 1 to {MOST_AT_ONCE} capture numbers"))
        url = check_target("url", url)
        changed = None
        for place, n in enumerate(numbers):
            raw = (await self._store.get_capture(bin_id, n)).intact()
            if place == 0 and edit is not None:
                changed = edited(raw, edit)
        attempts = []
        for place, n in enumerate(numbers):
            capture = await self._store.get_capture(bin_id, n)
            raw = changed if place == 0 and changed is not None else capture.intact()
            async with self._semaphore:
                new = await send_again(
                    n, raw, capture.row.role, url, with_credentials=with_credentials, allowed=self._allowed
                )
            new = replace(new, edited=raw is changed)
            number = await self._store.add_attempt(bin_id, new)
            attempts.append(Attempt(**asdict(new), number=number))
        return attempts


async def send_again(
    n: int, raw: RawRequest, role: Role, url: str, *, with_credentials: bool, allowed: Sequence[Network | str] | None
) -> NewAttempt:
    """Send one capture unchanged. `allowed` None: the target is not checked. Never raises for errors of the target."""
    sent_at, shown = clock.now(), without_secrets(url)
    try:
        data = replayed(raw, role, url, with_credentials=with_credentials)
    except ValueError as error:
        return NewAttempt(n=n, url=shown, sent_at=sent_at, status=None, ms=0, error=str(error))
    reply = await send_exactly(url, data, allowed=allowed)
    return NewAttempt(
        n=n, url=shown, sent_at=sent_at, status=reply.status, ms=reply.ms, error=reply.error,
        content_type=reply.content_type[:200], body=reply.body,
    )  # fmt: skip
