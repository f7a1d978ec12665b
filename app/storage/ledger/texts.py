"""The texts of inbound messages, to find the same text between the same numbers shortly before, under another
message id. It is a soft duplicate or, if a request has no message id, possibly the same message: on the other URL, or
repeated on the same one.
"""

import hashlib
from collections.abc import Sequence
from itertools import islice

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
        # The texts of this transaction by hash, in the order of their positions.
        self._new: dict[int, list[Text]] = {}
        # Minutes and hashes near which there is no stored text.
        self._absent: set[tuple[int, int]] = set()

    def look_up(self, texts: Sequence[Text]) -> None:
        """Find out in one query near which of these there is a stored text; most are new."""
        wanted = {(text.minute, text.hash): None for text in texts}
        found = self._transaction.find("known_texts", [(self._space.number, *place) for place in wanted])
        self._absent.update(wanted.keys() - {(row[0], row[1]) for row in found})

    def before(self, text: Text) -> list[Text]:
        """The last `NEAREST` equal texts before it within a minute, the newest first."""
        place = _position(text)
        new = (other for other in reversed(self._new.get(text.hash, ())) if _position(other) < place)
        found = [other for other in islice(new, NEAREST) if other.is_near(text)]
        if len(found) < NEAREST and (text.minute, text.hash) not in self._absent:
            found += self._stored("texts_before", text)
        return found[:NEAREST]

    def behind(self, text: Text) -> list[Text]:
        """The first `NEAREST` equal texts after it within a minute, which may depend on it."""
        return self._stored("texts_behind", text)[:NEAREST]

    def add(self, text: Text) -> None:
        """A message has begun with this text."""
        self._new.setdefault(text.hash, []).append(text)

    def erase(self, texts: Sequence[Text]) -> None:
        """Their messages were erased, or begin with other texts."""
        for text in texts:
            values = {"space": self._space.number, **msgspec.structs.asdict(text)}
            self._transaction.run("erase_text", values)

    def flush(self) -> None:
        """Write new rows."""
        rows = [(self._space.number, *msgspec.structs.astuple(text)) for texts in self._new.values() for text in texts]
        self._transaction.insert("add_text", rows)
        self._new.clear()
        self._absent.clear()

    def _stored(self, query: str, text: Text) -> list[Text]:
        values = {
            "space": self._space.number, "hash": text.hash, "minute": text.minute, "n": text.n,
            "position": text.position, "limit": NEAREST,
        }  # fmt: skip
        stored = [Text(*row) for row in self._transaction.all(query, values)]
        near = [other for other in stored if other.is_near(text)]
        return sorted(near, key=_position, reverse=query == "texts_before")


def _position(text: Text) -> tuple[int, int]:
    return text.n, text.position
