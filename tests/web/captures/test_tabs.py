"""What each tab of an open capture shows, on the page."""

import html
import re

import pytest

from app.web.captures.tabs import TABS
from tests.conftest import Running


async def read(server: Running, tab: str) -> str:
    form = {"From": "+14155550107", "Text": "hi <3"}
    headers = {"Authorization": "Bearer secret"}
    async with server.client.post(server.capture_url, data=form, headers=headers) as answer:
        assert answer.status == 200
    await server.settled(1)
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/1?tab={tab}") as answer:
        assert answer.status == 200
        text = await answer.text()
    panel = text[text.index(f'data-panel="{tab}"') :].partition("</main>")[0]
    return html.unescape(re.sub(r"\s+", " ", panel))


@pytest.mark.parametrize("tab", TABS)
async def test_each_tab_has_a_partial(server: Running, tab: str) -> None:
    assert await read(server, tab)


@pytest.mark.parametrize(
    ("tab", "shown"),
    [
        ("summary", "curl"),
        ("fields", "hi <3"),
        ("headers", "Authorization"),
        ("raw", "From=%2B14155550107"),
        ("answer", "<Response/>"),
        ("replay", "credentials"),
    ],
)
async def test_a_tab_shows_its_own(server: Running, tab: str, shown: str) -> None:
    assert shown in await read(server, tab)


async def test_header_lines_to_copy_have_no_credentials(server: Running) -> None:
    assert "Authorization: (hidden)" in await read(server, "headers")
