"""Deletes captures from the ledger: afterwards it is as if they had never come.

A capture affects others: the message that it began, a repeated text, the pairing that it was a hit of, the other
parts of a long message. So everything that may depend on it is collected, erased, and folded again from the
remaining captures, with the same code that folds new ones.
"""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from ...domain.events import Event
from ...domain.messages.folding import begin, piece_key
from ...domain.messages.model import SOFT_DUPLICATE, Fact
from ...domain.units import micros
from ..ids import number_of
from .captures import LedgerCapture
from .folding import MAX_EVENTS, Fold, is_hit_of_call
from .messages import LedgerMessage
from .pairs import LedgerPairing
from .texts import Text, has_text, text_of

# The limit of messages that are folded again at once. More depend on each other only if the same text without an id
# comes repeatedly on both URLs; then the whole space is rebuilt.
MAX_MESSAGES = 1_000

# Number of the capture, position of the event.
EventPosition = tuple[int, int]


class TooMany(Exception):
    """More depends on the captures than can be folded again in one transaction."""


class _RefoldedMessage(msgspec.Struct):
    """A message that is folded again: its first remaining events, the number of further ones, and the last of those."""

    entry: LedgerMessage
    places: list[EventPosition]
    more: int
    last: EventPosition | None


class Refold:
    """For one use: call `collect`, then `apply`."""

    def __init__(self, fold: Fold, deleted: frozenset[int]) -> None:
        self._fold = fold
        self._deleted = deleted
        self._parts: dict[int, _RefoldedMessage] = {}
        self._pairs: dict[int, LedgerPairing] = {}
        # Calls, and the number of their deleted hits.
        self._calls: dict[str, int] = {}
        # The texts that the messages begin with, and the texts of other messages that are near them.
        self._begun: list[Text] = []
        self._near_texts: dict[EventPosition, Text] = {}
        self._waiting: list[LedgerMessage] = []
        self._seen: set[int] = set()

    def collect(self) -> None:
        """Find everything that depends on the deleted captures. Raises TooMany."""
        for n in sorted(self._deleted):
            capture = self._fold.captures.get(n)
            if capture is None:
                continue
            for event, number in zip(capture.events, capture.messages, strict=True):
                if number is None:
                    hits = int(is_hit_of_call(capture, event))
                    self._calls[event.message_id] = self._calls.get(event.message_id, 0) + hits
                else:
                    self._enqueue(self._fold.messages.get(self._fold.space.id(number)))
        while self._waiting:
            self._follow(self._waiting.pop())

    def apply(self) -> None:
        """Erase it, and fold the remaining events again."""
        fold = self._fold
        for part in self._parts.values():
            self._erase(part)
        for pair in self._pairs.values():
            fold.pairs.erase(pair)
        fold.texts.erase(self._begun)
        places = sorted({event_position for part in self._parts.values() for event_position in part.places})
        for n, position in places:
            capture = self._capture(n)
            capture.messages[position] = None
            fold.captures.set_odd(capture, position, ())
        for n, position in places:
            capture = self._capture(n)
            fold.add_event(capture, position, capture.events[position])
        for part in self._parts.values():
            self._count_more(part)
        for call, gone in self._calls.items():
            self._refold_call(call, gone)
        for n in self._deleted if self._calls else ():
            fold.transaction.run("erase_calls_of_capture", {"space": fold.space.number, "n": n})
        for text in self._near_texts.values():
            self._check_soft_duplicate(text)

    def _capture(self, n: int) -> LedgerCapture:
        capture = self._fold.captures.get(n)
        assert capture is not None, "a link leads to a capture"
        return capture

    # Finding

    def _enqueue(self, entry: LedgerMessage | None) -> None:
        if entry is None or entry.id in self._seen:
            return
        if len(self._seen) >= MAX_MESSAGES:
            raise TooMany
        self._seen.add(entry.id)
        self._waiting.append(entry)

    def _follow(self, entry: LedgerMessage) -> None:
        """Collect what may depend on a message: through its pairing, and through what each of its events could
        begin."""
        fold = self._fold
        if entry.pairing is not None and (pair := fold.pairs.get(entry.pairing)) is not None:
            self._pairs[pair.id] = pair
            for row in pair.messages:
                self._enqueue(fold.messages.get(row))
        part = self._part(entry)
        self._parts[entry.id] = part
        deleted = list(self._deleted_positions(entry))
        fold.captures.look_up([n for n, _ in (*part.places, *deleted)])
        first = min([*deleted, *part.places[:1]])
        for event_position in (*part.places, *deleted):
            capture = self._capture(event_position[0])
            self._follow_event(
                capture, event_position[1], capture.events[event_position[1]], begins=event_position == first
            )

    def _part(self, entry: LedgerMessage) -> _RefoldedMessage:
        """Its events without the deleted ones."""
        count = len(self._deleted)
        values = {"message": entry.id, "limit": MAX_EVENTS + count}
        places = [
            (row["n"], row["position"])
            for row in self._fold.transaction.all("first_links", values)
            if row["n"] not in self._deleted
        ][:MAX_EVENTS]
        gone = sum(1 for _ in self._deleted_positions(entry))
        more = entry.events - gone - len(places)
        last = None
        if more > 0:
            newest = self._fold.transaction.all("last_links", {"message": entry.id, "limit": count + 1})
            last = next((row["n"], row["position"]) for row in newest if row["n"] not in self._deleted)
        return _RefoldedMessage(entry, places, more, last)

    def _deleted_positions(self, entry: LedgerMessage) -> Iterator[EventPosition]:
        number = number_of(entry.id)
        for n in self._deleted:
            capture = self._fold.captures.get(n)
            if capture is not None:
                yield from ((n, position) for position, each in enumerate(capture.messages) if each == number)

    def _follow_event(self, capture: LedgerCapture, position: int, event: Event, *, begins: bool) -> None:
        fold = self._fold
        self._enqueue(fold.messages.find((event.message_id, capture.provider or "")))
        wanted = piece_key(event)
        if wanted is not None:
            for other in fold.messages.find_pieces(wanted, capture.at):
                self._enqueue(other)
            return
        message = begin(Fact(n=capture.n, at=capture.at, provider=capture.provider or "", event=event))
        if not has_text(message):
            return
        hit = None if capture.is_call else capture.hit
        text = text_of(message, capture.n, position, micros(capture.at), None if hit is None else hit.fallback)
        if begins:
            self._begun.append(text)
        for near in (*fold.texts.before(text), *fold.texts.behind(text)):
            self._near_texts[(near.n, near.position)] = near
            if near.is_across(text) or near.may_repeat(text):
                self._enqueue(fold.messages.get(near.message))

    # Erasing and folding again

    def _erase(self, part: _RefoldedMessage) -> None:
        fold = self._fold
        fold.messages.erase(part.entry)
        n, position = part.places[-1] if part.more > 0 else (1 << 62, 0)
        fold.transaction.run("erase_links", {"message": part.entry.id, "n": n, "position": position})
        fold.transaction.each(
            "erase_link", [(part.entry.id, *event_position) for event_position in self._deleted_positions(part.entry)]
        )

    def _count_more(self, part: _RefoldedMessage) -> None:
        """Count the events after the first thousand; their links were not erased."""
        if part.last is None:
            return
        entry = self._fold.messages.get(part.entry.id)
        if entry is None:
            raise TooMany
        n = part.last[0]
        self._fold.messages.change(entry, replace(entry.message, last_n=n, last_at=self._capture(n).at))
        entry.events += part.more

    def _check_soft_duplicate(self, text: Text) -> None:
        """Decide again whether a message, which was not folded again itself, is a soft duplicate."""
        fold = self._fold
        entry, capture = fold.messages.get(text.message), fold.captures.get(text.n)
        if entry is None or capture is None or text.n in self._deleted or text.message in self._parts:
            return
        codes = tuple(code for code in capture.odd.get(text.position, ()) if code != SOFT_DUPLICATE)
        findings = tuple(code for code in entry.message.findings if code != SOFT_DUPLICATE)
        if not text.joined and fold.texts.before(text):
            codes, findings = (SOFT_DUPLICATE, *codes), (SOFT_DUPLICATE, *findings)
        fold.captures.set_odd(capture, text.position, codes)
        if set(findings) != set(entry.message.findings):
            fold.messages.change(entry, replace(entry.message, findings=findings))

    def _refold_call(self, call: str, gone: int) -> None:
        """Fold the pairing of a call again; `gone` of its hits are deleted. The rows of the other captures stay."""
        fold = self._fold
        pair = fold.pairs.find_call(call)
        if pair is None:
            return
        values = {"space": fold.space.number, "call": call, "limit": MAX_EVENTS + gone}
        found = fold.transaction.all("first_call_hits", values)
        rows = [row for row in found if row["n"] not in self._deleted][:MAX_EVENTS]
        fold.captures.look_up([row["n"] for row in rows])
        more = pair.events - gone - len(rows)
        fold.pairs.erase(pair)
        for row in rows:
            capture = self._capture(row["n"])
            fold.pair_call(capture, capture.events[row["position"]])
        if more > 0 and (pair := fold.pairs.find_call(call)) is not None:
            fold.pairs.count(pair, more)
