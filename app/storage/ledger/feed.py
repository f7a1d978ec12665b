"""Reads the log: what is new in a bin after a position, in one snapshot."""

from collections.abc import Sequence

import msgspec

from ...domain.reader import DEFAULT_READER_SETTINGS, ReaderSettings
from ..ids import number_of, row_id
from ..rows import read_settings
from ..transaction import SqlRow, Transaction
from .spaces import Space

# The maximum number of captures, and of bytes of their bodies, in memory at once.
MAX_CAPTURES = 500
MAX_BYTES = 8 << 20
MAX_OUTCOMES = 2 * MAX_CAPTURES
# For each deleted capture others may have to be folded again.
MAX_DELETIONS = 100
MAX_ANNOTATIONS = 500


class LogHead(msgspec.Struct, frozen=True):
    """A bin of the log: its settings, and the highest numbers that were assigned."""

    number: int
    id: str
    name: str
    stuck_s: int
    version: int
    rereads: int
    floor_n: int
    last_n: int
    last_k: int
    last_d: int
    last_a: int
    deleted: bool


class LogChunk(msgspec.Struct, frozen=True):
    """What is new in a bin: rows of the log, and the positions they reach. `reread`: the last request to parse the
    bin again, as the capture number it extends to and the provider. `settings`: how its captures are parsed."""

    captures: Sequence[SqlRow]
    outcomes: Sequence[SqlRow]
    upto_n: int
    upto_k: int
    reread: tuple[int, str | None] | None
    settings: ReaderSettings

    def provider_of(self, row: SqlRow) -> str | None:
        """The provider setting that a capture is parsed with."""
        if self.reread is not None and number_of(row["id"]) <= self.reread[0]:
            return self.reread[1]
        provider: str | None = row["provider"]
        return provider


def read_log_heads(log: Transaction, numbers: Sequence[int] | None = None) -> list[LogHead]:
    """All bins, or some of them, including deleted ones."""
    if numbers is None:
        return [_head(row) for row in log.all("log_heads")]
    return [_head(row) for number in numbers if (row := log.one("log_head", {"number": number})) is not None]


def read_chunk(log: Transaction, head: LogHead, space: Space, limit: int = MAX_CAPTURES) -> LogChunk:
    """At most `limit` captures after the position of a space, and the outcomes of captures up to there."""
    numbers = {"after": row_id(head.number, space.n), "upto": row_id(head.number, head.last_n), "limit": limit}
    sizes = log.all("log_capture_sizes", numbers)
    count, size = 0, 0
    for row in sizes:
        size += row["size"]
        if count and size > MAX_BYTES:
            break
        count += 1
    upto_n = head.last_n if count == len(sizes) < limit else number_of(sizes[count - 1]["id"])
    captures = log.all("log_captures", numbers | {"upto": row_id(head.number, upto_n)}) if count else ()
    outcomes, upto_k = _outcomes(log, head, space.k, upto_n)
    reread = log.one("log_last_reread", {"bin": head.number}) if head.rereads else None
    last = None if reread is None else (reread["through_n"], reread["provider"])
    return LogChunk(captures, outcomes, upto_n, upto_k, last, read_reader_settings(log, head))


def read_reader_settings(log: Transaction, head: LogHead) -> ReaderSettings:
    """The current settings of a bin. Each change counts as a reread, so a bin without rereads has none."""
    if not head.rereads:
        return DEFAULT_READER_SETTINGS
    bounds = {"bin": head.number}
    mapping, secrets = log.one("get_mapping", bounds), log.all("list_secrets", bounds)
    return read_settings(mapping, secrets)


def read_deletions(log: Transaction, head: LogHead, space: Space) -> tuple[Sequence[SqlRow], int]:
    """Some deletions after the position of a space, and the position they reach."""
    upto = row_id(head.number, head.last_d)
    rows = log.all("log_deletions", {"after": row_id(head.number, space.d), "upto": upto, "limit": MAX_DELETIONS})
    return rows, number_of(rows[-1]["id"]) if len(rows) == MAX_DELETIONS else head.last_d


def read_annotations(log: Transaction, head: LogHead, space: Space) -> tuple[Sequence[SqlRow], int]:
    """Some annotations after the position of a space, of captures that it has passed, and the position they reach. The
    others wait for their captures."""
    rows = log.all("log_annotations", {"bin": head.number, "after": space.a, "limit": MAX_ANNOTATIONS})
    ready = next((index for index, row in enumerate(rows) if row["n"] > space.n), len(rows))
    if ready == len(rows) < MAX_ANNOTATIONS:
        return rows, head.last_a
    return rows[:ready], int(rows[ready - 1]["a"]) if ready else space.a


def is_up_to_date(head: LogHead, space: Space) -> bool:
    """Whether a space has everything of the bin."""
    return (space.n, space.k, space.d, space.a) == (head.last_n, head.last_k, head.last_d, head.last_a)


def next_capture(log: Transaction, head: LogHead, space: Space) -> int | None:
    """The row id of the next capture after a space's position, or None."""
    numbers = {"after": row_id(head.number, space.n), "upto": row_id(head.number, head.last_n), "limit": 1}
    rows = log.all("log_capture_sizes", numbers)
    return int(rows[0]["id"]) if rows else None


def _outcomes(log: Transaction, head: LogHead, after_k: int, upto_n: int) -> tuple[Sequence[SqlRow], int]:
    """Outcomes of captures up to `upto_n`, in order; the others wait for their captures."""
    numbers = {"after": row_id(head.number, after_k), "upto": row_id(head.number, head.last_k), "limit": MAX_OUTCOMES}
    rows = log.all("log_outcomes", numbers)
    ready = next((index for index, row in enumerate(rows) if row["n"] > upto_n), len(rows))
    if ready == len(rows) < MAX_OUTCOMES:
        return rows, head.last_k
    return rows[:ready], number_of(rows[ready - 1]["id"]) if ready else after_k


def _head(row: SqlRow) -> LogHead:
    return msgspec.convert({name: row[name] for name in LogHead.__struct_fields__}, LogHead, strict=False)
