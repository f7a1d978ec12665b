"""Taking a listener off on the page of forwards."""

from aiohttp import web

from ... import keys
from ..site.forms import read_form
from ..site.urls import server_address


async def remove(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/listeners/{name}/remove"""
    bin_id = request.match_info["bin"]
    await read_form(request)
    await request.app[keys.LISTENERS].drop(bin_id, request.match_info["name"])
    where = f"{server_address(request).base}/bins/{bin_id}/forwards?done=listener"
    return web.Response(status=303, headers={"Location": where})
