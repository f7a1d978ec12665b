"""Replays captures one after the other, in the given order, to targets that the gate allows."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace

from .. import clock
from ..domain.captures import RawRequest
from ..domain.edits import RequestEdit, edited
from ..domain.replays import (
    MOST_AT_ONCE,
    Attempt,
    NewAttempt,
    replayed,
    unsent,
    with_signature,
    without_secrets,
)
from ..domain.roles import Role
from ..domain.signatures import Signing
from ..egress import AT_ONCE, Network, check_target, send_exactly
from ..errors import Invalid
from ..signatures.signer import Signer
from ..store import Store
from .secrets import Secrets


class Replaying:
    """Use from one event loop only. `allowed`: the targets that the operator allows."""

    def __init__(self, store: Store, secrets: Secrets, allowed: Sequence[Network | str]) -> None:
        self._store = store
        self._secrets = secrets
        self._allowed = allowed
        self._semaphore = asyncio.Semaphore(AT_ONCE)

    async def replay(
        self, bin_id: str, numbers: Sequence[int], url: str, *, with_credentials: bool = False,
        sign: Signing = Signing.NONE, edit: RequestEdit | None = None,
    ) -> list[Attempt]:  # fmt: skip
        """Returns the attempts in the order of `numbers`. `edit` changes the first of the captures. Nothing is sent if
        one of them does not exist, or cannot be changed or signed. Raises NotFound, Invalid, Damaged."""
        if not 1 <= len(numbers) <= MOST_AT_ONCE:
            raise Invalid(("captures", f"must be 1 to {MOST_AT_ONCE} capture numbers"))
        url = check_target("url", url)
        signers = []
        changed = None
        for place, n in enumerate(numbers):
            capture = await self._store.get_capture(bin_id, n)
            raw = capture.intact()
            if place == 0 and edit is not None:
                changed = edited(raw, edit)
            signers.append(await self._secrets.signer_like(bin_id, capture, sign))
        attempts = []
        for place, (n, signer) in enumerate(zip(numbers, signers, strict=True)):
            capture = await self._store.get_capture(bin_id, n)
            raw = changed if place == 0 and changed is not None else capture.intact()
            async with self._semaphore:
                new = await send_again(
                    n, raw, capture.row.role, url, with_credentials=with_credentials,
                    allowed=self._allowed, signer=signer,
                )  # fmt: skip
            new = replace(new, edited=raw is changed)
            number = await self._store.add_attempt(bin_id, new)
            attempts.append(Attempt(**asdict(new), number=number))
        return attempts


async def send_again(
    n: int, raw: RawRequest, role: Role, url: str, *, with_credentials: bool, allowed: Sequence[Network | str] | None,
    signer: Signer | None = None,
) -> NewAttempt:  # fmt: skip
    """Send one capture unchanged, or with a new signature by `signer`. `allowed` None: the target is not checked.
    Never raises for errors of the target."""
    sent_at, shown = clock.now(), without_secrets(url)
    try:
        if signer is not None and raw.refused is None:
            whole, headers = unsent(raw, role, url, with_credentials=with_credentials)
            signed = signer.sign(raw.method, whole, headers, raw.body, sent_at)
            # The headers are chosen already, and a signature may be in Authorization.
            raw, url, with_credentials = with_signature(raw, signed.headers, signed.body), signed.url, True
        data = replayed(raw, role, url, with_credentials=with_credentials)
    except Invalid as error:
        return NewAttempt(n=n, url=shown, sent_at=sent_at, status=None, ms=0, error=f"cannot be signed: {error}")
    except ValueError as error:
        return NewAttempt(n=n, url=shown, sent_at=sent_at, status=None, ms=0, error=str(error))
    reply = await send_exactly(url, data, allowed=allowed)
    return NewAttempt(
        n=n, url=shown, sent_at=sent_at, status=reply.status, ms=reply.ms, error=reply.error,
        content_type=reply.content_type[:200], body=reply.body,
    )  # fmt: skip
