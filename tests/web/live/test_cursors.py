"""The live view of a page continues where the page was read: nothing is missed that happens in between."""

import inspect
import re
from collections.abc import Awaitable, Callable

import pytest

from app import keys
from tests.conftest import Running

SID = "SM" + "1" * 32
PAGES = (
    "", "/setup", "/captures/1", "/captures/2?tab=related", "/overview", "/messages", f"/messages/twilio/{SID}",
    "/conversations", "/compare", "/compare/1", "/drills", "/alerts", "/forwards",
)  # fmt: skip


async def _post(server: Running) -> None:
    form = {
        "From": "+14155550123",
        "To": "+19495550142",
        "Body": "hi",
        "MessageSid": SID,
        "AccountSid": "AC" + "2" * 32,
    }
    async with server.client.post(server.capture_url, data=form) as answer:
        assert answer.status == 200


async def _cursor(server: Running) -> int:
    return (await server.app[keys.STORE].get_bin(server.bin.id)).seq


def _after_the_first_read(server: Running, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Awaitable[None]]) -> None:
    """Do something once a page has read something of the bin."""
    store = server.app[keys.STORE]
    names = [name for name, value in inspect.getmembers(store) if inspect.iscoroutinefunction(value)]

    def watched(read: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def call(*arguments: object, **more: object) -> object:
            found = await read(*arguments, **more)
            if server.bin.id in arguments:
                monkeypatch.undo()
                await act()
            return found

        return call

    for name in names:
        if not name.startswith("_"):
            monkeypatch.setattr(store, name, watched(getattr(store, name)))


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_followed_from_before_it_was_read(server: Running, monkeypatch, path: str) -> None:
    for n in (1, 2):
        await _post(server)
        await server.settled(n)
    before = await _cursor(server)

    async def arrive() -> None:
        await _post(server)
        await server.settled(3)

    _after_the_first_read(server, monkeypatch, arrive)
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}") as answer:
        assert answer.status == 200
        page = await answer.text()
    assert await _cursor(server) > before, "a request arrived"
    assert re.findall(r'data-after="(\d+)"', page) == [str(before)]
