"""The pages of reconciliations: send a file, follow the comparison, choose columns, see the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.reconciliation.kept import KeptNote, KeptRecord, Reconciliation, ReconciliationWork
from ...domain.reconciliation.summary import SummarySentence, summary_sentences, summary_text, zone_text
from ...domain.reconciliation.verdicts import LOST, REASON_WORDS, VERDICT_WORDS, RecordReason, RecordVerdict
from ...errors import AppError, Conflict, Invalid, NotFound, TooLarge
from ...services.reconciliations.known_exports import known_exports
from ...services.reconciliations.reconstructing import ReconstructedAttempt, problem_of
from ...services.reconciliations.superseding import newer_verdicts, superseded_by
from ...store import ReconciliationArchive
from ..site.audit import note
from ..site.forms import read_form
from ..site.inputs import HIGHEST, number
from ..site.masking import masking_of
from ..site.templates import render
from ..site.uploads import receive_file
from ..site.urls import server_address
from .chosen import chosen
from .columns import MOST_FIELDS, ColumnRow, column_rows, read_columns
from .inputs import compare_input
from .masked import mask_columns, mask_notes, mask_records

PAGE = 100
MOST_SENT = 50
"""Lost records that a page offers to send; the API sends any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcilePage:
    """The files that are being compared, and the earlier results. `problem`: why a file was refused."""

    bin: Bin
    here: str
    works: Sequence[ReconciliationWork]
    heads: Sequence[Reconciliation]
    exports: Sequence[str]
    problem: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether the list will change by itself."""
        return any(work.unknown is None and work.problem is None for work in self.works)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationPage:
    """One file: the comparison that runs, the question about its columns, or the result. `records` are one page of it,
    `newer` their verdicts in newer files, `notes` what the provider states about lost ones, by their number, `after`
    the place of the next page. `sent`: what was just sent."""

    bin: Bin
    here: str
    work: ReconciliationWork | None
    head: Reconciliation | None
    sentences: Sequence[SummarySentence] = ()
    text: str = ""
    zone: str = ""
    superseded: Mapping[str, int] = field(default_factory=dict)
    records: Sequence[KeptRecord] = ()
    newer: Mapping[int, RecordVerdict] = field(default_factory=dict)
    notes: Mapping[int, Sequence[KeptNote]] = field(default_factory=dict)
    verdict: RecordVerdict | None = None
    reason: RecordReason | None = None
    after: int | None = None
    has_file: bool = False
    columns: Sequence[ColumnRow] = ()
    problem: str | None = None
    sent: Sequence[ReconstructedAttempt] = ()
    verdict_words: object = field(default_factory=lambda: VERDICT_WORDS)
    reason_words: object = field(default_factory=lambda: REASON_WORDS)
    lost: object = LOST

    @property
    def is_running(self) -> bool:
        """Whether the page will change by itself."""
        return self.work is not None and self.work.state in ("waiting", "reading", "comparing", "saving")

    @property
    def sendable(self) -> Sequence[KeptRecord]:
        """The records of this page that can be sent."""
        usual = self.bin.provider
        return [record for record in self.records if problem_of(record, usual) is None][:MOST_SENT]

    def query(self, **chosen: object) -> str:
        """The suffix of a link to other records."""
        given = {name: str(value) for name, value in chosen.items() if value is not None}
        return f"?{urlencode(given)}" if given else ""


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/reconcile: the page, or its list alone for the script."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return await _index(request, bin)


async def upload(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/reconcile?file=…&zone=…&keep_rows=1: the body is the file, or a form with it."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    try:
        async with receive_file(request, request.query.get("file", "")) as file:
            given = compare_input({**request.query, **file.fields})
            work = await request.app[keys.RECONCILING].receive(bin.id, file.name, file.chunks, given.settings())
            note(request, id=work.id)
    except (Conflict, Invalid, TooLarge) as error:
        return await _index(request, bin, error)
    return web.Response(status=303, headers={"Location": _address(request, bin, work.id)})


async def show(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/reconcile/{id}?verdict=…&reason=…&after=…: the page, or its live part alone."""
    page = await _page(request)
    is_part = request.headers.get("X-Partial") == "parts"
    return render(request, "reconciliations/_one.html" if is_part else "reconciliations/show.html", page)


async def again(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/reconcile/{id}/again: `zone`, `keep_rows`."""
    form = await read_form(request)
    return await _compare_again(request, {name: form.get(name, "") for name in ("zone", "keep_rows")})


async def choose_columns(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/reconcile/{id}/columns: what each column is; remembered, and the file is compared."""
    form = await read_form(request, most=MOST_FIELDS)
    return await _compare_again(request, {}, form)


async def cancel(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/reconcile/{id}/cancel"""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    await request.app[keys.RECONCILING].cancel(bin.id, request.match_info["id"])
    return web.Response(status=303, headers={"Location": _address(request, bin)})


async def delete(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/reconcile/{id}/delete"""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    await request.app[keys.RECONCILING].delete(bin.id, request.match_info["id"])
    return web.Response(status=303, headers={"Location": _address(request, bin)})


async def send(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/reconcile/{id}/send: `url`, and a field `record.N` for each record."""
    form = await read_form(request)
    bin_id, id = request.match_info["bin"], request.match_info["id"]
    numbers = [int(name[7:]) for name in form if name.startswith("record.") and name[7:].isdecimal()][:MOST_SENT]
    note(request, count=len(numbers))
    try:
        sent = await request.app[keys.RECONSTRUCTING].replay(bin_id, id, numbers, form.get("url", "").strip())
    except Invalid as error:
        page = await _page(request, problem=_error_text(error))
        return render(request, "reconciliations/show.html", page, status=error.status)
    return render(request, "reconciliations/show.html", await _page(request, sent=sent))


async def _compare_again(
    request: web.Request, fields: dict[str, str], columns: dict[str, str] | None = None
) -> web.StreamResponse:
    bin_id, id = request.match_info["bin"], request.match_info["id"]
    bin = await request.app[keys.STORE].get_bin(bin_id)
    try:
        mapping = None if columns is None else read_columns(columns)
        await request.app[keys.RECONCILING].again(bin.id, id, compare_input(fields).settings(), mapping)
    except (Conflict, Invalid) as error:
        page = await _page(request, problem=_error_text(error), columns=columns)
        return render(request, "reconciliations/show.html", page, status=error.status)
    return web.Response(status=303, headers={"Location": _address(request, bin, id)})


async def _index(request: web.Request, bin: Bin, error: AppError | None = None) -> web.StreamResponse:
    page = ReconcilePage(
        bin=bin,
        here=_address(request, bin),
        works=request.app[keys.RECONCILING].works(bin.id),
        heads=await request.app[keys.ARCHIVE].list_reconciliations(bin.id),
        exports=known_exports(bin.provider),
        problem=None if error is None else _error_text(error),
    )
    is_part = request.headers.get("X-Partial") == "parts"
    template = "reconciliations/_list.html" if is_part else "reconciliations/index.html"
    return render(request, template, page, status=200 if error is None else error.status)


async def _page(
    request: web.Request, *, problem: str | None = None, columns: dict[str, str] | None = None,
    sent: Sequence[ReconstructedAttempt] = (),
) -> ReconciliationPage:  # fmt: skip
    """Raises NotFound."""
    bin_id, id = request.match_info["bin"], request.match_info["id"]
    bin = await request.app[keys.STORE].get_bin(bin_id)
    archive, reconciling = request.app[keys.ARCHIVE], request.app[keys.RECONCILING]
    work = reconciling.work_of(bin.id, id)
    here = _address(request, bin, id)
    try:
        head = await archive.get_reconciliation(bin.id, id)
    except NotFound:
        if work is None:
            raise
        head = None
    if head is None or (work is not None and work.unknown is not None):
        rows = (
            ()
            if work is None or work.unknown is None
            else mask_columns(column_rows(work.unknown, columns), masking_of(request, bin.id))
        )
        return ReconciliationPage(bin=bin, here=here, work=work, head=None, columns=rows, problem=problem)
    query = dict(request.query)
    verdict, reason = chosen(query)
    masking = masking_of(request, bin.id)
    after = number(query, "after", lowest=0, highest=HIGHEST) or 0
    found = await archive.list_records(bin.id, id, after=after, limit=PAGE + 1, verdict=verdict, reason=reason)
    return ReconciliationPage(
        bin=bin,
        here=here,
        work=work,
        head=head,
        sentences=summary_sentences(head.summary),
        text=summary_text(head.summary),
        zone=f"Its times were read as {head.zone}." if head.zone else zone_text(head.summary.zone),
        superseded=superseded_by(await archive.list_reconciliations(bin.id), head),
        records=mask_records(found[:PAGE], head.columns, masking),
        newer=await newer_verdicts(archive, head, found[:PAGE]),
        notes={n: mask_notes(notes, masking) for n, notes in (await _notes_of(archive, bin.id, found[:PAGE])).items()},
        verdict=verdict,
        reason=reason,
        after=found[PAGE - 1].number if len(found) > PAGE else None,
        has_file=reconciling.has_file(bin.id, id),
        problem=problem,
        sent=sent,
    )


async def _notes_of(
    archive: ReconciliationArchive, bin_id: str, records: Sequence[KeptRecord]
) -> dict[int, Sequence[KeptNote]]:
    return {
        record.number: await archive.list_notes(bin_id, record.message_id)
        for record in records
        if record.reason is RecordReason.PROVIDER_ALERT and record.message_id is not None
    }


def _error_text(error: AppError) -> str:
    """The problems without the names of fields."""
    if isinstance(error, Invalid):
        named = ("zone", "url", "mapping", "columns")
        return "; ".join(f"The {name} {text}" if name in named else text for name, text in error.problems)
    return str(error)


def _address(request: web.Request, bin: Bin, id: str | None = None) -> str:
    return f"{server_address(request).base}/bins/{bin.id}/reconcile" + (f"/{id}" if id else "")
