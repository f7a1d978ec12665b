"""The tabs of an open capture: what each shows beside what all share. Only the open one is read.

A new tab is a class and a function here, a line in `TABS`, and a partial of the same name.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from ... import clock
from ...domain.answers.model import safe_answer
from ...domain.captures import Capture, RawRequest
from ...domain.curl import as_curl
from ...domain.edits import EditableField, editable_body, editable_headers
from ...domain.findings import Finding, explain
from ...domain.masking.policy import CREDENTIALS, MaskingPolicy
from ...domain.messages.model import Message
from ...domain.phones import region_of
from ...domain.units import format_size, gap_text
from ...domain.visible import escape_controls
from ...ingress.body import BODY_S
from ...providers import facts_of, handshake_of, searchable_words, why
from ...providers.custom import CustomReader
from ...providers.sheet import HandshakeStep
from ...services.edits import fields_to_edit
from ...services.forwards.registry import Forwards
from ...services.forwards.shown import ShownDispatch
from ...services.large import work_on
from ...services.secrets import Secrets
from ...signatures.explaining import Diagnosis
from ...signatures.pasted import PastedResult
from ...store import Store
from ..words.fields import Field
from ..words.signatures import VERDICTS
from ..words.titles import StatusLook
from .answered import AnsweredWith, read_answered
from .bodies import TEXT_CHARACTERS, BodyViews, views_of
from .shared import CaptureDetail
from .visible import VisibleText, visible

# Parts of the signed text that are shown; a form has one for each field.
MOST_PARTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTab(CaptureDetail):
    """What was answered."""

    answered: AnsweredWith

    @property
    def is_default(self) -> bool:
        """Whether the default was sent, without any fault."""
        row, sent = self.capture.row, self.answered.sent
        return row.fault is None and (sent is None or sent == safe_answer(row.role))


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryTab(AnswerTab):
    """`why` it looks like its provider's, as the end of a sentence; `handshake`: what to do about it; `skew`:
    arrival against the provider's stamp `said_at`, in words, "" if that has no seconds (`said_to_minute`);
    `regions` of sender and recipient; `mapping`: the name of the field mapping of the bin, None without one."""

    regions: tuple[str | None, str | None]
    curl: str
    why: str | None
    handshake: HandshakeStep | None
    said_at: datetime | None
    said_to_minute: bool
    skew: str
    findings: tuple[Finding, ...]
    messages: Sequence[Message]
    mapping: str | None = None

    def why_incomplete(self, limit: int) -> str:
        """Why the end of the body is missing, in a sentence; `limit`: the bytes of a body that are kept."""
        raw, outcome = self.capture.raw, self.capture.row.outcome
        if self.capture.row.size >= limit:
            return f"It is larger than the limit of {format_size(limit)}."
        waited_ms = 0 if outcome is None or self.capture.row.fault else outcome.left_ms or outcome.after_ms or 0
        sent = self.answered.sent
        if waited_ms - (sent.delay_ms if sent else 0) >= BODY_S * 1_000:
            return f"It did not arrive within {BODY_S:g} s."
        declared = raw.header(b"content-length")
        if declared is None:
            return "It ended before its last chunk."
        return f"It ended before the {declared.decode('latin-1')} bytes that the Content-Length header declares."


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsTab(CaptureDetail):
    """`fields_json`: pairs of name and value, to copy. `found`: the fields with `find` in their name or value.
    `words`: those by which the search finds the request."""

    fields_json: str
    find: str
    found: tuple[Field, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadersTab(CaptureDetail):
    """`headers_text`: the header lines, to copy, without credentials."""

    headers_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTab(CaptureDetail):
    """The views of the body, and the `words` by which the search finds the request."""

    body: BodyViews
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingTab(CaptureDetail):
    """`waits_s`: how long the provider waits for an answer."""

    waits_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedTab(CaptureDetail):
    """The messages that the capture is part of."""

    messages: Sequence[Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayTab(CaptureDetail):
    """`curl`: the command that sends the request to its capture URL. The rest is what can be changed before; `seed` is
    for new message ids. `dispatches`: the
    request with the forwards of the bin."""

    curl: str
    edit_fields: tuple[EditableField, ...]
    edit_headers: str
    edit_body: str | None
    seed: str
    dispatches: Sequence[ShownDispatch]


@dataclass(frozen=True, slots=True)
class SignedPartView:
    """A part of the signed text."""

    name: str
    shown: VisibleText


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureTab(CaptureDetail):
    """`secrets`: how many the bin has. `signed` is the whole signed text, to copy. `certificate`: the URL of the one
    that is needed and is not stored. `pasted` is what was posted in the box, and `result` what was found.
    `is_hidden`: only the verdict is shown, because values are masked."""

    diagnosis: Diagnosis
    look: StatusLook
    secrets: int
    parts: tuple[SignedPartView, ...]
    signed: str
    certificate: str | None
    pasted: str
    result: PastedResult | None
    is_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a tab reads from. `capture` is not masked: only what a tab shows of it is. `address` is the bin's own URL
    of the capture's role, for the curl command. `pasted`: a signature that the code of a user has computed. `custom` is
    the reader for the field mapping of the bin. `find`: what to find in the fields or in the tree of the body.
    `forwards` of the bin."""

    store: Store
    secrets: Secrets
    bin_id: str
    capture: Capture
    address: str
    masking: MaskingPolicy = CREDENTIALS
    pasted: str = ""
    custom: CustomReader | None = None
    find: str = ""
    forwards: Forwards | None = None


D = TypeVar("D", bound=CaptureDetail)


def _as(tab: type[D], shared: CaptureDetail, **more: Any) -> D:
    """The shared facts with those of a tab."""
    facts: dict[str, Any] = {field.name: getattr(shared, field.name) for field in fields(CaptureDetail)}
    return tab(**facts, **more)


async def _open_summary(shared: CaptureDetail, source: Source) -> SummaryTab:
    capture = shared.capture
    return await work_on(
        [capture.raw],
        _read_summary,
        shared,
        source,
        source.masking.messages(await source.store.messages_of(source.bin_id, capture.row.n)),
        await _answered(shared, source),
    )


def _read_summary(
    shared: CaptureDetail, source: Source, messages: Sequence[Message], answered: AnsweredWith
) -> SummaryTab:
    raw, row, sheet, masking = source.capture.raw, source.capture.row, shared.sheet, source.masking
    reading = row.reading
    dated = next((event for event in shared.events if event.said_at is not None), None)
    said_at, said_to_minute = (dated.said_at, dated.said_to_minute) if dated else (None, False)
    facts = facts_of(raw, row.role, reading.provider, source.custom) if reading.findings else None
    step = handshake_of(raw, sheet.name) if sheet and not shared.events else None
    return _as(
        SummaryTab,
        shared,
        answered=answered,
        regions=(region_of(reading.sender), region_of(reading.recipient)),
        curl="" if shared.is_masked else as_curl(raw, source.address),
        why=why(raw, sheet.name) if sheet else None,
        handshake=None if step is None else replace(step, address=masking.value("", step.address)),
        said_at=said_at,
        said_to_minute=said_to_minute,
        skew="" if said_at is None or said_to_minute else _skew(raw.received_at - said_at),
        findings=tuple(_masked(explain(code, facts), masking) for code in reading.findings),
        messages=messages,
        mapping=source.custom.mapping.name if source.custom else None,
    )


def _masked(finding: Finding, masking: MaskingPolicy) -> Finding:
    return replace(finding, cause=masking.sentence(finding.cause), cure=masking.sentence(finding.cure))


async def _open_fields(shared: CaptureDetail, source: Source) -> FieldsTab:
    return await work_on([shared.capture.raw], _read_fields, shared, source.find)


def _read_fields(shared: CaptureDetail, find: str) -> FieldsTab:
    wanted = find.strip().lower()
    pairs = [[field.name, field.value] for field in shared.fields]
    return _as(
        FieldsTab,
        shared,
        fields_json=escape_controls(json.dumps(pairs, ensure_ascii=False, indent=2)),
        find=find,
        found=tuple(field for field in shared.fields if wanted in f"{field.name}\n{field.value}".lower()),
        words="" if shared.is_masked else searchable_words(shared.capture.raw),
    )


async def _open_headers(shared: CaptureDetail, _: Source) -> HeadersTab:
    lines = [f"{name}: {'(hidden)' if secret else value}" for name, value, secret in shared.headers]
    return _as(HeadersTab, shared, headers_text="\n".join(lines))


async def _open_raw(shared: CaptureDetail, source: Source) -> RawTab:
    return await work_on([shared.capture.raw], _read_raw, shared, source.find)


def _read_raw(shared: CaptureDetail, find: str) -> RawTab:
    raw = shared.capture.raw
    words = "" if shared.is_masked else searchable_words(raw)
    return _as(RawTab, shared, body=views_of(shared.parsed, raw.body, find), words=words)


async def _open_timing(shared: CaptureDetail, _: Source) -> TimingTab:
    return _as(TimingTab, shared, waits_s=shared.sheet.habits.timeout_s if shared.sheet else None)


async def _open_answer(shared: CaptureDetail, source: Source) -> AnswerTab:
    return _as(AnswerTab, shared, answered=await _answered(shared, source))


async def _answered(shared: CaptureDetail, source: Source) -> AnsweredWith:
    provider = shared.sheet.name if shared.sheet else None
    return await read_answered(source.store, source.bin_id, shared.capture.row, provider, source.masking)


async def _open_related(shared: CaptureDetail, source: Source) -> RelatedTab:
    messages = await source.store.messages_of(source.bin_id, shared.capture.row.n)
    return _as(RelatedTab, shared, messages=source.masking.messages(messages))


async def _open_replay(shared: CaptureDetail, source: Source) -> ReplayTab:
    row = shared.capture.row
    found = {} if source.forwards is None else await source.forwards.dispatches(source.bin_id, [row])
    return await work_on([shared.capture.raw], _read_replay, shared, source.address, found.get(row.n, ()))


def _read_replay(shared: CaptureDetail, address: str, dispatches: Sequence[ShownDispatch]) -> ReplayTab:
    raw = shared.capture.raw
    fields = () if shared.is_masked else fields_to_edit(raw)
    has_form = any(field.key.startswith("form.") for field in fields)
    return _as(
        ReplayTab,
        shared,
        curl="" if shared.is_masked else as_curl(raw, address),
        edit_fields=fields,
        edit_headers=editable_headers(raw),
        edit_body=None if shared.is_masked or has_form else editable_body(raw),
        seed=clock.new_id(),
        dispatches=dispatches,
    )


async def _open_signature(shared: CaptureDetail, source: Source) -> SignatureTab:
    secrets, capture = source.secrets, source.capture
    diagnosis, certificate = await secrets.diagnose(source.bin_id, capture)
    hidden = source.masking.hides_bodies or _is_secret(diagnosis, capture.raw, source.masking)
    result = await secrets.explain(source.bin_id, capture, source.pasted) if source.pasted and not hidden else None
    parts = () if hidden else diagnosis.parts
    return _as(
        SignatureTab,
        shared,
        diagnosis=_without_values(diagnosis, source.masking) if hidden else diagnosis,
        look=VERDICTS[diagnosis.judgement.verdict],
        secrets=len(await secrets.of(source.bin_id)),
        parts=tuple(SignedPartView(part.name, visible(part.value)) for part in parts[:MOST_PARTS]),
        signed=b"".join(part.value for part in parts).decode("utf-8", "replace")[:TEXT_CHARACTERS],
        certificate=certificate,
        pasted=source.pasted,
        result=result,
        is_hidden=hidden,
    )


def _is_secret(diagnosis: Diagnosis, raw: RawRequest, masking: MaskingPolicy) -> bool:
    """Whether the signature is the value of a masked header."""
    masked = [value.decode("latin-1") for name, value in raw.headers if name.lower() in masking.headers]
    return any(sent and sent in value for sent in diagnosis.sent for value in masked)


def _without_values(diagnosis: Diagnosis, masking: MaskingPolicy) -> Diagnosis:
    """The verdict alone."""
    judgement = diagnosis.judgement
    shown = msgspec.structs.replace(masking.judgement(judgement), variant=None)
    return Diagnosis(judgement=shown, url="")


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: its title, and the function that reads what it shows."""

    title: str
    open: Callable[[CaptureDetail, Source], Awaitable[CaptureDetail]]


TABS = {
    "summary": Tab("Summary", _open_summary),
    "fields": Tab("Fields", _open_fields),
    "headers": Tab("Headers", _open_headers),
    "raw": Tab("Raw", _open_raw),
    "signature": Tab("Signature", _open_signature),
    "timing": Tab("Timing", _open_timing),
    "answer": Tab("Response", _open_answer),
    "related": Tab("Related", _open_related),
    "replay": Tab("Replay", _open_replay),
}


def _skew(late: timedelta) -> str:
    return f"{gap_text(late)} {'after' if late >= timedelta(0) else 'before'} the provider’s timestamp"
