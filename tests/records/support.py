"""Helpers: records of a text or file, and messages of the bin as a file would expect them."""

import io
from pathlib import Path

from app.domain.messages.model import Direction
from app.domain.reconciliation.mapping import RecordMapping
from app.domain.reconciliation.matching import Reconciler
from app.domain.reconciliation.model import ReconciliationScope, SeenMessage
from app.domain.reconciliation.records import Entry, Record
from app.domain.statuses import Status
from app.records.files import RecordFile, open_records

SAMPLES = Path(__file__).parent.parent / "samples" / "records"
FILES = sorted(path.name for path in SAMPLES.iterdir())
KEY = b"key of the tests"
# A day after the samples.
NOW_US = 1_796_000_000_000_000 + 10 * 86_400_000_000
SCOPE = ReconciliationScope(made_us=0, kept_us=0, now_us=NOW_US)


def opened(data: bytes | str, mapping: RecordMapping | None = None) -> RecordFile:
    """A file with this content."""
    return open_records(io.BytesIO(data.encode() if isinstance(data, str) else data), mapping)


def entries(data: bytes | str, mapping: RecordMapping | None = None) -> list[Entry]:
    """All entries of a file with this content."""
    return list(opened(data, mapping).entries())


def records(data: bytes | str, mapping: RecordMapping | None = None) -> list[Record]:
    """Its records."""
    return [entry for entry in entries(data, mapping) if isinstance(entry, Record)]


def sample(name: str) -> bytes:
    """The content of a sample."""
    return (SAMPLES / name).read_bytes()


def arrived(record: Record, number: int, **changed: object) -> SeenMessage:
    """The message that the bin has if the webhooks of a record arrived a second after its time."""
    time = record.time
    assert time is not None
    at_us = time.us + 1_000_000
    inbound = record.direction is Direction.INBOUND
    values: dict[str, object] = {
        "message": number,
        "provider": record.provider or "generic",
        "message_id": record.ids[0] if record.ids else f"made-{number:016x}",
        "direction": record.direction,
        "sender": record.sender,
        "recipient": record.recipient,
        "text": record.text,
        "received_us": at_us,
        "ended_us": None if inbound or not record.final else (record.ended or time).us + 1_000_000,
        "status": record.status or Status.RECEIVED,
        "final": record.final,
        "captures": (number,),
        "primary": inbound,
        "segments": record.segments,
    }
    return SeenMessage(**(values | changed))  # type: ignore[arg-type]


def reconciled(messages: list[SeenMessage], file: list[Entry], scope: ReconciliationScope = SCOPE) -> Reconciler:
    """The finished comparison."""
    join = Reconciler(scope, KEY)
    for message in messages:
        join.add_message(message)
    for entry in file:
        join.add(entry)
    join.finish()
    return join
