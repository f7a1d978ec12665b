"""Reads an open capture for its page."""

from .shared import CaptureDetail, read_shared
from .tabs import TABS, Source


async def open_detail(source: Source, tab: str) -> CaptureDetail:
    """Read one tab of the capture of a source; the first one for an unknown name."""
    name = tab if tab in TABS else next(iter(TABS))
    titles = {name: each.title for name, each in TABS.items()}
    shared = await read_shared(source.store, source.bin_id, source.capture, source.masking, titles, name)
    return await TABS[name].open(shared, source)
