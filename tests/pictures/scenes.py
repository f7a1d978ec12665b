"""What is played for the pictures, and what of it is taken."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import Page, expect

from .film import Film
from .provider import Provider

QUESTION = "Is the 3pm slot still open?"
LOST_ON_PRIMARY = "Can I move it to Tuesday?"
HELD_S = 16
"""A second more than the provider waits."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A bin of a running server: `site` is its page, `api` its address in the API."""

    client: aiohttp.ClientSession
    provider: Provider
    site: str
    api: str

    async def fault(self, **fault: Any) -> None:
        """Make the primary URL misbehave."""
        await self._call("PUT", "/faults/primary", fault)

    async def simulate(self, **wish: Any) -> str:
        """The id of a run that has ended."""
        run = await self._call("POST", "/simulations", wish)
        while (run := await self._call("GET", f"/simulations/{run['id']}"))["state"] == "running":
            await asyncio.sleep(0.1)
        return str(run["id"])

    async def pair(self, text: str) -> int:
        """The number of the primary request whose message has this text."""
        pairs = (await self._call("GET", "/comparison"))["items"]
        return next(pair["primary"][0] for pair in pairs if pair["text"] == text)

    async def name(self, name: str) -> None:
        """Give the bin a name and a provider."""
        await self._call("PATCH", "", {"name": name, "provider": "ytel"})

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        async with self.client.request(method, self.api + path, json=body, raise_for_status=True) as answer:
            return await answer.json()


async def play_past(stage: Stage) -> None:
    """What the bin holds before: a few SMS, two sends, and a primary that answered 500 once."""
    provider = stage.provider
    await provider.deliver("+14155550165", "Hello, is this the front desk?")
    await provider.report("+14155550165", "Queued", "Success")
    await provider.deliver("+17145550155", "Grüße ☂ from the other side")
    await provider.report("+15035550180", "Queued", "Failed")
    await stage.fault(kind="status", status=[500], count=1)
    await provider.deliver("+19495550134", "On my way, five minutes")
    await provider.deliver("+19495550157", "Thanks!")


async def play_failover(stage: Stage, page: Page, film: Film) -> None:
    """The story of README, frame by frame."""
    await page.goto(stage.site)
    await _live(page)
    await film.shoot(page, "Each request of your SMS provider appears here, live.", 2200)
    await stage.provider.deliver("+19495550199", QUESTION)
    await page.get_by_text(QUESTION).wait_for()
    await film.shoot(page, "1. An SMS arrives.", 1800)
    await page.get_by_text(QUESTION).click()
    await page.get_by_text("Message id", exact=True).wait_for()
    await film.shoot(page, "1. An SMS arrives. Every field, header and byte of it is stored.", 3000)
    # Anew: while a row has the focus, new rows are held back.
    await page.goto(stage.site)
    await _live(page)
    await stage.fault(kind="hold", seconds=HELD_S, count=1)
    await page.get_by_text("hold").first.wait_for()
    await film.shoot(page, "2. Make your primary URL fail: it holds the next answer for 16 seconds.", 3200)
    delivery = asyncio.ensure_future(stage.provider.deliver("+17145550109", LOST_ON_PRIMARY))
    await page.get_by_text(LOST_ON_PRIMARY).wait_for()
    while not delivery.done():
        await film.shoot(page, "3. The next SMS arrives. The primary URL does not answer …", 500)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(delivery), 3)
    await expect(page.get_by_text(LOST_ON_PRIMARY)).to_have_count(2)
    await film.shoot(page, "3. After 15 seconds the provider gives up, and uses the fallback URL.", 3200)
    await page.goto(f"{stage.site}/compare/{await stage.pair(LOST_ON_PRIMARY)}")
    await _live(page)
    await film.shoot(page, "4. Compare says what happened, and whether anything was lost.", 5500)


async def take_stills(stage: Stage, page: Page, folder: Path) -> None:
    """The pictures that stand still, of what was played before."""
    await page.goto(stage.site)
    await _live(page)
    await page.get_by_text(QUESTION).click()
    await page.get_by_text("Message id", exact=True).wait_for()
    await page.screenshot(path=folder / "live.png")
    await page.goto(f"{stage.site}/compare/{await stage.pair(LOST_ON_PRIMARY)}")
    await _live(page)
    await page.screenshot(path=folder / "compare.png")
    await stage.fault(kind="status", status=[500], count=3)
    run = await stage.simulate(provider="ytel", what="inbound", count=8, rate=8, seed=42)
    await page.goto(f"{stage.site}/simulate?run={run}&count=8&rate=8&seed=42")
    await page.screenshot(path=folder / "simulate.png")


async def _live(page: Page) -> None:
    await expect(page.locator("[data-live-state] b").first).to_have_text("Live")
