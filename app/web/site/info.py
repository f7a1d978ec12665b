"""The API about this server: its settings, and whether captures expire."""

import msgspec
from aiohttp import web

from ... import __version__, keys
from ...settings import describe
from .convert import NoInput
from .inputs import read_input, read_query
from .json import json_response
from .operations import Operation, Operations, Success
from .urls import FORWARDING, is_trusted, root_of, server_address


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/info"""
    read_query(request)
    settings = request.app[keys.SETTINGS]
    facts = describe(settings)
    direct = request.remote or "unknown"
    forwarded = [name for name in FORWARDING if name in request.headers]
    seen = Seen(server_address(request).root, direct, forwarded, is_trusted(settings, direct))
    return json_response(Info(__version__, root_of(request), facts["retention"], facts["max_body"], seen))


async def retention(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/retention"""
    read_query(request)
    return _retention(request)


async def confirm_time(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/retention/confirm"""
    read_query(request)
    await read_input(request, NoInput)
    request.app[keys.SWEEPING].confirm()
    return _retention(request)


def _retention(request: web.Request) -> web.Response:
    sweeping = request.app[keys.SWEEPING]
    held_for = None if sweeping.held is None else sweeping.held_for
    still = None if held_for is None else int(held_for.total_seconds())
    return json_response(RetentionShape(describe(request.app[keys.SETTINGS])["retention"], sweeping.held, still))


class Seen(msgspec.Struct):
    """How this request arrived: the URL that its sender used, the connecting address, its forwarding headers, and
    whether they are trusted."""

    root: str
    direct: str
    forwarded: list[str]
    trusted: bool


class Info(msgspec.Struct):
    """This server."""

    version: str
    public_url: str
    retention: str
    max_body: str
    seen: Seen


class RetentionShape(msgspec.Struct):
    """How long captures are kept by default. `held`: why deletion is paused, because the clock cannot be trusted. It
    continues when a person confirms the time, or in `held_for_s` seconds."""

    retention: str
    held: str | None
    held_for_s: int | None


OPERATIONS: Operations = {
    ("get", "/api/v1/info"): Operation(
        tag="Server", id="info", summary="About this server", success=Success(shape=Info)
    ),
    ("get", "/api/v1/openapi.json"): Operation(
        tag="Server",
        id="openapi",
        summary="This document",
        success=Success(media=("application/json",)),
        is_public=True,
    ),
    ("get", "/api/v1/retention"): Operation(
        tag="Server",
        id="retention",
        summary="Retention, and whether deletion is paused",
        success=Success(shape=RetentionShape),
    ),
    ("post", "/api/v1/retention/confirm"): Operation(
        tag="Server",
        id="confirmTime",
        summary="Confirm that the server's clock is right",
        success=Success(shape=RetentionShape),
    ),
}
