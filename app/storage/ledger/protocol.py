"""Frames between the server and the ledger process, as MessagePack. Bins are named by their numbers, with the id where
the server must name the bin to its viewers.
"""

import msgspec

from ..log.jobs import LogPosition


class Frame(msgspec.Struct, array_like=True, tag=True, gc=False):
    """One of them."""


# From the server


class LogGrew(Frame):
    """The log has grown. `urgent`: a reader waits for it."""

    marks: list[LogPosition]
    urgent: bool


class Epoch(Frame):
    """A number of which the cursors of a new space are made."""

    number: int


class LedgerDamaged(Frame):
    """A reader has found that the ledger's file is damaged."""

    reason: str


# From the process


class LedgerOpened(Frame):
    """A ledger file is open. `file` names it: another name is another file, and readers must open it again. `reader` is
    the version of the reader."""

    file: str
    reader: str


class NeedEpoch(Frame):
    """Something is to be made again."""


class ReadingBegins(Frame):
    """Captures are about to be read: of these bins, behind these numbers. `alone`: just the next one of one bin."""

    places: list[tuple[int, int]]
    alone: bool


class LedgerProgress(Frame):
    """How far the ledger is.

    `marks`: the bins that were followed, and up to where. `changed`: ids of bins whose readers see something new.
    `building`: by number of the bin, its id, the captures that are done and their highest number; None: as before.
    `trouble`: why nothing can be written or read at the moment.
    """

    marks: list[LogPosition]
    changed: list[str]
    building: list[tuple[int, str, int, int]] | None = None
    trouble: str | None = None


class ReadingCutOff(Frame):
    """Reading a capture was cut off. The log keeps it, so that a ledger that is made again says the same."""

    bin: int
    n: int


class LogEvent(Frame):
    """An event for the server's log."""

    event: str
    reason: str
    trace: str | None = None


FromServer = LogGrew | Epoch | LedgerDamaged
FromProcess = LedgerOpened | NeedEpoch | ReadingBegins | LedgerProgress | ReadingCutOff | LogEvent

encode = msgspec.msgpack.Encoder().encode
decode_from_server = msgspec.msgpack.Decoder(FromServer).decode
decode_from_process = msgspec.msgpack.Decoder(FromProcess).decode
