"""The same text between the same parties, a moment before under another id. Runs in the writer process only.

Kept in memory, because an index of texts has every message land on a page of its own: a quarter of what a commit wrote.
What is found here is looked up among the messages before anything hangs on it, so nothing has to be taken out when a
message changes, goes, or was never committed.
"""

import sqlite3

from ..domain.folding import ECHO
from ..domain.messages import Direction, Message
from .queries import SQL
from .rows import CALL_ROLES, side_of

ECHO_US = int(ECHO.total_seconds() * 1_000_000)
# A minute at 300 new messages a second, in a few megabytes. At a higher rate the window gets shorter.
MOST_HEARD = 20_000
# Of one text, the youngest.
MOST_ALIKE = 5

# The side of a message's first capture: neither, primary, fallback.
Side = bool | None
_SIDES: tuple[Side, ...] = (None, False, True)


def can_echo(message: Message) -> bool:
    """An inbound message with something to compare."""
    return bool(
        message.direction is Direction.INBOUND and message.text and message.sender and message.piece_key is None
    )


class Echoes:
    """Rows of messages, and their sides, by bin, parties and text.

    Two generations: what is younger than the older one's end is found, for a minute at least.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._plain = connection.cursor()
        self._plain.row_factory = None
        # A row and the place of its side in one number: there are thousands.
        self._young: dict[int, tuple[int, ...]] = {}
        self._old: dict[int, tuple[int, ...]] = {}
        self._since = 0
        self.remember()

    def remember(self) -> None:
        """Begin anew with what the table has of the last minute."""
        self._young, self._old = {}, {}
        rows = self._connection.execute(SQL["last_texts"], {"within": ECHO_US, "most": MOST_HEARD}).fetchall()
        for row in reversed(rows):
            side = None if row["role"] in CALL_ROLES else side_of(row["role"])
            place = _place(row["bin"], row["sender"], row["recipient"], row["text"])
            self.note(place, row["id"], side, row["first_at"])

    def place_of(self, bin: int, message: Message) -> int:
        """Where messages with these parties and this text are, and by chance others."""
        return _place(bin, message.sender, message.recipient, message.text)

    def find(self, place: int) -> list[tuple[int, Side]]:
        """Rows that may hold the same, the youngest first."""
        marks = self._young.get(place, ()) + self._old.get(place, ())
        return [(mark // 3, _SIDES[mark % 3]) for mark in marks]

    def look_at(self, id: int, bin: int, message: Message, *, after: int, floor_n: int) -> tuple[int | None] | None:
        """The pairing of a row found here, if it still holds the same and is young enough."""
        values = {
            "id": id, "bin": bin, "after": after, "floor_n": floor_n, "sender": message.sender,
            "recipient": message.recipient, "text": message.text,
        }  # fmt: skip
        row: tuple[int | None] | None = self._plain.execute(SQL["find_echo"], values).fetchone()
        return row

    def note(self, place: int, id: int, side: Side, at: int) -> None:
        """A message has begun, at this time in microseconds."""
        # Rebuilding a bin goes back in time.
        if len(self._young) >= MOST_HEARD or abs(at - self._since) > ECHO_US:
            self._young, self._old, self._since = {}, self._young, at
        mark = 3 * id + _SIDES.index(side)
        alike = self._young.get(place)
        self._young[place] = (mark,) if alike is None else (mark, *alike[: MOST_ALIKE - 1])


def _place(bin: int, sender: str | None, recipient: str | None, text: str | None) -> int:
    return hash((bin, sender, recipient, text))
