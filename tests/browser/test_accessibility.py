"""WCAG 2.2 AA by axe, on every screen, in both themes, wide and on a phone; and what axe does not see."""

import asyncio
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.async_api import expect

from app import keys
from tests.conftest import Running
from tests.pairs import lost, timed_out

from .conftest import WIDE, Watched, sign_in
from .test_live_page import bin_page, post

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}"
TABS = ("summary", "fields", "headers", "raw", "timing", "answer", "related", "replay")


NARROW = {"width": 360, "height": 740}
TINY = {"width": 320, "height": 640}
HOLDS = [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark"), (TINY, "light")]
NAMES = ["wide-light", "wide-dark", "narrow-light", "narrow-dark", "tiny-light"]
# A control smaller than 24 px, or than 44 px in touch, that is not a link in running text (2.5.8).
SMALL = """
[...document.querySelectorAll('button, a, select, input, summary')].filter((item) => {
  const box = (item.labels?.[0] ?? item).getBoundingClientRect();
  const shown = item.checkVisibility({ visibilityProperty: true }) && box.width > 1;
  return shown && !item.matches('p a, td a, th a, .skip, [disabled]') && box.height < LIMIT - 0.5;
}).map((item) => item.outerHTML.slice(0, 120))
"""


@pytest.mark.parametrize(("size", "scheme"), HOLDS, ids=NAMES)
async def test_no_screen_has_a_violation(server: Running, chromium, size: dict, scheme: str) -> None:
    context = await chromium.new_context(viewport=size, color_scheme=scheme)
    page = await context.new_page()
    found = {}

    async def check(path: str) -> None:
        await page.goto(server.url + path)
        # axe comes in through the debugger, as the page's own policy would rightly refuse it as a script tag.
        await page.evaluate(AXE)
        # Swagger UI is not ours to mend: around it, our rules hold.
        result = await page.evaluate(f"axe.run({{exclude: [['.swagger']]}}, {RULES})")
        for violation in result["violations"]:
            found[f"{path}: {violation['id']}"] = [node["html"][:200] for node in violation["nodes"]]
        if path != "/docs":
            limit = 24 if size is WIDE else 44
            if small := await page.evaluate(SMALL.replace("LIMIT", str(limit))):
                found[f"{path}: targets under {limit} px"] = small
        overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 0:
            found[f"{path}: wider than the screen"] = [str(overflow)]

    await check("/sign-in")
    await sign_in(context, server)
    await check("/")
    await check(f"/bins/{server.bin.id}")
    # An empty page that hears of its first capture goes to the list; that must not cross the next step here.
    await page.goto("about:blank")
    data = {"From": "+14155550123", "To": "+19495550142", "Text": "Grüße ☂", "MessageSid": "SM1", "Tag": ""}
    async with server.client.post(server.capture_url + "?a=b", data=data, headers={"Cookie": "a=b"}):
        pass
    await check(f"/bins/{server.bin.id}")
    for tab in TABS:
        await check(f"/bins/{server.bin.id}/captures/1?tab={tab}")
    callback = {"From": "+19495550142", "To": "+14155550123", "MessageSid": "SM2", "Status": "sent"}
    async with server.client.post(server.capture_url + "/status", data=callback):
        pass
    for path in ("", "?q=fro:x", "/captures/2", "/messages", "/messages?q=has:stuck", "/messages/generic/SM2"):
        await check(f"/bins/{server.bin.id}{path}")
    await check(f"/bins/{server.bin.id}/conversations")
    await check(f"/bins/{server.bin.id}/conversations/%2B14155550123/%2B19495550142")
    async with server.client.patch(server.bin_api, json={"provider": "ytel"}):
        pass
    await check(f"/bins/{server.bin.id}/compare")
    primary, fallback = await timed_out(server)
    alone = await lost(server, sid="lost")
    for path in ("", "?show=all", f"/{primary}", f"/{alone}", f"/1/{fallback}"):
        await check(f"/bins/{server.bin.id}/compare{path}")
    await check(f"/bins/{server.bin.id}/captures/{primary}")
    await check(f"/bins/{server.bin.id}/settings")
    await check(f"/bins/{server.bin.id}/faults")
    fault = {"kind": "status", "status": [500, 500, 200], "count": 2}
    async with server.client.put(f"{server.bin_api}/faults/primary", json=fault):
        pass
    rule = {"match": "text~stop", "answer": {"status": 200, "body": "OK"}}
    async with server.client.put(
        f"{server.bin_api}/answers/primary", json={"status": 500, "body": "", "rules": [rule]}
    ):
        pass
    async with server.client.post(server.capture_url, data=data):
        pass
    for path in ("/faults?role=status", "/answers", "/answers?role=status", "/captures/3?tab=answer", "/settings", ""):
        await check(f"/bins/{server.bin.id}{path}")
    await check(f"/bins/{server.bin.id}/delete")
    await check(f"/bins/{server.bin.id}/simulate?target=own&trouble-emoji=on&count=0")
    await check(f"/bins/{server.bin.id}/simulate?{await _a_run(server)}")
    await check("/nothing")
    await check("/docs")
    await context.close()
    assert found == {}


async def _a_run(server: Running) -> str:
    """One that has been played to its end."""
    wish = {"provider": "ytel", "what": "inbound", "count": 2, "rate": 100}
    async with server.client.post(f"{server.bin_api}/simulations", json=wish) as answer:
        run = server.app[keys.SIMULATING].find(server.bin.id, (await answer.json())["id"])
    assert run.task is not None
    await asyncio.wait([run.task])
    return f"run={run.id}"


async def test_open_menus_have_no_violation_either(server: Running, watched: Watched) -> None:
    await post(server, "row", count=2)
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/1")
    await page.evaluate(AXE)
    for name in ("Switch bin", "Live last request"):
        await page.get_by_role("button", name=name).first.click()
        result = await page.evaluate(f"axe.run(document, {RULES})")
        assert [violation["id"] for violation in result["violations"]] == []
        await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Help").first.click()
    result = await page.evaluate(f"axe.run(document, {RULES})")
    assert [violation["id"] for violation in result["violations"]] == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Delete").click()
    result = await page.evaluate(f"axe.run(document, {RULES})")
    assert [violation["id"] for violation in result["violations"]] == []
    await page.get_by_role("button", name="Undo").click()


async def test_tab_walks_through_the_whole_page_and_out_again(server: Running, watched: Watched) -> None:
    await post(server, "row", count=5)
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/3")
    stops = []
    for _ in range(80):
        await page.keyboard.press("Tab")
        stops.append(await page.evaluate("document.activeElement.outerHTML.slice(0, 90)"))
        if stops.count(stops[0]) > 1:
            break
    assert "Skip to content" in stops[0] or 'class="skip"' in stops[0]
    assert stops.count(stops[0]) == 2, "the focus never came round"
    rows = [stop for stop in stops if 'class="row' in stop]
    assert len(rows) == 1
    assert stops.index(rows[0]) < next(index for index, stop in enumerate(stops) if "data-step" in stop)


async def test_the_skip_link_leads_to_the_main_thing(server: Running, watched: Watched) -> None:
    await post(server, "row")
    page = watched.page
    for path in ("", "/captures/1", "/settings"):
        await page.goto(bin_page(server) + path)
        assert await page.locator("#main").count() == 1
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
