"""The page of a role's answers: saved as typed or refused with the field named, previewed as it will be sent."""

import asyncio
import html
import re
import warnings

import pytest

from app import keys
from app.domain.answers.model import Answer, RoleAnswers, safe_answer
from app.domain.roles import Role
from tests.conftest import Running

XML = {"headers.0.name": "Content-Type", "headers.0.value": "text/xml"}
GOOD = {"status": "200", "delay_ms": "0", **XML, "body": "<Response/>"}


def page(server: Running, role: str = "primary") -> str:
    return f"{server.url}/bins/{server.bin.id}/answers?role={role}"


async def post(server: Running, said: dict[str, str], role: str = "primary") -> tuple[int, str]:
    """The status, and the page, or where it leads to."""
    async with server.client.post(page(server, role), data=said, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location") or await answer.text()


async def save(server: Running, said: dict[str, str], role: str = "primary") -> tuple[int, str]:
    """As somebody who has seen what is odd and saves it all the same."""
    status, text = await post(server, said, role)
    if status == 422 and (seen := re.search(r'name="seen" value="(\w+)"', text)):
        return await post(server, {**said, "seen": seen[1]}, role)
    return status, text


async def check(server: Running, said: dict[str, str]) -> str:
    async with server.client.post(page(server).replace("?", "/preview?"), data=said) as answer:
        assert answer.status == 200
        return await answer.text()


def answers_of(server: Running, role: Role = Role.PRIMARY) -> RoleAnswers:
    return server.app[keys.ANSWERS].of(server.bin.id, role)


def notes(text: str, name: str) -> str:
    """What stands under a field."""
    found = re.search(rf'id="about-{re.escape(name)}">(.*?)</span>(?=\n|</div>|<span|$)', text, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "", found[1]))


def shown(text: str) -> str:
    """The complete response, as the preview shows it."""
    return html.unescape(
        re.sub(r"<[^>]*>", "", text.partition('aria-label="The complete response">')[2].partition("</pre>")[0])
    )


async def test_what_is_saved_is_what_the_next_request_gets(server: Running) -> None:
    said = {**GOOD, "body": "<Response>\r\n</Response>", "headers.1.name": "X-Own", "headers.1.value": "a b"}
    status, where = await save(server, said)
    assert (status, where) == (303, f"/bins/{server.bin.id}/answers?role=primary&saved")
    async with server.client.post(server.capture_url) as answer:
        assert answer.status == 200
        assert answer.headers["X-Own"] == "a b"
        assert await answer.text() == "<Response>\n</Response>"
    async with server.client.get(server.url + where) as again:
        text = await again.text()
    assert "Saved" in text
    assert 'value="X-Own"' in text
    assert answers_of(server, Role.FALLBACK).answer == safe_answer(Role.FALLBACK)


async def test_the_default_comes_back_on_demand(server: Running) -> None:
    await save(server, {**GOOD, "status": "500"})
    status, _ = await post(server, {**GOOD, "do": "reset"})
    assert status == 303
    assert not server.app[keys.ANSWERS].is_set(server.bin.id, Role.PRIMARY)
    async with server.client.get(page(server)) as answer:
        assert "Reset to the default" not in await answer.text()


@pytest.mark.parametrize(
    ("change", "field", "link"),
    [
        ({"status": "99"}, "status", "status"),
        ({"status": ""}, "status", "status"),
        ({"status": "²00"}, "status", "status"),
        ({"status": "204"}, "body", "body"),
        ({"delay_ms": "60001"}, "delay_ms", "delay_ms"),
        ({"headers.0.name": "Set-Cookie"}, "headers.0", "headers.0.name"),
        ({"headers.0.name": "Con tent"}, "headers.0", "headers.0.name"),
        ({"headers.0.value": "a\r\nX-Evil: 1"}, "headers.0", "headers.0.name"),
        ({"headers.0.value": "☂"}, "headers.0", "headers.0.name"),
        ({"body": "a" * 65_537}, "body", "body"),
        ({"rules.0.match": "fro:x", "rules.0.answer.status": "200", "rules.0.answer.delay_ms": "0"},
         "rules.0.match", "rules.0.match"),
        ({"rules.0.match": "text~x", "rules.0.answer.status": "1", "rules.0.answer.delay_ms": "0"},
         "rules.0.answer.status", "rules.0.answer.status"),
    ],
)  # fmt: skip
async def test_what_cannot_be_sent_is_refused_under_its_field_and_above_with_a_link(
    server: Running, change: dict[str, str], field: str, link: str
) -> None:
    status, text = await save(server, {**GOOD, **change})
    assert status == 422
    assert notes(text, field).strip()
    assert f'href="#{link}"' in text
    assert re.search(rf'id="{re.escape(link)}"', text)
    assert not server.app[keys.ANSWERS].is_set(server.bin.id, Role.PRIMARY)


async def test_a_refused_form_keeps_what_was_typed(server: Running) -> None:
    evil = "</textarea><script>alert(1)</script>{{from}}"
    _, text = await post(server, {**GOOD, "status": '"><b>', "body": evil, "headers.0.value": "'\"><img>"})
    assert html.escape(evil, quote=False).replace("{{", "{{") in html.unescape(text) or evil in html.unescape(text)
    assert "<script>alert" not in text
    assert "<img>" not in text
    assert "<b>" not in text.partition('id="status"')[2][:200]


async def test_what_is_odd_is_shown_first_and_saved_when_it_was_seen(server: Running) -> None:
    said = {**GOOD, "headers.0.value": "text/plain", "body": "OK"}
    status, text = await post(server, said)
    assert status == 422
    assert "Unsaved changes" in text
    assert "Save anyway" in text
    assert answers_of(server).answer == safe_answer(Role.PRIMARY)
    seen = re.search(r'name="seen" value="(\w+)"', text)[1]
    status, _ = await post(server, {**said, "body": "OK", "seen": seen})
    assert status == 303
    assert answers_of(server).answer.body == "OK"


async def test_what_is_odd_in_another_way_is_shown_again(server: Running) -> None:
    _, text = await post(server, {**GOOD, "headers.0.value": "text/plain", "body": "OK"})
    seen = re.search(r'name="seen" value="(\w+)"', text)[1]
    status, text = await post(server, {**GOOD, "body": "<Response>", "seen": seen})
    assert status == 422
    assert not server.app[keys.ANSWERS].is_set(server.bin.id, Role.PRIMARY)


async def test_a_button_changes_the_form_and_saves_nothing(server: Running) -> None:
    status, text = await post(server, {**GOOD, "do": "add:headers"})
    assert status == 200
    assert 'name="headers.1.name"' in text
    assert "Unsaved changes" not in text
    _, text = await post(server, {**GOOD, "do": "add:rules"})
    assert 'name="rules.0.match"' in text
    assert "1 error to fix" in text
    rules = {"rules.0.match": "text~a", "rules.1.match": "text~b"}
    _, text = await post(server, {**GOOD, **rules, "do": "raise:rules.1"})
    assert re.findall(r'name="rules\.\d\.match"[^>]* value="([^"]*)"', text) == ["text~b", "text~a"]
    _, text = await post(server, {**GOOD, **rules, "do": "drop:rules.0"})
    assert re.findall(r'name="rules\.\d\.match"[^>]* value="([^"]*)"', text) == ["text~b"]
    assert not server.app[keys.ANSWERS].is_set(server.bin.id, Role.PRIMARY)


async def test_every_preset_can_be_begun_with_and_saved(server: Running) -> None:
    async with server.client.get(page(server)) as answer:
        names = re.findall(r'value="(preset:[^"]*)"', await answer.text())
    assert len(names) >= 4
    for name in names:
        status, text = await post(server, {**GOOD, "do": name})
        assert status == 200
        assert "to fix" not in text.partition('id="draft-state"')[2].partition("</div>")[0]


async def test_the_first_rule_that_matches_is_previewed_with_the_newest_request(server: Running) -> None:
    for text in ("hello", "STOP <now>"):
        async with server.client.post(server.capture_url, data={"From": "+14155550123", "Text": text}):
            pass
    rules = {
        "rules.0.match": "text~stop", "rules.0.answer.status": "200", "rules.0.answer.delay_ms": "1500",
        "rules.0.answer.headers.0.name": "Content-Type", "rules.0.answer.headers.0.value": "text/xml",
        "rules.0.answer.body": "<R>{{text}} {{n}} {{from}} {{bin}}</R>",
    }  # fmt: skip
    text = await check(server, {**GOOD, **rules})
    assert "Rule 1 matches." in text
    assert "Delayed by 1.5 s." in text
    assert shown(text).startswith("HTTP/1.1 200 OK\nContent-Type: text/xml\n\n")
    assert "<R>STOP &lt;now&gt; 2 +14155550123 {{bin}}</R>" in shown(text)
    text = await check(server, {**GOOD, **rules, "with": "1"})
    assert "No rule matches, so the response above the rules is sent." in text
    assert "<Response/>" in shown(text)


async def test_what_the_preview_is_made_with_is_kept_while_there_is_none(server: Running) -> None:
    for text in ("one", "two"):
        async with server.client.post(server.capture_url, data={"Text": text}):
            pass
    _, text = await post(server, {**GOOD, "do": "add:rules", "with": "1"})
    assert "Fix the errors in the form" in text
    assert re.search(r'<option value="1" selected', text)


async def test_without_a_request_the_preview_invents_one(server: Running) -> None:
    for chosen in ("", "0", "7", "x", "9" * 30):
        text = await check(server, {**GOOD, "body": "<R>{{from}}</R>", "with": chosen})
        assert "<R>+17145550163</R>" in shown(text)


async def test_a_body_tells_whether_it_is_well_formed(server: Running) -> None:
    json = {"headers.0.value": "application/json"}
    assert "Well-formed XML" in notes(await check(server, GOOD), "body")
    assert "Well-formed JSON" in notes(await check(server, {**GOOD, **json, "body": '{"n": {{n}}}'}), "body")
    for wrong in ({"body": "<Response>"}, {**json, "body": "{'a': 1}"}, {**json, "body": "[" * 60_000}):
        said = notes(await check(server, {**GOOD, **wrong}), "body")
        assert said.strip()
        assert "Well-formed" not in said


async def test_the_preview_saves_nothing_and_shows_nothing_of_what_cannot_be_sent(server: Running) -> None:
    text = await check(server, {**GOOD, "status": "1000"})
    assert "Fix the errors in the form" in text
    assert "1 error to fix" in text
    assert not server.app[keys.ANSWERS].is_set(server.bin.id, Role.PRIMARY)


async def test_a_form_has_so_many_fields_and_bytes_at_most(server: Running) -> None:
    many = {f"headers.{row}.name": "a" for row in range(99)}
    status, text = await post(server, {**GOOD, **many})
    assert status == 422
    assert "at most 20 headers" in html.unescape(text).lower()
    status, _ = await post(server, {f"x{index}": "" for index in range(4_000)})
    assert status == 422
    with warnings.catch_warnings(action="ignore"):  # the client finds it large, too
        status, _ = await post(server, {**GOOD, "body": "a" * (1 << 20)})
    assert status == 413


async def test_the_answer_tab_leads_to_the_form_with_its_request(server: Running) -> None:
    await server.app[keys.ANSWERS].set(
        server.bin.id,
        Role.PRIMARY,
        RoleAnswers(answer=Answer(status=202, headers=(("X-A", "<b>"),), body="<R>{{n}}</R>")),
    )
    async with server.client.post(server.capture_url):
        pass
    async with asyncio.timeout(15):
        while (await server.capture(1))["answered"]["status"] is None:
            await asyncio.sleep(0)
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/1?tab=answer") as answer:
        text = await answer.text()
    said = html.unescape(text.partition('data-panel="answer"')[2])
    assert "Shown as sent, with placeholders filled in." in said
    assert "<R>1</R>" in said
    assert "&lt;b&gt;" in text
    link = re.search(r'href="([^"]*/answers\?[^"]*)"', text)[1]
    async with server.client.get(server.url + html.unescape(link)) as answer:
        assert re.search(r'<option value="1" selected', await answer.text())
