"""The records of a reconciliation as a CSV file, streamed in pages."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from ... import __version__, keys
from ...domain.masking.policy import MaskingPolicy
from ...domain.reconciliation.kept import KeptRecord, Reconciliation
from ...domain.reconciliation.verdicts import LOST, RecordReason, RecordVerdict
from ...errors import Conflict
from ...export import About, csv
from ...export.own_columns import OWN, own_columns
from ...tasks import run_in_thread
from ..site.headers import FILE_HEADERS
from .masked import mask_records
from .shapes import ReconciledRecord, show_record

PAGE = 1_000
NO_ROWS = (
    "The rows of this file were not kept. Compare it again with “Keep the rows of lost messages” (API: keep_rows=1), or"
    " use smsbin reconcile --export, which has the file."
)
_KEPT = [
    field.encode_name
    for field in msgspec.structs.fields(ReconciledRecord)
    if field.encode_name not in ("newer", "original", "text")
]


async def send_export(
    request: web.Request, head: Reconciliation, verdict: RecordVerdict | None, reason: RecordReason | None,
    masking: MaskingPolicy, *, of_file: bool,
) -> web.StreamResponse:  # fmt: skip
    """The response. `of_file`: lost records only, with the columns of the file. Conflict: their rows were not kept."""
    if of_file and not head.has_rows:
        raise Conflict(NO_ROWS)
    columns = [*own_columns(head.columns), *OWN] if of_file else _KEPT
    about = About(columns=columns, version=__version__, origin="")
    response = web.StreamResponse(
        headers={
            **FILE_HEADERS,
            "Content-Disposition": f'attachment; filename="reconciliation-{head.id}.csv"',
        }
    )
    response.content_type, response.charset = "text/csv", "utf-8"
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    write = partial(_write_rows if of_file else _write_kept, about)
    try:
        await response.write(csv.begin(about))
        async for page in _pages(request, head, verdict, reason):
            await response.write(await run_in_thread(write, mask_records(page, head.columns, masking)))
        await response.write_eof()
    except ConnectionResetError:
        return response  # the reader left
    return response


async def _pages(
    request: web.Request, head: Reconciliation, verdict: RecordVerdict | None, reason: RecordReason | None
) -> AsyncIterator[Sequence[KeptRecord]]:
    after = 0
    while page := await request.app[keys.ARCHIVE].list_records(
        head.bin_id, head.id, after=after, limit=PAGE, verdict=verdict, reason=reason
    ):
        yield page
        after = page[-1].number


def _write_kept(about: About, records: Sequence[KeptRecord]) -> bytes:
    return b"".join(csv.row(about, msgspec.to_builtins(show_record(record, {}))) for record in records)


def _write_rows(about: About, records: Sequence[KeptRecord]) -> bytes:
    lines = []
    for record in records:
        if record.verdict in LOST and record.original is not None:
            cells: list[Any] = msgspec.json.decode(record.original)
            own = (record.verdict.value, record.reason, " ".join(map(str, record.captures)))
            lines.append(csv.row(about, dict(zip(about.columns, (*cells, *own), strict=True))))
    return b"".join(lines)
