"""Reading every capture again from its bytes (P1): after an upgrade that reads better, or a change of mind about a
bin's provider. Each bin is rebuilt whole or stays as it was; memory does not grow with it.

Only where no server runs: captures that came meanwhile would have to wait for it.
"""

from collections.abc import AsyncIterator, Callable

from ..domain.bins import Bin
from ..providers import recognise
from ..storage import Store
from .exporting import each_page, in_bites

BINS = 100

Tell = Callable[[Bin, int], None]


async def reread_all(store: Store, tell: Tell) -> int:
    """Every bin, the newest first; `tell` hears how many captures of which bin are done. The number of captures."""
    done = 0
    async for bin in _each_bin(store):
        done += await reread(store, bin.id, tell)
    return done


async def reread(store: Store, bin_id: str, tell: Tell) -> int:
    """One bin, with the provider that is set on it now. The number of its captures. NotFound."""
    done = 0
    await store.begin_reread(bin_id)
    bin = await store.get_bin(bin_id)
    async for page in each_page(store, bin):
        for numbers in in_bites(page):
            captures = await store.get_captures(bin.id, numbers)
            again = [(capture, recognise(capture.raw, capture.row.role, bin.provider)) for capture in captures]
            await store.reread(bin.id, again)
            done += len(again)
            tell(bin, done)
    await store.end_reread(bin.id)
    return done


async def _each_bin(store: Store) -> AsyncIterator[Bin]:
    before: str | None = None
    while bins := await store.list_bins(limit=BINS, before=before):
        for bin in bins:
            yield bin
        before = bins[-1].id
