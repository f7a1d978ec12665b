"""How many rows a page has, and what it says where there are more: pages as they are handed to their templates."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from app import clock, keys
from app.domain.drills import Drill, plain_steps
from app.domain.faults import Fault, FaultKind
from app.domain.replays import NewAttempt
from app.domain.roles import Role
from app.services import bins as service
from app.web.answers import page as answer_pages
from app.web.bins import home
from app.web.bins import page as bins
from app.web.captures import page as captures
from app.web.captures import rows as capture_rows
from app.web.captures import shared
from app.web.compare import page as compare
from app.web.conversations import page as conversations
from app.web.drills import page as drills
from app.web.messages import detail as message_detail
from app.web.messages import page as messages
from app.web.replays import api as replays
from app.web.site.filters import count_text
from tests.conftest import Running
from tests.pairs import TAKEN, hit

Look = Callable[[ModuleType, str], Awaitable[Any]]


@pytest.fixture
def look(server: Running, monkeypatch: pytest.MonkeyPatch) -> Look:
    """The page that a module hands to its template."""

    async def page_of(module: ModuleType, path: str) -> Any:
        found: list[Any] = []

        def noting(real: Callable[..., Any]) -> Callable[..., Any]:
            def noted(*arguments: Any, **more: Any) -> Any:
                found.append(arguments[-1])
                return real(*arguments, **more)

            return noted

        with monkeypatch.context() as patch:
            for name in ("render", "render_of"):
                if hasattr(module, name):
                    patch.setattr(module, name, noting(getattr(module, name)))
            async with server.client.get(f"{server.url}{path.replace('BIN', server.bin.id)}") as answer:
                assert answer.status == 200
        return found[0]

    return page_of


async def _messages(server: Running, numbers: range, sender: str | None = None) -> None:
    """An inbound message each, of a sender each unless one is named."""
    now = clock.now()
    for n in numbers:
        more = {"From": sender or f"+1415555{n:04}"}
        await hit(server, Role.PRIMARY, TAKEN, at=now, sid=f"m{n}", text=f"text {n}", more=more)


async def test_lists_show_so_many_and_tell_where_the_older_ones_begin(server: Running, look: Look) -> None:
    most = capture_rows.PAGE
    assert most == compare.PAGE == messages.PAGE == conversations.PAIRS
    pages = (
        (captures, "/bins/BIN", lambda page: (page.list.rows, page.list.older)),
        (compare, "/bins/BIN/compare?show=all", lambda page: (page.rows, page.older)),
        (messages, "/bins/BIN/messages", lambda page: (page.rows, page.older)),
        (conversations, "/bins/BIN/conversations", lambda page: (page.pairs, page.more)),
    )
    for numbers, has_more in ((range(most), False), (range(most, most + 1), True)):
        await _messages(server, numbers)
        for module, path, of in pages:
            rows, older = of(await look(module, path))
            assert (len(rows), older is not None) == (most, has_more), path


async def test_a_conversation_shows_so_many_bubbles(server: Running, look: Look) -> None:
    for numbers, has_more in (
        (range(conversations.BUBBLES), False),
        (range(conversations.BUBBLES, conversations.BUBBLES + 1), True),
    ):
        await _messages(server, numbers, "+14155550107")
        page = await look(conversations, "/bins/BIN/conversations/+14155550107/+19495550142")
        assert (len(page.bubbles), page.older is not None) == (conversations.BUBBLES, has_more)


async def test_so_many_captures_are_offered_for_the_preview_of_an_answer(server: Running, look: Look) -> None:
    await _messages(server, range(answer_pages.SAMPLES + 1))
    page = await look(answer_pages, "/bins/BIN/answers?role=primary")
    assert len(page.samples) == answer_pages.SAMPLES


async def test_the_menu_and_the_home_page_name_so_many_bins(server: Running, look: Look) -> None:
    store, keyring = server.app[keys.STORE], server.app[keys.KEYRING]
    for _ in range(bins.IN_MENU - 1):
        await service.create(store, keyring)
    menu = await look(bins, "/bins/BIN/others")
    assert (len(menu.bins), menu.all) == (bins.IN_MENU, True)
    for _ in range(home.SHOWN - bins.IN_MENU + 1):
        await service.create(store, keyring)
    menu = await look(bins, "/bins/BIN/others")
    assert (len(menu.bins), menu.all) == (bins.IN_MENU, False)
    newest = await store.list_bins(limit=home.WITH_LAST + 1)
    await asyncio.gather(*(server.client.post(f"{server.url}/{bin.key}", data=b"Text=hi") for bin in newest))
    page = await look(home, "/")
    assert (len(page.bins), len(page.last)) == (home.SHOWN, home.WITH_LAST)
    assert newest[-1].id not in page.last


async def test_drills_are_listed_so_many_on_a_page(server: Running, look: Look) -> None:
    store, now = server.app[keys.STORE], clock.now()
    steps = plain_steps(Fault(kind=FaultKind.DROP, until=now + timedelta(minutes=1)), now)
    for n in range(drills.PAGE + 1):
        if n == drills.PAGE:
            page = await look(drills, "/bins/BIN/drills")
            assert (len(page.drills), page.older) == (drills.PAGE, None)
        at = now + timedelta(seconds=n)
        drill = Drill(
            id=f"d{n}",
            bin_id=server.bin.id,
            role=Role.PRIMARY,
            measuring=False,
            started_at=at,
            steps=steps,
            ended_at=at,
        )
        await store.add_drill(drill)
        await store.set_drill(drill)
    page = await look(drills, "/bins/BIN/drills")
    assert (len(page.drills), page.older is not None) == (drills.PAGE, True)


async def test_the_last_attempts_of_a_capture_are_told(server: Running, look: Look) -> None:
    await _messages(server, range(1))
    store = server.app[keys.STORE]
    for _ in range(replays.SHOWN + 1):
        await store.add_attempt(
            server.bin.id, NewAttempt(n=1, url="https://example.net/", sent_at=clock.now(), status=200, ms=1)
        )
    async with server.client.get(f"{server.bin_api}/captures/1/attempts") as answer:
        numbers = [one["number"] for one in (await answer.json())["items"]]
    assert (len(numbers), numbers[-1]) == (replays.SHOWN, replays.SHOWN + 1)
    page = await look(captures, "/bins/BIN/captures/1")
    assert len(page.detail.attempts) == shared.ATTEMPTS


async def test_so_many_other_captures_of_a_message_are_listed(server: Running, look: Look) -> None:
    assert shared.RELATED == message_detail.SHOWN
    now = clock.now()
    for n in range(shared.RELATED + 2):
        await hit(server, Role.PRIMARY, TAKEN, at=now, more={"Try": str(n)})
        if n == shared.RELATED:
            assert len((await look(captures, "/bins/BIN/captures/1")).detail.related) == shared.RELATED
    assert len((await look(captures, "/bins/BIN/captures/1")).detail.related) == shared.RELATED
    page = await look(messages, "/bins/BIN/messages/ytel/9d3e-66e4")
    assert len(page.detail.captures) == message_detail.SHOWN + 1


async def test_counts_and_measures_are_taken_from_so_many(server: Running, look: Look, monkeypatch) -> None:
    store, asked = server.app[keys.STORE], {}

    def noting(name: str) -> Any:
        real = getattr(type(store), name)

        async def noted(self: Any, *arguments: Any, **more: Any) -> Any:
            asked.setdefault(name, []).append(more.get("limit", arguments[-1]))
            return await real(self, *arguments, **more)

        return noted

    for name in ("count_messages", "get_pace", "list_pairings"):
        monkeypatch.setattr(type(store), name, noting(name))
    await look(messages, "/bins/BIN/messages")
    await look(compare, "/bins/BIN/compare")
    assert asked["count_messages"] == [messages.MOST]
    assert asked["get_pace"] == [messages.PACED]
    assert asked["list_pairings"] == [compare.PAGE + 1, compare.MEASURED]
    assert [count_text(count, messages.MOST) for count in (messages.MOST, messages.MOST + 1)] == ["1,000", "1,000+"]
