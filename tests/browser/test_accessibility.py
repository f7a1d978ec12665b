"""WCAG 2.2 AA by axe, on every screen, in both themes, wide and on a phone; and what axe does not see: small targets,
boxes that cover each other at any width, and errors in the console."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize, expect

from app import clock, keys
from app.domain.access import AccessRole
from app.domain.forwards.model import ForwardHealth
from tests.conftest import Running
from tests.pairs import lost, timed_out
from tests.reconciling import arrive, compared, ended, here, row, send, table
from tests.signed import FIELDS, OTHER, SECRET, twilio_headers
from tests.web.listeners.listening import listening, until_attempts
from tests.web.shares.conftest import make_share

from .axe import violations
from .boxes import measure
from .conftest import WIDE, Watched, shared, sign_in
from .test_live_page import bin_page, post

__all__ = ["here"]

GUIDE = ("settings", "tests")
TABS = ("summary", "fields", "headers", "raw", "signature", "timing", "answer", "related", "replay")


NARROW = {"width": 360, "height": 740}
TINY = {"width": 320, "height": 640}


@dataclass(frozen=True, slots=True)
class Look:
    """A width and a theme that each screen is looked at in, one after the other without loading it again. A rule that
    does not depend on colours is checked in one theme."""

    name: str
    size: ViewportSize
    theme: Literal["light", "dark"]
    all_rules: bool


LOOKS = (
    Look("wide and light", WIDE, "light", all_rules=True),
    Look("wide and dark", WIDE, "dark", all_rules=False),
    Look("narrow and dark", NARROW, "dark", all_rules=False),
    Look("narrow and light", NARROW, "light", all_rules=True),
    Look("tiny and light", TINY, "light", all_rules=True),
)
# A control smaller than 24 px, or than 44 px in touch, that is not a link in running text (2.5.8).
SMALL = """
[...document.querySelectorAll('button, a, select, input, summary')].filter((item) => {
  const box = (item.labels?.[0] ?? item).getBoundingClientRect();
  const shown = item.checkVisibility({ visibilityProperty: true }) && box.width > 1;
  return shown && !item.matches('p a, article li a, td a, th a, .skip, [disabled]') && box.height < LIMIT - 0.5;
}).map((item) => item.outerHTML.slice(0, 120))
"""


class Judge:
    """Looks at one screen after the other; `found` is what is wrong with them."""

    def __init__(self, server: Running, page: Page) -> None:
        self.server = server
        self.found: dict[str, list[str]] = {}
        self._page = page
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.found.setdefault(page.url, []).append(str(error)))

    async def see(self, *paths: str) -> None:
        """Screens of the server."""
        for path in paths:
            await self._page.set_viewport_size(WIDE)
            await self._page.emulate_media(color_scheme="light")
            await self._page.goto(self.server.url + path)
            for look in LOOKS:
                await self._look(path, look)
            if covered := await measure(self._page):
                self.found[f"{path}: boxes"] = covered

    async def see_bin(self, *paths: str) -> None:
        """Screens of the bin."""
        await self.see(*(f"/bins/{self.server.bin.id}{path}" for path in paths))

    async def leave(self) -> None:
        """An empty page that hears of its first capture goes to the list; that must not cross the next step."""
        await self._page.goto("about:blank")

    async def sign_out(self) -> None:
        """As a browser that is new here."""
        await self._page.context.clear_cookies()

    async def _look(self, path: str, look: Look) -> None:
        page = self._page
        await page.set_viewport_size(look.size)
        await page.emulate_media(color_scheme=look.theme)
        for rule, places in (await violations(page, only_colours=not look.all_rules)).items():
            self._add(path, look, rule, places)
        if not look.all_rules:
            return
        limit = 24 if look.size is WIDE else 44
        if path != "/docs" and (small := await page.evaluate(SMALL.replace("LIMIT", str(limit)))):
            self._add(path, look, f"targets under {limit} px", small)
        overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 0:
            self._add(path, look, "wider than the screen", [str(overflow)])

    def _hear(self, message: ConsoleMessage) -> None:
        # The browser says so of a page that is not found, and of one with a wrong filter.
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.found.setdefault(self._page.url, []).append(message.text)

    def _add(self, path: str, look: Look, what: str, where: list[str]) -> None:
        self.found[f"{path}, {look.name}: {what}"] = where


@shared
async def judge(server: Running, chromium: Browser) -> AsyncIterator[Judge]:
    """Whatever it has found fails the test."""
    context = await chromium.new_context()
    made = Judge(server, await context.new_page())
    await sign_in(context, server)
    yield made
    await context.close()
    assert made.found == {}


SMS = {"From": "+14155550123", "To": "+19495550142", "Text": "Grüße ☂", "MessageSid": "SM1", "Tag": ""}


async def _sms(server: Running) -> None:
    async with server.client.post(server.capture_url + "?a=b", data=SMS, headers={"Cookie": "a=b"}):
        pass


async def _annotate(server: Running) -> None:
    annotation = {"pinned": True, "note": "called back", "tags": ["late", "x" * 40]}
    async with server.client.put(f"{server.bin_api}/captures/1/annotation", json=annotation) as answer:
        assert answer.status == 200


async def test_pages_of_the_server_and_of_a_bin_have_no_violation(server: Running, judge: Judge) -> None:
    long = "Ann ☂ " + "x" * 94
    async with server.client.patch(server.bin_api, json={"name": long}):
        pass
    await server.app[keys.ACCESS].tokens.add(name=long, role=AccessRole.READ, bins=[server.bin.id], expires_in=None)
    await judge.see("/settings/tokens", "/settings/sessions", "/settings/audit")
    await judge.see("/", "/nothing")
    await judge.see_bin("", "/setup", "/overview", "/settings", "/privacy", "/shares?n=1", "/delete")
    await judge.sign_out()
    await judge.see("/sign-in")


async def test_the_docs_have_no_violation(server: Running, judge: Judge) -> None:
    await judge.see("/docs", "/docs/guide", *(f"/docs/guide/{name}" for name in GUIDE))


async def test_a_list_of_requests_has_no_violation(server: Running, judge: Judge) -> None:
    await _sms(server)
    async with server.client.put(f"{server.bin_api}/filters/f1", json={"name": "Greetings ☂", "q": "grüße"}):
        pass
    await _annotate(server)
    await judge.see_bin("/setup", "", "?q=fro:x", "?q=grüße", "?at=soon", "?at=99")


async def test_a_request_has_no_violation(server: Running, judge: Judge) -> None:
    await _sms(server)
    await _annotate(server)
    await judge.see_bin(*(f"/captures/1?tab={tab}" for tab in TABS))
    await judge.see_bin("/captures/1?tab=raw&find=a", "/captures/1?tab=fields&find=a")


async def test_shares_have_no_violation(server: Running, judge: Judge) -> None:
    for role in ("", "/fallback"):
        async with server.client.post(server.capture_url + role, data=SMS):
            pass
    await server.settled(2)
    pair = await make_share(server, comparison={"n": 1}, mask=False)
    links = [await make_share(server), await make_share(server, n=1), await make_share(server, n=2, mask=False), pair]
    message = {"provider": "ytel", "message_id": "SM1"}
    async with server.client.get(f"{server.bin_api}/messages") as answer:
        message["provider"] = (await answer.json())["items"][0]["provider"]
    links.append(await make_share(server, message=message))
    await judge.see(*(link["url"].removeprefix(server.url) for link in links))
    await judge.see_bin("/shares", "", "/captures/1", "/compare/1", f"/messages/{message['provider']}/SM1")


async def test_signatures_have_no_violation(server: Running, judge: Judge) -> None:
    await judge.see_bin("/signatures")
    for secret in (SECRET, OTHER):
        async with server.client.post(
            server.capture_url, data=FIELDS, headers=twilio_headers(server.capture_url, secret=secret)
        ):
            pass
    await judge.see_bin("/captures/1?tab=signature")
    # A new secret has the bin parsed again, and an open page loads the new result.
    await judge.leave()
    async with server.client.put(f"{server.bin_api}/secrets/primary", json={"secret": SECRET}):
        pass
    await judge.see_bin("/signatures", "", *(f"/captures/{n}?tab=signature" for n in (1, 2)), "/simulate?sign=valid")


async def test_forwards_have_no_violation(server: Running, judge: Judge) -> None:
    await judge.see_bin("/forwards")
    await _sms(server)
    # It cannot be signed, so the target is not called.
    forward = {"name": "Mine", "url": "https://example.net/sms", "start": 1, "signature": "target"}
    async with server.client.post(f"{server.bin_api}/forwards", json=forward) as answer:
        made = await answer.json()
    event = {"name": "Events", "url": "https://example.net/sms", "start": 1, "mode": "event", "paused": True}
    async with server.client.post(f"{server.bin_api}/forwards", json=event) as answer:
        events = await answer.json()

    async def is_rejected() -> bool:
        return [each["state"] for each in (await server.capture(1))["forwards"]] == ["rejected", "held"]

    await server.until(is_rejected)
    runner = server.app[keys.FORWARDS].runner(server.bin.id, made["id"])
    runner.use(replace(runner.stored, health=ForwardHealth(probe_at=clock.now() + timedelta(minutes=4))), None)
    async with listening(server, "a" * 60, after=0) as away:
        await away.capture()
        await away.say("failed", n=1, why="connection refused", ms=2)
        await until_attempts(server, 1, 2)
    async with listening(server):
        await judge.see_bin("/forwards", f"/forwards?edit={events['id']}", "", "/captures/1?tab=replay")


async def test_wiretaps_have_no_violation(server: Running, judge: Judge) -> None:
    await judge.see_bin("/wiretaps?role=voice-fallback")
    # A private target is blocked when its name is known, so nothing is called.
    wiretap = {"url": "http://handler.localhost:8080/sms", "on_failure": "safe"}
    async with server.client.put(f"{server.bin_api}/wiretaps/primary", json=wiretap) as answer:
        assert answer.status == 200
    await _sms(server)

    async def is_kept() -> bool:
        async with server.client.get(f"{server.bin_api}/captures/1/attempts") as answer:
            return len((await answer.json())["items"]) > 0

    await server.until(is_kept)
    await judge.see_bin("/wiretaps", "/captures/1?tab=answer", "/forwards")


async def test_alerts_have_no_violation(server: Running, judge: Judge) -> None:
    await judge.see_bin("/alerts", "/alerts?kind=matches")
    alert = {"name": "Failed", "kind": "matches", "emails": [], "browser": True, "filter": "kind:inbound"}
    alert |= {"webhook": {"url": "http://hooks.localhost:9999/x"}, "quiet": {"begin": "03:00", "end": "03:01"}}
    async with server.client.post(f"{server.bin_api}/alerts", json=alert) as answer:
        made = await answer.json()
    await _sms(server)

    async def fires() -> bool:
        return server.app[keys.ALERTS].get(server.bin.id, made["id"]).state.firing

    await server.until(fires)
    await judge.see_bin("/alerts", f"/alerts/{made['id']}", f"/alerts?edit={made['id']}", "")


async def test_messages_have_no_violation(server: Running, judge: Judge) -> None:
    await _sms(server)
    callback = {"From": "+19495550142", "To": "+14155550123", "MessageSid": "SM2", "Status": "sent"}
    async with server.client.post(server.capture_url + "/status", data=callback):
        pass
    failed = callback | {"MessageSid": "SM3", "Status": "failed", "ErrorCode": "30003"}
    async with server.client.post(server.capture_url + "/status", data=failed):
        pass
    await judge.see("/")
    await judge.see_bin("/overview", "/overview?range=30d", "?q=after:1h")
    await judge.see_bin("/captures/2", "/messages", "/messages?q=has:stuck", "/messages/generic/SM2")
    await judge.see_bin(
        "/conversations",
        "/conversations?q=hello",
        "/conversations?q=fro:x",
        "/conversations/%2B14155550123/%2B19495550142",
    )


async def test_comparing_has_no_violation(server: Running, judge: Judge) -> None:
    async with server.client.patch(server.bin_api, json={"provider": "ytel"}):
        pass
    await judge.see_bin("/compare")
    await judge.leave()
    primary, fallback = await timed_out(server)
    alone = await lost(server, sid="lost")
    for path in ("", "?show=all", f"/{primary}", f"/{alone}", f"/{alone}/{fallback}"):
        await judge.see_bin(f"/compare{path}")
    await judge.see_bin(f"/captures/{primary}")


async def test_behaving_on_purpose_has_no_violation(server: Running, judge: Judge) -> None:
    await judge.see_bin("/faults")
    fault = {"kind": "status", "status": [500, 500, 200], "count": 2}
    async with server.client.put(f"{server.bin_api}/faults/primary", json=fault):
        pass
    rule = {"match": "text~stop", "answer": {"status": 200, "body": "OK"}}
    wish = {"status": 500, "body": "", "rules": [rule]}
    async with server.client.put(f"{server.bin_api}/answers/primary", json=wish):
        pass
    await _sms(server)
    await judge.see_bin("/faults?role=status", "/answers", "/answers?role=status", "/captures/1?tab=answer", "")


async def test_teaching_a_provider_has_no_violation(server: Running, judge: Judge) -> None:
    await judge.see_bin("/mapping")
    await judge.leave()
    callback = {"list": [{"uid": "m1", "to": "+14155550123", "state": "7"}, {"uid": "m2", "state": "sent"}]}
    async with server.client.post(server.capture_url + "/status", json=callback):
        pass
    fields = {"id": "list.*.uid", "to": ["list.*.to", "to"], "status": "list.*.state", "text": "header:X-Text"}
    async with server.client.put(f"{server.bin_api}/mapping", json={"name": "Acme", "fields": fields}):
        pass
    await judge.see_bin("/mapping", "/captures/1", "/messages/custom/m1")


@pytest.mark.usefixtures("here")
async def test_reconciliations_have_no_violation(server: Running, judge: Judge) -> None:
    await arrive(server, 1)
    made = await compared(server, [row(1), row(2)])
    unknown = await send(server, table([["1", "2"]], ("Ref", "Wann")))
    assert (await ended(server, unknown["id"]))["state"] == "needs_columns"
    await judge.see_bin("/reconcile", *(f"/reconcile/{each['id']}" for each in (made, unknown)))


async def test_drills_have_no_violation(server: Running, judge: Judge) -> None:
    await judge.see_bin("/drills")
    async with server.client.post(f"{server.bin_api}/drills", json={"measure": True}) as answer:
        drill = (await answer.json())["id"]
    await judge.see_bin(f"/drills/{drill}")
    async with server.client.delete(f"{server.bin_api}/drills/{drill}"):
        pass
    await judge.see_bin("/drills", f"/drills/{drill}")


async def test_simulating_has_no_violation(server: Running, judge: Judge) -> None:
    await judge.see_bin("/simulate?target=own&trouble-emoji=on&count=0", f"/simulate?{await _a_run(server)}")


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
    await page.goto(f"{bin_page(server)}/captures/1?tab=replay")
    for name in ("Copy as code", "Edit before sending"):
        await page.get_by_label(name).or_(page.get_by_text(name)).first.click()
        assert await violations(page) == {}
        await page.keyboard.press("Escape")
    await page.goto(f"{bin_page(server)}/captures/1")
    for name in ("Switch bin", "Live last request"):
        await page.get_by_role("button", name=name).first.click()
        assert await violations(page) == {}
        await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Help").first.click()
    assert await violations(page) == {}
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Delete").click()
    assert await violations(page) == {}
    await page.get_by_role("button", name="Undo").click()


async def test_tab_walks_through_the_whole_page_and_out_again(server: Running, watched: Watched) -> None:
    await post(server, "row", count=5)
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/3")
    # Until the script of the list is loaded each row is a stop.
    await expect(page.locator("#capture-3 .row")).to_be_focused()
    await expect(page.locator('[data-rows] .row:not([tabindex="-1"])')).to_have_count(1)
    stops = []
    for _ in range(120):
        await page.keyboard.press("Tab")
        stops.append(await page.evaluate("document.activeElement.outerHTML.slice(0, 90)"))
        if stops.count(stops[0]) > 1:
            break
    assert stops.count(stops[0]) == 2, "the focus never came round"
    # The focus begins at the row of the open request; in the page, the link to the content comes first.
    first = next(index for index, stop in enumerate(stops) if 'class="skip"' in stop)
    stops = [*stops[first:-1], *stops[:first]]
    rows = [stop for stop in stops if 'class="row' in stop]
    assert len(rows) == 1
    assert stops.index(rows[0]) < next(index for index, stop in enumerate(stops) if "data-step" in stop)


async def test_the_skip_link_leads_to_the_main_thing(server: Running, watched: Watched) -> None:
    await post(server, "row")
    page = watched.page
    for path in ("", "/messages", "/settings"):
        await page.goto(bin_page(server) + path)
        assert await page.locator("#main").count() == 1
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()


async def test_the_focus_begins_at_the_row_of_the_open_request(server: Running, watched: Watched) -> None:
    await post(server, "row", count=2)
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/1")
    await expect(page.locator("#capture-1 .row")).to_be_focused()
