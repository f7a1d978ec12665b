"""WCAG 2.2 AA of an open page, checked by axe."""

from pathlib import Path

import axe_playwright_python
from playwright.async_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Rules of these levels that depend on colours.
COLOURS = ["color-contrast", "link-in-text-block"]
RUN = """
([type, values]) => {
  for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish();
  // Swagger UI is not ours to mend: around it, our rules hold.
  return axe.run({ exclude: [['.swagger']] }, { runOnly: { type, values }, resultTypes: ['violations'] });
}
"""


async def violations(page: Page, *, only_colours: bool = False) -> dict[str, list[str]]:
    """The rules that the page violates as it is now, each with the elements and what is wrong with them."""
    if not await page.evaluate("'axe' in window"):
        # It comes in through the debugger, as the page's own policy would rightly refuse it as a script tag.
        await page.evaluate(AXE)
    result = await page.evaluate(RUN, ["rule", COLOURS] if only_colours else ["tag", WCAG])
    return {
        rule["id"]: [f"{node['html'][:200]}: {node['failureSummary']}" for node in rule["nodes"]]
        for rule in result["violations"]
    }
