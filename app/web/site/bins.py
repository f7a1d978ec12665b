"""Lists of bins, with those only that the caller may know of. Pages and API list bins with these functions only."""

from collections.abc import Sequence

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...errors import NotFound


async def visible_bins(request: web.Request, *, limit: int, before: str | None = None) -> Sequence[Bin]:
    """The newest bins first; with `before`, those older than the bin with that id. Raises NotFound when there is no
    such bin."""
    caller = request[keys.CALLER]
    if before is not None and not caller.sees(before):
        raise NotFound(f"There is no bin {before}.")
    return await request.app[keys.STORE].list_bins(limit=limit, before=before, among=caller.bins)


async def all_visible_bins(request: web.Request) -> Sequence[Bin]:
    """All of them, without counts, in no particular order."""
    return [bin for bin in await request.app[keys.STORE].all_bins() if request[keys.CALLER].sees(bin.id)]
