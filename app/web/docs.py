"""The API's document, and a page to read and try it, which works offline (Swagger UI travels along)."""

from dataclasses import dataclass

import msgspec
from aiohttp import web

from .. import __version__, keys
from .api.openapi import document
from .headers import page_policy
from .page import render
from .urls import place_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsPage:
    """Where the document stands."""

    document: str
    version: str


async def openapi(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/openapi.json"""
    return web.Response(body=msgspec.json.encode(document(place_of(request).base)), content_type="application/json")


async def show(request: web.Request) -> web.StreamResponse:
    """GET /docs"""
    page = DocsPage(document=f"{place_of(request).base}/api/v1/openapi.json", version=__version__)
    response = render(request, "docs/show.html", page)
    # Swagger UI builds its page from strings; it runs by nonce, and never sees anything captured.
    response.headers["Content-Security-Policy"] = page_policy(request[keys.NONCE], trusted_types=False)
    return response
