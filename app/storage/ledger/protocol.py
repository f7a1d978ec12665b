"""Frames between the server and the ledger process, as MessagePack. Bins are given by number, and by id where the
server needs it for viewers.
"""

import msgspec

from ...domain.reader import ReaderContext
from ..log.results import LogPosition


class Frame(msgspec.Struct, array_like=True, tag=True, gc=False):
    """The base of all frames."""


# From the server


class LedgerBegins(Frame):
    """The first frame. It has secrets, which other users could see in the arguments of a process."""

    context: ReaderContext
    database: str | None = None


class LogGrew(Frame):
    """The log has grown. `urgent`: a read waits for it."""

    positions: list[LogPosition]
    urgent: bool


class LookAt(Frame):
    """Other servers have appended to these bins."""

    bins: list[int]


class Epoch(Frame):
    """An unused epoch for the cursors of a new space."""

    number: int


class LedgerDamaged(Frame):
    """A reader found that the ledger file is damaged."""

    reason: str


# From the process


class LedgerOpened(Frame):
    """A ledger file is open. `file` is its name; when it changes, readers must open the file again. `reader` is the
    version of the parsers."""

    file: str
    reader: str


class NeedEpoch(Frame):
    """The process needs an epoch to rebuild something."""


class ReadingBegins(Frame):
    """Captures are about to be parsed: of these bins, after these numbers. `alone`: only the next capture of one
    bin. `waits`: it is not parsed now, but the process may wait for the databases."""

    places: list[tuple[int, int]]
    alone: bool
    waits: bool = False


class LedgerProgress(Frame):
    """The progress of the ledger.

    `positions`: the new ones of bins. `changed`: ids of bins whose readable state has changed. `building`: bin
    number, bin id, processed captures and their highest number, for each rebuild; None: unchanged. `trouble`: why
    the ledger cannot be written or read now.
    """

    positions: list[LogPosition]
    changed: list[str]
    building: list[tuple[int, str, int, int]] | None = None
    trouble: str | None = None


class ReadingCutOff(Frame):
    """Parsing a capture was cut off. The log stores this, so that a rebuilt ledger has the same result."""

    bin: int
    n: int


class LogEvent(Frame):
    """An event for the server's log."""

    event: str
    reason: str
    trace: str | None = None


FromServer = LedgerBegins | LogGrew | LookAt | Epoch | LedgerDamaged
FromProcess = LedgerOpened | NeedEpoch | ReadingBegins | LedgerProgress | ReadingCutOff | LogEvent


def reaches(reached: LogPosition, wanted: LogPosition) -> bool:
    """Whether each number of a position is reached."""
    return (
        reached.n >= wanted.n and reached.k >= wanted.k and reached.d >= wanted.d and reached.a >= wanted.a
        and reached.version >= wanted.version
    )  # fmt: skip


encode = msgspec.msgpack.Encoder().encode
decode_from_server = msgspec.msgpack.Decoder(FromServer).decode
decode_from_process = msgspec.msgpack.Decoder(FromProcess).decode
