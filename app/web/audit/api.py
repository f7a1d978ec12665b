"""The API of the audit log."""

import msgspec
from aiohttp import web

from ... import clock, keys
from ...errors import AppError, Invalid
from ...log import get_log
from ..site.auth import SessionCheck
from ..site.headers import FILE_HEADERS
from ..site.inputs import HIGHEST, limit_of, number, read_query
from ..site.json import json_response
from ..site.parameters import names_of
from .inputs import audit_filter
from .operations import EXPORT_QUERY, LIST_QUERY
from .shapes import AuditList, show_entry

PAGE = 500

_log = get_log("audit")


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/audit"""
    query = read_query(request, names_of(LIST_QUERY))
    limit, wanted = limit_of(query), audit_filter(query)
    before = number(query, "before", lowest=0, highest=HIGHEST)
    after = number(query, "after", lowest=0, highest=HIGHEST)
    if before is not None and after is not None:
        raise Invalid(("before", "cannot be used with after"), ("after", "cannot be used with before"))
    store = request.app[keys.STORE]
    found = await store.list_audit_entries(wanted, limit=limit + 1, before=before, after=after)
    shown = [show_entry(entry) for entry in found[:limit]]
    return json_response(AuditList(shown, str(shown[-1].number) if len(found) > limit else None))


async def export(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/audit/export"""
    query = read_query(request, names_of(EXPORT_QUERY))
    wanted = audit_filter(query)
    store = request.app[keys.STORE]
    page = await store.list_audit_entries(wanted, limit=PAGE, after=0)
    name = f"smsbin-audit-{clock.now():%Y-%m-%d}.jsonl"
    response = web.StreamResponse(headers={**FILE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'})
    response.content_type = "application/x-ndjson"
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    session = SessionCheck(request)
    try:
        while page:
            await response.write(b"".join(msgspec.json.encode(show_entry(entry)) + b"\n" for entry in page))
            if await session.has_ended():
                break
            page = await store.list_audit_entries(wanted, limit=PAGE, after=page[-1].number)
        else:
            await response.write_eof()
            return response
    except ConnectionResetError:
        return response  # the reader left
    except AppError as error:
        _log.warning("audit.export_broke_off", reason=str(error))
    if request.transport is not None:
        # Half a file must not look like a whole one.
        request.transport.abort()
    return response
