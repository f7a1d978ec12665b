"""The listening server: starts and stops the application and its connections."""

import asyncio
import resource
import socket

from aiohttp import web

from .. import keys
from .capture import CaptureContext, PeerOf, UrlOf
from .connection import Connection
from .pages import OPTIONS, Pages
from .paths import CapturePaths
from .reading import HeadReader
from .serving import Serving
from .slots import ConnectionSlots

# File descriptors that are not connections: database, log, templates, the pipes of the storage processes, the runtime.
SPARE_FILES = 200
BACKLOG = 1_024
SHUTDOWN_S = 4.0


class IngressServer:
    """The server of one application. `peer_of` and `url_of` as in `capture.CaptureContext`."""

    def __init__(self, app: web.Application, *, peer_of: PeerOf | None, url_of: UrlOf) -> None:
        self.app = app
        self._peer_of = peer_of
        self._url_of = url_of
        self._runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=SHUTDOWN_S, **OPTIONS)
        self._listening: asyncio.Server | None = None
        self._serving: Serving | None = None
        self._slots: ConnectionSlots | None = None

    async def start(self, listener: socket.socket) -> None:
        """Start the application, then accept connections. Raises CannotStart with the cause."""
        await self._runner.setup()
        app = self.app
        captures = CaptureContext(
            app[keys.KEYRING], app[keys.INTAKE], app[keys.STORE], app[keys.WAITING], app[keys.WIRETAPPING],
            app[keys.METRICS], app[keys.SETTINGS].max_body, self._url_of, self._peer_of, app.get(keys.KEY_LOOKUPS),
        )  # fmt: skip
        slots = ConnectionSlots(connection_limit())
        paths = CapturePaths(app[keys.SETTINGS].base_path)
        serving = Serving(paths, HeadReader(paths), captures, Pages(self._server), slots)
        self._serving, self._slots = serving, slots
        slots.start()
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(lambda: Connection(serving), sock=listener, backlog=BACKLOG)

    async def stop(self) -> None:
        """Accept no more connections, answer the current captures, end the pages, then stop the application."""
        if self._listening is not None:
            self._listening.close()
        if self._serving is not None and self._slots is not None:
            self._serving.is_stopping = True
            # Answers that are held back are sent now.
            self._serving.captures.held_answers.stop()
            await self._slots.drain(SHUTDOWN_S)
        await self._runner.cleanup()
        if self._slots is not None:
            self._slots.stop()

    def _server(self) -> web.Server:
        server = self._runner.server
        assert server is not None  # `setup` has created it
        return server


def connection_limit() -> int:
    """The limit of open files, less those that are not connections. Raises the soft limit to the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return max(soft - SPARE_FILES, soft // 2)
