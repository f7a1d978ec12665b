"""The OpenAPI document, and a page to read and try it, which works offline (Swagger UI is vendored)."""

from dataclasses import dataclass
from functools import cache

import msgspec
from aiohttp import web

from ... import __version__, keys
from ..openapi import document
from ..site.headers import page_policy
from ..site.templates import render
from ..site.urls import server_address

# The placeholder of the base path in the document; no path has a space.
_BASE = "the base path"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsPage:
    """The URL of the document."""

    document: str
    version: str


def document_bytes(base: str) -> bytes:
    """The document of a server under `base`. It is made once, because that takes 8 ms; only `base` is inserted."""
    before, after = _around_base()
    return before + msgspec.json.encode(base or "/") + after


@cache
def _around_base() -> tuple[bytes, bytes]:
    before, found, after = msgspec.json.encode(document(_BASE)).partition(msgspec.json.encode(_BASE))
    assert found, "the document names its server"
    return before, after


async def openapi(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/openapi.json"""
    return web.Response(body=document_bytes(server_address(request).base), content_type="application/json")


async def show(request: web.Request) -> web.StreamResponse:
    """GET /docs"""
    page = DocsPage(document=f"{server_address(request).base}/api/v1/openapi.json", version=__version__)
    response = render(request, "docs/show.html", page)
    # Swagger UI builds its page from strings; it is allowed by nonce, and its page holds no captured data.
    response.headers["Content-Security-Policy"] = page_policy(request[keys.NONCE], trusted_types=False)
    return response
