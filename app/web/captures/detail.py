"""The open capture: what each tab needs, worked out once. A new tab is a line in `TABS` and a partial."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from ...domain.answers.model import Answer, safe_answer
from ...domain.captures import Capture, CaptureRow
from ...domain.curl import SECRET_HEADERS, as_curl
from ...domain.events import Event
from ...domain.findings import Finding, explain
from ...domain.messages.model import Message
from ...domain.phones import region_of
from ...domain.replays import Attempt
from ...domain.sms import SmsFacts, describe_sms
from ...domain.units import format_size, say_gap
from ...ingress.body import BODY_S
from ...parsing import Parsed, parse
from ...providers import facts_of, sheet_of, why
from ...providers.sheet import Sheet
from ...services.large import work_on
from ...store import Store
from ..words.fields import Field, fields_of
from ..words.pairings import PairRow

TABS = {
    "summary": "Summary",
    "fields": "Fields",
    "headers": "Headers",
    "raw": "Raw",
    "timing": "Timing",
    "answer": "Response",
    "related": "Related",
    "replay": "Replay",
}
HEX_BYTES = 16_384
RELATED = 50
ATTEMPTS = 20
TEXT_CHARACTERS = 128_000


@dataclass(frozen=True, slots=True)
class HexLine:
    """Sixteen bytes: where they stand, as numbers, as characters."""

    offset: str
    numbers: str
    characters: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another capture of the same message or call; `gap` in words, "2.1 s after this one"."""

    row: CaptureRow
    gap: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureDetail:
    """A capture and everything that its tabs show. `why` it looks like its provider's, as the end of a sentence;
    `skew`: arrival against the provider's stamp `said_at`, in words. `sent` is what went out; None: nothing did, or not
    yet. `pair`: what it is compared with."""

    capture: Capture
    tabs: dict[str, str]
    tab: str
    parsed: Parsed
    sms: SmsFacts | None
    regions: tuple[str | None, str | None]
    fields: tuple[Field, ...]
    fields_json: str
    headers: tuple[tuple[str, str, bool], ...]
    headers_text: str
    text: str | None
    hexdump: tuple[HexLine, ...]
    curl: str
    sheet: Sheet | None
    why: str | None
    said_at: datetime | None
    skew: str
    findings: tuple[Finding, ...]
    events: Sequence[Event]
    waits_s: float | None
    messages: Sequence[Message] = ()
    related: tuple[Related, ...] = ()
    sent: Answer | None = None
    attempts: Sequence[Attempt] = ()
    pair: PairRow | None = None

    @property
    def is_default(self) -> bool:
        """The safe default went out, and nothing was done to it."""
        row = self.capture.row
        return row.fault is None and (self.sent is None or self.sent == safe_answer(row.role))

    def why_incomplete(self, limit: int) -> str:
        """Why the end of the body is missing, in a sentence; `limit`: the bytes of a body that are kept."""
        raw, outcome = self.capture.raw, self.capture.row.outcome
        if len(raw.body) >= limit:
            return f"It is larger than the limit of {format_size(limit)}."
        waited_ms = 0 if outcome is None or self.capture.row.fault else outcome.left_ms or outcome.after_ms or 0
        if waited_ms - (self.sent.delay_ms if self.sent else 0) >= BODY_S * 1_000:
            return f"It did not arrive within {BODY_S:g} s."
        declared = raw.header(b"content-length")
        if declared is None:
            return "It ended before its last chunk."
        return f"It ended before the {declared.decode('latin-1')} bytes that the Content-Length header declares."


async def open_detail(store: Store, bin_id: str, capture: Capture, address: str, tab: str) -> CaptureDetail:
    """Read a capture of a bin for people. `address` is the bin's own URL of its role, for the curl line."""
    n = capture.row.n
    detail = await work_on([capture.raw], _read, capture, address, tab)
    return replace(
        detail,
        messages=await store.messages_of(bin_id, n),
        related=tuple(
            Related(row=row, gap=_gap(row.received_at - capture.raw.received_at))
            for row in await store.list_related(bin_id, n, limit=RELATED)
        ),
        sent=await _sent(store, bin_id, capture.row),
        attempts=await store.list_attempts(bin_id, n, limit=ATTEMPTS),
    )


def _read(capture: Capture, address: str, tab: str) -> CaptureDetail:
    """All that stands in the capture itself."""
    reading, raw = capture.row.reading, capture.raw
    parsed = parse(raw)
    sheet = sheet_of(reading.provider)
    fields = tuple(_explained(field, sheet) for field in fields_of(parsed))
    said_at = next((event.said_at for event in capture.events if event.said_at is not None), None)
    facts = facts_of(raw, capture.row.role, reading.provider) if reading.findings else None
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"), name.lower() in SECRET_HEADERS) for name, value in raw.headers
    )
    return CaptureDetail(
        capture=capture,
        tabs=TABS,
        tab=tab if tab in TABS else "summary",
        parsed=parsed,
        sms=None if reading.text is None else describe_sms(reading.text),
        regions=(region_of(reading.sender), region_of(reading.recipient)),
        fields=fields,
        fields_json=json.dumps([[field.name, field.value] for field in fields], ensure_ascii=False, indent=2),
        headers=headers,
        headers_text="\n".join(f"{name}: {'(hidden)' if secret else value}" for name, value, secret in headers),
        text=None if parsed.text is None else parsed.text[:TEXT_CHARACTERS],
        hexdump=tuple(_hexdump(raw.body[:HEX_BYTES])),
        curl=as_curl(raw, address),
        sheet=sheet,
        why=why(raw, sheet.name) if sheet else None,
        said_at=said_at,
        skew="" if said_at is None else _skew(raw.received_at - said_at),
        findings=tuple(explain(code, facts) for code in reading.findings),
        events=capture.events,
        waits_s=sheet.habits.timeout_s if sheet else None,
    )


async def _sent(store: Store, bin_id: str, row: CaptureRow) -> Answer | None:
    if row.outcome is None or row.outcome.status is None:
        return None
    return await store.get_sent_answer(bin_id, row.n) or msgspec.structs.replace(
        safe_answer(row.role), status=row.outcome.status
    )


def _explained(field: Field, sheet: Sheet | None) -> Field:
    """A field with what the provider says about it; numbered names (MediaUrl3) share one meaning."""
    if sheet is None or field.where in ("XML", "part"):
        return field
    name = ".".join(part for part in field.name.lower().split(".") if not part.isdigit())
    bare = name.rstrip("0123456789")
    meaning = next((sheet.meanings[one] for one in (name, bare, f"{bare}0") if one in sheet.meanings), None)
    return replace(field, meaning=meaning, unknown=meaning is None)


def _skew(late: timedelta) -> str:
    return f"{say_gap(late)} {'after' if late >= timedelta(0) else 'before'} the provider’s timestamp"


def _gap(later: timedelta) -> str:
    return f"{say_gap(later)} {'after' if later >= timedelta(0) else 'before'} this one"


def _hexdump(body: bytes) -> list[HexLine]:
    lines = []
    for offset in range(0, len(body), 16):
        piece = body[offset : offset + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in piece)
        lines.append(HexLine(f"{offset:06x}", piece.hex(" "), shown))
    return lines
