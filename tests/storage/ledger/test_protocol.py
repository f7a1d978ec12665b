"""The frames between the server and the ledger process."""

import msgspec
import pytest

from app.domain.reader import ReaderContext
from app.storage.ledger.protocol import (
    Epoch,
    Frame,
    LedgerBegins,
    LedgerDamaged,
    LedgerOpened,
    LedgerProgress,
    LogEvent,
    LogGrew,
    LookAt,
    NeedEpoch,
    ReadingBegins,
    ReadingCutOff,
    decode_from_process,
    decode_from_server,
    encode,
)
from app.storage.log.results import LogPosition

POSITION = LogPosition(bin=1, n=2, k=3, d=4, version=5)
CONTEXT = ReaderContext(secrets_key="a key", public_url="https://sms.example.net")
FROM_SERVER = [
    LedgerBegins(CONTEXT),
    LedgerBegins(CONTEXT, "postgresql://u:secret@h/a"),
    LogGrew([POSITION], urgent=True),
    LookAt([1, 2]),
    Epoch(7),
    LedgerDamaged("it is no database"),
]
FROM_PROCESS = [
    LedgerOpened("name", "version"),
    NeedEpoch(),
    ReadingBegins([(1, 2), (3, -1)], alone=False),
    LedgerProgress([POSITION], ["bin00001"], [(1, "bin00001", 5, 9)], "the disk is full"),
    LedgerProgress([], []),
    ReadingCutOff(bin=1, n=2),
    LogEvent("ledger.failed", "ValueError", "trace"),
]


def _name(frame: Frame) -> str:
    return type(frame).__name__


@pytest.mark.parametrize("frame", FROM_SERVER, ids=_name)
def test_frames_of_the_server_arrive_as_they_were_sent(frame: Frame) -> None:
    assert decode_from_server(encode(frame)) == frame
    with pytest.raises(msgspec.ValidationError):
        decode_from_process(encode(frame))


@pytest.mark.parametrize("frame", FROM_PROCESS, ids=_name)
def test_frames_of_the_process_arrive_as_they_were_sent(frame: Frame) -> None:
    assert decode_from_process(encode(frame)) == frame
    with pytest.raises(msgspec.ValidationError):
        decode_from_server(encode(frame))


def test_every_frame_is_sent_in_one_of_the_directions() -> None:
    assert {type(frame) for frame in (*FROM_SERVER, *FROM_PROCESS)} == set(Frame.__subclasses__())
