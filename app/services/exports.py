"""Reads a bin from its first row to its last in pages, oldest first, with constant memory.

The end is fixed at the start. Each page is one short read, so a slow client keeps no transaction open; rows that are
deleted in the meantime are left out. With a filter, a read covers a range of numbers, whether or not anything in it
matches, and the size of the next range depends on the time that this one took: no filter makes an export fail, or
blocks other reads.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

from ..clock import ticks
from ..domain.answers.model import Answer
from ..domain.bins import Bin
from ..domain.captures import Capture, CaptureRow
from ..domain.messages.model import Message
from ..domain.search import Query
from ..errors import TooSlow
from ..store import Store

PAGE = 200
# Complete captures are read together up to this number of body bytes; a larger one is read alone.
PAGE_BYTES = 1 << 20
# The number of rows that a read with a filter covers, at the beginning and at least, and the limits of its time in
# seconds within which the number stays the same.
RANGE, LEAST_RANGE = 2_000, 200
SHORT_S, LONG_S = 0.05, 0.2

Whole = tuple[Capture, Answer | None]
Row = TypeVar("Row")


async def each_page(
    store: Store, bin_id: str, last: int, query: Query | None = None, after: int = 0
) -> AsyncIterator[Sequence[CaptureRow]]:
    """The captures as in lists, above `after` and up to `last`."""

    def read(after: int, upto: int) -> Awaitable[Sequence[CaptureRow]]:
        return store.list_captures(bin_id, limit=PAGE, after=after, upto=upto, query=query)

    async for rows in _each_range(read, lambda row: row.n, last, has_filter=query is not None, after=after):
        yield rows


async def each_whole_page(store: Store, bin: Bin, query: Query | None = None) -> AsyncIterator[Sequence[Whole]]:
    """The captures with their bytes, and with the answer if it was not the default."""
    async for rows in each_page(store, bin.id, bin.last_n, query):
        for numbers in in_chunks(rows):
            captures = await store.get_captures(bin.id, numbers)
            sent = await store.get_sent_answers(bin.id, numbers)
            yield [(capture, sent.get(capture.row.n)) for capture in captures]


async def each_chosen(store: Store, bin: Bin, numbers: Sequence[int]) -> AsyncIterator[Whole]:
    """The captures with these numbers, without those that do not exist, one by one: each may be large."""
    for n in sorted(set(numbers)):
        for capture in await store.get_captures(bin.id, [n]):
            yield capture, await store.get_sent_answer(bin.id, n)


async def each_message_page(store: Store, bin: Bin, query: Query | None = None) -> AsyncIterator[Sequence[Message]]:
    """The messages in the order of their first event."""

    def read(after: int, upto: int) -> Awaitable[Sequence[Message]]:
        return store.messages_from(bin.id, after=after, upto=upto, limit=PAGE, query=query)

    last = await store.last_message_id(bin.id)
    async for messages in _each_range(read, lambda message: message.id, last, has_filter=query is not None):
        yield messages


async def _each_range(
    read: Callable[[int, int], Awaitable[Sequence[Row]]],
    number_of: Callable[[Row], int],
    last: int,
    *,
    has_filter: bool,
    after: int = 0,
) -> AsyncIterator[Sequence[Row]]:
    """Pages of rows above the number `after` and up to `last`. `read` returns at most `PAGE` rows with numbers above
    its first argument and not above its second."""
    size = RANGE if has_filter else last
    while after < last:
        since = ticks()
        upto = min(after + size, last)
        try:
            rows = await read(after, upto)
        except TooSlow:
            if size == 1:
                raise
            size = max(1, size // 8)
            continue
        if rows:
            yield rows
        after = number_of(rows[-1]) if len(rows) == PAGE else upto
        took_s = ticks() - since
        if has_filter and took_s < SHORT_S:
            size *= 2
        elif has_filter and took_s > LONG_S:
            size = max(min(size, LEAST_RANGE), size // 2)


def in_chunks(rows: Sequence[CaptureRow]) -> Iterator[list[int]]:
    """The numbers of captures that can be read together."""
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
