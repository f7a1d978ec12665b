"""The page of a bin's field mapping: choose what the fields are, and see the last requests parsed by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec
from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.captures import Capture
from ...domain.mappings import FieldMapping, write_mapping
from ...domain.masking.policy import MaskingPolicy
from ...domain.roles import VOICE_ROLES, Role
from ...domain.statuses import Status
from ...errors import Invalid, NotFound
from ...providers.custom import CustomReader
from ...providers.kit.addresses import HEADER
from ...services.large import work_on
from ...services.mapping_preview import PREVIEWED, PreviewRow, read_by, recent_captures, words_of
from ...store import LedgerStatus
from ..site.audit import leave_out
from ..site.convert import convert
from ..site.forms import read_form
from ..site.headers import FILE_HEADERS
from ..site.inputs import HIGHEST, MAX_BYTES, number
from ..site.masking import masking_of
from ..site.templates import render_of
from ..site.urls import server_address
from .form import MOST_FIELDS, MappingDraft, draft_of, first_draft, read_draft
from .rows import FieldRow, WordRow, field_rows, suggested_uses, word_rows

USES = {
    "from": "From", "to": "To", "text": "Text", "id": "Message id", "status": "Status", "time": "Time",
    "media": "Media", "error": "Error code",
}  # fmt: skip
# What requests to a URL are about if no kind is set.
USUAL_KINDS = {
    role: "Call" if role in VOICE_ROLES else "Callback" if role is Role.STATUS else "SMS or callback" for role in Role
}
MOST_PROBLEMS = 20
"""Mistakes in a mapping that the page names: a file may have any number of them."""

STATUS_TITLES = {status.value: status.value.capitalize() for status in Status if status is not Status.RECEIVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingPage:
    """The form as it is now, and what it does. `samples` are the captures to choose fields from, `sample` the number of
    the chosen one (0: there are none). `problems` keep the form from being saved; `submitted`: it was to be saved.
    `unreadable`: the stored mapping is of another version."""

    bin: Bin
    here: str
    draft: MappingDraft
    is_set: bool
    changed: bool
    samples: Sequence[Capture]
    sample: int
    fields: Sequence[FieldRow]
    words: Sequence[WordRow]
    preview: Sequence[PreviewRow]
    problems: Mapping[str, str]
    rereading: LedgerStatus
    unreadable: bool = False
    submitted: bool = False
    saved: bool = False
    uses: Mapping[str, str] = field(default_factory=lambda: USES)
    usual_kinds: Mapping[Role, str] = field(default_factory=lambda: USUAL_KINDS)
    statuses: Mapping[str, str] = field(default_factory=lambda: STATUS_TITLES)

    @property
    def mapped(self) -> int:
        """How many of the shown requests the mapping finds something in."""
        return sum(row.is_mapped for row in self.preview)


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/mapping?with=n"""
    bin = await _bin_of(request)
    mapping = request.app[keys.MAPPINGS].of(bin.id)
    draft = None if mapping is None else draft_of(mapping)
    page = await _page(request, bin, draft, request.query.get("with"))
    return await _render(request, "mappings/index.html", replace(page, saved="saved" in request.query))


async def save(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/mapping: save, show the preview, or fill the form from a file."""
    bin = await _bin_of(request)
    form = await read_form(request, most=MOST_FIELDS, size=MAX_BYTES)
    button, draft, problems = form.get("do", "save"), read_draft(form), {}
    if button != "save":
        leave_out(request)
    if button == "import":
        try:
            draft = draft_of(_read_file(form.get("json", "")))
        except Invalid as error:
            problems = dict(error.problems[:MOST_PROBLEMS])
    elif button == "save":
        try:
            await request.app[keys.MAPPINGS].set(bin.id, draft.settle())
            return _to(request, bin, "?saved")
        except Invalid as error:
            problems = dict(error.problems[:MOST_PROBLEMS])
    page = await _page(request, bin, draft, form.get("with"))
    if problems:
        page = replace(page, problems=problems, submitted=True)
    return await _render(request, "mappings/index.html", page, status=422 if problems else 200)


async def check(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/mapping/preview: the parts of the page that depend on the form, as HTML. Nothing is saved."""
    bin = await _bin_of(request)
    form = await read_form(request, most=MOST_FIELDS, size=MAX_BYTES)
    page = await _page(request, bin, read_draft(form), form.get("with"))
    return await _render(request, "mappings/_checked.html", page)


async def remove(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/mapping/remove"""
    bin = await _bin_of(request)
    await request.app[keys.MAPPINGS].remove(bin.id)
    return _to(request, bin, "")


async def export(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/mapping/export: the saved mapping as a file."""
    bin = await _bin_of(request)
    mapping = request.app[keys.MAPPINGS].of(bin.id)
    if mapping is None:
        raise NotFound("This bin has no mapping.")
    return web.Response(
        body=msgspec.json.format(write_mapping(mapping).encode(), indent=2) + b"\n",
        content_type="application/json",
        headers={**FILE_HEADERS, "Content-Disposition": 'attachment; filename="mapping.json"'},
    )


async def _page(request: web.Request, bin: Bin, draft: MappingDraft | None, wanted: str | None) -> MappingPage:
    """`draft` None: nothing is chosen yet, so what the fields probably are is suggested."""
    store, mappings = request.app[keys.STORE], request.app[keys.MAPPINGS]
    samples = await _samples(request, bin, wanted)
    sample = _sample_of(samples, wanted)
    made = await work_on([each.raw for each in samples], _filled, bin, samples, sample, draft)
    mapping, problems = _settled(made.draft)
    masking = masking_of(request, bin.id)
    shown = samples[:PREVIEWED] if sample is None else _with(samples[:PREVIEWED], sample)
    return MappingPage(
        bin=bin,
        here=f"{server_address(request).base}/bins/{bin.id}/mapping",
        draft=made.draft,
        is_set=mappings.of(bin.id) is not None,
        changed=mapping is None or mapping != mappings.of(bin.id),
        samples=[masking.capture(each) for each in shown],
        sample=0 if sample is None else sample.row.n,
        fields=[_masked(row, masking) for row in made.fields],
        words=[word for word in made.words if masking.sentence(word.text) == word.text],
        preview=[replace(row, reading=masking.reading(row.reading)) for row in made.preview[:PREVIEWED]],
        problems=problems,
        rereading=await store.rereading(bin.id),
        unreadable=mappings.is_unreadable(bin.id),
    )


def _masked(row: FieldRow, masking: MaskingPolicy) -> FieldRow:
    if row.is_header:
        return replace(row, value=masking.header(row.address.removeprefix(HEADER).encode(), row.value))
    return replace(row, value=masking.value(row.address, row.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filled:
    """A form with everything that its captures give."""

    draft: MappingDraft
    fields: Sequence[FieldRow]
    words: Sequence[WordRow]
    preview: Sequence[PreviewRow]


def _filled(bin: Bin, samples: Sequence[Capture], sample: Capture | None, draft: MappingDraft | None) -> _Filled:
    if draft is None:
        draft = first_draft(suggested_uses(read_by(_typical(samples, sample), bin.provider, None)))
    custom = _reader_of(draft)
    rows = read_by(samples, bin.provider, custom)
    seen = () if custom is None else words_of(rows, custom)
    full = draft.with_seen(seen)
    if full.words != draft.words:
        rows = read_by(samples, bin.provider, _reader_of(full))
    return _Filled(
        draft=full,
        fields=field_rows(None if sample is None else sample.raw, full),
        words=word_rows(full, seen),
        preview=rows,
    )


def _typical(samples: Sequence[Capture], sample: Capture | None) -> Sequence[Capture]:
    """The chosen capture, and the newest one of each other URL."""
    if sample is None:
        return ()
    newest = {each.row.role: each for each in reversed(samples)}
    return [sample, *(each for role, each in newest.items() if role is not sample.row.role)]


def _reader_of(draft: MappingDraft) -> CustomReader | None:
    mapping, _ = _settled(draft)
    return None if mapping is None else CustomReader(mapping)


def _settled(draft: MappingDraft) -> tuple[FieldMapping | None, Mapping[str, str]]:
    try:
        return draft.settle(), {}
    except Invalid as error:
        return None, dict(error.problems)


def _read_file(text: str) -> FieldMapping:
    """The mapping in a file. Invalid."""
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Invalid(("json", f"is not JSON: {error}")) from None
    return convert(raw, FieldMapping)


async def _samples(request: web.Request, bin: Bin, wanted: str | None) -> Sequence[Capture]:
    """The last captures, and after them the wanted one when that is not among them."""
    store = request.app[keys.STORE]
    captures = list(await recent_captures(store, bin.id))
    n = _number(wanted)
    if n and n not in [each.row.n for each in captures]:
        captures += await store.get_captures(bin.id, [n])
    return captures


def _sample_of(samples: Sequence[Capture], wanted: str | None) -> Capture | None:
    """The wanted capture, else the newest."""
    n = _number(wanted)
    return next((each for each in samples if each.row.n == n), samples[0] if samples else None)


def _with(samples: Sequence[Capture], sample: Capture) -> Sequence[Capture]:
    return samples if sample in samples else [*samples, sample]


def _number(text: str | None) -> int | None:
    try:
        return number({"with": text} if text else {}, "with", lowest=0, highest=HIGHEST)
    except Invalid:
        return None


async def _bin_of(request: web.Request) -> Bin:
    return await request.app[keys.STORE].get_bin(request.match_info["bin"])


async def _render(request: web.Request, template: str, page: MappingPage, *, status: int = 200) -> web.Response:
    return await render_of([each.raw for each in page.samples], request, template, page, status=status)


def _to(request: web.Request, bin: Bin, more: str) -> web.Response:
    return web.Response(status=303, headers={"Location": f"{server_address(request).base}/bins/{bin.id}/mapping{more}"})
