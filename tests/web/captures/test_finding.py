"""Finding a field or a value in a large request, and filtering the list by it, without a script."""

import html
import json
import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest

from app.parsing.bounds import MAX_BYTES
from app.web.captures.page import LONG_PAGE, MOST_FIND
from app.web.site import templates
from tests.conftest import Running


async def _post(server: Running, body: object) -> None:
    async with server.client.post(server.capture_url, json=body) as answer:
        assert answer.status == 200


async def _panel(server: Running, query: str) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/1?{query}") as answer:
        assert answer.status == 200
        text = await answer.text()
    return text[text.index("data-panel=") :].partition("</main>")[0]


def _words(panel: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", panel)))


async def test_fields_are_found_by_name_and_by_value(server: Running) -> None:
    await _post(server, {f"field{n}": f"value {n}" for n in range(40)})
    await server.settled(1)
    words = _words(await _panel(server, "tab=fields&find=FIELD39"))
    assert "1 found" in words
    assert "value 39" in words
    assert "value 38" not in words
    assert "value 7 " in _words(await _panel(server, "tab=fields&find=value+7"))


async def test_a_tree_shows_what_is_nested_and_is_searched(server: Running) -> None:
    await _post(server, {"data": {"items": [{"id": "a-1"}, {"id": "b-2"}], "none": None}, "<b>": "</script>"})
    await server.settled(1)
    panel = await _panel(server, "tab=raw")
    assert "data 3" in _words(panel)
    assert "id a-1" in _words(panel)
    assert 'data-copy="data.items.1.id"' in panel
    assert "<b>" not in panel.partition("<h3")[2].replace("<bdi>", "")
    found = _words(await _panel(server, "tab=raw&find=b-2")).partition("found")[2]
    assert "id b-2" in found
    assert "id a-1" not in found.partition("000000")[0]


@pytest.mark.parametrize("tab", ["fields", "raw"])
async def test_a_value_is_a_link_that_adds_it_to_the_filter(server: Running, tab: str) -> None:
    await _post(server, {"ref": 'order "7"', "odd": "🙂", "empty": ""})
    await server.settled(1)
    panel = await _panel(server, f"tab={tab}&q=kind:other")
    (address,) = re.findall(r'href="([^"]+)" aria-label="Filter by the value of', panel)
    assert unquote(html.unescape(address)).endswith('/captures/1?q=kind:other "order \\"7\\""&tab=' + tab)
    async with server.client.get(server.url + html.unescape(address)) as answer:
        page = await answer.text()
    assert 'id="capture-1"' in page


async def test_a_value_that_the_search_does_not_know_is_no_link(server: Running) -> None:
    await _post(server, {"long": "x " * 5_000, "late": "beyond"})
    await server.settled(1)
    assert "Filter by the value of late" not in await _panel(server, "tab=fields")


async def test_the_largest_body_that_is_parsed_has_a_page(server: Running) -> None:
    await _post(server, [{"n": n} for n in range(9_000)])
    await server.settled(1)
    words = _words(await _panel(server, "tab=raw"))
    assert "8,000 more values not shown" in words
    body = json.dumps({"x" * 300: {"y" * 300: "z" * (MAX_BYTES // 2)}})
    async with server.client.post(server.capture_url, data=body) as answer:
        assert answer.status == 200
    assert "not shown" in words


async def test_what_is_to_be_found_is_bounded(server: Running) -> None:
    await _post(server, {"a": "b"})
    await server.settled(1)
    assert f'value="{"a" * MOST_FIND}"' in await _panel(server, f"tab=fields&find={'a' * (MOST_FIND + 50)}")


@pytest.mark.parametrize("more", [0, 1])
async def test_a_page_with_many_fields_is_rendered_in_a_thread(
    server: Running, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    threads = []

    async def run(function: Callable[..., bytes], *args: object) -> bytes:
        threads.append(function)
        return function(*args)

    monkeypatch.setattr(templates, "run_in_thread", run)
    await _post(server, {f"f{n}": n for n in range(LONG_PAGE + more)})
    await server.settled(1)
    await _panel(server, "tab=fields")
    assert len(threads) == more
