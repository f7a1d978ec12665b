"""The fold: applies the events and the outcome of a capture to the messages and pairings of its space.

The result depends only on the captures in order and on their outcomes. So a rebuilt ledger is the same, and what
depends on a deleted capture can be folded again from the rest (`refolding.py`).
"""

from collections.abc import Sequence

from msgspec.structs import replace

from ...domain.captures import Outcome
from ...domain.events import Event, is_made
from ...domain.messages.folding import absorb, begin, makes_message, piece_key, takes_piece, with_findings
from ...domain.messages.model import SOFT_DUPLICATE, Direction, Fact, Message
from ...domain.roles import Kind
from ...domain.units import micros
from ..ids import number_of
from ..transaction import Transaction
from .captures import LedgerCapture, LedgerCaptures
from .changes import Changes
from .counts import LedgerCounts
from .messages import LedgerMessage, LedgerMessages
from .pairs import LedgerPairing, LedgerPairings
from .spaces import Space
from .texts import Text, Texts, has_text, text_of

# The limit of events of one message or call. Further events are counted and do not change it, so that an id that is
# sent endlessly does not make each capture, or its deletion, more expensive.
MAX_EVENTS = 1_000


class Fold:
    """The fold of one space in one transaction."""

    def __init__(self, transaction: Transaction, space: Space) -> None:
        self.transaction = transaction
        self.space = space
        self.changes = Changes(transaction, space)
        self.counts = LedgerCounts(transaction, space)
        self.captures = LedgerCaptures(transaction, space, self.changes, self.counts)
        self.messages = LedgerMessages(transaction, space, self.changes, self.counts)
        self.pairs = LedgerPairings(transaction, space, self.captures, self.counts)
        self.texts = Texts(transaction, space)
        # The messages that events may begin with, and their texts, by capture and position.
        self._begun: dict[tuple[int, int], tuple[Message, Text]] = {}
        self._links: list[tuple[object, ...]] = []
        self._calls: list[tuple[object, ...]] = []

    def look_up(self, captures: Sequence[LedgerCapture]) -> None:
        """Load what these new captures may change, in a few queries."""
        keys = [
            (event.message_id, each.provider or "")
            for each in captures
            for event in each.events
            if makes_message(event)
        ]
        self.messages.look_up(keys)
        known = [entry for key in keys if not self.messages.is_absent(key) and (entry := self.messages.find(key))]
        self.pairs.load([entry.pairing for entry in known if entry.pairing is not None])
        for each in captures:
            for position, event in enumerate(each.events):
                if makes_message(event) and self.messages.is_absent((event.message_id, each.provider or "")):
                    message = begin(_fact(each, event))
                    if has_text(message):
                        self._begun[each.n, position] = message, _text(each, position, message)
        self.texts.look_up([text for _, text in self._begun.values()])

    def look_up_answered(self, numbers: Sequence[int]) -> None:
        """Load what the outcomes of these captures may change, in a few queries."""
        self.captures.look_up(list(numbers))
        found = (self.captures.get(n) for n in numbers)
        waiting = [capture for capture in found if capture is not None and capture.outcome is None]
        rows = [self.space.id(number) for each in waiting for number in each.messages if number is not None]
        self.pairs.load([entry.pairing for entry in self.messages.load(rows) if entry.pairing is not None])

    def add(self, capture: LedgerCapture) -> None:
        """Apply all events of a new capture."""
        for position, event in enumerate(capture.events):
            self.add_event(capture, position, event)

    def add_event(self, capture: LedgerCapture, position: int, event: Event) -> None:
        """Apply one event of a capture."""
        if makes_message(event):
            self._add_to_message(capture, position, event)
        else:
            self._add_to_call(capture, position, event)

    def settle(self, n: int, outcome: Outcome) -> None:
        """Set the outcome of the answer to a capture. Only the first outcome counts."""
        capture = self.captures.get(n)
        if capture is None or capture.outcome is not None:
            return
        capture.outcome = outcome
        self.captures.change(capture)
        for pair in self._pairs_of(capture):
            self.pairs.settle(pair, n, outcome)
            self._update_messages(pair)

    def mark_missing(self, pair: LedgerPairing) -> None:
        """Mark a pairing whose fallback did not come in time."""
        self.pairs.mark_missing(pair)
        self._update_messages(pair)

    def flush(self) -> None:
        """Write all changes."""
        self.transaction.insert("add_link", self._links)
        self.transaction.insert("add_call", self._calls)
        self._links.clear()
        self._calls.clear()
        self.texts.flush()
        # New captures get their seqs first, then the messages that changed with them.
        self.captures.flush()
        self.messages.flush()
        self.pairs.flush()
        self.counts.flush()
        self.changes.flush()

    # Calls

    def _add_to_call(self, capture: LedgerCapture, position: int, event: Event) -> None:
        self._calls.append((self.space.number, event.message_id, capture.n, position))
        self.pair_call(capture, event)

    def pair_call(self, capture: LedgerCapture, event: Event) -> None:
        """Add the capture as a hit to the pairing of the call."""
        if not is_hit_of_call(capture, event) or capture.hit is None:
            return
        pair = self.pairs.find_call(event.message_id)
        if pair is None:
            pair = self.pairs.begin(capture.hit, call=event.message_id)
        elif pair.events < MAX_EVENTS:
            self.pairs.absorb(pair, capture.hit)
        self.pairs.count(pair, 1)

    # Messages

    def _add_to_message(self, capture: LedgerCapture, position: int, event: Event) -> None:
        fact = _fact(capture, event)
        entry = self._find(capture, position, fact)
        odd: tuple[str, ...] = ()
        if entry is None:
            entry, odd = self._begin(capture, position, fact)
        elif entry.events < MAX_EVENTS:
            message, odd = absorb(entry.message, fact)
            self.messages.change(entry, message)
            self._pair(capture, entry, event)
        else:
            self.messages.change(entry, replace(entry.message, last_n=fact.n, last_at=fact.at))
        entry.events += 1
        self._links.append((entry.id, capture.n, position))
        capture.messages[position] = number_of(entry.id)
        self.captures.set_odd(capture, position, odd)
        self.captures.change(capture, notify=False)

    def _begin(self, capture: LedgerCapture, position: int, fact: Fact) -> tuple[LedgerMessage, tuple[str, ...]]:
        message, text = self._begun.pop((capture.n, position), None) or (begin(fact), None)
        hit = None if capture.is_call else capture.hit
        twin_of: LedgerPairing | None = None
        odd: tuple[str, ...] = ()
        if has_text(message):
            text = _text(capture, position, message) if text is None else text
            others = self.texts.before(text)
            across = [other.message for other in others if other.is_across(text)]
            twin_of = None if hit is None else self._find_across(across)
            if others and twin_of is None:
                odd = (SOFT_DUPLICATE,)
                message = replace(message, findings=(*message.findings, *odd))
        entry = self.messages.begin(message, None if twin_of is None else twin_of.id)
        if text is not None:
            self.texts.add(replace(text, joined=int(twin_of is not None), message=entry.id))
        if twin_of is not None:
            assert hit is not None, "only a hit is looked for across"
            twin_of.twin = entry.id
            self.pairs.absorb(twin_of, hit, entry.id)
            self._update_messages(twin_of)
        else:
            self._pair(capture, entry, fact.event)
        return entry, odd

    def _find_across(self, messages: Sequence[int]) -> LedgerPairing | None:
        """The pairing of the first of these messages that has hits on one URL only."""
        for id in messages:
            entry = self.messages.get(id)
            pair = None if entry is None or entry.pairing is None else self.pairs.get(entry.pairing)
            if pair is not None and pair.twin is None and len({hit.fallback for hit in pair.pairing.hits}) == 1:
                return pair
        return None

    def _pair(self, capture: LedgerCapture, entry: LedgerMessage, event: Event) -> None:
        """Add the capture as a hit to the pairing of the message."""
        before = None if entry.pairing is None else self.pairs.get(entry.pairing)
        if entry.message.direction is Direction.OUTBOUND:
            if before is not None:
                entry.pairing = None
                self.messages.touch(entry)
                self.messages.change(entry, with_findings(entry.message, ()))
                self.pairs.leave(before, entry.id)
                self._update_messages(before)
            return
        hit = capture.hit
        if hit is None or capture.is_call or event.kind is not Kind.INBOUND:
            return
        had: tuple[str, ...] = ()
        if before is None:
            before = self.pairs.begin(hit, message=entry.id)
            entry.pairing = before.id
            self.messages.touch(entry)
        else:
            had = before.pairing.findings
            self.pairs.absorb(before, hit, entry.id)
        if had != before.pairing.findings or had:
            self._update_messages(before)

    def _update_messages(self, pair: LedgerPairing) -> None:
        """Copy the findings of the pairing to its messages."""
        for row in pair.messages:
            entry = self.messages.get(row)
            if entry is not None:
                self.messages.change(entry, with_findings(entry.message, pair.pairing.findings))

    def _find(self, capture: LedgerCapture, position: int, fact: Fact) -> LedgerMessage | None:
        entry = self.messages.find((fact.event.message_id, fact.provider))
        if entry is not None:
            return entry
        wanted = piece_key(fact.event)
        if wanted is None:
            return self._find_repeated(capture, position, fact) if is_made(fact.event.message_id) else None
        for entry in self.messages.find_pieces(wanted, fact.at):
            if entry.message.provider == fact.provider and takes_piece(entry.message, fact):
                return entry
        return None

    def _find_repeated(self, capture: LedgerCapture, position: int, fact: Fact) -> LedgerMessage | None:
        """The message of an identical request to the same URL within a minute, where neither has a message id."""
        message = begin(fact)
        if not fact.print or not has_text(message):
            return None
        text = _text(capture, position, message)
        for other in self.texts.before(text):
            entry = self.messages.get(other.message) if other.n != text.n and other.may_repeat(text) else None
            if entry is not None and fact.print in entry.message.prints:
                return entry
        return None

    def _pairs_of(self, capture: LedgerCapture) -> list[LedgerPairing]:
        """The pairings that a capture may be a hit of."""
        found: dict[int, LedgerPairing] = {}
        for event, number in zip(capture.events, capture.messages, strict=True):
            if number is None:
                pair = self.pairs.find_call(event.message_id) if capture.is_call else None
            else:
                entry = self.messages.get(self.space.id(number))
                pair = None if entry is None or entry.pairing is None else self.pairs.get(entry.pairing)
            if pair is not None:
                found[pair.id] = pair
        return list(found.values())


def _fact(capture: LedgerCapture, event: Event) -> Fact:
    return Fact(
        n=capture.n, at=capture.at, provider=capture.provider or "", event=event, print=capture.print,
        findings=capture.own,
    )  # fmt: skip


def _text(capture: LedgerCapture, position: int, message: Message) -> Text:
    hit = None if capture.is_call else capture.hit
    return text_of(message, capture.n, position, micros(capture.at), None if hit is None else hit.fallback)


def is_hit_of_call(capture: LedgerCapture, event: Event) -> bool:
    """Whether it was sent to a voice URL, which belongs to a pair; callbacks of a call do not."""
    return capture.is_call and event.kind is Kind.VOICE
