"""Whatever happens to the ledger, captures are stored: each one is answered 200, none is missing afterwards, and the
ledger recovers without help.
"""

import asyncio
import random
import resource
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import aiohttp
import psutil
import pytest

from tests.process import TOKEN, Process, answered, request_bytes, serving

BEARER = {"Authorization": f"Bearer {TOKEN}"}
NOT_READ = "Requests are kept, but not parsed at the moment"


class Sender:
    """Sends captures one after the other while it runs."""

    def __init__(self, server: Process, client: aiohttp.ClientSession) -> None:
        self.server = server
        self.client = client
        self.got: list[tuple[int, int | None]] = []
        self._more = asyncio.Event()

    async def send(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        try:
            while True:
                writer.write(request_bytes(self.server.key, b"From=%2B14155550123&Text=number+" + b"x" * 2_000))
                self.got.append(await answered(reader))
                self._more.set()
                await asyncio.sleep(0.02)
        finally:
            writer.close()

    async def until_sent(self, count: int) -> None:
        """This number of further captures is answered."""
        wanted = len(self.got) + count
        while len(self.got) < wanted:
            self._more.clear()
            await self._more.wait()

    async def until(self, holds: Callable[[], Awaitable[object]]) -> None:
        """A condition holds; it is checked after every few captures."""
        async with asyncio.timeout(120):
            while not await holds():
                await self.until_sent(5)

    async def ready(self) -> dict:
        async with self.client.get(f"{self.server.ready['url']}readyz") as answer:
            assert answer.status == 200
            return await answer.json()

    async def is_stopped(self) -> bool:
        return (await self.ready())["ledger"] == "stopped"

    async def is_well(self) -> bool:
        """Everything that was answered until now is in the ledger."""
        count = len(self.got)
        if (await self.ready())["ledger"] != "ok":
            return False
        async with self.client.get(f"{self.server.bin_api}/captures?limit=1") as answer:
            items = (await answer.json()).get("items", [])
        return bool(items) and items[0]["n"] >= count

    async def page(self, path: str | None = None) -> str:
        """The page of the bin, or another one."""
        path = f"bins/{self.server.ready['bin']}" if path is None else path
        async with self.client.get(f"{self.server.ready['url']}{path}") as answer:
            return await answer.text()


@asynccontextmanager
async def sending(data: Path) -> AsyncIterator[Sender]:
    """A server that gets captures all the time. In the end none of them is missing, in the log and in the ledger."""
    with serving(data) as server:
        async with aiohttp.ClientSession(headers=BEARER) as client:
            sender = Sender(server, client)
            task = asyncio.ensure_future(sender.send())
            try:
                await sender.until_sent(20)
                yield sender
                await sender.until_sent(1)
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            async with asyncio.timeout(120):
                while not await sender.is_well():
                    await asyncio.sleep(0.05)
            assert {status for status, _ in sender.got} == {200}
            numbers = [n for _, n in sender.got]
            assert numbers == list(range(1, len(numbers) + 1))
            await _all_listed(sender)
        assert server.stop() == 0


async def _all_listed(sender: Sender) -> None:
    async with asyncio.timeout(60):
        after, listed = 0, []
        while len(listed) < len(sender.got):
            address = f"{sender.server.bin_api}/captures?after={after}&limit=500"
            async with sender.client.get(address) as answer:
                items = (await answer.json()).get("items", [])
            listed += [item["n"] for item in items]
            assert all(item["problem"] is None and item["text"] for item in items)
            after = listed[-1] if listed else 0
    assert listed[: len(sender.got)] == list(range(1, len(sender.got) + 1))


def _deleted(path: Path) -> None:
    for each in path.parent.glob("ledger.db*"):
        each.unlink()


def _only_the_database_deleted(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(0)


def _half(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(max(4096, size // 2))


def _garbage(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(random.Random(7).randbytes(max(size, 50_000)))


def _garbage_behind_the_first_page(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(random.Random(7).randbytes(max(size, 500_000)))


@pytest.mark.parametrize(
    "spoil",
    [_deleted, _only_the_database_deleted, _empty, _half, _garbage, _garbage_behind_the_first_page],
    ids=lambda spoil: spoil.__name__.strip("_").replace("_", " "),
)
async def test_a_file_that_is_damaged_while_captures_come_is_rebuilt(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    async with sending(tmp_path) as sender:
        await sender.until(sender.is_well)
        spoil(tmp_path / "ledger.db")
        await sender.until_sent(50)


@pytest.mark.parametrize("spoil", [_deleted, _empty, _half, _garbage, _garbage_behind_the_first_page])
async def test_a_file_that_was_damaged_while_no_server_ran_is_rebuilt(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    with serving(tmp_path) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for _ in range(30):
            writer.write(request_bytes(server.key))
            assert (await answered(reader))[0] == 200
        writer.close()
        assert server.stop() == 0
    spoil(tmp_path / "ledger.db")
    with serving(tmp_path) as server:
        async with aiohttp.ClientSession(headers=BEARER) as client:
            async with asyncio.timeout(60):
                numbers: list[int] = []
                while numbers != list(range(1, 31)):
                    async with client.get(f"{server.bin_api}/captures?after=0&limit=100") as answer:
                        numbers = [item["n"] for item in (await answer.json()).get("items", [])]


async def test_a_directory_in_its_place_is_reported_and_when_it_is_gone_all_is_well(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with sending(tmp_path) as sender:
        _deleted(path)
        (path / "something").mkdir(parents=True)
        await sender.until(sender.is_stopped)
        told = await sender.ready()
        assert (told["status"], told["store"]) == ("ok", "ok")
        await sender.until(lambda: _says(sender, NOT_READ))
        assert "ledger.db" in await sender.page()
        assert (await sender.ready())["behind"] > 0
        shutil.rmtree(path)
        await sender.until(sender.is_well)
        await sender.until(lambda: _says_not(sender, NOT_READ))


async def _says(sender: Sender, words: str) -> bool:
    return words in await sender.page()


async def _says_not(sender: Sender, words: str) -> bool:
    return words not in await sender.page()


async def test_a_read_only_file_is_reported_and_when_it_can_be_written_all_is_well(tmp_path: Path) -> None:
    path = tmp_path / "data" / "ledger.db"
    with serving(path.parent) as server:
        assert server.stop() == 0
    with _read_only(path):
        async with sending(path.parent) as sender:
            await sender.until(sender.is_stopped)
            assert "Nothing can be stored" not in await sender.page()
            assert "Parsing is not possible at the moment" in await sender.page()
            assert NOT_READ in await sender.page("")
            subprocess.run(["umount", "--lazy", str(path)], check=True)


@contextmanager
def _read_only(path: Path) -> Iterator[None]:
    """A read-only mount of a single file."""
    done = subprocess.run(["mount", "--bind", path, path], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine lets nobody mount: {done.stderr.strip()}")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", path], check=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", path], capture_output=True, check=False)


def _follower(server: Process) -> psutil.Process | None:
    for child in psutil.Process(server.popen.pid).children():
        with suppress(psutil.Error):
            if "app.follower" in " ".join(child.cmdline()):
                return child
    return None


async def test_a_ledger_that_cannot_grow_is_reported_and_when_it_can_all_is_well(tmp_path: Path) -> None:
    async with sending(tmp_path) as sender:
        await sender.until(sender.is_well)
        child = _follower(sender.server)
        assert child is not None
        size = (tmp_path / "ledger.db-wal").stat().st_size
        limits = (size + 8_192, resource.RLIM_INFINITY)
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, limits)
        await sender.until(sender.is_stopped)
        await sender.until(lambda: _says(sender, NOT_READ))
        with suppress(ProcessLookupError):
            resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


async def test_the_follower_may_be_killed_at_any_moment(tmp_path: Path) -> None:
    dice = random.Random(1)
    async with sending(tmp_path) as sender:
        for _ in range(3):
            await sender.until_sent(dice.randrange(40))
            await asyncio.sleep(dice.random() / 50)
            await sender.until(lambda: _kill(sender))
        assert not (tmp_path / "log.suspect").exists()


async def _kill(sender: Sender) -> bool:
    child = _follower(sender.server)
    if child is not None:
        child.kill()
    return child is not None
