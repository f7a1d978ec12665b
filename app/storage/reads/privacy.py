"""The privacy settings of bins."""

from collections.abc import Sequence

from ..log import jobs
from .base import StoreBase


class PrivacyReads(StoreBase):
    """Implements `Store`."""

    async def list_privacy(self, bin_id: str | None = None) -> Sequence[tuple[str, str]]:
        rows = await self._of_bin("list_privacy", "privacy_of_bin", bin_id)
        return [(row["id"], row["settings"]) for row in rows]

    async def set_privacy(self, bin_id: str, settings: str | None) -> None:
        await self._appender.submit(jobs.SetPrivacy(bin_id, settings))
