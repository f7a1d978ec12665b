"""The listening server: capture URLs are told apart before the router, everything else goes to the application.

Why before the router: a capture path may hold anything (`%0a`, `//`, an absolute form, `Expect: banana`), which the
router would normalise, miss or refuse; and the router costs as much as keeping the capture.
"""

import asyncio
import re
import resource
from typing import Any

from aiohttp import StreamReader, web
from aiohttp.http_parser import HttpRequestParser, RawRequestMessage
from aiohttp.web_server import Server
from multidict import CIMultiDict, CIMultiDictProxy

from .. import keys
from ..domain.bins import KEY_PATTERN
from ..errors import CannotStart
from ..log import get_log
from . import capture
from .connection import IDLE_S, Connection

_log = get_log("server")

# File descriptors that are not connections: database, log, templates, the writer's pipe, the runtime.
SPARE_FILES = 200
SHUTDOWN_S = 4.0

HANDLER_OPTIONS: dict[str, Any] = {
    # A long SMS in the query of a GET: 800 emoji are 9.6 kB of percent signs; aiohttp's default refuses at 8,190.
    "max_line_size": 65_536,
    "max_field_size": 65_536,
    "max_headers": 256,
    # The bytes as they came (P1); and an unknown Content-Encoding must not be refused.
    "auto_decompress": False,
    "read_bufsize": 65_536,
    "keepalive_timeout": IDLE_S,
    "lingering_time": 2.0,
    "access_log": None,
}


class FrontServer(Server):
    """Hands out hardened connections."""

    def __init__(self, application: web.Application, inner: Server, **options: Any) -> None:
        super().__init__(self._dispatch, request_factory=inner.request_factory, **options)
        self._application = application
        self._options = options
        self._door = capture.Door.of(application)
        self.metrics = application[keys.METRICS]
        self.max_connections = connection_limit()
        base = re.escape(application[keys.SETTINGS].base_path)
        absolute = r"(?:[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)?"
        self._capture = re.compile(rf"{absolute}{base}/({KEY_PATTERN})((?:/[^?#]*)?)(?:[?#]|$)")

    def __call__(self) -> Connection:
        """A new connection."""
        return Connection(self, loop=self._loop, **self._kwargs)

    def failed(self, error: BaseException) -> None:
        """A bug: the log gets the traceback, nobody else."""
        _log.error("request.failed", exc_info=error)

    def visit(self, connection: Connection, message: RawRequestMessage, content: StreamReader) -> capture.Visit | None:
        """The short way, for a capture that has arrived whole."""
        match = self._capture.match(message.path)
        if match is None:
            return None
        return capture.find_visit(self._door, connection, message, content, match[1], match[2])

    async def _dispatch(self, request: web.BaseRequest) -> web.StreamResponse:
        assert isinstance(request, web.Request)  # made by the application's own factory
        assert isinstance(request.protocol, Connection)
        request.protocol.begin()
        match = self._capture.match(request.raw_path)
        if match is not None:
            return await capture.receive(request, self._door, match[1], match[2])
        _postpone_expectation(request)
        return await self._application._handle(request)  # noqa: SLF001


class FrontRunner(web.AppRunner):
    """`web.AppRunner` that listens through `FrontServer`."""

    def __init__(self, app: web.Application) -> None:
        super().__init__(app, handle_signals=False, shutdown_timeout=SHUTDOWN_S, **HANDLER_OPTIONS)

    async def _make_server(self) -> Server:
        inner = await super()._make_server()
        return FrontServer(self.app, inner, loop=asyncio.get_running_loop(), **HANDLER_OPTIONS)


def _postpone_expectation(request: web.BaseRequest) -> None:
    """Hide `Expect` from aiohttp, which would answer it before the guard has seen the credential.

    `bodies.invite` answers it, when somebody wants the body. By the private name, because `headers` is remembered.
    """
    headers = request._headers  # noqa: SLF001
    if "Expect" in headers:
        rest = CIMultiDict(headers)
        rest.popall("Expect")
        request._headers = CIMultiDictProxy(rest)  # noqa: SLF001


def connection_limit() -> int:
    """As many as the process may have files, less what it needs itself. Raises the soft limit to the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return max(soft - SPARE_FILES, soft // 2)


def check_parser() -> None:
    """aiohttp falls back to a slower parser that judges requests differently; the promises hold for the C one."""
    if HttpRequestParser.__module__ != "aiohttp._http_parser":
        raise CannotStart(
            "aiohttp was installed without its C extensions. Unset AIOHTTP_NO_EXTENSIONS, or reinstall aiohttp."
        )
