"""Reading a bin from its first row to its last in pages, oldest first, in constant memory.

The end is fixed at the start: what arrives meanwhile belongs to the next export. Each page is one short read, so a slow
reader holds nothing open in the database; what is deleted meanwhile is left out.
"""

from collections.abc import AsyncIterator, Iterator, Sequence

from ..domain.answers import Answer
from ..domain.bins import Bin
from ..domain.captures import Capture, CaptureRow
from ..domain.messages import Message
from ..domain.search import Query
from ..store import Store

PAGE = 200
# Whole captures are read together up to this many bytes of body; a larger one comes alone.
PAGE_BYTES = 1 << 20

Whole = tuple[Capture, Answer | None]


async def each_page(store: Store, bin: Bin, query: Query | None = None) -> AsyncIterator[Sequence[CaptureRow]]:
    """The captures as lists show them."""
    after = 0
    while after < bin.last_n:
        rows = await store.list_captures(bin.id, limit=PAGE, after=after, query=query)
        page = [row for row in rows if row.n <= bin.last_n]
        if page:
            yield page
        if len(rows) < PAGE:
            return
        after = rows[-1].n


async def each_whole_page(store: Store, bin: Bin, query: Query | None = None) -> AsyncIterator[Sequence[Whole]]:
    """The captures with their bytes, and with what was answered where it was not the default."""
    async for rows in each_page(store, bin, query):
        for numbers in in_bites(rows):
            captures = await store.get_captures(bin.id, numbers)
            sent = await store.get_sent_answers(bin.id, numbers)
            yield [(capture, sent.get(capture.row.n)) for capture in captures]


async def each_message_page(store: Store, bin: Bin, query: Query | None = None) -> AsyncIterator[Sequence[Message]]:
    """The messages, in the order of their first event."""
    after, last = 0, await store.last_message_id(bin.id)
    while after < last:
        found = await store.messages_from(bin.id, after=after, limit=PAGE, query=query)
        page = [message for message in found if message.id <= last]
        if page:
            yield page
        if len(found) < PAGE:
            return
        after = found[-1].id


def in_bites(rows: Sequence[CaptureRow]) -> Iterator[list[int]]:
    """The numbers of captures that may be read together."""
    numbers: list[int] = []
    size = 0
    for row in rows:
        if numbers and size + row.size > PAGE_BYTES:
            yield numbers
            numbers, size = [], 0
        numbers.append(row.n)
        size += row.size
    if numbers:
        yield numbers
