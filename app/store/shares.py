"""Share links."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ..domain.shares import Share


class ShareStore(Protocol):
    """Share links. A share that has ended is kept for a while; what it was for is deleted at once."""

    async def add_share(self, share: Share) -> None:
        """Store a share. Raises Conflict when its id or hash is taken."""

    async def list_shares(self, bin_id: str | None = None) -> Sequence[Share]:
        """The shares of all bins, or of one, oldest first, also those that have ended."""

    async def find_share(self, share_hash: str) -> Share | None:
        """A share by the hash of its secret, or None."""

    async def end_share(self, share_id: str, ended_at: datetime) -> None:
        """End a share, and forget what it was for. An unknown one is ignored."""

    async def note_share_views(self, share_id: str, views: int, viewed_at: datetime) -> None:
        """Count more views of a share, and store when it was viewed last. An unknown one is ignored."""

    async def forget_shares(self, *, ended_before: datetime, now: datetime) -> None:
        """Delete the shares that ended before a time, and forget what those were for that have expired `now`."""
