"""The API of listeners: the WebSocket that sends captures to one, their list, and taking one off."""

from collections.abc import Iterator

from aiohttp import web
from msgspec import UNSET

from ... import __version__, keys
from ...domain.bins import Bin
from ...domain.listeners import SEND_WINDOW
from ...errors import Conflict
from ...services.listeners.connection import ListenerConnection
from ...services.listeners.queue import OutgoingCapture
from ...signatures.urls import request_url
from ..site.inputs import read_query
from ..site.json import json_response
from ..site.parameters import names_of
from ..site.urls import page_url, server_address
from .frames import CaptureAddress, capture_frames
from .inputs import read_listen
from .operations import LISTEN_QUERY
from .shapes import ListenerHelloFrame, show_listeners
from .socket import ListenerSocket


async def listen(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/listen"""
    query = read_query(request, names_of(LISTEN_QUERY))
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"], wait=False)
    wanted = read_listen(query)
    if request.method != "GET" or not web.WebSocketResponse().can_prepare(request).ok:
        raise Conflict("This URL is a WebSocket; connect with Upgrade: websocket.")
    connection = await request.app[keys.LISTENERS].connect(
        bin.id, wanted.name, wanted.choice, cursor=wanted.cursor, is_answering=wanted.is_answering
    )
    where = page_url(server_address(request).root, bin)
    public_url = request.app[keys.SETTINGS].public_url

    def frames_of(outgoing: OutgoingCapture) -> Iterator[str]:
        called = request_url(outgoing.capture.raw, public_url)
        address = CaptureAddress(called=called, page_url=f"{where}/captures/{outgoing.n}")
        return capture_frames(outgoing, address, deadline_ms=connection.left_ms(outgoing.n))

    return await ListenerSocket(request, connection, _hello(bin, connection), frames_of).serve()


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/listeners"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"], wait=False)
    return json_response(show_listeners(await request.app[keys.LISTENERS].of(bin.id)))


async def delete(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/listeners/{name}"""
    read_query(request)
    await request.app[keys.LISTENERS].drop(request.match_info["bin"], request.match_info["name"])
    return web.Response(status=204)


def _hello(bin: Bin, connection: ListenerConnection) -> ListenerHelloFrame:
    stored = connection.stored
    return ListenerHelloFrame(
        name=stored.name, bin=bin.id, cursor=stored.progress.cursor, behind=stored.lag, window=SEND_WINDOW,
        version=__version__, took_over=True if connection.has_replaced else UNSET,
    )  # fmt: skip
