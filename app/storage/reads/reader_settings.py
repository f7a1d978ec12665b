"""What users set about how the captures of a bin are parsed: its field mapping and its signing secrets."""

from collections.abc import Sequence

from ...domain.reader import ReaderSettings, SigningSecret
from ...domain.units import micros
from ..log import jobs
from ..rows import read_settings
from .base import StoreBase


class ReaderSettingsReads(StoreBase):
    """Implements `Store`."""

    async def get_reader_settings(self, bin_id: str) -> ReaderSettings:
        bounds = {"bin": await self._number(bin_id)}
        return read_settings(await self._log.one("get_mapping", bounds), await self._log.all("list_secrets", bounds))

    async def list_mappings(self, bin_id: str | None = None) -> Sequence[tuple[str, str]]:
        rows = await self._of_bin("list_mappings", "mapping_of_bin", bin_id)
        return [(row["id"], row["mapping"]) for row in rows]

    async def set_mapping(self, bin_id: str, mapping: str | None) -> None:
        await self._appender.submit(jobs.SetMapping(bin_id, mapping))

    async def set_secret(self, bin_id: str, new: SigningSecret) -> None:
        added_at = micros(new.added_at)
        await self._appender.submit(jobs.SetSecret(bin_id, new.label, new.scheme, new.secret, new.hash, added_at))

    async def drop_secret(self, bin_id: str, label: str) -> None:
        await self._appender.submit(jobs.DropSecret(bin_id, label))
