"""The texts of inbound messages, to find the same text between the same numbers shortly before, under another
message id. It is a soft duplicate or, if a request has no message id, possibly the same message: on the other URL, or
repeated on the same one.
"""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import chain, islice

import msgspec

from ...domain.events import is_made
from ...domain.messages.folding import DUPLICATE_TEXT_WITHIN
from ...domain.messages.model import Direction, Message
from ...domain.units import MICROSECOND
from ..transaction import Transaction
from .spaces import Space

WITHIN_US = DUPLICATE_TEXT_WITHIN // MICROSECOND
# The same text may be sent endlessly, so at most this number of neighbours is examined.
NEAREST = 5
_NEITHER, _PRIMARY, _FALLBACK = range(3)


class Text(msgspec.Struct, frozen=True, gc=False):
    """A row of `texts`: event `position` of capture n began a message. `made`: the request had no message id.
    `joined`: the message was matched with one on the other URL."""

    minute: int
    hash: int
    n: int
    position: int
    at: int
    side: int
    made: int
    joined: int
    message: int

    def is_across(self, other: "Text") -> bool:
        """Whether they may be one message on the two URLs: different URLs, and at least one without a message id."""
        sides = {self.side, other.side}
        return sides == {_PRIMARY, _FALLBACK} and bool(self.made or other.made)

    def may_repeat(self, other: "Text") -> bool:
        """Whether one may be a repeat of the other: the same URL, and neither has a message id."""
        return self.side == other.side and bool(self.made and other.made) and self.position == other.position

    def is_near(self, other: "Text") -> bool:
        """Whether they are the same text within a minute."""
        return self.hash == other.hash and abs(self.at - other.at) <= WITHIN_US


def has_text(message: Message) -> bool:
    """Whether it is inbound with something to compare. Parts of long messages are not compared."""
    return bool(
        message.direction is Direction.INBOUND and message.text and message.sender and message.piece_key is None
    )


def text_of(message: Message, n: int, position: int, at: int, fallback: bool | None) -> Text:
    """The row for a message. `fallback` as in a hit; None if the URL belongs to no pair."""
    compared = "\0".join((message.sender or "", message.recipient or "", message.text or ""))
    digest = hashlib.blake2b(compared.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    side = _NEITHER if fallback is None else _FALLBACK if fallback else _PRIMARY
    made = int(is_made(message.message_id))
    # 62 bits: fits SQLite's signed integers.
    return Text(at // WITHIN_US, int.from_bytes(digest) >> 2, n, position, at, side, made, 0, 0)


class Texts:
    """The texts of one space in one transaction."""

    def __init__(self, transaction: Transaction, space: Space) -> None:
        self._transaction = transaction
        self._space = space
        # The texts of this transaction by minute and hash, in the order of their positions.
        self._new: dict[tuple[int, int], list[Text]] = {}
        self._has_erased = False
        # Minutes and hashes near which there is no stored text.
        self._absent: set[tuple[int, int]] = set()

    def look_up(self, texts: Sequence[Text]) -> None:
        """Find out in one query near which of these there is a stored text; most are new."""
        wanted = {(text.minute, text.hash): None for text in texts}
        found = self._transaction.find("known_texts", [(self._space.number, *place) for place in wanted])
        self._absent.update(wanted.keys() - {(row[0], row[1]) for row in found})

    def before(self, text: Text) -> list[Text]:
        """The last `NEAREST` equal texts before it within a minute, the newest first. Of each minute the last `NEAREST`
        are examined, whether they are stored or new: a rebuilt ledger stores them at other times."""
        new = self._last_new(text)
        found = _nearest(text, new)
        # New ones are newer, unless some are folded again.
        is_enough = len(found) == NEAREST and not self._has_erased
        if is_enough or (text.minute, text.hash) in self._absent:
            return found
        last = sorted((*new, *self._stored("texts_before", text)), key=_position, reverse=True)
        by_minute = (islice((each for each in last if each.minute == minute), NEAREST) for minute in _minutes(text))
        return _nearest(text, chain.from_iterable(by_minute))

    def behind(self, text: Text) -> list[Text]:
        """The first `NEAREST` equal texts after it within a minute, which may depend on it."""
        stored = self._stored("texts_behind", text)
        return sorted((other for other in stored if other.is_near(text)), key=_position)[:NEAREST]

    def add(self, text: Text) -> None:
        """A message has begun with this text."""
        self._new.setdefault((text.minute, text.hash), []).append(text)

    def erase(self, texts: Sequence[Text]) -> None:
        """Their messages were erased, or begin with other texts."""
        self._has_erased = True
        for text in texts:
            values = {"space": self._space.number, **msgspec.structs.asdict(text)}
            self._transaction.run("erase_text", values)

    def flush(self) -> None:
        """Write new rows."""
        rows = [(self._space.number, *msgspec.structs.astuple(text)) for texts in self._new.values() for text in texts]
        self._transaction.insert("add_text", rows)
        self._new.clear()
        self._absent.clear()

    def _last_new(self, text: Text) -> list[Text]:
        place = _position(text)
        found: list[Text] = []
        for minute in _minutes(text):
            new = reversed(self._new.get((minute, text.hash), ()))
            found += islice((other for other in new if _position(other) < place), NEAREST)
        return found

    def _stored(self, query: str, text: Text) -> list[Text]:
        """The first `NEAREST` of each minute."""
        values = {
            "space": self._space.number, "hash": text.hash, "minute": text.minute, "n": text.n,
            "position": text.position, "limit": NEAREST,
        }  # fmt: skip
        return [Text(*row) for row in self._transaction.all(query, values)]


def _nearest(text: Text, others: Iterable[Text]) -> list[Text]:
    return sorted((other for other in others if other.is_near(text)), key=_position, reverse=True)[:NEAREST]


def _minutes(text: Text) -> range:
    """In which there may be near ones."""
    return range(text.minute - 1, text.minute + 2)


def _position(text: Text) -> tuple[int, int]:
    return text.n, text.position
