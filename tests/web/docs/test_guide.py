"""The guide is served to everybody, under any base path, and nothing but its own text comes out of it."""

import re
from pathlib import Path
from urllib.parse import urljoin

import aiohttp
import pytest

from app.web.docs import guide
from tests.conftest import Running, run_server

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted(path.stem for path in DOCS.glob("*.md"))


@pytest.mark.parametrize("base", ["", "/sms/bin"])
async def test_a_stranger_reaches_every_page_from_the_index(make_settings, base: str) -> None:
    async with run_server(make_settings(base_path=base or "/")) as server, aiohttp.ClientSession() as stranger:
        start = f"{server.url}/docs/guide"
        seen: dict[str, str] = {}
        waiting = [start]
        while waiting:
            url = waiting.pop()
            async with stranger.get(url, allow_redirects=False) as answer:
                assert answer.status == 200, url
                seen[url] = await answer.text() if answer.content_type == "text/html" else ""
            article = re.search(r"<article>.*</article>", seen[url], re.DOTALL)
            targets = re.findall(r'(?:href|src)="([^"]+)"', article[0] if article else "")
            near = {urljoin(url, target).partition("#")[0] for target in targets if "://" not in target}
            waiting += near - seen.keys() - set(waiting)
    pages = {url for url in seen if not url.endswith(".png")}
    assert pages == {start, *(f"{start}/{name}" for name in PAGES if name != "index")}
    assert any(url.endswith("/img/compare.png") for url in seen)


async def test_the_navigation_leads_to_all_pages_and_marks_the_one_that_is_shown(server: Running) -> None:
    async with server.client.get(f"{server.url}/docs/guide/settings") as answer:
        text = await answer.text()
    nav = re.search(r'<nav class="stack desk".*?</nav>', text, re.DOTALL)
    assert nav
    assert set(re.findall(r'href="/docs/guide/([a-z-]+)"', nav[0])) == set(PAGES) - {"index"}
    assert re.findall(r'href="([^"]+)" aria-current="page"', nav[0]) == ["/docs/guide/settings"]
    assert re.findall(r'rel="(\w+)" href="([^"]+)"', text)[-2:] == [
        ("prev", "/docs/guide/proxies"),
        ("next", "/docs/guide/failures"),
    ]


@pytest.mark.parametrize("page", ["nothing", "index", "..", "%2e%2e%2fpyproject", "settings.md", "Settings"])
async def test_what_is_no_page_is_not_found(server: Running, page: str) -> None:
    async with server.client.get(f"{server.url}/docs/guide/{page}") as answer:
        assert answer.status in (404, 405) if page == ".." else answer.status == 404


@pytest.mark.parametrize("base", ["/", "/in"])
async def test_other_pages_lead_to_the_guide(make_settings, base: str) -> None:
    async with run_server(make_settings(base_path=base)) as server:
        href = f'href="{base.rstrip("/")}/docs/guide"'
        async with aiohttp.ClientSession() as stranger:
            for path in ("/docs", "/sign-in"):
                async with stranger.get(server.url + path) as answer:
                    assert href in (await answer.text()).partition("<main")[0], path
        for path in ("/", f"/bins/{server.bin.id}"):
            async with server.client.get(server.url + path) as answer:
                # In the box that Help opens.
                assert href in (await answer.text()).partition("<dialog")[2], path


def _render(folder: Path, text: str, page: str = "start") -> str:
    folder.mkdir(exist_ok=True)
    (folder / f"{page}.md").write_text(text)
    return guide.rendered(folder, page, "v1").html


def test_markdown_can_bring_no_html_and_no_script(tmp_path: Path) -> None:
    html = _render(tmp_path, "# Start\n\n<script>alert(1)</script>\n\n<b>x</b> [x](javascript:alert(1))\n")
    assert "<script>" not in html
    assert "<b>" not in html
    assert "href" not in html


def test_links_between_files_become_links_between_pages(tmp_path: Path) -> None:
    text = "# T\n\n[a](other.md#part) [b](index.md) [c](https://example.org/x.md) ![d](../static/img/live.png)\n"
    below = _render(tmp_path, text)
    assert re.findall(r'(?:href|src)="([^"]+)"', below) == [
        "other#part", "../guide", "https://example.org/x.md", "../../static/v1/img/live.png",
    ]  # fmt: skip
    index = _render(tmp_path / "other", text, "index")
    assert re.findall(r'(?:href|src)="([^"]+)"', index) == [
        "guide/other#part", "guide", "https://example.org/x.md", "../static/v1/img/live.png",
    ]  # fmt: skip


def test_headings_have_the_ids_that_links_name(tmp_path: Path) -> None:
    html = _render(tmp_path, "# T\n\n## What is wrong: `smsbin doctor`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert '<h2 id="what-is-wrong-smsbin-doctor">' in html
    # A wide table scrolls, also by keyboard.
    assert re.search(r'<div class="scroll" tabindex="0"[^>]*>\s*<table', html)
    assert html.count('scope="col"') == 2


async def test_a_page_is_rendered_once(server: Running) -> None:
    async with server.client.get(f"{server.url}/docs/guide/cli"):
        before = guide.rendered.cache_info().misses
    async with server.client.get(f"{server.url}/docs/guide/cli") as answer:
        assert answer.status == 200
    assert guide.rendered.cache_info().misses == before
