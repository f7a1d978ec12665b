"""The page of a mapping: it is filled in from a request, previewed, saved, exported, imported and removed, all without
JavaScript."""

import html
import json
import re

import pytest

from app.web.mappings.form import MOST_FIELDS
from app.web.mappings.page import MOST_PROBLEMS
from tests.conftest import Running

from .test_api import ACME, SMS, current, put, send

FORM = {
    "name": "Acme", "do": "save",
    "field.0.name": "who", "field.0.use": "from", "field.1.name": "what", "field.1.use": "text",
    "field.2.name": "ref", "field.2.use": "id",
}  # fmt: skip


def address(server: Running, path: str = "") -> str:
    return f"{server.url}/bins/{server.bin.id}/mapping{path}"


async def get(server: Running, path: str = "") -> str:
    async with server.client.get(address(server, path)) as answer:
        assert answer.status == 200
        return await answer.text()


async def post(server: Running, form: dict[str, str], path: str = "") -> tuple[int, str]:
    """The status, and the page, or the address that it leads to."""
    async with server.client.post(address(server, path), data=form, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location") or await answer.text()


def chosen(page: str) -> dict[str, str]:
    """What is chosen for each field and word of the form."""
    found = {}
    for name, use in re.findall(
        r'name="(?:field|word)\.\d+\.(?:name|text)" value="([^"]*)".*?<select[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        option = re.search(r'<option value="(\w*)" selected>', use)
        found[html.unescape(name)] = option[1] if option else ""
    return found


def preview(page: str) -> list[str]:
    """The rows of the preview, as text."""
    table = page.partition('id="mapping-preview"')[2].partition("</tbody>")[0].partition("<tbody>")[2]
    return [" ".join(html.unescape(re.sub(r"<[^>]*>", " ", row)).split()) for row in table.split("</tr>")[:-1]]


async def test_a_bin_without_requests_has_a_page(server: Running) -> None:
    assert "There are no requests yet." in await get(server)


async def test_what_a_request_probably_says_is_suggested(server: Running) -> None:
    await send(server, From="+14155550123", Body="hi", MessageSid="SM1", Other="x")
    page = await get(server)
    assert chosen(page) | {"From": "from", "Body": "text", "MessageSid": "id", "Other": ""} == chosen(page)
    assert "Inbound SMS" in preview(page)[0]
    assert await current(server) is None


async def test_what_the_other_urls_receive_is_suggested_too(server: Running) -> None:
    await send(server, From="+14155550123", Body="hi", MessageSid="SM1")
    await send(server, "/status", id="m2", to="+14155550123", status="sent")
    page = await get(server, "?with=1")
    assert chosen(page) | {"From": "from", "MessageSid": "id", "id": "id", "status": "status"} == chosen(page)
    assert [row.partition(" ")[2][:18] for row in preview(page)] == ["#2 Status callback", "#1 Inbound SMS +14"]


async def test_a_form_is_previewed_saved_and_used(server: Running) -> None:
    await send(server, **SMS)
    status, page = await post(server, FORM | {"do": "preview"})
    assert (status, await current(server)) == (200, None)
    assert preview(page) == ["P #1 Inbound SMS +14155550123 to hi m1"]
    assert await post(server, FORM) == (303, f"/bins/{server.bin.id}/mapping?saved")
    assert "Saved" in await get(server, "?saved")
    assert (await server.captures())[0]["provider"] == "custom"
    assert (await current(server))["fields"] == {"from": "who", "text": "what", "id": "ref"}


async def test_the_live_preview_is_the_parts_of_the_page(server: Running) -> None:
    await send(server, **SMS)
    status, parts = await post(server, FORM, "/preview")
    assert status == 200
    assert re.findall(r'^<div class="\w+" id="([\w-]+)"', parts, re.MULTILINE) == [
        "draft-state", "mapping-fields", "mapping-words", "mapping-preview"
    ]  # fmt: skip
    assert preview(parts) == ["P #1 Inbound SMS +14155550123 to hi m1"]
    assert await current(server) is None


async def test_what_cannot_be_saved_is_named_and_nothing_is_lost(server: Running) -> None:
    await send(server, **SMS)
    status, page = await post(server, FORM | {"name": "", "field.2.use": "id"})
    assert status == 422
    assert "Not saved: 1 error to fix." in page
    assert "must be a string of 1 to 60 characters" in page
    assert chosen(page)["ref"] == "id"
    assert await current(server) is None


async def test_status_words_of_the_last_requests_are_listed_with_what_they_mean(server: Running) -> None:
    for state in ("7", "delivered", "7"):
        await send(server, "/status", ref="m2", state=state)
    form = FORM | {"do": "preview", "field.3.name": "state", "field.3.use": "status"}
    _, page = await post(server, form)
    assert {word: chosen(page)[word] for word in ("7", "delivered")} == {"7": "", "delivered": ""}
    assert "in 2 of the last requests" in page
    _, page = await post(server, form | {"word.0.text": "7", "word.0.means": "failed"})
    assert "Status callback 7 = Failed" in preview(page)[0]
    await post(server, form | {"do": "save", "word.0.text": "7", "word.0.means": "failed", "kinds.status": "status"})
    saved = await current(server)
    assert (saved["statuses"], saved["kinds"]) == ({"7": "failed"}, {"status": "status"})


async def test_another_request_can_be_chosen_without_losing_what_was_chosen(server: Running) -> None:
    await send(server, **SMS)
    await send(server, "/status", uid="m2", result="sent")
    _, page = await post(server, FORM | {"do": "preview", "with": "2"})
    assert chosen(page) | {"uid": "", "result": "", "who": "from", "what": "text", "ref": "id"} == chosen(page)
    assert '<option value="2" selected>' in page
    assert "not in this request" in page


async def test_a_mapping_is_exported_and_imported(server: Running) -> None:
    await put(server, ACME)
    async with server.client.get(address(server, "/export")) as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="mapping.json"'
        exported = await answer.text()
    assert json.loads(exported) == ACME
    await post(server, {}, "/remove")
    assert await current(server) is None
    status, page = await post(server, {"do": "import", "json": exported})
    assert (status, await current(server)) == (200, None)
    fields = {"who": "from", "whom": "to", "what": "text", "ref": "id", "state": "status", "result": "status"}
    assert chosen(page) == fields | {"7": "delivered"}
    async with server.client.get(address(server, "/export")) as answer:
        assert answer.status == 404


async def test_a_file_that_is_no_mapping_says_why(server: Running) -> None:
    for text, reason in (("{", "is not JSON"), ("[]", "must be a JSON object"), ('{"name": "a"}', "fields")):
        status, page = await post(server, FORM | {"do": "import", "json": text})
        assert (status, reason in page) == (422, True), text
        assert chosen(page)["ref"] == "id"


@pytest.mark.parametrize("count", [MOST_PROBLEMS, MOST_PROBLEMS + 1])
async def test_so_many_mistakes_of_a_file_are_named(server: Running, count: int) -> None:
    wrong = json.dumps({"name": "a", "fields": {"id": "b"}} | {f"x{number}": 1 for number in range(count)})
    _, page = await post(server, {"do": "import", "json": wrong})
    assert page.count("unknown field") == MOST_PROBLEMS


async def test_the_form_has_so_many_fields(server: Running) -> None:
    fields = {f"f{number}": "1" for number in range(MOST_FIELDS)}
    assert (await post(server, fields, "/preview"))[0] == 200
    assert (await post(server, fields | {"more": "1"}, "/preview"))[0] == 422


async def test_what_was_captured_is_only_text_and_cut(server: Running) -> None:
    evil = "<script>alert(1)</script>"
    await send(server, **{evil: evil, "long": "v" * 5_000})
    form = {f"field.0.{part}": value for part, value in (("name", evil), ("use", "text"))}
    for page in (await get(server), (await post(server, FORM | form | {"do": "preview"}))[1]):
        assert evil not in page
        assert html.escape(evil) in page
        assert "v" * 200 not in page


async def test_a_request_without_a_known_provider_leads_to_the_page(server: Running) -> None:
    await send(server, **SMS)
    url = f"{server.url}/bins/{server.bin.id}/captures/1"
    async with server.client.get(url) as answer:
        assert f'/bins/{server.bin.id}/mapping?with=1">Teach smsbin this provider</a>' in await answer.text()
    await put(server, ACME)
    async with server.client.get(url) as answer:
        page = await answer.text()
    assert ("<bdi>Acme</bdi>" in page, "Edit the mapping" in page) == (True, True)
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/messages/custom/m1") as answer:
        assert "<bdi>Acme</bdi>" in await answer.text()


async def test_the_name_of_the_mapping_is_shown_with_the_bin(server: Running) -> None:
    async def shown(path: str) -> str:
        async with server.client.get(server.url + path) as answer:
            return await answer.text()

    assert "Not in the list?" in await shown(f"/bins/{server.bin.id}/settings")
    await put(server, ACME)
    assert "“<bdi>Acme</bdi>” is used first." in await shown(f"/bins/{server.bin.id}/settings")
    assert '<td class="muted desk"><bdi>Acme</bdi></td>' in await shown("/")


async def test_a_request_of_a_known_provider_does_not(server: Running) -> None:
    await send(server, MessageSid="SM" + "0" * 32, AccountSid="AC" + "0" * 32, From="+14155550123", Body="hi", To="+1")
    assert (await server.captures())[0]["provider"] == "twilio"
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/1") as answer:
        assert "mapping?with" not in await answer.text()
