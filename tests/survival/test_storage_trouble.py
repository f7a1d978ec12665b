"""A full or read-only disk: 503 and one clear sentence, no false acknowledgement, and recovery without help."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.process import ROOT, TOKEN, Process, answered, request_bytes, serving

BEARER = {"Authorization": f"Bearer {TOKEN}"}
MIB = 1 << 20


@contextmanager
def _mounted(folder: Path, *arguments: str) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("a file system of its own needs root on Linux")
    done = subprocess.run(["mount", *arguments, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine lets nobody mount: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        # Unmounted lazily: the storage process of a killed server finishes its last job.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def _statuses(server: Process, count: int, size: int) -> list[tuple[int, int | None]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    got = []
    for _ in range(count):
        writer.write(request_bytes(server.key, b"Text=" + b"a" * size))
        got.append(await answered(reader))
    writer.close()
    return got


async def _ready(client: aiohttp.ClientSession, server: Process) -> tuple[int, dict]:
    async with client.get(f"{server.ready['url']}readyz") as answer:
        return answer.status, await answer.json()


async def _kept(client: aiohttp.ClientSession, server: Process) -> list[int]:
    async with client.get(f"{server.bin_api}/captures?after=0&limit=500") as answer:
        return [item["n"] for item in (await answer.json()).get("items", [])]


async def _page(client: aiohttp.ClientSession, server: Process) -> str:
    async with client.get(f"{server.ready['url']}bins/{server.ready['bin']}") as answer:
        return await answer.text()


async def test_a_full_disk_is_503_and_works_again_by_itself_when_there_is_space(tmp_path: Path) -> None:
    with _mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=12m", "smsbin-test") as disk:
        filler = disk / "filler"
        filler.write_bytes(bytes(6 * MIB))
        with serving(disk / "data") as server:
            async with aiohttp.ClientSession(headers=BEARER) as client:
                status, told = await _ready(client, server)
                assert (status, told["status"], told["store"], told["disk"]) == (200, "ok", "ok", "low")
                got = await _statuses(server, 120, 100_000)
                numbers = [number for status, number in got if status == 200]
                assert {status for status, _ in got} == {200, 503}
                assert got[-1] == (503, None)
                async with client.post(server.ready["urls"]["primary"], data=b"a" * 100_000) as refused:
                    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
                # The notices are updated once a second.
                async with asyncio.timeout(60):
                    while "Storing is not possible at the moment" not in await _page(client, server):
                        await _statuses(server, 1, 100_000)
                filler.unlink()
                async with asyncio.timeout(60):
                    while (await _statuses(server, 1, 100_000))[0][0] != 200:
                        await asyncio.sleep(0.05)
                assert (await _ready(client, server))[0] == 200
                # The ledger is on the same disk, and recovers too.
                async with asyncio.timeout(60):
                    while not set(numbers) < set(kept := await _kept(client, server)):
                        await asyncio.sleep(0.05)
            assert kept == list(range(1, len(kept) + 1))
            assert server.stop() == 0


def test_a_read_only_data_directory_does_not_start(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data) as server:
        assert server.stop() == 0
    if os.geteuid() == 0:
        with _mounted(data, "--bind", "-o", "ro", str(data)):
            _does_not_start(data)
    else:
        data.chmod(0o500)
        _does_not_start(data)


def _does_not_start(data: Path) -> None:
    command = [sys.executable, "-m", "app", "--port", "0", "--data-dir", str(data)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (3, "")
    assert "--data-dir" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_disk_that_is_full_at_the_start_is_named_with_the_cure(tmp_path: Path) -> None:
    with _mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=256k", "smsbin-test") as disk:
        (disk / "filler").write_bytes(bytes(250 * 1024))
        command = [sys.executable, "-m", "app", "--port", "0", "--data-dir", str(disk)]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert (ended.returncode, ended.stdout) == (3, "")
        assert "Free some space" in ended.stderr
        assert len(ended.stderr.splitlines()) == 1
