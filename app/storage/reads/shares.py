"""Share links."""

from collections.abc import Sequence
from datetime import datetime

from ...domain.shares import Share, read_part, write_part
from ...domain.units import from_micros, micros
from ..log import jobs
from ..transaction import SqlRow
from .base import StoreBase


class ShareReads(StoreBase):
    """Implements `Store`."""

    async def add_share(self, share: Share) -> None:
        assert share.part is not None, "a new share has not ended"
        await self._appender.submit(
            jobs.AddShare(
                share.id, share.hash, share.bin, write_part(share.part), share.masked, share.made_by,
                micros(share.made_at), micros(share.expires_at),
            )
        )  # fmt: skip

    async def list_shares(self, bin_id: str | None = None) -> Sequence[Share]:
        return [_read_share(row) for row in await self._of_bin("list_shares", "shares_of_bin", bin_id)]

    async def find_share(self, share_hash: str) -> Share | None:
        row = await self._log.one("find_share", {"hash": share_hash})
        return None if row is None else _read_share(row)

    async def end_share(self, share_id: str, ended_at: datetime) -> None:
        await self._appender.submit(jobs.EndShare(share_id, micros(ended_at)))

    async def note_share_views(self, share_id: str, views: int, viewed_at: datetime) -> None:
        await self._appender.submit(jobs.NoteShareViews(share_id, views, micros(viewed_at)))

    async def forget_shares(self, *, ended_before: datetime, now: datetime) -> None:
        await self._appender.submit(jobs.ForgetShares(micros(ended_before), micros(now)))


def _read_share(row: SqlRow) -> Share:
    return Share(
        id=row["id"],
        hash=row["hash"],
        bin=row["bin"],
        part=None if row["part"] is None else read_part(row["part"]),
        masked=bool(row["masked"]),
        made_by=row["made_by"],
        made_at=from_micros(row["made_at"]),
        expires_at=from_micros(row["expires_at"]),
        ended_at=None if row["ended_at"] is None else from_micros(row["ended_at"]),
        views=row["views"],
        viewed_at=None if row["viewed_at"] is None else from_micros(row["viewed_at"]),
    )
