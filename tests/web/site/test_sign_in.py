"""Signing in by the form or by the code of the link, and signing out."""

import io

import aiohttp
import pytest

from app import keys
from app.services.access import MOST_AGENT
from tests.conftest import TOKEN, Running, run_server

from .test_auth import _signed_in

ODD_FORMS = [
    ("application/x-www-form-urlencoded", b"token=%ff\xff", 401),
    ("application/x-www-form-urlencoded; charset=nonsense", b"token=a", 401),
    ("application/x-www-form-urlencoded", b"a&" * 1_000, 422),
    ("application/x-www-form-urlencoded", b"a" * ((1 << 20) + 1), 413),
    ("multipart/form-data", b"token=a", 415),
    ("multipart/form-data; boundary=x", b"--x\r\ntoken=a", 415),
    ("text/plain", b"", 401),
]


async def test_odd_forms_sign_nobody_in_and_break_nothing(server: Running) -> None:
    async with aiohttp.ClientSession() as charlie:
        for kind, body, status in ODD_FORMS:
            headers = {"Content-Type": kind}
            async with charlie.post(f"{server.url}/sign-in", data=io.BytesIO(body), headers=headers) as answer:
                assert answer.status == status, (kind, body[:20])


async def test_signing_in_and_out(server: Running) -> None:
    async with await _signed_in(server) as browser:
        async with browser.get(f"{server.api}/info") as answer:
            assert answer.status == 200
        same = {"Sec-Fetch-Site": "same-origin"}
        async with browser.post(f"{server.url}/sign-out", headers=same, allow_redirects=False) as answer:
            assert answer.status == 303
        async with browser.get(f"{server.api}/info") as answer:
            assert answer.status == 401


@pytest.mark.parametrize("base", ["/", "/in"])
async def test_signing_in_leads_to_the_only_bin_while_it_is_empty(make_settings, base: str) -> None:
    async with run_server(make_settings(base_path=base)) as server, aiohttp.ClientSession() as browser:
        home = base.rstrip("/") + "/"

        async def signed_in(**more: str) -> str:
            fields = {"token": TOKEN, **more}
            async with browser.post(f"{server.url}/sign-in", data=fields, allow_redirects=False) as answer:
                return answer.headers["Location"]

        assert await signed_in() == await signed_in(next=home) == f"{home}bins/{server.bin.id}"
        assert await signed_in(next=f"{home}docs") == f"{home}docs"
        async with server.client.post(server.capture_url, data={"Text": "hi"}):
            pass
        await server.until(lambda: _has_captures(server))
        assert await signed_in() == home


async def _has_captures(server: Running) -> bool:
    return (await server.app[keys.STORE].get_bin(server.bin.id)).captures > 0


async def test_signing_in_leads_home_when_there_are_several_bins(server: Running) -> None:
    async with server.client.post(f"{server.api}/bins", json={"name": "Second"}):
        pass
    async with aiohttp.ClientSession() as browser:
        async with browser.post(f"{server.url}/sign-in", data={"token": TOKEN}, allow_redirects=False) as answer:
            assert answer.headers["Location"] == "/"


async def test_a_wrong_token_is_told_and_opens_nothing(server: Running) -> None:
    async with aiohttp.ClientSession() as charlie:
        async with charlie.post(f"{server.url}/sign-in", data={"token": "wrong"}) as answer:
            assert answer.status == 401
            assert "not a valid token" in await answer.text()
            assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("wanted", ["//evil.example/", "https://evil.example", "/\\evil.example", "", "x"])
async def test_signing_in_never_leads_to_another_site(server: Running, wanted: str) -> None:
    async with aiohttp.ClientSession() as browser:
        data = {"token": TOKEN, "next": wanted}
        async with browser.post(f"{server.url}/sign-in", data=data, allow_redirects=False) as answer:
            assert answer.headers["Location"] == f"/bins/{server.bin.id}"


async def test_the_code_of_the_link_signs_in_once(server: Running) -> None:
    code = server.app[keys.ACCESS].codes.make()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        fields = {"code": code, "next": f"/bins/{server.bin.id}"}
        async with browser.post(f"{server.url}/sign-in", data=fields, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, f"/bins/{server.bin.id}")
        async with browser.get(f"{server.api}/info") as answer:
            assert answer.status == 200
    async with aiohttp.ClientSession() as other, other.post(f"{server.url}/sign-in", data={"code": code}) as answer:
        assert answer.status == 401
        assert "This link was used already" in await answer.text()
        assert "Set-Cookie" not in answer.headers


async def test_a_token_in_an_address_opens_nothing(server: Running) -> None:
    """It would be in the history of the browser, and in the log of a proxy."""
    async with aiohttp.ClientSession() as browser:
        async with browser.get(f"{server.url}/sign-in?token={TOKEN}", allow_redirects=False) as answer:
            assert answer.status == 200
            assert "Set-Cookie" not in answer.headers
            assert TOKEN not in await answer.text()


async def test_who_is_signed_in_does_not_see_the_form(server: Running) -> None:
    async with server.client.get(f"{server.url}/sign-in?next=/docs", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/docs")


async def test_a_session_remembers_its_browser_and_address(server: Running) -> None:
    async with aiohttp.ClientSession(headers={"User-Agent": "a" * MOST_AGENT + "b"}) as browser:
        async with browser.post(f"{server.url}/sign-in", data={"token": TOKEN}, allow_redirects=False):
            pass
    (signed_in,) = await server.app[keys.ACCESS].sessions()
    assert (signed_in.session.agent, signed_in.session.peer) == ("a" * MOST_AGENT, "127.0.0.1")


async def test_wrong_tokens_are_counted_and_answered_late(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    late: list[str] = []

    async def slow_down(peer: str) -> None:
        late.append(peer)

    failed = server.app[keys.FAILED_SIGN_INS]
    monkeypatch.setattr(failed, "slow_down", slow_down)
    async with aiohttp.ClientSession() as charlie:
        for data in ({"token": "wrong"}, {"code": "wrong"}):
            async with charlie.post(f"{server.url}/sign-in", data=data) as answer:
                assert answer.status == 401
        for path, header, count in (
            ("/api/v1/info", "Bearer wrong", 3),
            ("/", "bearer wrong", 4),
            ("/docs", "Bearer wrong", 5),
            # No guess: no token, another scheme, or a place that shows nothing.
            ("/api/v1/info", None, 5),
            ("/api/v1/info", "Basic wrong", 5),
            ("/healthz", "Bearer wrong", 5),
            ("/api/v1/info", f"Bearer {TOKEN}", 5),
        ):
            headers = {} if header is None else {"Authorization": header}
            async with charlie.get(server.url + path, headers=headers, allow_redirects=False):
                assert len(late) == count, path
    assert set(late) == {"127.0.0.1"}


async def test_wrong_tokens_are_in_the_metrics(server: Running) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer wrong"}) as charlie:
        async with charlie.get(f"{server.api}/info"):
            pass
    async with server.client.get(f"{server.url}/metrics") as answer:
        assert "smsbin_failed_sign_ins_total 1.0" in await answer.text()
