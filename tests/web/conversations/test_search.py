"""Searching conversations: by either number however it is written, and by words of a text."""

import html
import re

import pytest

from app import keys
from app.domain.search import parse_query
from app.web.conversations import search
from app.web.conversations.search import FEWEST_DIGITS, find_conversations, number_queries
from tests.conftest import Running

SMS = [
    ("+14155550123", "+19495550142", "Is the 3pm slot still open?"),
    ("+14155550123", "+19495550142", "Thanks, see you"),
    ("+442071838750", "+19495550142", "Your code is 415555"),
]


async def _found(server: Running, q: str) -> list[str]:
    """The rows that a search shows, in words."""
    address = f"{server.url}/bins/{server.bin.id}/conversations"
    async with server.client.get(address, params={"q": q}) as answer:
        assert answer.status == 200
        page = await answer.text()
    rows = re.findall(r'<li id="pair-.*?</li>', page, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


async def _fill(server: Running) -> None:
    for n, (sender, recipient, text) in enumerate(SMS):
        fields = {"From": sender, "To": recipient, "Text": text, "MessageSid": f"SM{n}"}
        async with server.client.post(server.capture_url, data=fields):
            pass


@pytest.mark.parametrize("q", ["+14155550123", "(415) 555-0123", "415 555 01", "4155550123", "from:+14155550123"])
async def test_a_number_is_found_however_it_is_written(server: Running, q: str) -> None:
    await _fill(server)
    (row,) = await _found(server, q)
    assert "+1 415-555-0123" in row
    assert "Thanks, see you" in row, "with the newest match"


async def test_a_number_is_found_as_recipient_and_in_texts_too(server: Running) -> None:
    await _fill(server)
    assert len(await _found(server, "949 555 0142")) == 2
    assert ["Your code is" in row for row in await _found(server, "415555")] == [True, False]


async def test_words_find_the_message_that_has_them(server: Running) -> None:
    await _fill(server)
    (row,) = await _found(server, "3pm slot")
    assert "Is the 3pm slot still open?" in row
    assert await _found(server, "nothing like this") == []


async def test_a_wrong_filter_finds_nothing_and_says_why(server: Running) -> None:
    await _fill(server)
    assert await _found(server, "fro:x") == []
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/conversations?q=fro:x") as answer:
        assert 'id="filter-problem"' in await answer.text()


@pytest.mark.parametrize("q", ["12", "hello", "+", "", "1234567890123456", "٣٣٣٣", "12a"])
def test_what_is_no_number_is_not_searched_as_one(q: str) -> None:
    assert number_queries(q) == ()


def test_a_number_has_at_least_three_digits() -> None:
    assert len(number_queries("4" * FEWEST_DIGITS)) == 2
    assert number_queries("4" * (FEWEST_DIGITS - 1)) == ()


async def test_the_newest_matches_are_searched(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await _fill(server)
    store = server.app[keys.STORE]
    await server.captures()

    async def count(limit: int) -> int:
        monkeypatch.setattr(search, "SEARCHED", limit)
        return len(await find_conversations(store, server.bin.id, "code", parse_query("text~code to:+1949*")))

    assert await count(1) == 1
    monkeypatch.setattr(search, "SEARCHED", 1)
    every = await find_conversations(store, server.bin.id, "", parse_query("to:+1949*"))
    monkeypatch.setattr(search, "SEARCHED", 3)
    more = await find_conversations(store, server.bin.id, "", parse_query("to:+1949*"))
    assert (len(every), len(more)) == (1, 2)
