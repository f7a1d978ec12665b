"""A storage process: started, watched, killed when it hangs, and restarted."""

import asyncio
import errno
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from app import clock
from app.storage import children
from app.storage.children import Child

from .watching import MODULE, Owner, is_gone, soon, started

T = TypeVar("T")


pytestmark = pytest.mark.usefixtures("quick_children")


async def test_frames_go_both_ways_in_their_order(child: Child, owner: Owner) -> None:
    await started(child, owner)
    sent = [b"one", b"x" * (2 << 20), b"", b"last"]
    assert all(child.send(data) for data in sent)
    assert [await soon(owner.frames.get()) for _ in sent] == sent


async def test_each_process_gets_the_first_frame_before_all_others(owner: Owner) -> None:
    child = Child(MODULE, owner, first=b"first")
    for number in (1, 2):
        await started(child, owner, number)
        child.send(b"second")
        assert [await soon(owner.frames.get()) for _ in range(2)] == [b"first", b"second"]
        child.send(b"end 0")
    await soon(child.close())


async def test_one_that_ends_is_started_again(child: Child, owner: Owner) -> None:
    pid = await started(child, owner)
    child.send(b"end 3")
    assert await soon(owner.ends.get()) == (3, "it ended with code 3")
    assert not child.send(b"to nobody")
    assert await started(child, owner, 2) != pid
    child.send(b"again")
    assert await soon(owner.frames.get()) == b"again"


async def test_half_a_frame_of_one_that_ended_is_not_taken_for_the_beginning_of_the_next(
    child: Child, owner: Owner
) -> None:
    await started(child, owner)
    child.data_received(b"\0\0\0\7half")
    child.send(b"end 0")
    await started(child, owner, 2)


async def test_one_that_is_killed_is_started_again(child: Child, owner: Owner) -> None:
    os.kill(await started(child, owner), signal.SIGKILL)
    assert await soon(owner.ends.get()) == (-9, "it ended with code -9")
    await started(child, owner, 2)


async def test_one_that_does_not_answer_in_time_is_killed_and_started_again(child: Child, owner: Owner) -> None:
    pid = await started(child, owner)
    child.send(b"hang")
    child.expect(0.02, "a commit")
    assert await soon(owner.ends.get()) == (-9, "it did not answer within 0 s (a commit)")
    assert is_gone(pid)
    await started(child, owner, 2)
    # The reason belongs to one end only.
    child.send(b"end 5")
    assert await soon(owner.ends.get()) == (5, "it ended with code 5")


async def test_one_that_is_stopped_from_outside_is_killed_too(child: Child, owner: Owner) -> None:
    os.kill(await started(child, owner), signal.SIGSTOP)
    child.expect(0.02, "a commit")
    assert (await soon(owner.ends.get()))[0] == -9


async def test_one_that_waits_for_a_processor_is_given_time_until_it_had_some(
    child: Child, owner: Owner, monkeypatch
) -> None:
    measured: list[tuple[float, ...]] = []
    asked: list[float] = []

    class Starved:
        def __init__(self, *about: float) -> None:
            measured.append(about)

        def is_starved(self) -> bool:
            asked.append(clock.ticks())
            return len(asked) < 3

    monkeypatch.setattr(children, "StarvedProcess", Starved)
    monkeypatch.setattr(children, "STARVED_S", 0.03)
    pid = await started(child, owner)
    child.expect(0.02, "a step")
    assert (await soon(owner.ends.get()))[0] == -9
    assert measured == [(pid, 0.02)]
    assert len(asked) == 3
    # Each timer may end a millisecond early.
    assert asked[2] - asked[0] >= 2 * (children.STARVED_S - 0.001)


async def test_what_came_in_time_is_expected_no_more(child: Child, owner: Owner) -> None:
    await started(child, owner)
    child.expect(0.02, "the first")
    child.met()
    child.expect(0.02, "the second")
    child.expect(30.0, "the third")
    await asyncio.sleep(0.04)
    child.send(b"still here")
    assert await soon(owner.frames.get()) == b"still here"


async def test_an_end_meets_what_was_expected(child: Child, owner: Owner) -> None:
    await started(child, owner)
    child.expect(0.3, "an answer that nobody gives any more")
    child.send(b"end 0")
    await started(child, owner, 2)
    assert child._deadline is None


async def test_one_that_closes_its_end_and_stays_is_killed_before_the_next_isstarted(
    child: Child, owner: Owner
) -> None:
    pid = await started(child, owner)
    child.send(b"stay")
    assert await soon(owner.ends.get()) == (-9, "it did not end within 0 s")
    assert is_gone(pid)
    await started(child, owner, 2)


async def test_a_fault_in_what_its_owner_does_ends_the_process_and_not_the_watch(child: Child, owner: Owner) -> None:
    def fail(_: bytes) -> None:
        owner.on_frame = owner.frames.put_nowait
        raise KeyError("planted")

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)
    owner.on_frame = fail
    child.start()
    assert (await soon(owner.ends.get()))[0] == 0
    await started(child, owner, 2)


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/fd has no links here")
async def test_it_inherits_what_is_to_be_kept_open_and_nothing_else(tmp_path: Path, child: Child, owner: Owner) -> None:
    kept, other = (os.open(tmp_path, os.O_RDONLY) for _ in range(2))
    child._keep_open = (kept,)
    await started(child, owner)
    for descriptor in (kept, other):
        child.send(b"look %d" % descriptor)
    assert await soon(owner.frames.get()) == bytes(tmp_path)
    assert (await soon(owner.ends.get()))[0] == 1
    os.close(kept)
    os.close(other)


async def test_it_has_the_environment_of_its_start(child: Child, owner: Owner, monkeypatch) -> None:
    for value in ("one", "two"):
        monkeypatch.setenv("SMSBIN_TEST", value)
        await started(child, owner, 1 if value == "one" else 2)
        child.send(b"variable SMSBIN_TEST")
        assert await soon(owner.frames.get()) == value.encode()
        child.send(b"exit 4")
        assert await soon(owner.ends.get()) == (4, "it ended with code 4")


async def test_an_error_in_it_is_reported_on_stderr(child: Child, owner: Owner, capfd) -> None:
    await started(child, owner)
    child.send(b"raise")
    assert (await soon(owner.ends.get()))[0] == 1
    assert "RuntimeError: planted" in capfd.readouterr().err


# Starts that fail


class Pauses:
    """The pauses between starts, recorded and shortened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: list[float] = []
        self._timeout = asyncio.timeout
        monkeypatch.setattr(children.asyncio, "timeout", self._note)

    def _note(self, seconds: float) -> asyncio.Timeout:
        self.told.append(seconds)
        return self._timeout(0.001)


def _failing(real: Callable[..., T], errors: list[int]) -> Callable[..., T]:
    def call(*arguments: object, **more: object) -> T:
        if errors:
            raise OSError(errors.pop(0), "planted")
        return real(*arguments, **more)

    return call


@pytest.mark.parametrize("child", ["started"], indirect=True)
@pytest.mark.parametrize("call", ["subprocess.Popen", "socket.socketpair"])
async def test_a_start_that_fails_is_tried_again_at_growing_distances_until_it_works(
    child: Child, owner: Owner, monkeypatch, call: str
) -> None:
    monkeypatch.setattr(children, "MIN_PAUSE_S", 0.2)
    pauses = Pauses(monkeypatch)
    module, name = call.split(".")
    errors = [errno.EMFILE, errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.EMFILE, errno.EMFILE, errno.EMFILE]
    place = getattr(children, module)
    monkeypatch.setattr(place, name, _failing(getattr(place, name), errors))
    child.start()
    for _ in range(7):
        code, why = await soon(owner.ends.get())
        assert code is None
        assert why.startswith("it cannot be started: ")
    assert pauses.told == [0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]
    await soon(owner.frames.get())


async def test_after_a_long_life_it_is_started_again_at_once(child: Child, owner: Owner, monkeypatch) -> None:
    monkeypatch.setattr(children, "MIN_PAUSE_S", 0.2)
    pauses = Pauses(monkeypatch)
    child.start()
    for long_s in (1e9, 1e9, 0.0, 1e9):
        monkeypatch.setattr(children, "STABLE_S", long_s)
        await soon(owner.frames.get())
        child.send(b"end 0")
        await soon(owner.ends.get())
    await soon(owner.frames.get())
    assert pauses.told == [0.4, 0.8, 0.2, 0.4]
