"""WCAG 2.2 AA by axe, on every screen, in both themes, wide and on a phone."""

from pathlib import Path

import axe_playwright_python
import pytest

from tests.conftest import Running

from .conftest import PHONE, WIDE, sign_in

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}"
TABS = ("summary", "fields", "headers", "raw", "timing", "answer")


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide-light", "phone-dark"])
async def test_no_screen_has_a_violation(server: Running, chromium, size: dict, scheme: str) -> None:
    context = await chromium.new_context(viewport=size, color_scheme=scheme)
    page = await context.new_page()
    found = {}

    async def check(path: str) -> None:
        await page.goto(server.url + path)
        # axe comes in through the debugger, as the page's own policy would rightly refuse it as a script tag.
        await page.evaluate(AXE)
        result = await page.evaluate(f"axe.run(document, {RULES})")
        for violation in result["violations"]:
            found[f"{path}: {violation['id']}"] = [node["html"][:200] for node in violation["nodes"]]
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
    await check(f"/bins/{server.bin.id}/settings")
    await check(f"/bins/{server.bin.id}/delete")
    await check("/nothing")
    await context.close()
    assert found == {}
