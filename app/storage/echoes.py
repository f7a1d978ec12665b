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
# A minute at 500 messages a second, in a few megabytes. At a higher rate the window gets shorter.
MOST_HEARD = 30_000
# Of one text, the youngest.
MOST_ALIKE = 5

Side = bool | None


def can_echo(message: Message) -> bool:
    """An inbound message with something to compare."""
    return bool(
        message.direction is Direction.INBOUND and message.text and message.sender and message.piece_key is None
    )


class Echoes:
    """Rows of messages by bin, side, parties and text. A side is that of the first capture: primary, fallback, neither.

    Two generations: what is younger than the older one's end is found, for a minute at least.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
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
            key = _key(row["bin"], side, row["sender"], row["recipient"], row["text"])
            self._note(key, row["id"], row["first_at"])

    def note(self, bin: int, side: Side, message: Message, id: int, at: int) -> None:
        """A message has begun, at this time in microseconds."""
        self._note(_key(bin, side, message.sender, message.recipient, message.text), id, at)

    def find(self, bin: int, side: Side, message: Message) -> tuple[int, ...]:
        """Rows that may hold the same, the youngest first."""
        key = _key(bin, side, message.sender, message.recipient, message.text)
        return self._young.get(key, ()) + self._old.get(key, ())

    def _note(self, key: int, id: int, at: int) -> None:
        # Rebuilding a bin goes back in time.
        if len(self._young) >= MOST_HEARD or abs(at - self._since) > ECHO_US:
            self._young, self._old, self._since = {}, self._young, at
        alike = self._young.get(key)
        self._young[key] = (id,) if alike is None else (id, *alike[: MOST_ALIKE - 1])


def _key(bin: int, side: Side, sender: str | None, recipient: str | None, text: str | None) -> int:
    return hash((bin, side, sender, recipient, text))
