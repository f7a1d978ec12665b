"""The privacy settings of bins."""

from collections.abc import Sequence

from ..log import jobs
from .base import StoreBase


class PrivacyReads(StoreBase):
    """Implements `Store`."""

    async def list_privacy(self) -> Sequence[tuple[str, str]]:
        return [(row["id"], row["settings"]) for row in await self._log.all("list_privacy", {})]

    async def set_privacy(self, bin_id: str, settings: str | None) -> None:
        await self._appender.submit(jobs.SetPrivacy(bin_id, settings))
