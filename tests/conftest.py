"""The real application with SQLite behind a real socket, new for each test."""

import asyncio
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web, web_app
from hypothesis import settings

from app import keys
from app.domain.bins import Bin
from app.domain.captures import CaptureRow
from app.main import create_server
from app.services import failed_sign_ins
from app.services.bins import first_bin
from app.settings import Settings, read_settings
from app.storage import children
from app.tasks import new_loop

from . import process
from .forking import PROGRAM, ROOT, STORAGE, ForkServer
from .postgres.fixtures import cutting_proxy, database, durable_postgres, make_database, pooler, postgres  # noqa: F401

TOKEN = "a-token-only-for-tests"
MEMORY = Path("/dev/shm")
# The folders with the longest modules.
LONG = ("survival", "browser", "commands", "ingress", "storage", "web")


def pytest_configure() -> None:
    """Settings that save time."""
    # Each of the hundreds of processes that tests start would compile all of its modules.
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        sys.dont_write_bytecode = False
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / ".pytest_cache" / "compiled")
    # Over a thousand stores sync their files. TMPDIR overrides the folder, and survival tests use a disk.
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 4 << 30:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
    # A busy machine is not a failing test; and two runs of one commit try the same examples.
    settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
    settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long modules are started first: a module runs in one worker, and at the end the other workers would wait."""
    here = Path(__file__).parent
    ranks = {folder: rank for rank, folder in enumerate(LONG)}
    items.sort(key=lambda item: ranks.get(item.path.relative_to(here).parts[0], len(LONG)))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that are not printable text are named after their argument.

    The workers compare the names of all tests, and packed bytes contain the second in which they were packed.
    """
    if isinstance(val, bytes) and not val.decode("latin-1").isprintable():
        return argname
    return None


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The server's event loop, for the tests too."""
    return {"server": new_loop}


@pytest.fixture(scope="session", autouse=True)
def _forks() -> Iterator[None]:
    """The storage processes of a store in this process are forked, and so are servers that are processes of their own,
    which start their storage processes normally."""
    if sys.platform != "linux":
        yield
        return
    servers = storage, program = ForkServer(STORAGE), ForkServer(PROGRAM)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(children, "start_process", storage.start)
        patch.setattr(process, "start_program", program.start_program)
        yield
    for each in servers:
        each.close()


@dataclass(frozen=True, slots=True)
class Running:
    """A server under test: its URLs, its application, and a client with the access token."""

    url: str
    app: web.Application
    client: aiohttp.ClientSession
    bin: Bin

    @property
    def capture_url(self) -> str:
        return f"{self.url}/{self.bin.key}"

    @property
    def api(self) -> str:
        return f"{self.url}/api/v1"

    @property
    def bin_api(self) -> str:
        return f"{self.api}/bins/{self.bin.id}"

    @property
    def port(self) -> int:
        return int(self.url.split(":")[2].split("/")[0])

    async def captures(self) -> list[dict]:
        """The summaries, oldest first."""
        async with self.client.get(f"{self.bin_api}/captures?after=0&limit=500") as answer:
            return (await answer.json())["items"]

    async def capture(self, n: int) -> dict:
        async with self.client.get(f"{self.bin_api}/captures/{n}") as answer:
            return await answer.json()

    async def until(self, holds: Callable[[], Awaitable[object]], within_s: float = 60) -> None:
        """Wait until a condition holds that changes with the bin, or with time."""
        with self.app[keys.HUB].subscribe(self.bin.id) as subscription:
            async with asyncio.timeout(within_s):
                subscription.clear()
                while not await holds():
                    await subscription.wait(0.5)
                    subscription.clear()

    async def settled(self, n: int) -> CaptureRow:
        """The capture, once its outcome is known."""
        store = self.app[keys.STORE]

        async def is_settled() -> bool:
            return (await store.get_capture(self.bin.id, n)).row.outcome is not None

        await self.until(is_settled)
        return (await store.get_capture(self.bin.id, n)).row


@asynccontextmanager
async def run_server(settings: Settings, port: int = 0) -> AsyncIterator[Running]:
    """As `smsbin serve` runs it, on a free port unless one is given."""
    listener = socket.create_server(("127.0.0.1", port))
    server = create_server(settings)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    try:
        await server.start(listener)
        async with aiohttp.ClientSession(headers=headers) as client:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}{settings.base_path}"
            bin = await first_bin(server.app[keys.STORE], server.app[keys.KEYRING])
            yield Running(url, server.app, client, bin)
    finally:
        await server.stop()
        listener.close()
        # It keeps the last thousand applications in memory.
        web_app._cached_build_middleware.cache_clear()


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """Settings as a user would write them, with a directory and a token of this test."""

    def make(**values: str) -> Settings:
        return read_settings({"data_dir": str(tmp_path / "data"), "access_token": TOKEN, **values})

    return make


@pytest.fixture
async def server(make_settings: Callable[..., Settings]) -> AsyncIterator[Running]:
    """A server with default settings and its first bin."""
    async with run_server(make_settings()) as running:
        yield running


# For tests that use `shared_server`; they stand next to each other in their module.
with_shared_server = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """One server for the cases of a test that change nothing, as those that are refused: a start takes longer than
    most of them."""
    data = tmp_path_factory.mktemp("shared") / "data"
    with pytest.MonkeyPatch.context() as patch:
        # Hundreds of wrong tokens would be answered late.
        patch.setattr(failed_sign_ins, "EVERY_S", 0.0)
        async with run_server(read_settings({"data_dir": str(data), "access_token": TOKEN})) as running:
            yield running


@pytest.fixture
def free_port() -> int:
    """An unused port, for servers that must use the same one again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
