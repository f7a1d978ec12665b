"""How long a viewer is waited for, how much it gets at once, and how many are served in one turn of the loop."""

import asyncio
import itertools
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from app import keys
from app.live import frames
from app.live.frames import MOMENT_S, FrameCache
from app.live.hub import AT_ONCE, TICK_S, VIEWERS_PER_TICK, Hub
from app.web.live import socket
from app.web.site import auth
from tests.conftest import Running
from tests.storage.builders import a_capture

from .conftest import Ticks
from .loops import Loop


@pytest.fixture
async def loop(monkeypatch: pytest.MonkeyPatch) -> Loop:
    made = Loop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: made)
    return made


async def test_a_frame_is_remembered_for_a_moment(loop: Loop) -> None:
    """So that deleted text does not linger."""
    cache: FrameCache[int] = FrameCache()
    made: list[int] = []

    async def make() -> int:
        made.append(1)
        return len(made)

    assert [await cache.get("k", make, keep=bool) for _ in range(2)] == [1, 1]
    ((seconds, forget, arguments),) = loop.timers
    forget(*arguments)
    assert (seconds, await cache.get("k", make, keep=bool)) == (MOMENT_S, 2)


async def test_a_new_frame_goes_to_so_many_viewers_in_one_turn() -> None:
    cache: FrameCache[int] = FrameCache()
    go_on = asyncio.Event()

    async def make() -> int:
        await go_on.wait()
        return 1

    viewers = [asyncio.ensure_future(cache.get("k", make, keep=bool)) for _ in range(2 * frames.AT_ONCE + 2)]
    await asyncio.sleep(0)
    go_on.set()
    done = [0]
    while done[-1] < len(viewers):
        await asyncio.sleep(0)
        done.append(sum(viewer.done() for viewer in viewers))
    steps = [after - before for before, after in itertools.pairwise(done) if after > before]
    # The one who made it, then the others.
    assert max(steps) <= frames.AT_ONCE
    assert sum(steps) == len(viewers)


@pytest.mark.parametrize(
    ("viewers", "ticks"), [(1, 1), (VIEWERS_PER_TICK - 1, 1), (VIEWERS_PER_TICK, 2), (2 * VIEWERS_PER_TICK, 3)]
)
async def test_very_many_viewers_are_woken_less_often(loop: Loop, viewers: int, ticks: int) -> None:
    hub = Hub()
    with ExitStack() as stack:
        for _ in range(viewers):
            stack.enter_context(hub.subscribe("b"))
        hub.notify("b")
        assert [seconds for seconds, _, _ in loop.timers] == [TICK_S * ticks]
    assert AT_ONCE <= VIEWERS_PER_TICK


async def _more(viewer: aiohttp.ClientWebSocketResponse, n: int) -> aiohttp.WSMessage:
    """The next frame of capture `n`, or the end."""
    while True:
        message = await viewer.receive(timeout=15)
        if message.type is not aiohttp.WSMsgType.TEXT or message.json().get("capture", {}).get("n") == n:
            return message


async def test_who_may_look_is_asked_again_after_a_while(server: Running, ticks: Ticks, monkeypatch) -> None:
    store, hub = server.app[keys.STORE], server.app[keys.HUB]
    async with server.client.ws_connect(f"{server.bin_api}/live") as viewer:
        # It has been asked once by then.
        await store.add_capture(a_capture(server.bin))
        assert (await _more(viewer, 1)).type is aiohttp.WSMsgType.TEXT

        async def no_credential(_request: object) -> None:
            return None

        monkeypatch.setattr(auth, "find_caller", no_credential)
        ticks.now += auth.RECHECK_S
        await store.add_capture(a_capture(server.bin))
        assert (await _more(viewer, 2)).type is aiohttp.WSMsgType.TEXT
        ticks.over()
        hub.notify(server.bin.id)
        message = await _more(viewer, 3)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, socket.SIGNED_OUT)


async def test_so_many_changes_are_read_for_one_frame(server: Running, monkeypatch) -> None:
    store = server.app[keys.STORE]
    for _ in range(socket.PAGE + 1):
        await store.add_capture(a_capture(server.bin))
    asked: list[tuple[int, int]] = []
    real = type(store).changes_after

    async def noted(self: Any, bin_id: str, after: int, limit: int = 500) -> Any:
        found = await real(self, bin_id, after, limit)
        asked.append((limit, len(found)))
        return found

    monkeypatch.setattr(type(store), "changes_after", noted)
    async with server.client.ws_connect(f"{server.bin_api}/live?after=0") as viewer:
        await viewer.receive(timeout=15)
        assert (await _more(viewer, socket.PAGE + 1)).type is aiohttp.WSMsgType.TEXT
    assert asked[0] == (socket.PAGE, socket.PAGE)
    assert {limit for limit, _ in asked} == {socket.PAGE}


async def test_a_page_hears_from_a_quiet_bin_after_a_while(server: Running, monkeypatch) -> None:
    monkeypatch.setattr(socket, "PING_S", 0.05)
    async with server.client.ws_connect(f"{server.url}/bins/{server.bin.id}/live") as viewer:
        kinds = [(await viewer.receive(timeout=15)).type for _ in range(3)]
    assert kinds == [aiohttp.WSMsgType.TEXT] * 3


@pytest.mark.parametrize(("send_s", "is_cut_off"), [(0.01, True), (60.0, False)])
async def test_a_viewer_that_reads_too_slowly_is_cut_off(monkeypatch, send_s: float, is_cut_off: bool) -> None:
    monkeypatch.setattr(socket, "SEND_S", send_s)

    async def slow(_request: object) -> None:
        await asyncio.sleep(0.05)

    monkeypatch.setattr(socket, "drained", slow)
    transport = SimpleNamespace(is_closing=lambda: False, write=lambda _: None)
    sending = socket._send_wire(SimpleNamespace(transport=transport), b"frame")  # type: ignore[arg-type]
    if is_cut_off:
        with pytest.raises(TimeoutError):
            await sending
    else:
        await sending
