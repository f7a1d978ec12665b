"""A complete server in a thread of the test process: the real application and database, on a free port."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .. import clock
from ..main import create_server
from ..settings import read_settings
from ..tasks import new_loop

START_S = 30.0


@contextmanager
def serving(directory: Path) -> Iterator[tuple[str, str]]:
    """The server's URL and access token; the server is stopped at the end of the block."""
    token = clock.new_secret()
    # The code under test is on this machine, or in a network of containers.
    options = {"allow_targets": "0.0.0.0/0,::/0", "log_level": "error"}
    settings = read_settings({"data_dir": str(directory), "access_token": token, **options})
    loop = new_loop()
    started: asyncio.Future[str] = loop.create_future()
    stopped = asyncio.Event()

    async def run() -> None:
        server = create_server(settings)
        listener = socket.create_server(("127.0.0.1", 0))
        try:
            await server.start(listener)
            started.set_result(f"http://127.0.0.1:{listener.getsockname()[1]}")
            await stopped.wait()
        except Exception as error:
            if started.done():
                raise
            started.set_exception(error)
        finally:
            await server.stop()
            listener.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), name="smsbin", daemon=True)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(_of(started), loop).result(START_S), token
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(START_S)
        loop.close()


async def _of(started: "asyncio.Future[str]") -> str:
    return await started
