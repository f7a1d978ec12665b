"""Reads an open capture for its page."""

from ...domain.captures import Capture
from ...store import Store
from .shared import CaptureDetail, read_shared
from .tabs import TABS, Source


async def open_detail(
    store: Store, bin_id: str, capture: Capture, address: str, tab: str, find: str = ""
) -> CaptureDetail:
    """Read one tab of a capture; the first one for an unknown name. `address` is the bin's own URL of its role;
    `find` is what to find in the fields or in the body."""
    name = tab if tab in TABS else next(iter(TABS))
    titles = {name: each.title for name, each in TABS.items()}
    shared = await read_shared(store, bin_id, capture, titles, name)
    return await TABS[name].open(shared, Source(store=store, bin_id=bin_id, address=address, find=find))
