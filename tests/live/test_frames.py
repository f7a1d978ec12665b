"""Frames on a WebSocket, and the cache that lets viewers with one cursor share them."""

import asyncio

import pytest

from app.live import frames as module
from app.live.frames import FrameCache, text_frames


def _always(_: object) -> bool:
    return True


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_the_head_of_a_frame_has_the_size_in_bytes(size: int, head: bytes) -> None:
    assert text_frames(["a" * size]) == head + b"a" * size


def test_frames_follow_each_other_and_count_bytes_not_letters() -> None:
    assert text_frames(["ü", "b"]) == b"\x81\x02\xc3\xbc\x81\x01b"
    assert text_frames([]) == b""


async def test_concurrent_callers_share_one_call() -> None:
    cache: FrameCache[int] = FrameCache()
    calls: list[int] = []
    release = asyncio.Event()

    async def make() -> int:
        calls.append(1)
        await release.wait()
        return 7

    callers = [asyncio.ensure_future(cache.get("key", make, keep=_always)) for _ in range(40)]
    await asyncio.sleep(0)
    release.set()
    assert await asyncio.gather(*callers) == [7] * 40
    assert len(calls) == 1


async def test_a_value_is_kept_for_a_moment_and_by_its_key(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOMENT_S", 0.01)
    cache: FrameCache[int] = FrameCache()
    made = iter(range(10))

    async def make() -> int:
        return next(made)

    assert [await cache.get(key, make, keep=_always) for key in ("a", "a", "b")] == [0, 0, 1]
    async with asyncio.timeout(15):
        while await cache.get("a", make, keep=_always) == 0:
            await asyncio.sleep(0.005)


async def test_a_value_that_must_not_be_kept_is_made_again() -> None:
    cache: FrameCache[int] = FrameCache()
    made = iter(range(10))

    async def make() -> int:
        return next(made)

    assert [await cache.get("a", make, keep=lambda value: value > 0) for _ in range(3)] == [0, 1, 1]


async def test_all_callers_of_a_failed_call_get_its_error_and_the_next_one_calls_again() -> None:
    cache: FrameCache[int] = FrameCache()
    release = asyncio.Event()

    async def fail() -> int:
        await release.wait()
        raise ValueError("broken")

    async def make() -> int:
        return 3

    callers = [asyncio.ensure_future(cache.get("a", fail, keep=_always)) for _ in range(3)]
    await asyncio.sleep(0)
    release.set()
    results = await asyncio.gather(*callers, return_exceptions=True)
    assert [str(error) for error in results] == ["broken"] * 3
    assert await cache.get("a", make, keep=_always) == 3


async def test_when_the_caller_that_makes_a_value_is_cancelled_another_one_makes_it() -> None:
    cache: FrameCache[int] = FrameCache()
    never = asyncio.Event()

    async def hang() -> int:
        await never.wait()
        return 0

    async def make() -> int:
        return 5

    first = asyncio.ensure_future(cache.get("a", hang, keep=_always))
    await asyncio.sleep(0)
    second = asyncio.ensure_future(cache.get("a", make, keep=_always))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 5
