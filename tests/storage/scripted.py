"""A ledger process whose reader a test controls: a body of the type `TYPE` is the reading itself; everything else is
parsed normally. `python -m tests.storage.scripted` replaces `app.follower`.
"""

import os
import sys
import time
from contextlib import suppress

import msgspec

from app.domain.captures import RawRequest, Reading
from app.domain.reader import ReaderContext, ReaderSettings
from app.domain.roles import Role
from app.domain.units import micros
from app.providers import recognise
from app.storage.ledger import follower
from app.storage.ledger.follower import Follower
from app.storage.ledger.process import follow
from app.storage.ledger.search import SearchIndex
from app.storage.ledger.spaces import Space, find_space, save_space
from app.storage.ledger.steps import CaptureReader

TYPE = b"application/x-reading"
# The id of an event whose request has no id and no time: it is made of the arrival, so repeats have others.
MADE = "made-at-arrival"


class Script(msgspec.Struct):
    """The content of a body. `salt` makes bodies with the same reading differ; `trouble` happens when it is parsed."""

    reading: Reading
    salt: str = ""
    trouble: str = ""


_decode = msgspec.msgpack.Decoder(Script).decode


def read(raw: RawRequest, role: Role, provider: str | None, settings: ReaderSettings) -> Reading:
    """The reading in the body."""
    if raw.header(b"content-type") != TYPE:
        return recognise(raw, role, provider)
    script = _decode(raw.body)
    match script.trouble:
        case "raise":
            raise RuntimeError("planted")
        case "die":
            os._exit(9)
        case "hang":
            time.sleep(3_600)
        case "spin":
            while True:
                with suppress(Exception):
                    sum(range(1_000))
    events = tuple(
        msgspec.structs.replace(event, message_id=f"made-{micros(raw.received_at)}-{position}")
        if event.message_id == MADE else event
        for position, event in enumerate(script.reading.events)
    )  # fmt: skip
    return msgspec.structs.replace(script.reading, events=events)


def _index_no_further(upto: int) -> None:
    """The search index has the captures of each bin up to this number."""

    def advance(self: SearchIndex, space: Space, limit: int) -> bool:
        if space.indexed_n < min(upto, space.n):
            whole, space.n = space.n, min(upto, space.n)
            _advance(self, space, limit)
            space.n = whole
        return False

    def index(self: Follower) -> bool:
        with self._file.database.write() as transaction:
            for row in transaction.all("ledger_bins"):
                space = find_space(transaction, row["space"])
                SearchIndex(transaction).advance(space, 1_000)
                save_space(transaction, space)
        return False

    _advance = SearchIndex.advance
    SearchIndex.advance = advance
    Follower._index = index


def make_reader(context: ReaderContext) -> CaptureReader:
    """With a version, and an interval of the signs of life, that a test may set."""
    follower.CLOCK_S = float(os.environ.get("TEST_CLOCK_S", follower.CLOCK_S))
    if "TEST_INDEXED" in os.environ:
        _index_no_further(int(os.environ["TEST_INDEXED"]))
    return CaptureReader(read, os.environ.get("TEST_READER_VERSION", "scripted"))


if __name__ == "__main__":
    follow(sys.argv[1:], make_reader)
