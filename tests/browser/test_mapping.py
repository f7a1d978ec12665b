"""Teaching a provider in a browser: choices change the preview at once, and saving changes the list."""

import asyncio
import json
import re
from pathlib import Path

from playwright.async_api import Locator, Page, Route, expect

from app import keys
from tests.conftest import Running

from .conftest import Watched
from .test_hostile_text import PAYLOADS
from .test_live_page import bin_page

SMS = {"data": {"uid": "m-1", "msisdn": "+14155550123", "shortcode": "90210", "said": {"utf8": "Is it open?"}}}
# Names that no reader guesses.
CALLBACK = {"reports": [{"zk": "o-1", "zs": 4}, {"zk": "o-2", "zs": 9}]}
ACME = {"name": "Acme", "fields": {"id": "data.uid", "text": "data.said.utf8"}, "statuses": {"9": "failed"}}


async def receive(server: Running, value: object, role: str = "") -> None:
    async with server.client.post(server.capture_url + role, json=value) as answer:
        assert answer.status == 200


def choice(page: Page, name: str) -> Locator:
    """The choice for a field or a word; its label has the value, too."""
    return page.get_by_label(re.compile(rf"^{re.escape(name)} "))


async def choose(page: Page, field: str, use: str) -> None:
    await choice(page, field).select_option(label=use)


async def test_a_provider_is_taught_by_clicking_and_the_rows_change(server: Running, watched: Watched) -> None:
    await receive(server, SMS)
    await receive(server, CALLBACK, "/status")
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/1")
    await page.get_by_role("link", name="Teach smsbin this provider").click()
    await expect(page.get_by_role("heading", name="Teach smsbin your provider")).to_be_visible()
    rows = page.locator("#mapping-preview tbody tr")
    await page.get_by_label("Name of the provider").fill("Acme")
    await choose(page, "data.msisdn", "From")
    await choose(page, "data.shortcode", "To")
    await choose(page, "data.said.utf8", "Text")
    await choose(page, "data.uid", "Message id")
    for text in ("Inbound SMS", "+14155550123", "90210", "Is it open?", "m-1"):
        await expect(rows.nth(1)).to_contain_text(text)
    await expect(rows.nth(0)).to_contain_text("as usual")

    await page.get_by_label("Fields of request").select_option("2")
    await expect(choice(page, "reports.*.zs")).to_be_visible()
    await choose(page, "reports.*.zk", "Message id")
    await choose(page, "reports.*.zs", "Status")
    await expect(rows.nth(0)).to_contain_text("Status callback")
    await expect(rows.nth(0)).to_contain_text("and 1 more message")
    await choose(page, "4", "Delivered")
    await expect(rows.nth(0)).to_contain_text("4 = Delivered")
    assert server.app[keys.MAPPINGS].of(server.bin.id) is None

    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#draft-state")).to_contain_text("Saved")
    mapping = server.app[keys.MAPPINGS].of(server.bin.id)
    assert mapping is not None
    assert mapping.fields.addresses("id") == ("reports.*.zk", "data.uid")
    await page.goto(bin_page(server))
    await expect(page.locator("#capture-1")).to_contain_text("Is it open?")
    await expect(page.locator("#capture-2")).to_contain_text("Delivered")


async def test_a_choice_keeps_the_focus_while_the_preview_changes(server: Running, watched: Watched) -> None:
    await receive(server, {"zq": "m-1"})
    page = watched.page
    await page.goto(f"{bin_page(server)}/mapping")
    field = choice(page, "zq")
    await field.focus()
    await page.keyboard.press("M")
    await expect(field).to_have_value("id")
    await expect(page.locator("#mapping-preview tbody tr")).to_contain_text("m-1")
    await expect(field).to_be_focused()


async def test_a_file_is_imported_and_a_saved_mapping_removed(
    server: Running, watched: Watched, tmp_path: Path
) -> None:
    await receive(server, SMS)
    file = tmp_path / "acme.json"
    file.write_text(json.dumps(ACME))
    page = watched.page
    await page.goto(f"{bin_page(server)}/mapping")
    await page.get_by_text("Import", exact=True).click()
    await page.get_by_label("Or choose a file").set_input_files(file)
    await expect(page.get_by_label("Paste a mapping")).not_to_have_value("")
    await page.get_by_role("button", name="Fill the form with it").click()
    await expect(page.get_by_label("Name of the provider")).to_have_value("Acme")
    await expect(choice(page, "9")).to_have_value("failed")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#draft-state")).to_contain_text("Saved")
    assert server.app[keys.MAPPINGS].of(server.bin.id) is not None
    page.once("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Remove the mapping").click()
    await expect(page.locator("#draft-state")).to_contain_text("Not saved yet")
    assert server.app[keys.MAPPINGS].of(server.bin.id) is None
    watched.complaints.clear()  # the dialog


async def test_a_preview_that_comes_after_an_import_changes_nothing(server: Running, watched: Watched) -> None:
    await receive(server, SMS)
    page, go_on = watched.page, asyncio.Event()

    async def hold(route: Route) -> None:
        await go_on.wait()
        await route.continue_()

    await page.route("**/mapping/preview", hold)
    await page.goto(f"{bin_page(server)}/mapping")
    async with page.expect_request("**/mapping/preview"):
        await page.get_by_label("Name of the provider").fill("Before")
    await page.get_by_text("Import", exact=True).click()
    await page.get_by_label("Paste a mapping").evaluate("(box, text) => { box.value = text; }", json.dumps(ACME))
    await page.get_by_role("button", name="Fill the form with it").click()
    await expect(choice(page, "9")).to_have_value("failed")
    async with page.expect_response("**/mapping/preview"):
        go_on.set()
    await page.evaluate("new Promise((done) => setTimeout(done))")
    await expect(choice(page, "9")).to_have_value("failed")


async def test_a_mistake_is_an_alert_and_what_was_chosen_stays(server: Running, watched: Watched) -> None:
    await receive(server, SMS)
    page = watched.page
    await page.goto(f"{bin_page(server)}/mapping")
    await page.get_by_label("Name of the provider").fill("")
    await choose(page, "data.uid", "Message id")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("must be a string of 1 to 60 characters")
    await expect(choice(page, "data.uid")).to_have_value("id")
    watched.complaints.clear()  # the browser reports the 422


async def test_names_and_values_of_a_request_do_nothing(server: Running, watched: Watched) -> None:
    await receive(server, {payload: payload for payload in PAYLOADS})
    page = watched.page
    await page.goto(f"{bin_page(server)}/mapping")
    await choose(page, PAYLOADS[0], "Text")
    await expect(page.locator("#mapping-preview tbody tr")).to_contain_text(PAYLOADS[0])
    await choose(page, PAYLOADS[1], "Status")
    await expect(page.locator("#mapping-words")).to_contain_text(PAYLOADS[1])
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#draft-state")).to_contain_text("Saved")
    for path in ("", "/captures/1", "/messages", "/mapping"):
        await page.goto(bin_page(server) + path)


async def test_what_back_brings_back_is_told_as_unsaved(server: Running, watched: Watched) -> None:
    await receive(server, SMS)
    page, state = watched.page, watched.page.locator("#draft-state")
    await page.goto(f"{bin_page(server)}/mapping")
    await page.get_by_label("Name of the provider").fill("Acme")
    await choose(page, "data.said.utf8", "Text")
    await page.get_by_role("button", name="Save").click()
    await expect(state).to_contain_text("Saved")
    await page.goto(f"{bin_page(server)}/mapping")
    await expect(state).to_contain_text("In use")
    await choose(page, "data.msisdn", "To")
    await expect(state).to_contain_text("Unsaved changes")
    await page.goto(f"{bin_page(server)}/settings")
    await page.go_back()
    await expect(choice(page, "data.msisdn")).to_have_value("to")
    await expect(state).to_contain_text("Unsaved changes")


async def test_a_preview_of_a_mapping_that_does_not_come_is_told(server: Running, watched: Watched) -> None:
    await receive(server, SMS)
    page = watched.page
    await page.goto(f"{bin_page(server)}/mapping")
    await page.route("**/mapping/preview", lambda route: route.fulfill(status=502))
    await choose(page, "data.uid", "Message id")
    await expect(page.locator("[data-unreachable]")).to_contain_text("The preview is not up to date")
    # The browser logs the failure.
    assert len(watched.complaints) == 1
    watched.complaints.clear()


async def test_a_file_that_is_too_large_is_told(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/mapping")
    await page.get_by_text("Import", exact=True).click()
    box = page.get_by_label("Paste a mapping")
    for size in (500_000, 500_001):
        file = {"name": "acme.json", "mimeType": "application/json", "buffer": b"1" * size}
        await page.get_by_label("Or choose a file").set_input_files(files=[file])  # type: ignore[list-item]
        if size == 500_000:
            await expect(box).to_have_value("1" * size)
    await expect(page.get_by_role("alert")).to_have_text("The file is not read: it is larger than 500 kB.")
