"""Rows of the database as the words of the domain, and back."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from sqlite3 import Row

import msgspec

from ..domain.answers import Answer
from ..domain.bins import Bin
from ..domain.captures import (
    Capture,
    Captured,
    CaptureRow,
    Change,
    Deleted,
    FaultHit,
    Kind,
    MessageChanged,
    NewCapture,
    NewOutcome,
    Outcome,
    RawRequest,
    Reading,
    Role,
)
from ..domain.messages import Direction, Message
from ..domain.pairing import AT_ONCE_MS, Hit, settled
from ..domain.statuses import Status
from ..domain.units import from_micros, micros
from . import Session
from .facts import read_state, write_state
from .headers import pack_headers, read_headers
from .jobs import AddCapture, ReadAgain, SetOutcome

_decode_answer = msgspec.msgpack.Decoder(Answer).decode


def read_bin(row: Row) -> Bin:
    """A row of `bins`."""
    last = row["last_capture_at"]
    return Bin(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        provider=row["provider"],
        stuck_after=timedelta(seconds=row["stuck_s"]),
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
        id=row["id"],
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
            findings=codes(row["findings"]),
        ),
        simulated=bool(row["simulated"]),
        outcome=read_outcome(row),
        fault=read_fault(row),
    )


def read_capture(row: Row) -> Capture:
    """A row of `captures` joined with its outcome and its bytes."""
    shown = read_capture_row(row)
    raw = RawRequest(
        method=shown.method,
        target=shown.target,
        http_version=row["http_version"],
        headers=read_headers(row["headers"]),
        body=row["body"],
        body_complete=shown.body_complete,
        peer=shown.peer,
        received_at=shown.received_at,
    )
    return Capture(row=shown, raw=raw, sha256=row["sha256"])


def read_sent_answer(row: Row) -> Answer:
    """A row of `sent_answers`."""
    return _decode_answer(row["answer"])


def read_change(row: Row, messages: Mapping[int, Message]) -> Change | None:
    """A row of the query `changes_after`; None for a message that is gone meanwhile."""
    if row["what"] == "message":
        message = messages.get(row["change_n"])
        return None if message is None else MessageChanged(seq=row["change_seq"], message=message)
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
        raw.http_version, pack_headers(raw.headers), raw.body,
        ",".join(reading.findings), reading.words, list(reading.events), new.fault, new.awaited,
        new.simulated,
    )  # fmt: skip


def codes(column: str) -> tuple[str, ...]:
    """Findings as they lie in a column."""
    return tuple(column.split(",")) if column else ()


def read_message(row: Row) -> Message:
    """A row of `messages`; `captures` where the query has them."""
    state = read_state(row["state"])
    return Message(
        provider=row["provider"],
        message_id=row["message_id"],
        direction=Direction(row["direction"]),
        sender=row["sender"],
        recipient=row["recipient"],
        sender_said=row["sender_said"],
        recipient_said=row["recipient_said"],
        text=row["text"],
        media=tuple(row["media"].split("\n")) if row["media"] else (),
        status=Status(row["status"]),
        raw_status=row["raw_status"],
        final=bool(row["final"]),
        price=row["price"],
        currency=row["currency"],
        error_code=row["error_code"],
        segments=row["segments"],
        encoding=row["encoding"],
        first_at=from_micros(row["first_at"]),
        last_at=from_micros(row["last_at"]),
        final_at=None if row["final_at"] is None else from_micros(row["final_at"]),
        last_n=row["last_n"],
        findings=codes(row["findings"]),
        piece_key=row["piece_key"],
        pieces=state.pieces,
        prints=state.prints,
        as_callback=state.as_callback,
        seq=row["seq"],
        id=row["id"],
    )


def message_motion(message: Message, seq: int) -> tuple[object, ...]:
    """What a callback changes, as the columns of `move_message`, without the id."""
    return (
        seq, str(message.status), message.raw_status, int(message.final), message.price, message.currency,
        message.error_code, micros(message.last_at), None if message.final_at is None else micros(message.final_at),
        message.last_n, ",".join(message.findings), int(message.is_open), write_state(message),
    )  # fmt: skip


def message_identity(message: Message) -> tuple[object, ...]:
    """What `move_message` leaves alone: while this is the same, it is enough."""
    return (
        message.direction, message.sender, message.recipient, message.sender_said, message.recipient_said,
        message.text, message.media, message.first_at, message.segments, message.encoding, message.piece_key,
    )  # fmt: skip


def message_columns(message: Message, seq: int) -> tuple[object, ...]:
    """A message as the columns of `add_message` and `set_message`, without bin and id."""
    first_at = micros(message.first_at)
    # At first they are one.
    last_at = first_at if message.last_at is message.first_at else micros(message.last_at)
    final_at = None
    if message.final_at is not None:
        final_at = first_at if message.final_at is message.first_at else micros(message.final_at)
    return (
        seq, message.provider, message.message_id, str(message.direction), message.sender, message.recipient,
        message.sender_said, message.recipient_said, message.theirs, message.ours, message.text,
        "\n".join(message.media), str(message.status), message.raw_status, int(message.final), message.price,
        message.currency, message.error_code, message.segments, message.encoding, first_at, last_at, final_at,
        message.last_n, ",".join(message.findings), int(message.is_open), message.piece_key, write_state(message),
    )  # fmt: skip


# Which URL a capture of a pairing came to: is it the fallback? Other roles take no part.
_SIDES = {"primary": False, "fallback": True, "voice": False, "voice-fallback": True}
CALL_ROLES = frozenset({Role.VOICE.value, Role.VOICE_FALLBACK.value})


def side_of(role: str) -> bool | None:
    """Is this role the fallback of a pair? None where it belongs to none."""
    return _SIDES.get(role)


def read_hit(row: Row) -> Hit | None:
    """A stored capture as a hit, settled by its outcome; without one it waits only where it got a fault."""
    fallback = side_of(row["role"])
    if fallback is None:
        return None
    hit = Hit(n=row["n"], at=from_micros(row["received_at"]), fallback=fallback, method=row["method"])
    outcome = read_outcome(row)
    if outcome is not None:
        return settled(hit, outcome)
    return hit if row["fault_kind"] is not None else msgspec.structs.replace(hit, ok=True)


def write_reading(capture: Capture, reading: Reading) -> ReadAgain:
    """A stored capture as it is read now."""
    row, raw = capture.row, capture.raw
    return ReadAgain(
        row.id, row.n, micros(row.received_at),
        print_of(row.role, row.target, capture.sha256 if raw.body else None),
        reading.provider, reading.kind.value, reading.message_id, reading.sender, reading.recipient, reading.text,
        reading.status, reading.raw_status, reading.problem, ",".join(reading.findings), reading.words,
        list(reading.events),
    )  # fmt: skip


def print_of(role: str, target: str, sha256: str | None) -> str:
    """The fingerprint of a request's content on one URL: what comes again with the same one is a duplicate. Without a
    body (`sha256` None) the query is the content."""
    if sha256 is not None:
        return f"{role} {sha256[:16]}"
    query = target.partition("?")[2]
    return f"{role} {hashlib.blake2b(query.encode('utf-8', 'replace'), digest_size=8).hexdigest()}"


def write_outcome(new: NewOutcome) -> SetOutcome:
    """An outcome as a part of a job."""
    outcome = new.outcome
    return SetOutcome(
        new.bin_id, new.n, outcome.status, outcome.after_ms, outcome.sender_left, outcome.left_ms,
        outcome.well_formed, outcome.note, None if outcome.sent is None else msgspec.msgpack.encode(outcome.sent),
        # What went as expected changes nothing that is told about the message.
        outcome.ok and not new.awaited and (outcome.after_ms or 0) <= AT_ONCE_MS,
    )  # fmt: skip


def read_outcome(row: Row) -> Outcome | None:
    """The outcome of a capture that is joined with it."""
    if row["sender_left"] is None:
        return None
    return Outcome(
        status=row["out_status"],
        after_ms=row["after_ms"],
        sender_left=bool(row["sender_left"]),
        left_ms=row["left_ms"],
        well_formed=bool(row["well_formed"]),
        note=row["note"],
    )


def read_fault(row: Row) -> FaultHit | None:
    """The fault of a capture that is joined with it."""
    if row["fault_kind"] is None:
        return None
    return FaultHit(fault=row["fault"], kind=row["fault_kind"], said=row["fault_said"], drill=row["fault_drill"])
