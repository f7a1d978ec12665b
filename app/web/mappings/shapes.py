"""The JSON of a mapping and of its preview; the OpenAPI document's components are generated from these types."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ...domain.mappings import FieldMapping
from ...domain.units import rfc3339
from ...services.mapping_preview import PREVIEWED, PreviewRow
from ..captures.shapes import EventShape, show_event
from ..site.shapes import PARTIES, RoleName, Time


class MappingShape(msgspec.Struct):
    """The mapping of a bin; null: none is set."""

    mapping: FieldMapping | None


class PreviewedShape(msgspec.Struct, rename=PARTIES):
    """A capture as it would be parsed. The fields from `kind` on are those of the first event."""

    n: int
    role: RoleName
    received_at: Time
    mapped: Annotated[bool, Meta(description="false: the mapping finds nothing in it, so it is parsed as usual.")]
    provider: str | None
    kind: Literal["inbound", "status", "voice", "other"]
    message_id: str | None
    sender: str | None
    recipient: str | None
    text: str | None
    status: str | None
    raw_status: str | None
    events: list[EventShape]


class MappingPreview(msgspec.Struct):
    """The last captures, newest first."""

    items: list[PreviewedShape]


def show_preview(rows: list[PreviewRow]) -> MappingPreview:
    """The rows of a preview, at most `PREVIEWED`."""
    return MappingPreview([_previewed(row) for row in rows[:PREVIEWED]])


def mapping_schema() -> dict[str, Any]:
    """The JSON Schema of a mapping."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "smsbin field mapping",
        **msgspec.json.schema(FieldMapping),
    }


def _previewed(row: PreviewRow) -> PreviewedShape:
    reading, capture = row.reading, row.capture.row
    return PreviewedShape(
        n=capture.n,
        role=capture.role.value,
        received_at=rfc3339(capture.received_at),
        mapped=row.is_mapped,
        provider=reading.provider,
        kind=reading.kind.value,
        message_id=reading.message_id,
        sender=reading.sender,
        recipient=reading.recipient,
        text=reading.text,
        status=reading.status,
        raw_status=reading.raw_status,
        events=[show_event(event) for event in reading.events],
    )
