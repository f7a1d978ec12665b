"""The messages and the records of a reconciliation as columns of numbers: about 100 bytes each instead of 1,000.

`Reconciler` fills them; a place is the position in them.
"""

from array import array
from bisect import bisect_left

from ..events import is_made
from ..messages.model import Direction
from ..statuses import Status
from .digests import Digests
from .model import SeenMessage
from .records import Record

STATUSES = tuple(Status)
STATUS_CODES = {status: code for code, status in enumerate(STATUSES)}
NO_STATUS = 255
NO_TIME = -(2**62)
NO_PRICE = -1
# Of a message.
M_INBOUND, M_FINAL, M_PRIMARY, M_FALLBACK, M_SIMULATED, M_NOT_GENUINE, M_MADE, M_PIECES = (1 << bit for bit in range(8))
# Of a record.
R_ZONED, R_INBOUND, R_HAS_ID, R_FINAL, R_NO_FINAL, R_STATUS, R_TEXT, R_PRICE = (1 << bit for bit in range(8))
R_SEGMENTS, R_WEBHOOK_OK, R_WEBHOOK_FAILED, R_BY_ID = (1 << bit for bit in range(8, 12))

FREE, TIED, MATCHED = range(3)
_MOST_SEGMENTS = 65_535
_MICRO = 1_000_000
_MOST_REPEATS = 255


class Names:
    """Short codes for a few names; those beyond the 255th share one."""

    def __init__(self) -> None:
        self._codes: dict[str | None, int] = {}

    def code(self, name: str | None) -> int:
        """The code of a name."""
        if name not in self._codes and len(self._codes) < 255:
            self._codes[name] = len(self._codes)
        return self._codes.get(name, 255)


class MessageTable:
    """The messages of the bin. `state` is `FREE`, `TIED` (fits a row as well as others do) or `MATCHED`."""

    def __init__(self, digests: Digests, names: Names) -> None:
        self._digests = digests
        self._names = names
        self.row, self.received, self.ended, self.price = array("q"), array("q"), array("q"), array("q")
        self.id, self.sender, self.recipient = array("Q"), array("Q"), array("Q")
        self.text, self.begin = array("Q"), array("Q")
        self.segments, self.flags = array("H"), array("H")
        self.status, self.provider, self.repeats = array("B"), array("B"), array("B")
        self.state = bytearray()
        self.ours: set[str] = set()
        self._captures, self._ends = array("Q"), array("I")
        self._ids, self._order = array("Q"), array("I")

    def __len__(self) -> int:
        return len(self.row)

    def add(self, message: SeenMessage) -> None:
        """One more; all are added before the first is looked for."""
        digests = self._digests
        inbound = message.direction is Direction.INBOUND
        ours = message.recipient if inbound else message.sender
        if ours is not None:
            self.ours.add(ours)
        self.row.append(message.message)
        self.received.append(message.received_us)
        self.ended.append(NO_TIME if message.ended_us is None else message.ended_us)
        self.price.append(price_of(message.price))
        self.id.append(digests.of_id(message.message_id))
        self.sender.append(digests.of_party(message.sender))
        self.recipient.append(digests.of_party(message.recipient))
        whole, begin = digests.of_text(message.text)
        self.text.append(whole)
        self.begin.append(begin)
        self.segments.append(min(message.segments or 0, _MOST_SEGMENTS))
        self.flags.append(
            M_INBOUND * inbound
            | M_FINAL * message.final
            | M_PRIMARY * message.primary
            | M_FALLBACK * message.fallback
            | M_SIMULATED * message.simulated
            | M_NOT_GENUINE * (message.genuine is False)
            | M_MADE * is_made(message.message_id)
            | M_PIECES * message.pieces
        )
        self.status.append(STATUS_CODES[message.status])
        self.provider.append(self._names.code(message.provider))
        self.repeats.append(min(message.repeats, _MOST_REPEATS))
        self._captures.extend(message.captures)
        self._ends.append(len(self._captures))
        self.state.append(FREE)

    def find(self, ids: tuple[str, ...]) -> int:
        """The place of the message with the first of these ids that is here; -1 if none is."""
        if len(self._order) != len(self.row):
            self._order = ordered_by(self.id)
            self._ids = array("Q", map(self.id.__getitem__, self._order))
        for name in ids:
            digest = self._digests.of_id(name)
            at = bisect_left(self._ids, digest)
            if at < len(self._ids) and self._ids[at] == digest:
                return self._order[at]
        return -1

    def captures(self, place: int) -> tuple[int, ...]:
        """The numbers of its captures."""
        return tuple(self._captures[self._ends[place - 1] if place else 0 : self._ends[place]])

    def is_inbound(self, place: int) -> bool:
        """Its direction."""
        return bool(self.flags[place] & M_INBOUND)

    def forget_ids(self) -> None:
        """Free the memory of the ids, when all rows with an id have been looked for."""
        self.id, self._ids = array("Q", [0]) * len(self.row), array("Q")


class RecordTable:
    """The records, in the order in which they were added. `at` and `ended` are as in the file (`R_ZONED`), `match` is
    the place of the message, -1 without one. `verdict`, `also` (a bit for each) and `reason` are filled in at the
    end."""

    def __init__(self) -> None:
        self.row, self.part, self.flags, self.also = array("I"), array("H"), array("H"), array("H")
        self.at, self.ended, self.match = array("q"), array("q"), array("i")
        self.verdict, self.reason = bytearray(), bytearray()

    def __len__(self) -> int:
        return len(self.row)

    def add(self, record: Record, inbound: bool, match: int, flags: int) -> None:
        """One more. `flags`: those that depend on the message."""
        time, ended = record.time, record.ended
        self.row.append(record.row)
        self.part.append(record.part)
        self.at.append(NO_TIME if time is None else time.us)
        self.ended.append(NO_TIME if ended is None else ended.us)
        self.match.append(match)
        self.flags.append(
            flags
            | R_ZONED * (time is None or time.zoned)
            | R_INBOUND * inbound
            | R_HAS_ID * bool(record.ids)
            | R_FINAL * record.final
            | R_WEBHOOK_OK * (record.webhook_ok is True)
            | R_WEBHOOK_FAILED * (record.webhook_ok is False)
        )
        self.also.append(0)
        self.verdict.append(0)
        self.reason.append(0)


class PendingTable:
    """What is needed of the records whose id is not here, or that have none: they may still be matched by their
    parties. `place`: that in the `RecordTable`; `partial`: numbers of which only a part is known, by position."""

    def __init__(self, digests: Digests, names: Names) -> None:
        self._digests = digests
        self._names = names
        self.place = array("I")
        self.id, self.sender, self.recipient = array("Q"), array("Q"), array("Q")
        self.text, self.begin = array("Q"), array("Q")
        self.price, self.unit = array("q"), array("q")
        self.segments, self.status, self.provider = array("H"), array("B"), array("B")
        self.partial: dict[int, tuple[str | None, str | None]] = {}
        self.ties: dict[int, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self.place)

    def add(self, record: Record, place: int) -> None:
        """One more."""
        digests, time = self._digests, record.time
        if record.vague:
            self.partial[len(self.place)] = record.sender, record.recipient
        self.place.append(place)
        self.id.append(digests.of_id(record.ids[0]) if record.ids else 0)
        self.sender.append(digests.of_party(record.sender))
        self.recipient.append(digests.of_party(record.recipient))
        whole, begin = digests.of_text(record.text)
        self.text.append(whole)
        self.begin.append(begin)
        self.price.append(price_of(record.price))
        self.unit.append(1 if time is None else time.unit_us)
        self.segments.append(min(record.segments or 0, _MOST_SEGMENTS))
        self.status.append(NO_STATUS if record.status is None else STATUS_CODES[record.status])
        self.provider.append(self._names.code(record.provider))


def ordered_by(column: "array[int]") -> "array[int]":
    """The places of a column in the order of its values."""
    return array("I", sorted(range(len(column)), key=column.__getitem__))


def price_of(price: str | None) -> int:
    """A price in millionths, without its sign; `NO_PRICE` for none."""
    if not price:
        return NO_PRICE
    whole, _, fraction = price.strip().lstrip("+-").replace(",", ".").partition(".")
    if not (whole + fraction).isdecimal() or len(whole) > 9:
        return NO_PRICE
    return int(whole or 0) * _MICRO + int(f"{fraction[:6]:0<6}")
