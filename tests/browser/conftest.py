"""A real Chromium, and a page that is signed in and listens for everything that must not happen.

All tests of this folder share one browser, which takes a second to start, and so they share one event loop; each has
a server and a browser context of its own.
"""

from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from app.settings import Settings
from tests.conftest import TOKEN, Running, run_server

from .find import FLAGS, on_path

# Dark and light, wide and phone: what people hold in front of them.
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# Only a test that fails waits so long; a busy machine must not fail one.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass(slots=True)
class Watched:
    """A page, and what the browser complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


# A fixture of one test, in the event loop of the browser.
shared = pytest_asyncio.fixture(loop_scope="package")


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makemodule() -> Generator[None, pytest.Module, pytest.Module]:
    """The scope of the event loop must be known before tests are collected: later, the loop, and with it the browser,
    is still made for each test."""
    module = yield
    module.add_marker(pytest.mark.asyncio(loop_scope="package"))
    return module


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=on_path(), args=list(FLAGS))
        yield browser
        await browser.close()


@shared
async def server(make_settings: Callable[..., Settings]) -> AsyncIterator[Running]:
    async with run_server(make_settings()) as running:
        yield running


async def sign_in(context: BrowserContext, server: Running) -> None:
    """By the form's request, without opening a page, which costs as much as many a test."""
    await context.request.post(f"{server.url}/sign-in", form={"token": TOKEN}, max_redirects=0)


async def watch(context: BrowserContext) -> Watched:
    watched = Watched(await context.new_page())
    page = watched.page
    page.on("console", lambda message: message.type in ("error", "warning") and watched.complaints.append(message.text))
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.on("dialog", lambda dialog: watched.complaints.append(f"dialog: {dialog.message}"))
    page.on("request", lambda request: watched.requests.append(request.url))
    return watched


@shared
async def context(chromium: Browser, server: Running) -> AsyncIterator[BrowserContext]:
    context = await chromium.new_context(viewport=WIDE, timezone_id="America/Los_Angeles", locale="en-US")
    # A browser with a window lets a page write to the clipboard after a click; one without a window has to be told.
    await context.grant_permissions(["clipboard-write"])
    context.set_default_timeout(PATIENCE_MS)
    await sign_in(context, server)
    yield context
    await context.close()


@shared
async def watched(context: BrowserContext, server: Running) -> AsyncIterator[Watched]:
    """Whatever a test does, the browser must have had nothing to complain about, and asked nobody but us."""
    watched = await watch(context)
    yield watched
    assert watched.complaints == []
    assert [url for url in watched.requests if not url.startswith((server.url, "data:", "blob:"))] == []
