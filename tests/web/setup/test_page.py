"""The page *Set up*: before the first request, and for good."""

import re
from collections.abc import Callable, Sequence

import aiohttp
import pytest

from app import keys
from app.domain.drills import Drill
from app.settings import Settings
from app.web.setup import page as setup_page
from tests.conftest import Running, run_server

OUTSIDE = {"X-Forwarded-For": "54.172.60.1"}


async def _get(server: Running, path: str = "/setup", **headers: str) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}", headers=headers) as answer:
        assert answer.status == 200
        return await answer.text()


async def _send(server: Running, path: str = "", headers: dict[str, str] | None = None) -> None:
    async with server.client.post(server.capture_url + path, data={"Text": "hi"}, headers=headers or {}):
        pass


def _words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_the_page_stays_after_the_first_request(server: Running) -> None:
    assert "Waiting for the first request" in await _get(server, "")
    await _send(server)
    assert "Waiting for the first request" not in await _get(server, "")
    page = await _get(server)
    assert '<a href="/bins/' in page
    assert 'aria-current="page">Set up</a>' in page
    for words in ("SMS Request URL", "0 of 3 steps done", "Send a test SMS", "Copy curl", "Open it on your phone"):
        assert words in _words(page)


async def test_another_provider_is_chosen_on_the_page_itself(server: Running) -> None:
    page = await _get(server, "/setup?provider=telnyx")
    assert '<option value="telnyx" selected>' in page
    assert f'action="/bins/{server.bin.id}/setup"' in page


async def test_a_request_from_outside_is_told_with_its_answer(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(trusted_proxies="127.0.0.1", public_url="https://sms.example.net")
    async with run_server(settings) as server:
        assert "No request has come from outside yet." in _words(await _get(server))
        await _send(server)
        assert "Requests came only from this machine or its network" in _words(await _get(server))
        await _send(server, headers=OUTSIDE)
        await _send(server, "/status", OUTSIDE)
        await server.settled(3)
        page = _words(await _get(server))
        assert "Answered from outside" in page
        assert "#3 on status from 54.172.60.1: 200 in" in page
        assert "2 of 3 steps done" in page
        assert "--trusted-proxies" not in page


async def test_a_tunnel_whose_headers_are_not_trusted_is_told(server: Running) -> None:
    await _send(server, headers=OUTSIDE)
    page = _words(await _get(server))
    assert "Answered from outside" in page
    assert "--trusted-proxies 127.0.0.1" in page


async def test_the_script_gets_the_parts_that_change_and_no_more(server: Running) -> None:
    await _send(server, headers=OUTSIDE)
    parts = await _get(server, **{"X-Partial": "parts"})
    assert "<html" not in parts
    page = await _get(server)
    for name in ("reach", "step-request", "step-callback", "step-fallback", "done"):
        assert parts.count(f'id="{name}"') == page.count(f'id="{name}"') == 1


async def test_the_codes_hold_the_page_and_the_primary_url(server: Running) -> None:
    page = await _get(server)
    codes = re.findall(r'aria-label="QR code: ([^"]+)"', page)
    assert codes == [f"{server.url}/bins/{server.bin.id}", f"{server.url}/{server.bin.key}"]
    assert "style=" not in page


async def test_after_a_drill_the_last_step_is_done(server: Running) -> None:
    form = {"role": "primary", "kind": "status", "status": "500", "count": "1"}
    here = f"{server.url}/bins/{server.bin.id}"
    headers = {"Origin": server.url}
    async with server.client.post(f"{here}/drills", data=form, headers=headers, allow_redirects=False) as answer:
        assert answer.status == 303
    assert "A drill is running" in _words(await _get(server))
    for path in ("", "/fallback"):
        fields = {"From": "+14155550123", "To": "+19495550142", "Text": "hi", "MessageSid": "SM1"}
        async with server.client.post(server.capture_url + path, data=fields):
            pass

    async def is_done() -> bool:
        return "The fallback received what the primary failed to accept" in _words(await _get(server))

    await server.until(is_done)


@pytest.mark.parametrize("path", ["", "/setup"])
async def test_who_is_not_signed_in_sees_neither(server: Running, path: str) -> None:
    async with (
        aiohttp.ClientSession() as stranger,
        stranger.get(f"{server.url}/bins/{server.bin.id}{path}", allow_redirects=False) as answer,
    ):
        assert answer.status == 303


async def test_the_newest_drills_decide_whether_the_fallback_was_tested(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[int] = []
    store = server.app[keys.STORE]
    real = store.list_drills

    async def noted(bin_id: str, *, limit: int, before: str | None = None) -> Sequence[Drill]:
        limits.append(limit)
        return await real(bin_id, limit=limit, before=before)

    monkeypatch.setattr(store, "list_drills", noted)
    await _get(server)
    assert limits == [setup_page.DRILLS]
