"""Measures the boxes of a page at many widths: nothing scrolls sideways, and no text or control covers another one."""

from playwright.async_api import Page

# The last two are 1280 and 1024 px at a zoom of 200 %.
SIZES = ((1600, 900), (1280, 800), (1024, 768), (768, 1024), (390, 844), (320, 640), (640, 400), (512, 384))
MEASURE = """() => {
  const SPARE = 1;
  const CONTROLS = "a, button, input, select, textarea, summary";
  const found = [];
  const words = (item) => item.textContent.trim().replace(/\\s+/g, " ").slice(0, 30);
  const name = (item) => `${item.cloneNode(false).outerHTML.slice(0, 90)} ${words(item)}`;
  const wider = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wider > 0) found.push(`scrolls sideways by ${wider} px`);

  for (const pane of document.querySelectorAll(".pane")) {
    if (pane.scrollWidth > pane.clientWidth + SPARE) found.push(`a pane scrolls sideways: ${name(pane)}`);
  }

  // On a phone and a tablet the tabs may be scrolled.
  for (const tabs of document.querySelectorAll("header .tabs")) {
    const isCut = tabs.checkVisibility() && tabs.scrollWidth > tabs.clientWidth + SPARE;
    if (isCut && innerWidth >= 1200) found.push("the tabs of the bar are cut");
  }

  // Each is compared with those of its own layer: what is fixed, sticky or placed lies over the rest on purpose.
  function layerOf(item) {
    for (let at = item; at; at = at.parentElement) {
      if (getComputedStyle(at).position !== "static" && getComputedStyle(at).position !== "relative") return at;
    }
    return document.body;
  }

  function clipped(rect, first) {
    let { left, top, right, bottom } = rect;
    for (let at = first; at; at = at.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(at);
      if (overflowX === "visible" && overflowY === "visible") continue;
      const box = at.getBoundingClientRect();
      [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
      [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
    }
    return right - left > 2 && bottom - top > 2 ? { left, top, right, bottom } : null;
  }

  // Pictures place their texts themselves, and Swagger UI is not ours to change.
  const isSeen = (item) => item.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !item.closest("svg, .sr, .swagger, .skip");
  const boxes = [];
  for (const item of document.querySelectorAll(CONTROLS)) {
    // A radio button of a choice is its whole label.
    if (!isSeen(item) || item.closest(".choice label")) continue;
    const isInline = getComputedStyle(item).display === "inline";
    for (const rect of isInline ? item.getClientRects() : [item.getBoundingClientRect()]) {
      const box = clipped(rect, item.parentElement);
      if (box) boxes.push({ item, ...box });
    }
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const item = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !isSeen(item)) continue;
    range.selectNodeContents(walker.currentNode);
    for (const rect of range.getClientRects()) {
      // A line of text is higher than its letters.
      const box = clipped({ left: rect.left, right: rect.right, top: rect.top + 3, bottom: rect.bottom - 3 }, item);
      if (box) boxes.push({ item, text: true, ...box });
    }
  }
  boxes.sort((one, other) => one.top - other.top);
  for (const [at, one] of boxes.entries()) {
    for (let next = at + 1; next < boxes.length && boxes[next].top < one.bottom - SPARE; next += 1) {
      const other = boxes[next];
      const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const height = Math.min(one.bottom, other.bottom) - other.top;
      if (width <= SPARE || height <= SPARE || one.item.contains(other.item) || other.item.contains(one.item)) continue;
      if (layerOf(one.item) !== layerOf(other.item)) continue;
      found.push(`${Math.round(width)}x${Math.round(height)} px: ${name(one.item)} | ${name(other.item)}`);
    }
  }
  return found;
}"""


async def measure(page: Page) -> list[str]:
    """What is wrong with the open page, at each width. The size of the window is the first one afterwards."""
    found = []
    for width, height in (*SIZES[1:], SIZES[0]):
        await page.set_viewport_size({"width": width, "height": height})
        found += [f"{width} px: {what}" for what in await page.evaluate(MEASURE)]
    return found
