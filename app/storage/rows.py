"""Converts rows of both databases to domain objects and back."""

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta

from ..domain.annotations import NO_ANNOTATION, Annotation
from ..domain.bins import Bin
from ..domain.captures import CaptureRow, FaultHit, Outcome, RawRequest, Reading
from ..domain.findings import by_weight
from ..domain.messages.model import Direction, Message
from ..domain.pairings.model import Pairing
from ..domain.reader import ReaderSettings, SigningSecret
from ..domain.roles import Kind, Role
from ..domain.statuses import Status
from ..domain.units import from_micros, micros
from ..domain.withheld import read_withheld
from .ids import number_of
from .packing import read_hits, read_judgement, read_state, write_state
from .transaction import SqlRow

_FALLBACK = {"primary": False, "fallback": True, "voice": False, "voice-fallback": True}
CALL_ROLES = frozenset({Role.VOICE.value, Role.VOICE_FALLBACK.value})


def is_fallback(role: str) -> bool | None:
    """Whether the role is the fallback of a pair; None if it belongs to no pair."""
    return _FALLBACK.get(role)


def read_codes(column: str | None) -> tuple[str, ...]:
    """The finding codes of a column."""
    return tuple(column.split(",")) if column else ()


def write_codes(codes: tuple[str, ...]) -> str:
    """Finding codes as a column value: each once, ordered by weight, so that the order of detection does not matter."""
    return ",".join(codes if len(codes) < 2 else by_weight(codes))


def read_annotation(row: SqlRow) -> Annotation:
    """A row with the columns of `annotations`."""
    return Annotation(pinned=bool(row["pinned"]), note=row["note"], tags=read_codes(row["tags"]))


def write_tags(tags: tuple[str, ...]) -> str:
    """Tags as a column value."""
    return ",".join(tags)


def read_settings(mapping: SqlRow | None, secrets: Iterable[SqlRow]) -> ReaderSettings:
    """The rows of a bin in `mappings` and `secrets`."""
    return ReaderSettings(
        mapping=None if mapping is None else mapping["mapping"],
        secrets=tuple(
            SigningSecret(
                label=row["label"],
                scheme=row["scheme"],
                secret=row["secret"],
                hash=row["hash"],
                added_at=from_micros(row["added_at"]),
            )
            for row in secrets
        ),
    )


def read_bin(row: SqlRow, space: SqlRow | None, *, behind: int | None = None) -> Bin:
    """A row of the log's `bins`, with the counts of its space in the ledger (None: all are 0). `behind`: captures
    that are not in the ledger yet; None: all after those of the space."""
    last = None if space is None else space["last_capture_at"]
    in_ledger = 0 if space is None else space["n"]
    return Bin(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        provider=row["provider"],
        stuck_after=timedelta(seconds=row["stuck_s"]),
        retention=None if row["retention_s"] is None else timedelta(seconds=row["retention_s"]),
        created_at=from_micros(row["created_at"]),
        captures=0 if space is None else space["captures"],
        by_role={role: 0 if space is None else space[f"{role.value.replace('-', '_')}_count"] for role in Role},
        last_capture_at=None if last is None else from_micros(last),
        # The row of the log was read first, so the space may be ahead of it.
        last_n=max(row["last_n"], in_ledger),
        seq=0 if space is None else space["last_seq"],
        first_seq=0 if space is None else space["first_seq"],
        swept_n=row["swept_n"],
        behind=max(row["last_n"] - in_ledger, 0) if behind is None else behind,
        version=row["version"],
        answer_version=row["answer_version"],
    )


def read_capture_row(row: SqlRow) -> CaptureRow:
    """A row of the ledger's `captures`."""
    return CaptureRow(
        n=number_of(row["id"]),
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
            findings=read_codes(row["findings"]),
            media=() if row["media"] is None else tuple(row["media"].split(",")),
            signature=None if row["judgement"] is None else read_judgement(row["judgement"]),
        ),
        simulated=bool(row["simulated"]),
        outcome=read_outcome(row),
        fault=read_fault(row),
        annotation=NO_ANNOTATION if row["annotation"] is None else _listed_annotation(row["annotation"]),
    )


def _listed_annotation(column: str) -> Annotation:
    pinned, note, tags = json.loads(column)
    return Annotation(pinned=bool(pinned), note=note, tags=read_codes(tags))


def read_raw(row: SqlRow) -> RawRequest:
    """A row of the log's `captures`."""
    return RawRequest(
        method=row["method"],
        target=row["target"],
        http_version=row["http_version"],
        head=row["head"].encode("latin-1"),
        body=row["body"],
        body_complete=bool(row["body_complete"]),
        peer=row["peer"],
        received_at=from_micros(row["received_at"]),
        framing=row["framing"],
        refused=row["refused"],
        withheld=None if row["withheld"] is None else read_withheld(row["withheld"]),
    )


def content_type_of(raw: RawRequest) -> str | None:
    """The value of the Content-Type header."""
    value = raw.header(b"content-type")
    return None if value is None else value.decode("latin-1")


def read_outcome(row: SqlRow) -> Outcome | None:
    """The outcome in a row of the ledger's `captures`; None while it is unknown."""
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


def read_fault(row: SqlRow) -> FaultHit | None:
    """The fault in a row of the ledger's `captures`, or None."""
    if row["fault_kind"] is None:
        return None
    return FaultHit(fault=row["fault"], kind=row["fault_kind"], said=row["fault_said"], drill=row["fault_drill"])


def read_message(row: SqlRow) -> Message:
    """A row of `messages`."""
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
        findings=read_codes(row["findings"]),
        piece_key=row["piece_key"],
        pieces=state.pieces,
        prints=state.prints,
        as_callback=state.as_callback,
        media_types=state.media_types,
        seq=row["seq"],
        id=number_of(row["id"]),
    )


def message_motion(message: Message, seq: int) -> tuple[object, ...]:
    """The columns that a callback changes: the first parameters of `move_message`."""
    return (
        seq, str(message.status), message.raw_status, message.final, message.price, message.currency,
        message.error_code, micros(message.last_at), None if message.final_at is None else micros(message.final_at),
        message.last_n, write_codes(message.findings), message.is_open, write_state(message),
    )  # fmt: skip


def message_identity(message: Message) -> tuple[object, ...]:
    """The columns that `move_message` does not write. While they are equal, `move_message` is sufficient."""
    return (
        message.direction, message.sender, message.recipient, message.sender_said, message.recipient_said,
        message.text, message.media, message.first_at, message.segments, message.encoding, message.piece_key,
    )  # fmt: skip


def message_columns(message: Message, seq: int) -> tuple[object, ...]:
    """A message as the first parameters of `add_message` and `set_message`."""
    first_at = micros(message.first_at)
    return (
        seq, message.provider, message.message_id, str(message.direction), message.sender, message.recipient,
        message.sender_said, message.recipient_said, message.theirs, message.ours, message.text,
        "\n".join(message.media), str(message.status), message.raw_status, message.final, message.price,
        message.currency, message.error_code, message.segments, message.encoding, first_at,
        micros(message.last_at), None if message.final_at is None else micros(message.final_at), message.last_n,
        write_codes(message.findings), message.is_open, message.piece_key, write_state(message),
    )  # fmt: skip


def read_pairing(row: SqlRow) -> Pairing:
    """A row of `pairings`."""
    return Pairing(
        message_id=row["call"],
        voice=row["call"] is not None,
        hits=read_hits(row["hits"]),
        by_id=row["twin"] is None,
        findings=read_codes(row["findings"]),
        id=number_of(row["id"]),
    )


def print_of(role: str, target: str, sha256: str | None) -> str:
    """The fingerprint of a request's content on one URL; a request with the same fingerprint is a duplicate. If
    there is no body (`sha256` is None), the query string is the content."""
    if sha256 is not None:
        return f"{role} {sha256[:16]}"
    query = target.partition("?")[2]
    return f"{role} {hashlib.blake2b(query.encode('utf-8', 'replace'), digest_size=8).hexdigest()}"
