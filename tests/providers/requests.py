"""Requests as tests have them at hand: from a sample file, from a body."""

from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import msgspec

from app.domain.captures import RawRequest, write_lines
from app.domain.events import Event, Piece
from app.domain.roles import Role
from app.domain.statuses import Word

RECEIVED_AT = datetime(2024, 7, 11, 9, 40, tzinfo=UTC)
# The last segment of a sample's path says which URL it came to; a heartbeat goes to a path below the primary URL.
ROLES = {
    "sms": Role.PRIMARY,
    "sms-fallback": Role.FALLBACK,
    "status": Role.STATUS,
    "voice": Role.VOICE,
    "voice-fallback": Role.VOICE_FALLBACK,
    "heartbeat": Role.PRIMARY,
}


def read_sample(path: Path) -> tuple[RawRequest, Role]:
    """A request as it stands in a file: head with LF line ends, a blank line, the body."""
    head, _, rest = path.read_bytes().partition(b"\n\n")
    first, *lines = head.split(b"\n")
    method, target, _ = first.decode("latin-1").split(" ")
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(b":") for line in lines))
    size = next((int(value) for name, value in headers if name.lower() == b"content-length"), 0)
    assert len(rest) >= size, f"{path.name} is shorter than it says"
    raw = RawRequest(
        method=method,
        target=target,
        http_version="1.1",
        head=write_lines(headers),
        body=rest[:size],
        body_complete=True,
        peer="192.0.2.1",
        received_at=RECEIVED_AT,
    )
    return raw, ROLES[target.partition("?")[0].rsplit("/", 1)[-1]]


def as_told(event: Event) -> dict[str, object]:
    """An event as a sample's expectation writes it: everything that is not null, blank lists left out, and the
    precision of a stamp only where it is a minute."""
    told = {field.name: _plain(getattr(event, field.name)) for field in msgspec.structs.fields(event)}
    told["said_to_minute"] = told["said_to_minute"] or None
    return {name: value for name, value in told.items() if value not in (None, [])}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Piece):
        return msgspec.structs.asdict(value)
    if isinstance(value, Word):
        return {"status": value.status.value, "final": value.final}
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value
