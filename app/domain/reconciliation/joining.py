"""Records whose id is not here, matched by their parties, the text and the time."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from .columns import (
    FREE,
    M_INBOUND,
    M_MADE,
    M_PIECES,
    MATCHED,
    NO_TIME,
    R_HAS_ID,
    R_INBOUND,
    R_ZONED,
    TIED,
    MessageTable,
    PendingTable,
    RecordTable,
    ordered_by,
)
from .digests import number_of_party
from .nearest import MOST_TIED, Timed, pair_nearest
from .parties import fits
from .zones import Clock

WITHIN_US = 120_000_000
"""How far the arrival may be from the time in the file."""

PIECES_WITHIN_US = 5_000_000
"""How far the pieces of one long message may be from each other."""

_MOST_COMPARED = 64
# Comparisons of numbers that are known in part, for a whole file: each costs a microsecond.
_MOST_COMPARISONS = 2_000_000


@dataclass(frozen=True, slots=True)
class PartyJoin:
    """The tables to join. `ids_trusted`: other records were found by their ids, so a message with another id is another
    message. `in_pieces`: the code of the provider that delivers the pieces of a message with ids of their own."""

    messages: MessageTable
    records: RecordTable
    pending: PendingTable
    clock: Clock
    ids_trusted: bool
    in_pieces: int

    def run(self) -> Iterator[tuple[int, int]]:
        """The pairs that are found, as positions of `pending` and places of messages; `ties` and the states of the
        messages are set."""
        if not len(self.pending) or not len(self.messages):
            return
        # In the repeated hour of a change of the clock a time has a second meaning.
        for attempt in (0, 1):
            open_ones = (at for at in range(len(self.pending)) if self._is_open(at))
            waiting = array("I", (at for at in open_ones if self._time(at, attempt) != NO_TIME))
            for rows, places in self._groups(waiting):
                yield from self._pair_group(rows, places, attempt)
        if self.pending.partial:
            self._tie_partial()

    def _is_open(self, at: int) -> bool:
        place = self.pending.place[at]
        return self.records.match[place] < 0 and at not in self.pending.ties and at not in self.pending.partial

    def _time(self, at: int, attempt: int) -> int:
        """In UTC; `NO_TIME` without one, or without a second meaning."""
        place = self.pending.place[at]
        us = self.records.at[place]
        if us == NO_TIME:
            return NO_TIME
        times = (us,) if self.records.flags[place] & R_ZONED else self.clock.utc(us)
        return times[attempt] if attempt < len(times) else NO_TIME

    def _groups(self, waiting: "array[int]") -> Iterator[tuple[list[int], list[int]]]:
        """Records and free messages with the same direction and parties."""
        pending, messages = self.pending, self.messages
        of_rows = array("q", (self._row_key(at) for at in waiting))
        free = array("I", (place for place in range(len(messages)) if messages.state[place] == FREE))
        of_messages = array("q", (self._message_key(place) for place in free))
        rows, places = ordered_by(of_rows), ordered_by(of_messages)
        start = 0
        for first, last in _runs(of_rows, rows):
            key = of_rows[rows[first]]
            while start < len(places) and of_messages[places[start]] < key:
                start += 1
            end = start
            while end < len(places) and of_messages[places[end]] == key:
                end += 1
            if end > start:
                group = [waiting[rows[at]] for at in range(first, last)]
                one = group[0]
                # Different parties may have one key.
                same = [
                    free[places[at]]
                    for at in range(start, end)
                    if messages.sender[free[places[at]]] == pending.sender[one]
                    and messages.recipient[free[places[at]]] == pending.recipient[one]
                ]
                yield group, same
            start = end

    def _row_key(self, at: int) -> int:
        inbound = bool(self.records.flags[self.pending.place[at]] & R_INBOUND)
        return hash((inbound, self.pending.sender[at], self.pending.recipient[at]))

    def _message_key(self, place: int) -> int:
        messages = self.messages
        return hash((bool(messages.flags[place] & M_INBOUND), messages.sender[place], messages.recipient[place]))

    def _pair_group(self, rows: list[int], places: list[int], attempt: int) -> Iterator[tuple[int, int]]:
        """By text first, then those of which one side has no text. A record with an id is only matched with a message
        whose id may differ."""
        with_id = [at for at in rows if self._has_trusted_id(at)]
        free = [at for at in rows if not self._has_trusted_id(at)]
        pieces = [at for at in with_id if self.pending.provider[at] == self.in_pieces]
        others = [at for at in with_id if self.pending.provider[at] != self.in_pieces]
        own = [place for place in places if self.messages.flags[place] & (M_MADE | M_PIECES)]
        for group, candidates, within_us in (
            (free, places, WITHIN_US), (others, own, WITHIN_US), (pieces, places, PIECES_WITHIN_US)
        ):  # fmt: skip
            if group and candidates:
                yield from self._pair(group, candidates, attempt, within_us)

    def _has_trusted_id(self, at: int) -> bool:
        return self.ids_trusted and bool(self.records.flags[self.pending.place[at]] & R_HAS_ID)

    def _pair(self, rows: list[int], places: list[int], attempt: int, within_us: int) -> Iterator[tuple[int, int]]:
        pending, messages = self.pending, self.messages
        pair = partial(self._pair_alike, attempt=attempt, within_us=within_us)
        by_text: dict[int, tuple[list[int], list[int]]] = {}
        for at in rows:
            by_text.setdefault(pending.begin[at], ([], []))[0].append(at)
        for place in places:
            by_text.setdefault(messages.begin[place], ([], []))[1].append(place)
        for text, (same_rows, same_places) in by_text.items():
            if text:
                yield from pair(same_rows, same_places)
        yield from pair([at for at in rows if not pending.begin[at]], places)
        yield from pair(
            [at for at in rows if pending.begin[at]], [place for place in places if not messages.begin[place]]
        )

    def _pair_alike(
        self, rows: Iterable[int], places: Iterable[int], attempt: int, within_us: int
    ) -> Iterator[tuple[int, int]]:
        """Pairs of those that are still open."""
        pending, messages = self.pending, self.messages
        found = pair_nearest(
            [Timed(self._time(at, attempt), at, pending.unit[at]) for at in rows if self._is_open(at)],
            [Timed(messages.received[place], place) for place in places if messages.state[place] == FREE],
            within_us,
        )
        for at, place in found.pairs:
            messages.state[place] = MATCHED
            self.records.match[pending.place[at]] = place
            yield at, place
        self.pending.ties.update(found.ties)
        for place in found.tied:
            messages.state[place] = TIED

    def _tie_partial(self) -> None:
        """Numbers of which only a part is known: every message that fits is possible, so none is certain."""
        messages = self.messages
        order = ordered_by(messages.received)
        times = array("q", map(messages.received.__getitem__, order))
        left = _MOST_COMPARISONS
        for at, (sender, recipient) in self.pending.partial.items():
            us = self._time(at, 0)
            if us == NO_TIME or left <= 0:
                continue
            near = _near(times, us)
            left -= len(near)
            inbound = bool(self.records.flags[self.pending.place[at]] & R_INBOUND)
            fitting = [
                order[each]
                for each in near
                if messages.state[order[each]] != MATCHED
                and messages.is_inbound(order[each]) is inbound
                and not (self._has_trusted_id(at) and not messages.flags[order[each]] & (M_MADE | M_PIECES))
                and self._fits(at, order[each], sender, recipient)
                and self._may_be_text(at, order[each])
            ]
            if fitting:
                self.pending.ties[at] = tuple(fitting[:MOST_TIED])
            for place in fitting:
                messages.state[place] = TIED

    def _fits(self, at: int, place: int, sender: str | None, recipient: str | None) -> bool:
        """Each party is equal, or fits the known part."""
        return all(
            its == mine or fits(number_of_party(its), number)
            for its, mine, number in (
                (self.messages.sender[place], self.pending.sender[at], sender),
                (self.messages.recipient[place], self.pending.recipient[at], recipient),
            )
        )

    def _may_be_text(self, at: int, place: int) -> bool:
        mine, its = self.pending.begin[at], self.messages.begin[place]
        return not mine or not its or mine == its


def _near(times: "array[int]", us: int) -> range:
    """The positions of the times that are near enough, at most `_MOST_COMPARED`."""
    first, last = bisect_left(times, us - WITHIN_US), bisect_right(times, us + WITHIN_US)
    return range(first, min(last, first + _MOST_COMPARED))


def _runs(values: "array[int]", order: "array[int]") -> Iterator[tuple[int, int]]:
    """The ranges of `order` in which the values are equal."""
    first = 0
    for at in range(1, len(order) + 1):
        if at == len(order) or values[order[at]] != values[order[first]]:
            yield first, at
            first = at
