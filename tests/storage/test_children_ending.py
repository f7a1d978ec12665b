"""When the server ends, its processes end, whatever their state is, and do not delay it."""

import asyncio
import os
import signal
import subprocess

import pytest

from app.clock import ticks
from app.storage import children
from app.storage.children import Child

from .watching import MODULE, Owner, is_gone, soon, started

pytestmark = pytest.mark.usefixtures("quick_children")


async def test_when_the_pipe_is_closed_it_ends_by_itself(child: Child, owner: Owner) -> None:
    pid = await started(child, owner)
    await soon(child.close())
    assert await soon(owner.ends.get()) == (0, "it ended with code 0")
    assert is_gone(pid)
    assert (child.pid, owner.starts) == (None, 1)


async def test_one_that_was_never_started_is_closed_at_once(owner: Owner) -> None:
    await soon(Child(MODULE, owner).close())
    assert (owner.starts, owner.ends.qsize()) == (0, 0)


async def test_one_whose_start_the_end_overtakes_does_not_hold_it_up(child: Child, owner: Owner) -> None:
    child.start()
    await asyncio.sleep(0)
    pid = child.pid
    assert pid is not None
    assert child._transport is None
    async with asyncio.timeout(60):
        await child.close()
    assert owner.ends.qsize() == 1
    assert is_gone(pid)


async def test_the_pause_between_two_starts_ends_with_the_server(child: Child, owner: Owner, monkeypatch) -> None:
    monkeypatch.setattr(children, "MIN_PAUSE_S", 60.0)
    monkeypatch.setattr(children, "MAX_PAUSE_S", 60.0)
    await started(child, owner)
    child.send(b"end 0")
    await soon(owner.ends.get())
    await soon(child.close())
    assert owner.starts == 1


@pytest.mark.parametrize("size", [0, 8 << 20], ids=["idle", "with much on its way"])
async def test_one_that_is_stopped_does_not_hold_up_the_end_and_does_not_outlive_it(
    child: Child, owner: Owner, size: int
) -> None:
    pid = await started(child, owner)
    os.kill(pid, signal.SIGSTOP)
    if size:
        child.send(bytes(size))
    before = ticks()
    await soon(child.close())
    assert ticks() - before < 5
    assert (await soon(owner.ends.get()))[0] == -9
    assert is_gone(pid)


def _never(_: object, timeout: float) -> None:
    raise subprocess.TimeoutExpired("it", timeout)


@pytest.mark.parametrize("child", ["started"], indirect=True)
async def test_one_that_nothing_can_end_does_not_hold_up_the_end(child: Child, owner: Owner, monkeypatch) -> None:
    pid = await started(child, owner)
    process = child._process
    assert process is not None
    with monkeypatch.context() as patch:
        patch.setattr(subprocess.Popen, "wait", _never)
        await soon(child.close())
    assert await soon(owner.ends.get()) == (None, "it did not end within 0 s")
    process.wait()
    assert is_gone(pid)


@pytest.mark.parametrize("child", ["started"], indirect=True)
async def test_nor_does_one_that_reads_no_more(child: Child, owner: Owner, monkeypatch) -> None:
    pid = await started(child, owner)
    os.kill(pid, signal.SIGSTOP)
    child.send(bytes(8 << 20))
    process = child._process
    assert process is not None
    with monkeypatch.context() as patch:
        patch.setattr(subprocess.Popen, "kill", lambda _: None)
        patch.setattr(subprocess.Popen, "wait", _never)
        await soon(child.close())
    process.kill()
    process.wait()
