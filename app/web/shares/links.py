"""Makes a share, and its link."""

from aiohttp import web

from ... import keys
from ...domain.shares import Share
from ..site.audit import note
from ..site.urls import root_of
from .inputs import ShareInput


async def make_share(request: web.Request, bin_id: str, given: ShareInput) -> tuple[Share, str]:
    """A new share of a bin with its link, which nothing keeps. Raises Invalid."""
    share, secret = await request.app[keys.SHARES].add(
        bin_id, given.part, expires_in=given.time, masked=given.mask, made_by=request[keys.CALLER].name
    )
    note(request, share=share.id, n=given.n, masked="yes" if given.mask else "no")
    return share, f"{root_of(request)}/shared/{secret}"
