"""The field mappings of all bins, in memory, so that choosing an answer needs no read. The store is changed first."""

import asyncio
from collections.abc import Callable
from functools import partial

from ..domain.mappings import FieldMapping, write_mapping
from ..live.hub import Hub
from ..providers.custom import CustomReader, custom_reader
from ..store import Store
from .keyring import Reload
from .rereading import wait_until_reread


class Mappings:
    """Use from one event loop only."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub
        # None: stored by another version, which has a mapping that this one cannot parse.
        self._by_bin: dict[str, CustomReader | None] = {}
        self._changing = asyncio.Lock()
        self.reload: Reload | None = None
        """Set if the store is shared."""

    async def start(self) -> None:
        """Load the mappings that users have set."""
        self._by_bin = {bin_id: custom_reader(text) for bin_id, text in await self._store.list_mappings()}

    async def read(self, bin_id: str) -> Callable[[], None]:
        """As in `Reloadable`."""
        found = [text for _, text in await self._store.list_mappings(bin_id)]
        return partial(self._put, bin_id, found[0] if found else None)

    def reader_of(self, bin_id: str) -> CustomReader | None:
        """The reader for the requests of a bin; None without a mapping."""
        return self._by_bin.get(bin_id)

    def of(self, bin_id: str) -> FieldMapping | None:
        """The mapping of a bin, if there is one."""
        reader = self._by_bin.get(bin_id)
        return None if reader is None else reader.mapping

    def is_unreadable(self, bin_id: str) -> bool:
        """Whether the stored mapping is of another version, so that it is not used."""
        return bin_id in self._by_bin and self._by_bin[bin_id] is None

    async def set(self, bin_id: str, mapping: FieldMapping) -> None:
        """Set the mapping of a bin; its captures are parsed again. Waits for that, but not long. Raises NotFound."""
        text = write_mapping(mapping)
        async with self._changing:
            await self._set(bin_id, text)
        await self._parsed_again(bin_id)

    async def remove(self, bin_id: str) -> None:
        """Remove the mapping of a bin; its captures are parsed again. Without a mapping, nothing is done. Raises
        NotFound."""
        async with self._changing:
            if (await self._store.get_reader_settings(bin_id)).mapping is None:
                return
            await self._set(bin_id, None)
        await self._parsed_again(bin_id)

    def forget(self, bin_id: str) -> None:
        """The bin was deleted."""
        self._by_bin.pop(bin_id, None)

    async def _set(self, bin_id: str, text: str | None) -> None:
        await self._store.set_mapping(bin_id, text)
        if self.reload is not None:
            await self.reload(bin_id)
        else:
            self._put(bin_id, text)

    def _put(self, bin_id: str, text: str | None) -> None:
        if text is None:
            self._by_bin.pop(bin_id, None)
        else:
            self._by_bin[bin_id] = custom_reader(text)

    async def _parsed_again(self, bin_id: str) -> None:
        self._hub.notify(bin_id)
        await wait_until_reread(self._store, self._hub, bin_id)
