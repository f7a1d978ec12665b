"""A bin with many requests, and a recorder of what its list shows while it is scrolled."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from playwright.async_api import Page

from app import clock, keys
from tests.conftest import Running
from tests.storage.builders import a_capture

FORM = ((b"Content-Type", b"application/x-www-form-urlencoded"),)
AT_ONCE = 500
NUMBERS = "() => [...document.querySelectorAll('[data-rows] [data-n]')].map((row) => Number(row.dataset.n))"
# Every state of the list is checked when it has changed; `pass` scrolls to an end and notes what is on the screen.
RECORDER = """() => {
  const rows = document.querySelector("[data-rows]");
  const box = () => {
    const list = document.querySelector("[data-scroller]");
    return getComputedStyle(list).overflowY === "visible" ? document.scrollingElement : list;
  };
  const all = () => [...rows.querySelectorAll("[data-n]")];
  const frame = () => new Promise(requestAnimationFrame);
  const record = window.record = { seen: new Set(), most: 0, wrong: [], frames: 0 };
  new MutationObserver(() => {
    const numbers = all().map((row) => Number(row.dataset.n));
    record.most = Math.max(record.most, numbers.length);
    for (const [at, n] of numbers.entries()) if (at && numbers[at - 1] <= n) record.wrong.push([numbers[at - 1], n]);
  }).observe(rows, { childList: true });

  function look() {
    const top = Math.max(0, box() === document.scrollingElement ? 0 : box().getBoundingClientRect().top);
    for (const row of all()) {
      const place = row.getBoundingClientRect();
      if (place.bottom > top && place.top < innerHeight) record.seen.add(Number(row.dataset.n));
      else if (place.top >= innerHeight) break;
    }
  }

  record.pass = async (end) => {
    look();
    for (let idle = 0; idle < 600; idle += 1) {
      const before = box().scrollTop;
      const more = rows.querySelector(`:scope > [data-${end}]`);
      box().scrollTop += (end === "older" ? 0.7 : -0.7) * Math.min(innerHeight, box().clientHeight);
      await frame();
      look();
      if (box().scrollTop !== before) idle = 0;
      else if (!more) return;
      record.frames += 1;
    }
  };
}"""
# Milliseconds from the event to the frame that shows its result, in the page itself.
TIMED_KEYS = """async (count) => {
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  for (let press = 0; press < count; press += 1) {
    const from = document.activeElement.closest("[data-n]") ?? document.body;
    const began = performance.now();
    from.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true, cancelable: true }));
    await frame();
    times.push(performance.now() - began);
  }
  return times;
}"""
TIMED_OPENING = """async (count) => {
  const times = [];
  for (const row of [...document.querySelectorAll("[data-rows] .row")].slice(0, count)) {
    const shown = new Promise((done) => { document.addEventListener("smsbin:shown", done, { once: true }); });
    const began = performance.now();
    row.click();
    await shown;
    await new Promise(requestAnimationFrame);
    times.push(performance.now() - began);
  }
  return times;
}"""


@dataclass(frozen=True, slots=True)
class Record:
    """The numbers that were on the screen, the most rows that the page had, and neighbours in the wrong order."""

    seen: Sequence[int]
    most: int
    wrong: Sequence[Sequence[int]]


async def fill(server: Running, count: int, *, began: datetime | None = None, gap_s: float = 1) -> None:
    """Requests to the primary URL, `gap_s` apart; the last one is received now, or the first one at `began`."""
    store = server.app[keys.STORE]
    at = began or clock.now() - timedelta(seconds=gap_s * count)
    for first in range(1, count + 1, AT_ONCE):
        jobs = [
            store.add_capture(
                a_capture(server.bin, body=_body(n), headers=FORM, received_at=at + timedelta(seconds=gap_s * (n - 1)))
            )
            for n in range(first, min(first + AT_ONCE, count + 1))
        ]
        await asyncio.gather(*jobs)

    async def is_followed() -> bool:
        return (await store.get_bin(server.bin.id)).captures >= count

    await server.until(is_followed, within_s=120)


def _body(n: int) -> bytes:
    color = "odd" if n % 2 else "even"
    return f"From=%2B1415555{n % 10_000:04}&To=%2B19495550142&Text={color}+number+{n}".encode()


async def numbers(page: Page) -> list[int]:
    """The numbers of the rows in the page, from the top."""
    return await page.evaluate(NUMBERS)


async def record(page: Page) -> None:
    """Begin a record."""
    await page.evaluate(RECORDER)


async def scroll(page: Page, end: str) -> Record:
    """Scroll to the end of the list, "newer" or "older", and return the record until then."""
    await page.evaluate("(end) => record.pass(end)", end)
    return await recorded(page)


async def recorded(page: Page) -> Record:
    """The record until now."""
    found = await page.evaluate("({ seen: [...record.seen], most: record.most, wrong: record.wrong.slice(0, 5) })")
    return Record(sorted(found["seen"]), found["most"], found["wrong"])


async def time_keys(page: Page, count: int) -> list[float]:
    """The milliseconds from each press of "j" to the frame that shows it."""
    return await page.evaluate(TIMED_KEYS, count)


async def time_opening(page: Page, count: int) -> list[float]:
    """The milliseconds from each click on one of the first rows to the frame that shows its request."""
    return await page.evaluate(TIMED_OPENING, count)


def middle(times: Sequence[float]) -> float:
    """The median."""
    return sorted(times)[len(times) // 2]
