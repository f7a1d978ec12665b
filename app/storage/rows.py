"""Rows of the database as the words of the domain, and back."""

from datetime import timedelta
from sqlite3 import Row

import msgspec

from ..domain.bins import Bin
from ..domain.captures import (
    Capture,
    Captured,
    CaptureRow,
    Change,
    Deleted,
    Kind,
    NewCapture,
    NewOutcome,
    Outcome,
    RawRequest,
    Reading,
    Role,
)
from ..domain.units import from_micros, micros
from . import Session
from .jobs import AddCapture, SetOutcome


def read_bin(row: Row) -> Bin:
    """A row of `bins`."""
    last = row["last_capture_at"]
    return Bin(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        provider=row["provider"],
        retention=None if row["retention_s"] is None else timedelta(seconds=row["retention_s"]),
        created_at=from_micros(row["created_at"]),
        captures=row["captures"],
        by_role={role: row[f"{role.value.replace('-', '_')}_count"] for role in Role},
        last_capture_at=None if last is None else from_micros(last),
        last_n=row["last_n"],
        seq=row["last_seq"],
        swept_n=row["swept_n"],
    )


def read_capture_row(row: Row) -> CaptureRow:
    """A row of `captures` joined with its outcome."""
    return CaptureRow(
        n=row["n"],
        seq=row["seq"],
        received_at=from_micros(row["received_at"]),
        role=Role(row["role"]),
        method=row["method"],
        target=row["target"],
        peer=row["peer"],
        size=row["size"],
        content_type=row["content_type"],
        body_complete=bool(row["body_complete"]),
        reading=Reading(
            provider=row["provider"],
            kind=Kind(row["kind"]),
            message_id=row["message_id"],
            sender=row["sender"],
            recipient=row["recipient"],
            text=row["text"],
            status=row["status"],
            raw_status=row["raw_status"],
            problem=row["problem"],
        ),
        outcome=_outcome(row),
    )


def read_capture(row: Row) -> Capture:
    """A row of `captures` joined with its outcome and its bytes."""
    shown = read_capture_row(row)
    headers = msgspec.json.decode(row["headers"], type=list[tuple[str, str]])
    raw = RawRequest(
        method=shown.method,
        target=shown.target,
        http_version=row["http_version"],
        headers=tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers),
        body=row["body"],
        body_complete=shown.body_complete,
        peer=shown.peer,
        received_at=shown.received_at,
    )
    return Capture(row=shown, raw=raw, sha256=row["sha256"])


def read_change(row: Row) -> Change:
    """A row of the query `changes_after`."""
    if row["what"] == "deleted":
        return Deleted(seq=row["change_seq"], n=row["change_n"], through=bool(row["through"]))
    return Captured(seq=row["change_seq"], row=read_capture_row(row), first=row["what"] == "captured")


def read_session(row: Row) -> Session:
    """A row of `sessions`."""
    return Session(
        hash=row["hash"],
        token_hash=row["token_hash"],
        created_at=from_micros(row["created_at"]),
        seen_at=from_micros(row["seen_at"]),
    )


def write_capture(new: NewCapture) -> AddCapture:
    """A new capture as a job."""
    raw, reading = new.raw, new.reading
    content_type = raw.header(b"content-type")
    return AddCapture(
        new.bin_id, micros(raw.received_at), new.role.value, raw.method, raw.target, raw.peer,
        None if content_type is None else content_type.decode("latin-1"), raw.body_complete,
        reading.provider, reading.kind.value, reading.message_id, reading.sender, reading.recipient, reading.text,
        reading.status, reading.raw_status, reading.problem,
        raw.http_version, msgspec.msgpack.encode(raw.headers), raw.body,
    )  # fmt: skip


def write_headers(packed: bytes) -> str:
    """A job's headers as the database keeps them."""
    headers = msgspec.msgpack.decode(packed, type=list[tuple[bytes, bytes]])
    return msgspec.json.encode([(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]).decode()


def write_outcome(new: NewOutcome) -> SetOutcome:
    """An outcome as a part of a job."""
    outcome = new.outcome
    return SetOutcome(new.bin_id, new.n, outcome.status, outcome.after_ms, outcome.fault, outcome.sender_left)


def _outcome(row: Row) -> Outcome | None:
    if row["sender_left"] is None:
        return None
    return Outcome(
        status=row["out_status"],
        after_ms=row["after_ms"],
        fault=row["fault"],
        sender_left=bool(row["sender_left"]),
    )
