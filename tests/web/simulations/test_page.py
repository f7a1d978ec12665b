"""The simulator's page without a script: a form that says what it will send, a run that can be watched and stopped."""

import asyncio
import html
import re
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app import keys
from app.web.simulations.form import PRESETS
from tests.conftest import Running, run_server


def _page(server: Running) -> str:
    return f"{server.url}/bins/{server.bin.id}/simulate"


async def _get(server: Running, address: str, **headers: str) -> str:
    async with server.client.get(address, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.text()


async def _send(server: Running, status: int = 200, **said: str) -> tuple[str, str]:
    """Where the browser ends, and what it sees there."""
    form = {"provider": "ytel", "what": "inbound", "seed": "7"} | said
    async with server.client.post(_page(server), data=form) as answer:
        assert answer.status == status, await answer.text()
        return str(answer.url), await answer.text()


async def _finish(server: Running) -> None:
    async with asyncio.timeout(60):
        while any(run.is_running for run in server.app[keys.SIMULATING].of_bin(server.bin.id)):
            await asyncio.sleep(0.01)


def _told(page: str) -> str:
    found = re.search(r"<p data-told>(.*?)</p>", page)
    assert found
    return found[1]


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return html.unescape(found[1])


def _request(page: str) -> tuple[list[str], str]:
    found = re.search(r'aria-label="The first request"><code><bdi>(.*?)</bdi>\s*<bdi>(.*?)</bdi>', page, re.DOTALL)
    assert found
    return html.unescape(found[1]).split("\n"), html.unescape(found[2])


async def test_a_form_that_nobody_touched_can_be_sent(server: Running) -> None:
    page = await _get(server, _page(server))
    said = {name: _value(page, name) for name in ("count", "rate", "seed", "speed", "failed")}
    where, _ = await _send(server, **said)
    assert "/simulate?run=" in where
    await _finish(server)
    page = await _get(server, where)
    assert _told(page) == "Done: 1 message, 1 request, 1 accepted."
    assert f'href="/bins/{server.bin.id}/captures/1">#1</a>' in page
    assert f'href="/bins/{server.bin.id}?q=is%3Asimulated"' in page


STAMPS = re.compile(r"(Time|DateSent|RawDlrDoneDate)=[^&]*|X-Smsbin-Simulation: .*|I-Twilio-Idempotency-Token: .*")


@pytest.mark.parametrize("provider", ["ytel", "twilio", "telnyx"])
@pytest.mark.parametrize("trouble", ["", "trouble-get", "trouble-raw_plus"])
async def test_what_the_page_shows_is_what_arrives(server: Running, provider: str, trouble: str) -> None:
    said = {"provider": provider, "what": "inbound", "seed": "42", "text": "Grüße & +1"} | (
        {trouble: "on"} if trouble else {}
    )
    query = "&".join(f"{name}={value.replace('&', '%26').replace('+', '%2B')}" for name, value in said.items())
    head, body = _request(await _get(server, f"{_page(server)}?{query}"))
    await _send(server, **said)
    await _finish(server)
    async with server.client.get(f"{server.bin_api}/captures/1/raw") as answer:
        came = (await answer.read()).decode("latin-1").encode("latin-1").decode()
    top, _, arrived = came.partition("\r\n\r\n")
    if provider == "telnyx":
        # Stamps and ids of the event differ, and so does their length.
        assert [line.split(" ")[0] for line in top.split("\r\n")] == [line.split(" ")[0] for line in head]
        return
    assert STAMPS.sub("", arrived) == STAMPS.sub("", body)
    assert [STAMPS.sub("", line) for line in top.split("\r\n")] == [STAMPS.sub("", line) for line in head]


async def test_the_page_tells_the_provider_s_rule_and_what_is_assumed(server: Running) -> None:
    page = await _get(server, f"{_page(server)}?provider=telnyx")
    assert "Telnyx waits 2 s for a response and calls a URL 3 times, with pauses of 0.5 s." in page
    assert "half a second is assumed" in page
    page = await _get(server, f"{_page(server)}?provider=twilio&what=outbound")
    assert "sent, delivered, or sent, undelivered (code 30003)" in page
    assert "After that it calls the fallback URL" not in page


async def test_the_text_is_measured(server: Running) -> None:
    page = await _get(server, f"{_page(server)}?text=%E2%98%82", **{"X-Partial": "preview"})
    assert "1 character · UCS-2" in page
    assert "<form" not in page


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
async def test_every_preset_fills_a_form_that_can_be_sent(server: Running, preset: Any) -> None:
    page = await _get(server, f"{_page(server)}?{preset.query}")
    assert "What will be sent" in page
    assert _request(page)[0][0].startswith("POST /")
    for name in ("from", "to", "count", "rate", "failed"):
        assert _value(page, name) == preset.fields.get(name, _value(page, name))
    await _send(server, **preset.fields | {"count": "1"})


async def test_a_run_fills_the_form_that_started_it(server: Running) -> None:
    said = {"provider": "twilio", "what": "outbound", "count": "2", "rate": "250", "speed": "100", "failed": "12.5"}
    _, page = await _send(server, **said, **{"trouble-emoji": "on", "from": "+19495550142"})
    assert {name: _value(page, name) for name in ("count", "rate", "speed", "failed", "seed", "from")} == {
        "count": "2", "rate": "250", "speed": "100", "failed": "12.5", "seed": "7", "from": "+19495550142",
    }  # fmt: skip
    assert re.search(r'name="trouble-emoji" checked', page)
    assert not re.search(r'name="trouble-lose" checked', page)


async def test_the_copied_command_plays_the_same(server: Running) -> None:
    query = "provider=twilio&what=outbound&count=3&rate=2&seed=42&text=it%27s&failed=10&trouble-lose=on&speed=2"
    page = html.unescape(await _get(server, f"{_page(server)}?{query}"))
    assert (
        f"smsbin simulate outbound --provider twilio --bin {server.bin.id} --text 'it'\"'\"'s' --count 3 --rate 2"
        " --seed 42 --trouble lose --failed 10 --speed 2"
    ) in page


async def test_a_run_is_watched_from_attempt_to_attempt_and_stopped(server: Running) -> None:
    where, page = await _send(server, count="10000", rate="50")
    assert "Stop</button>" in page
    run = server.app[keys.SIMULATING].of_bin(server.bin.id)[0]
    address, after, seen = f"{_page(server)}/{run.id}", 0, []
    async with asyncio.timeout(60):
        while len(seen) < 5:
            piece = await _get(server, f"{address}?after={after}")
            after = int(re.search(r'data-after="(\d+)"', piece)[1])
            seen += re.findall(r">#(\d+)</a>", piece)
    assert sorted(map(int, seen)) == list(range(1, len(seen) + 1))
    async with server.client.post(f"{address}/stop") as answer:
        page = await answer.text()
        assert str(answer.url).startswith(where.partition("#")[0])
    assert _told(page).startswith("Stopped: ")
    assert re.search(r"data-stop hidden", page)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"count": "many", "rate": "0"}, ["count", "rate"]),
        ({"failed": "101"}, ["failed"]),
        ({"speed": "-1"}, ["speed"]),
        ({"provider": "sinch", "what": "voice"}, ["what"]),
        ({"provider": "acme"}, ["provider"]),
        ({"target": "own"}, ["primary"]),
        ({"target": "own", "what": "outbound", "primary": "https://example.net/"}, ["status"]),
        ({"target": "own", "primary": "ftp://example.net/"}, ["primary"]),
        ({"target": "own", "primary": "https://example.net/", "rate": "11"}, ["rate"]),
        ({"text": "x" * 1_601}, ["text"]),
        ({"media": "\n".join(["http://example.net/a.png"] * 11)}, ["media"]),
    ],
)
async def test_what_is_wrong_stands_under_its_field_and_nothing_is_sent(
    server: Running, said: dict[str, str], names: list[str]
) -> None:
    _, page = await _send(server, 422, **said)
    for name in names:
        assert re.search(rf'name="{name}"[^>]*aria-invalid="true"[^>]*aria-describedby="[^"]*{name}-problem"', page)
        assert f'id="{name}-problem"' in page
    assert len(re.findall(r'id="[a-z]+-problem"', page)) == len(names)
    assert await server.captures() == []


async def test_a_fifth_run_has_to_wait(server: Running) -> None:
    for _ in range(4):
        await _send(server, count="1000", rate="1")
    _, page = await _send(server, 409, text="keep me")
    assert "4 simulations are running" in page
    assert "keep me" in page


async def test_urls_of_ones_own_are_reached_where_the_operator_allows_it(make_settings: Any) -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(text="<Response/>", content_type="text/xml")

    app = web.Application()
    app.router.add_post("/sms", handle)
    async with TestServer(app) as handler:
        said = {"target": "own", "primary": str(handler.make_url("/sms"))}
        for allowed, words in (("", "blocked: private address"), ("127.0.0.0/8", "1 accepted")):
            async with run_server(make_settings(allow_targets=allowed)) as server:
                where, _ = await _send(server, **said)
                await _finish(server)
                page = await _get(server, where)
                assert words in page
                assert _value(page, "primary") == said["primary"]
                assert "Show the simulated requests" not in page


async def test_the_empty_bin_offers_a_try_and_stays(server: Running) -> None:
    page = await _get(server, f"{server.url}/bins/{server.bin.id}?provider=twilio")
    forms = re.findall(r"<form method=\"post\" action=\"[^\"]*/simulate\">(.*?)</form>", page)
    assert [re.search(r">([^<]+)</button>", form)[1] for form in forms] == [
        "Send a test SMS",
        "Send test status callbacks",
        "Send a test call",
    ]
    for form in forms:
        where, _ = await _send(server, **dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)))
        assert where == f"{server.url}/bins/{server.bin.id}"
    async with asyncio.timeout(60):
        while len(await server.captures()) < 3:
            await asyncio.sleep(0.01)
    assert {one["provider"] for one in await server.captures()} == {"twilio"}


async def test_simulated_captures_say_so_in_row_detail_and_message(server: Running) -> None:
    bin_page = f"{server.url}/bins/{server.bin.id}"
    async with server.client.post(server.capture_url, data={"From": "+14155550107", "Text": "real"}):
        pass
    assert "imulated" not in (await _get(server, bin_page)).partition("<ol")[2].partition("</ol>")[0]
    assert "is%3Asimulated" not in await _get(server, bin_page)
    await _send(server)
    await _finish(server)
    page = await _get(server, bin_page)
    assert page.count("Inbound · simulated") == 1
    assert "is%3Asimulated" in page
    assert "simulated</span>" in await _get(server, f"{bin_page}/captures/2")
    assert "simulated</span>" not in await _get(server, f"{bin_page}/captures/1")
    (message,) = [one for one in await _messages(server) if one["captures"] == [2]]
    assert "simulated</span>" in await _get(server, f"{bin_page}/messages/ytel/{message['message_id']}")


async def _messages(server: Running) -> list[dict[str, Any]]:
    async with server.client.get(f"{server.bin_api}/messages") as answer:
        found: list[dict[str, Any]] = (await answer.json())["items"]
        return found
