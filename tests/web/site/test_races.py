"""Two at the same time: one changes what the other is using. What was answered first holds from then on."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import structlog

from app import clock, keys
from app.domain.faults import ActiveFault, Fault, FaultKind
from app.domain.roles import Role
from app.errors import StoreUnavailable
from tests.conftest import Running

from .test_auth import _signed_in

SAME = {"Sec-Fetch-Site": "same-origin"}


async def _post(server: Running, key: str) -> int:
    async with server.client.post(f"{server.url}/{key}", data=b"Text=hi") as answer:
        await answer.read()
        return answer.status


async def _rotate(server: Running) -> str:
    async with server.client.post(f"{server.bin_api}/rotate-key") as answer:
        assert answer.status == 200, await answer.text()
        return (await answer.json())["urls"]["primary"].rsplit("/", 1)[1]


async def test_a_key_that_is_rotated_while_it_is_used_collects_up_to_a_moment_and_never_again(server: Running) -> None:
    rotated = asyncio.Event()
    before: list[int] = []
    after: list[int] = []

    async def send() -> None:
        while len(after) < 3:
            is_over = rotated.is_set()
            status = await _post(server, server.bin.key)
            (after if is_over else before).append(status)

    sending = [asyncio.ensure_future(send()) for _ in range(4)]
    while len(before) < 8:
        await asyncio.sleep(0)
    key = await _rotate(server)
    rotated.set()
    assert await _post(server, key) == 200
    await asyncio.gather(*sending)
    assert set(after) == {404}
    assert before[0] == 200
    assert set(before) <= {200, 404}
    assert len(await server.captures()) == before.count(200) + 1


async def test_of_many_rotations_at_once_one_key_stays(server: Running) -> None:
    rotated = await asyncio.gather(*(_rotate(server) for _ in range(5)))
    (key,) = [key for key in {server.bin.key, *rotated} if server.app[keys.KEYRING].known(key) is not None]
    assert (await server.app[keys.STORE].get_bin(server.bin.id)).key == key != server.bin.key
    assert [await _post(server, each) for each in (key, server.bin.key)] == [200, 404]


def _live(server: Running) -> str:
    return f"{server.api}/bins/{server.bin.id}/live"


async def _sign_out(server: Running, browser: aiohttp.ClientSession) -> None:
    async with browser.post(f"{server.url}/sign-out", headers=SAME, allow_redirects=False) as answer:
        assert answer.status == 303


async def _seen(view: aiohttp.ClientWebSocketResponse) -> list[Any]:
    """Texts of captures up to the end of a live view, and the code of that end."""
    found: list[Any] = []
    while (message := await view.receive(timeout=15)).type is aiohttp.WSMsgType.TEXT:
        frame = message.json()
        found += [frame["capture"]["text"]] if frame["type"] == "capture" else []
    return [*found, message.data]


@pytest.mark.parametrize("address", ["/api/v1/bins/{}/live", "/bins/{}/live"])
async def test_who_signs_out_while_a_live_view_is_opened_gets_none(server: Running, monkeypatch, address: str) -> None:
    """The view was asked for with a session that was good then."""
    store = server.app[keys.STORE]
    asked, go_on = asyncio.Event(), asyncio.Event()
    real = type(store).get_bin

    async def slow(self: Any, bin_id: str, **more: Any) -> Any:
        found = await real(self, bin_id, **more)
        asked.set()
        await go_on.wait()
        return found

    async with await _signed_in(server) as browser:
        same = SAME | {"Origin": server.url}
        monkeypatch.setattr(type(store), "get_bin", slow)
        opening = asyncio.ensure_future(browser.ws_connect(server.url + address.format(server.bin.id), headers=same))
        await asked.wait()
        await _sign_out(server, browser)
        go_on.set()
        async with await opening as view:
            messages = [await view.receive(timeout=15) for _ in range(2)]
    assert "seq" in messages[0].data
    assert (messages[1].type, messages[1].data) == (aiohttp.WSMsgType.CLOSE, 4401)


async def test_who_signs_out_while_captures_come_sees_none_that_came_afterwards(server: Running) -> None:
    async with await _signed_in(server) as browser:
        async with browser.ws_connect(_live(server), headers=SAME | {"Origin": server.url}) as view:
            seeing = asyncio.ensure_future(_seen(view))

            async def send(text: str) -> None:
                async with server.client.post(server.capture_url, data={"Text": text}) as answer:
                    assert answer.status == 200

            early = [asyncio.ensure_future(send(f"early {n}")) for n in range(10)]
            await asyncio.sleep(0)
            await _sign_out(server, browser)
            await asyncio.gather(*early, *(send("late") for _ in range(10)))
            seen = await seeing
    assert seen[-1] == 4401
    assert "late" not in seen


async def test_who_signs_out_while_a_call_waits_for_captures_is_given_none(server: Running) -> None:
    async with await _signed_in(server) as browser:
        waiting = asyncio.ensure_future(browser.get(f"{server.bin_api}/captures?after=0&wait=60", headers=SAME))
        while not server.app[keys.HUB].viewers:
            await asyncio.sleep(0.001)
        await _sign_out(server, browser)
        assert await _post(server, server.bin.key) == 200
        async with await waiting as answer:
            assert (answer.status, "captures" in await answer.text()) == (401, False)


async def _delete_one(server: Running) -> None:
    async with server.client.delete(f"{server.bin_api}/captures/1") as answer:
        assert answer.status == 204


async def _delete_all(server: Running) -> None:
    async with server.client.delete(f"{server.bin_api}/captures") as answer:
        assert answer.status == 204


READS = ("captures/1", "captures/1/raw", "captures?after=0", "messages", "export?format=jsonl", "captures?q=secret")


@pytest.mark.parametrize(("delete", "left"), [(_delete_one, 2), (_delete_all, 0)], ids=["one", "all"])
async def test_what_is_deleted_while_it_is_read_is_in_no_answer_afterwards(
    server: Running, delete: Callable[[Running], Awaitable[None]], left: int
) -> None:
    for text in ("secret one", "two", "three"):
        async with server.client.post(server.capture_url, data={"Text": text, "From": "+14155550107"}) as answer:
            assert answer.status == 200
    deleted = asyncio.Event()

    async def read(path: str) -> None:
        is_last = False
        while not is_last:
            is_last = deleted.is_set()
            async with server.client.get(f"{server.bin_api}/{path}") as answer:
                body = await answer.text()
            assert answer.status in (200, 404), (path, body)
            if is_last:
                assert "secret one" not in body, path
                assert "secret+one" not in body, path

    reading = [asyncio.ensure_future(read(path)) for path in READS]
    await asyncio.sleep(0.02)
    await delete(server)
    deleted.set()
    await asyncio.gather(*reading)
    assert len(await server.captures()) == left
    assert await _post(server, server.bin.key) == 200
    assert (await server.captures())[-1]["n"] == 4


async def _fail_so_often(server: Running, count: int) -> None:
    now = clock.now()
    fault = Fault(kind=FaultKind.STATUS, until=now + timedelta(minutes=10), count=count)
    await server.app[keys.FAULTS].set(
        ActiveFault(id="f", bin_id=server.bin.id, role=Role.PRIMARY, fault=fault, started_at=now, left=count)
    )


async def _faults(server: Running) -> list[str | None]:
    """The kinds that the captures got, in the order of their numbers."""
    return [(await server.capture(capture["n"]))["answered"]["fault"] for capture in await server.captures()]


@pytest.mark.parametrize("count", [1, 7])
async def test_a_fault_with_a_count_is_taken_by_so_many_who_come_at_once(server: Running, count: int) -> None:
    await _fail_so_often(server, count)
    statuses = await asyncio.gather(*(_post(server, server.bin.key) for _ in range(2 * count)))
    assert Counter(statuses) == {503: count, 200: count}
    assert (await _faults(server)).count("status") == count


async def test_a_fault_that_one_could_not_keep_is_there_for_the_other(server: Running, monkeypatch) -> None:
    """The first request takes the last of the count, and its capture cannot be stored."""
    await _fail_so_often(server, 1)
    store = server.app[keys.STORE]
    begun: list[asyncio.Future[int]] = []

    def begin(_capture: object) -> asyncio.Future[int]:
        begun.append(asyncio.get_running_loop().create_future())
        return begun[-1]

    with monkeypatch.context() as patch:
        patch.setattr(store, "add_capture", begin)
        first = asyncio.ensure_future(_post(server, server.bin.key))
        while not begun:
            await asyncio.sleep(0.001)
    # While the first one waits, the fault is used up.
    assert await _post(server, server.bin.key) == 200
    begun[0].set_exception(StoreUnavailable("The disk is full."))
    assert await first == 503
    assert [await _post(server, server.bin.key) for _ in range(2)] == [503, 200]
    assert await _faults(server) == [None, "status", None]


async def test_a_bin_that_is_deleted_while_it_is_used_collects_up_to_a_moment_and_never_again(server: Running) -> None:
    deleted = asyncio.Event()
    before: list[int] = []
    after: list[int] = []

    async def send() -> None:
        while len(after) < 3:
            is_over = deleted.is_set()
            status = await _post(server, server.bin.key)
            (after if is_over else before).append(status)

    with structlog.testing.capture_logs() as events:
        sending = [asyncio.ensure_future(send()) for _ in range(8)]
        while len(before) < 16:
            await asyncio.sleep(0)
        async with server.client.delete(server.bin_api) as answer:
            assert answer.status == 204
        deleted.set()
        await asyncio.gather(*sending)
    assert set(after) == {404}
    assert before[0] == 200
    # 404 is also for captures that waited for their commit when their bin was deleted; that is not an error.
    assert set(before) <= {200, 404}
    assert [event["event"] for event in events if event["log_level"] == "error"] == []
