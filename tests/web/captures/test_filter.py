"""The filter of the list of requests: what its page shows, and what it says when the filter is wrong."""

import html
import re

import pytest

from app import keys
from app.domain.search import EXAMPLES, KEYS, Query, as_text, parse_query
from app.errors import TooSlow
from app.web.captures import rows
from tests.conftest import Running


async def _page(server: Running, path: str) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}") as answer:
        assert answer.status == 200
        return await answer.text()


def _rows(page: str) -> list[int]:
    return [int(n) for n in re.findall(r'id="capture-(\d+)"', page)]


def _attribute(page: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', page)
    assert found is not None
    return html.unescape(found[1])


@pytest.fixture
async def three(server: Running) -> Running:
    """Three requests, of which the first two have the word "even" in their text."""
    for text in ("even", "even", "odd"):
        async with server.client.post(server.capture_url, data={"From": "+14155550123", "Text": text}) as answer:
            assert answer.status == 200
    await server.settled(3)
    return server


@pytest.mark.parametrize("path", ["?q=fro:x", "/captures/2?q=fro:x"])
async def test_a_wrong_filter_shows_no_rows_and_says_what_to_write(three: Running, path: str) -> None:
    page = await _page(three, path)
    assert _rows(page) == []
    assert "Unknown filter &#34;fro:&#34;. Did you mean from:?" in page
    assert "No request is shown until the filter is corrected or cleared." in page
    assert 'aria-invalid="true"' in page
    assert 'value="fro:x"' in page


async def test_a_wrong_filter_has_no_further_rows_and_no_live_ones(three: Running) -> None:
    assert _rows(await _page(three, "/rows?q=fro:x&before=3")) == []
    assert _attribute(await _page(three, "?q=fro:x"), "data-with") == "view=plain"


async def test_an_open_request_has_no_neighbours_under_a_wrong_filter(three: Running) -> None:
    assert "/captures/3" in await _page(three, "/captures/2")
    page = await _page(three, "/captures/2?q=fro:x")
    assert "/captures/3" not in page
    assert "/captures/1?" not in page


async def test_a_filter_is_followed_and_its_page_has_what_the_script_takes_over(three: Running) -> None:
    page = await _page(three, "?q=text~even")
    assert _rows(page) == [2, 1]
    assert _attribute(page, "data-with") == "view=captures&q=text~even"
    assert _attribute(page, "data-rows-url").endswith("/rows?q=text~even")
    assert 'aria-invalid="false"' in page
    parts = re.findall(r'data-filtered="(\w+)"', page)
    assert sorted(parts) == sorted(set(parts))
    assert set(parts) == set(re.findall(r'data-filtered="(\w+)"', await _page(three, "?q=fro:x")))


async def test_a_wrong_filter_shows_no_messages(three: Running) -> None:
    page = await _page(three, "/messages?q=fro:x")
    assert "No message is shown until the filter is corrected or cleared." in page
    assert "data-row " not in page
    assert "data-row " not in await _page(three, "/messages/rows?q=fro:x")
    assert "view=plain" in page


def _count(page: str) -> str:
    found = re.search(r'<output[^>]*data-filtered="count">([^<]*)</output>', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("?q=text~even", "2 match"),
        ("?q=text~odd", "1 matches"),
        ("?q=text~nothing", "0 match"),
        ("?q=text~even&before=2", "2 match"),
        ("/captures/3?q=text~even", "2 match"),
        ("", ""),
        ("?q=fro:x", ""),
    ],
)
async def test_the_number_of_matches_is_beside_the_box(three: Running, path: str, count: str) -> None:
    assert _count(await _page(three, path)) == count


async def test_matches_beyond_the_part_that_is_shown_are_counted_up_to_a_bound(three: Running, monkeypatch) -> None:
    monkeypatch.setattr(rows, "PAGE", 1)
    assert _count(await _page(three, "?q=text~even")) == "2 match"
    monkeypatch.setattr(rows, "MOST_COUNTED", 1)
    assert _count(await _page(three, "?q=text~even")) == "more than 1 match"


async def test_a_count_that_takes_too_long_leaves_the_rows(three: Running, monkeypatch) -> None:
    async def stopped(*_: object) -> int:
        raise TooSlow(("q", "it takes too long"))

    monkeypatch.setattr(rows, "PAGE", 1)
    monkeypatch.setattr(three.app[keys.STORE], "count_captures", stopped)
    page = await _page(three, "?q=text~even")
    assert (_count(page), _rows(page)) == ("counting took too long", [2])


@pytest.mark.parametrize("path", ["", "/messages"])
async def test_the_syntax_is_explained_beside_the_box_for_every_key(three: Running, path: str) -> None:
    page = await _page(three, path)
    assert 'popovertarget="syntax"' in page
    help = html.unescape(page[page.index('id="syntax"') :].partition("</section>")[0])
    for key in KEYS:
        assert f"<dt><code>{key}" in help
    assert "primary, fallback, status, voice, voice-fallback" in help


@pytest.mark.parametrize("key", KEYS)
def test_the_example_of_a_key_is_a_filter(key: str) -> None:
    assert tuple(EXAMPLES) == KEYS
    example, _ = EXAMPLES[key]
    assert example.startswith(key)
    (term,) = parse_query(example).terms
    assert term == parse_query(as_text(Query((term,)))).terms[0]
