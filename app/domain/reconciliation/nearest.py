"""Pairs of rows and messages of the same parties by their times: one to one, the nearest first.

All of them are put on one line in the order of time. The nearest pair is always one of neighbours, and after it is
taken off the line, its neighbours are next to each other. So it takes n log n steps, however many messages the same two
parties exchanged.
"""

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

MOST_STEPS = 32
"""Neighbours on each side that are compared for a tie, so that a step takes a bounded time."""


MOST_TIED = 10
"""Messages that are listed for a row that fits several."""


class Timed(NamedTuple):
    """A row or a message by its number. `unit_us`: the precision of its time."""

    us: int
    number: int
    unit_us: int = 1


class NearestPairs(NamedTuple):
    """`pairs`: a row and its message. `ties`: rows with messages that fit equally well, at most `MOST_TIED` for each;
    `tied`: all of these messages."""

    pairs: list[tuple[int, int]]
    ties: list[tuple[int, tuple[int, ...]]]
    tied: list[int]


def pair_nearest(rows: Sequence[Timed], messages: Sequence[Timed], within_us: int) -> NearestPairs:
    """Pairs that are at most `within_us` apart. A row is tied if the precision of its time does not show which of
    several messages is nearer, or a message for several rows; tied ones are not paired."""
    line = _Line(rows, messages)
    found = NearestPairs([], [], [])
    heap = [(line.distance(at, at + 1), at, at + 1) for at in range(line.size - 1) if line.differ(at, at + 1)]
    heap = [entry for entry in heap if entry[0] <= within_us]
    heapify(heap)
    while heap:
        distance, left, right = heappop(heap)
        if line.gone[left] or line.gone[right]:
            continue
        row, message = (left, right) if line.is_row(left) else (right, left)
        tied_messages = line.as_near(row, distance, line.unit_us(row))
        tied_rows = line.as_near(message, distance, line.unit_us(row))
        if tied_messages == [message] and tied_rows == [row]:
            found.pairs.append((line.number(row), line.number(message)))
        else:
            tied_rows, tied_messages = line.with_equal_times(tied_rows, tied_messages, row, message)
            numbers = tuple([line.number(each) for each in tied_messages[:MOST_TIED]])
            found.ties.extend((line.number(each), numbers) for each in tied_rows)
            found.tied.extend(line.number(each) for each in tied_messages)
        for each in (*tied_rows, *tied_messages):
            for one, other in line.remove(each):
                if line.differ(one, other) and (apart := line.distance(one, other)) <= within_us:
                    heappush(heap, (apart, one, other))
    return found


class _Line:
    """Rows and messages in the order of time, each linked with its neighbours."""

    def __init__(self, rows: Sequence[Timed], messages: Sequence[Timed]) -> None:
        merged = sorted([(each, True) for each in rows] + [(each, False) for each in messages])
        self._items = merged
        self.size = len(merged)
        self.gone = bytearray(self.size)
        self._before = list(range(-1, self.size - 1))
        self._after = list(range(1, self.size + 1))

    def is_row(self, at: int) -> bool:
        return self._items[at][1]

    def number(self, at: int) -> int:
        return self._items[at][0].number

    def unit_us(self, at: int) -> int:
        return self._items[at][0].unit_us

    def differ(self, one: int, other: int) -> bool:
        """Whether one is a row and the other a message."""
        return self._items[one][1] is not self._items[other][1]

    def distance(self, one: int, other: int) -> int:
        return abs(self._items[one][0].us - self._items[other][0].us)

    def remove(self, at: int) -> Iterator[tuple[int, int]]:
        """Take it off the line, once; gives the two that are neighbours now."""
        if self.gone[at]:
            return
        self.gone[at] = 1
        before, after = self._before[at], self._after[at]
        if before >= 0:
            self._after[before] = after
        if after < self.size:
            self._before[after] = before
        if before >= 0 and after < self.size:
            yield before, after

    def with_equal_times(
        self, rows: list[int], messages: list[int], row: int, message: int
    ) -> tuple[list[int], list[int]]:
        """These, and all whose time cannot be distinguished from that of the row or the message: a tie is one of all of
        them. They are taken off the line, so that all steps together are as many as there are items."""
        unit_us = self.unit_us(row)
        both = {*rows, *messages, row, message}
        for at in (row, message):
            for links in (self._before, self._after):
                each = links[at]
                while 0 <= each < self.size and self.distance(at, each) < unit_us:
                    both.add(each)
                    each = links[each]
        ordered = sorted(both)
        return [at for at in ordered if self.is_row(at)], [at for at in ordered if not self.is_row(at)]

    def as_near(self, at: int, distance: int, unit_us: int) -> list[int]:
        """Those of the other type that are as near as `distance`, up to the precision, in the order of time."""
        found = []
        for links in (self._before, self._after):
            each = links[at]
            for _ in range(MOST_STEPS):
                if not 0 <= each < self.size or self.distance(at, each) - distance >= unit_us:
                    break
                if self.differ(at, each):
                    found.append(each)
                each = links[each]
        return sorted(found)
