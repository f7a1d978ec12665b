"""Lost records as the requests that the provider would have sent: composed by its data sheet, marked, and sent to a
user's own handler."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ... import clock
from ...domain.captures import RawRequest
from ...domain.messages.model import Direction
from ...domain.reconciliation.kept import KeptRecord
from ...domain.reconciliation.verdicts import LOST
from ...domain.replays import MOST_AT_ONCE, NewAttempt
from ...domain.roles import Kind, Role
from ...domain.units import from_micros
from ...egress import AT_ONCE, Network, check_target
from ...errors import Invalid
from ...providers import PROVIDERS
from ...providers.sheet import RequestSpec, as_raw
from ...store import ReconciliationArchive, Store
from ..replays import send_again

MARK = "X-Smsbin-Reconstructed"
"""The header of a request that was made from a record; its value is the reconciliation and the number of the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconstructedAttempt:
    """A record that was sent. `without_text`: the file has no text of it, or the text was not kept."""

    record: KeptRecord
    attempt: NewAttempt
    without_text: bool


def problem_of(record: KeptRecord, usual: str | None) -> str | None:
    """Why a record cannot be sent; None if it can be. `usual`: the provider of a file that does not show it."""
    if record.verdict not in LOST:
        return "is not lost"
    if (record.provider or usual) not in PROVIDERS:
        return "has no known provider, so the form of its requests is not known"
    if record.message_id is None or record.sender is None or record.recipient is None:
        return "has no message id, sender or recipient"
    if record.direction is Direction.OUTBOUND and record.word is None:
        return "has no status"
    return None


def reconstruct(
    record: KeptRecord, mark: str, url: str, now: datetime, usual: str | None = None
) -> tuple[RawRequest, Role]:
    """The request that the provider would have sent to `url`. `usual` as for `problem_of`. Raises Invalid with the
    reason why not."""
    problem = problem_of(record, usual)
    if problem is not None:
        raise Invalid(("records", f"{record.number:,} {problem}"))
    inbound = record.direction is not Direction.OUTBOUND
    spec = RequestSpec(
        kind=Kind.INBOUND if inbound else Kind.STATUS,
        message_id=record.message_id or "",
        sender=record.sender or "",
        recipient=record.recipient or "",
        text=record.text,
        raw_status=None if inbound else record.word,
        media=(),
        error_code=record.error_code,
        at=now if record.at_us is None else from_micros(record.at_us),
        url=url,
    )
    composed = PROVIDERS[record.provider or usual or ""].compose(spec)
    composed = replace(composed, headers=(*composed.headers, (MARK, mark)))
    return as_raw(composed, "/", now), Role.PRIMARY if inbound else Role.STATUS


class Reconstructing:
    """Use from one event loop only. `allowed`: the targets that the operator allows."""

    def __init__(self, store: Store, archive: ReconciliationArchive, allowed: Sequence[Network | str]) -> None:
        self._store = store
        self._archive = archive
        self._allowed = allowed
        self._semaphore = asyncio.Semaphore(AT_ONCE)

    async def replay(self, bin_id: str, id: str, numbers: Sequence[int], url: str) -> list[ReconstructedAttempt]:
        """Send lost records one after the other, in this order. Nothing is sent if one of them cannot be. Raises
        NotFound, Invalid."""
        if not 1 <= len(numbers) <= MOST_AT_ONCE:
            raise Invalid(("records", f"must be 1 to {MOST_AT_ONCE} numbers of records"))
        url = check_target("url", url)
        usual = (await self._store.get_bin(bin_id, wait=False)).provider
        found = []
        for number in numbers:
            record = await self._archive.get_record(bin_id, id, number)
            found.append((record, *reconstruct(record, f"{id}/{number}", url, clock.now(), usual)))
        attempts = []
        for record, raw, role in found:
            async with self._semaphore:
                attempt = await send_again(record.number, raw, role, url, with_credentials=False, allowed=self._allowed)
            attempts.append(ReconstructedAttempt(record=record, attempt=attempt, without_text=record.text is None))
        return attempts
