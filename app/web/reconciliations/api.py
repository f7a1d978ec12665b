"""The API of reconciliations: send a file, ask for the result, list and export its records, send lost ones."""

from aiohttp import web

from ... import keys
from ...domain.reconciliation.mapping import RecordMapping, read_record_mapping, write_record_mapping
from ...errors import Conflict, Invalid, NotFound
from ...services.reconciliations.superseding import newer_verdicts, superseded_by
from ..site.audit import note
from ..site.inputs import HIGHEST, limit_of, number, read_input, read_query
from ..site.json import json_response
from ..site.masking import export_masking_of
from ..site.parameters import names_of
from ..site.uploads import receive_file
from ..site.urls import server_address
from .chosen import chosen
from .exporting import send_export
from .inputs import CompareInput, ReconstructInput, compare_input
from .operations import CREATE_QUERY, EXPORT_QUERY, LIST_QUERY, RECORDS_QUERY
from .shapes import (
    ReconciliationList,
    ReconciliationShape,
    RecordMappingShape,
    show_reconciliation,
    show_reconstructed,
    show_records,
)

UNREADABLE = "The record mapping of this bin was stored by another version of smsbin. Set it again or delete it."


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/reconciliations"""
    query = read_query(request, names_of(CREATE_QUERY))
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"], wait=False)
    given = compare_input(query)
    async with receive_file(request, query.get("file", "")) as file:
        if file.fields:
            given = compare_input({**query, **file.fields})
        work = await request.app[keys.RECONCILING].receive(
            bin.id, file.name, file.chunks, given.settings(), given.mapping
        )
    location = f"{server_address(request).base}/api/v1/bins/{bin.id}/reconciliations/{work.id}"
    return json_response(await _show(request, bin.id, work.id), 202, {"Location": location})


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/reconciliations"""
    query = read_query(request, names_of(LIST_QUERY))
    limit = limit_of(query)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"], wait=False)
    heads = await request.app[keys.ARCHIVE].list_reconciliations(bin.id)
    if "before" in query:
        places = [place for place, head in enumerate(heads) if head.id == query["before"]]
        if not places:
            raise Invalid(("before", "must be the `next` of a page of this list"))
        heads = heads[places[0] + 1 :]
    shown = [show_reconciliation(head, None, superseded_by(heads, head)) for head in heads[:limit]]
    return json_response(ReconciliationList(shown, shown[-1].id if len(heads) > limit else None))


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/reconciliations/{id}"""
    read_query(request)
    return json_response(await _show(request, request.match_info["bin"], request.match_info["id"]))


async def delete(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/reconciliations/{id}"""
    read_query(request)
    await request.app[keys.RECONCILING].delete(request.match_info["bin"], request.match_info["id"])
    return web.Response(status=204)


async def again(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/reconciliations/{id}/again"""
    read_query(request)
    bin_id, id = request.match_info["bin"], request.match_info["id"]
    await request.app[keys.STORE].get_bin(bin_id, wait=False)
    given = await read_input(request, CompareInput)
    await request.app[keys.RECONCILING].again(bin_id, id, given.settings(), given.mapping)
    return json_response(await _show(request, bin_id, id), 202)


async def records(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/reconciliations/{id}/records"""
    query = read_query(request, names_of(RECORDS_QUERY))
    limit = limit_of(query)
    after = number(query, "after", lowest=0, highest=HIGHEST) or 0
    verdict, reason = chosen(query)
    archive = request.app[keys.ARCHIVE]
    head = await archive.get_reconciliation(request.match_info["bin"], request.match_info["id"])
    found = await archive.list_records(
        head.bin_id, head.id, after=after, limit=limit + 1, verdict=verdict, reason=reason
    )
    return json_response(show_records(found, limit, await newer_verdicts(archive, head, found[:limit])))


async def export(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/reconciliations/{id}/export"""
    query = read_query(request, names_of(EXPORT_QUERY))
    verdict, reason = chosen(query)
    columns = query.get("columns", "kept")
    if columns not in ("kept", "file"):
        raise Invalid(("columns", "must be one of kept, file"))
    head = await request.app[keys.ARCHIVE].get_reconciliation(request.match_info["bin"], request.match_info["id"])
    return await send_export(
        request, head, verdict, reason, export_masking_of(request, query), of_file=columns == "file"
    )


async def replay(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/reconciliations/{id}/replays"""
    read_query(request)
    given = await read_input(request, ReconstructInput)
    note(request, count=len(given.records))
    attempts = await request.app[keys.RECONSTRUCTING].replay(
        request.match_info["bin"], request.match_info["id"], given.records, given.url
    )
    return json_response(show_reconstructed(attempts), 201)


async def show_mapping(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/record-mapping"""
    read_query(request)
    text = await request.app[keys.STORE].get_record_mapping(request.match_info["bin"])
    try:
        return json_response(RecordMappingShape(None if text is None else read_record_mapping(text)))
    except ValueError:
        raise Conflict(UNREADABLE) from None


async def put_mapping(request: web.Request) -> web.StreamResponse:
    """PUT /api/v1/bins/{bin}/record-mapping"""
    read_query(request)
    mapping = await read_input(request, RecordMapping)
    await request.app[keys.STORE].set_record_mapping(request.match_info["bin"], write_record_mapping(mapping))
    return json_response(RecordMappingShape(mapping))


async def remove_mapping(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/record-mapping"""
    read_query(request)
    await request.app[keys.STORE].set_record_mapping(request.match_info["bin"], None)
    return web.Response(status=204)


async def _show(request: web.Request, bin_id: str, id: str) -> ReconciliationShape:
    """Raises NotFound."""
    await request.app[keys.STORE].get_bin(bin_id, wait=False)
    archive = request.app[keys.ARCHIVE]
    work = request.app[keys.RECONCILING].work_of(bin_id, id)
    try:
        head = await archive.get_reconciliation(bin_id, id)
    except NotFound:
        if work is None:
            raise
        return show_reconciliation(None, work, {})
    return show_reconciliation(head, work, superseded_by(await archive.list_reconciliations(bin_id), head))
