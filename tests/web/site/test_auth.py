"""Who may look: nobody without the token, from nowhere but our own pages, under no unknown name."""

import asyncio
import re
from types import SimpleNamespace

import aiohttp
import pytest

from app import keys
from app.errors import StoreUnavailable
from app.web.routes import ROUTES
from app.web.routes.table import M, N
from app.web.site import auth
from tests.conftest import TOKEN, Running, run_server, with_shared_server
from tests.sharing import Shared, both

from ...ingress.http import parse, talk

__all__ = ["both"]

PUBLIC = {
    "healthz", "readyz", "robots", "static", "sign_in", "sign_in_form", "docs", "event-schema", "guide", "guide-page",
    "openapi", "mapping-schema",
}  # fmt: skip


def test_every_route_is_public_on_purpose() -> None:
    assert {route.name for route in ROUTES if route.public} == PUBLIC


def _address(server: Running, path: str) -> str:
    """A path of the plan as an address; what ids stand for is "x"."""
    return server.url + re.sub(
        r"\{\w+(:[^{}]+)?\}", "x", path.replace("{bin}", server.bin.id).replace(N, "1").replace(M, "1")
    )


@with_shared_server
@pytest.mark.parametrize("route", [r for r in ROUTES if not r.public], ids=lambda r: f"{r.method} {r.path}")
async def test_charlie_who_has_no_credential_sees_nothing(shared_server: Running, route) -> None:
    """Not with nothing, not with the capture key, which the provider and its logs know (P8)."""
    await (await shared_server.client.post(shared_server.capture_url, data={"Text": "secret"})).read()
    tries = (
        {},
        {"Authorization": f"Bearer {shared_server.bin.key}"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Basic {TOKEN}"},
        {"Cookie": f"smsbin-{shared_server.port}={shared_server.bin.key}"},
    )
    async with aiohttp.ClientSession() as charlie:
        for headers in tries:
            address = _address(shared_server, route.path)
            async with charlie.request(route.method, address, headers=headers, allow_redirects=False) as answer:
                body = await answer.text()
            api = route.path.startswith(("/api/", "/metrics"))
            assert answer.status == (404 if "{share}" in route.path else 401 if api else 303)
            assert "secret" not in body
            if api:
                assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_credential_of_odd_bytes_is_a_wrong_one(server: Running) -> None:
    for header in (b"Authorization: Bearer \xff\xfe", b"Cookie: smsbin-%d=\xff\xfe" % server.port):
        request = b"GET /api/v1/bins HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n\r\n" % (server.port, header)
        assert parse(await talk(server.port, request)).status == 401


async def test_a_mistyped_capture_url_is_404_and_never_leads_to_a_page_that_says_200(server: Running) -> None:
    key = server.bin.key
    async with aiohttp.ClientSession() as provider:
        for path in ("/nothing", f"/{key}x", f"/{key[1:]}", f"/{key.upper()}", f"/{key}%20"):
            for method in ("GET", "POST"):
                async with provider.request(method, server.url + path, allow_redirects=False) as answer:
                    assert answer.status == 404, (method, path)


async def test_401_comes_before_any_other_error(server: Running) -> None:
    async with aiohttp.ClientSession() as charlie:
        for method, path in (("GET", "/nothing"), ("PUT", "/bins"), ("GET", "/bins/x/captures?limit=0")):
            async with charlie.request(method, server.api + path, headers={"Origin": "http://evil.example"}) as answer:
                assert answer.status == 401
        async with charlie.post(f"{server.api}/bins", data=b"{", headers={"Host": "evil.example"}) as answer:
            assert answer.status == 401


async def _signed_in(server: Running) -> aiohttp.ClientSession:
    browser = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
    async with browser.post(f"{server.url}/sign-in", data={"token": TOKEN}, allow_redirects=False) as answer:
        assert answer.status == 303
        cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"smsbin-{server.port}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    return browser


async def test_signing_out_ends_the_live_views_of_that_browser_at_once(server: Running) -> None:
    same = {"Sec-Fetch-Site": "same-origin", "Origin": server.url}
    live = f"{server.api}/bins/{server.bin.id}/live"
    async with await _signed_in(server) as browser, await _signed_in(server) as other:
        async with browser.ws_connect(live, headers=same) as mine, other.ws_connect(live, headers=same) as theirs:
            for view in (mine, theirs):
                assert (await view.receive_json(timeout=15))["type"] == "hello"
            async with browser.post(f"{server.url}/sign-out", headers=same, allow_redirects=False) as answer:
                assert answer.status == 303
            # Nothing happens in the bin meanwhile.
            last = await mine.receive(timeout=15)
            assert (last.type, last.data) == (aiohttp.WSMsgType.CLOSE, 4401)
            async with server.client.post(server.capture_url, data={"Text": "a secret"}) as answer:
                assert answer.status == 200
            assert (await theirs.receive_json(timeout=15))["capture"]["text"] == "a secret"


async def test_a_request_that_is_under_way_while_somebody_signs_out_does_not_keep_the_session(server: Running) -> None:
    access = server.app[keys.ACCESS]
    secret = await access.sign_in()
    access._sessions.clear()
    store, looked, dropped = server.app[keys.STORE], asyncio.Event(), asyncio.Event()
    find = store.find_session

    async def find_slowly(key: str):
        found = await find(key)
        looked.set()
        await dropped.wait()
        return found

    access._store = SimpleNamespace(find_session=find_slowly, drop_session=store.drop_session)
    request = asyncio.ensure_future(access.caller_of_session(secret))
    await looked.wait()
    await access.sign_out(secret)
    dropped.set()
    assert await request is None
    access._store = store
    assert await access.caller_of_session(secret) is None


@pytest.mark.parametrize(("host", "secure"), [("sms.example.net", True), ("127.0.0.1", False)])
async def test_the_cookie_is_secure_where_browsers_come_by_https(make_settings, host: str, secure: bool) -> None:
    async with run_server(make_settings(public_url="https://sms.example.net")) as server:
        data = {"token": TOKEN}
        async with server.client.post(
            f"{server.url}/sign-in", data=data, headers={"Host": host}, allow_redirects=False
        ) as answer:
            cookie = answer.headers["Set-Cookie"]
            assert ("Secure" in cookie) is secure
            assert cookie.startswith("__Host-smsbin=") is secure


async def test_by_https_a_cookie_that_another_host_of_the_domain_could_set_opens_nothing(make_settings) -> None:
    own = {"Host": "sms.example.net", "Sec-Fetch-Site": "same-origin"}
    async with run_server(make_settings(public_url="https://sms.example.net")) as server:
        async with server.client.post(
            f"{server.url}/sign-in", data={"token": TOKEN}, headers=own, allow_redirects=False
        ) as answer:
            secret = answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2]
        async with aiohttp.ClientSession(headers=own) as browser:

            async def status(cookie: str, method: str = "GET", path: str = "/api/v1/info") -> int:
                headers = {"Cookie": cookie}
                async with browser.request(method, server.url + path, headers=headers, allow_redirects=False) as answer:
                    return answer.status

            assert await status(f"smsbin={secret}") == 401
            assert await status(f"__Host-smsbin={secret}") == 200
            async with browser.post(
                f"{server.url}/sign-out", headers={"Cookie": f"__Host-smsbin={secret}"}, allow_redirects=False
            ) as answer:
                # Browsers take a change of such a cookie only if it is secure, and for the whole host.
                taken_back = answer.headers["Set-Cookie"]
            assert taken_back.startswith("__Host-smsbin=")
            assert {"Secure", "Path=/"} <= set(taken_back.split("; "))
            assert await status(f"__Host-smsbin={secret}") == 401


async def test_under_a_base_path_the_cookie_stays_there(make_settings) -> None:
    settings = make_settings(public_url="https://sms.example.net", base_path="/in")
    async with run_server(settings) as server:
        async with server.client.post(
            f"{server.url}/sign-in", data={"token": TOKEN}, headers={"Host": "sms.example.net"}, allow_redirects=False
        ) as answer:
            cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("smsbin=")
    assert {"Secure", "Path=/in"} <= set(cookie.split("; "))


async def test_a_changed_token_ends_all_sessions(make_settings) -> None:
    async with run_server(make_settings()) as server:
        browser = await _signed_in(server)
        cookies = {f"smsbin-{server.port}": next(iter(browser.cookie_jar)).value}
        await browser.close()
    async with run_server(make_settings(access_token="another-token-of-tests")) as server:
        cookies = {f"smsbin-{server.port}": next(iter(cookies.values()))}
        async with aiohttp.ClientSession(cookies=cookies) as browser:
            async with browser.get(f"{server.api}/info") as answer:
                assert answer.status == 401


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8010",
        "localhost.evil.example",
        "smsbin.localhost.evil.example",
        "evil.localhost",
        "127.0.0.1.evil.example",
        "a_b",
    ],
)
async def test_an_unknown_host_is_refused_with_the_cure(server: Running, host: str) -> None:
    async with server.client.get(f"{server.api}/info", headers={"Host": host}) as answer:
        assert answer.status == 403
        assert "SMSBIN_ALLOWED_HOSTS" in (await answer.json())["detail"]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:1",
        "smsbin.localhost:8010",
        "127.0.0.1",
        "192.0.2.1:80",
        "[::1]:8010",
        "sms.example.net",
        "other.example.net:443",
    ],
)
async def test_known_hosts_pass(make_settings, host: str) -> None:
    settings = make_settings(public_url="https://sms.example.net", allowed_hosts="other.example.net")
    async with (
        run_server(settings) as server,
        server.client.get(f"{server.api}/info", headers={"Host": host}) as answer,
    ):
        assert answer.status == 200


@pytest.mark.parametrize(
    "host", ["", "[", "[::1", "localhost:abc", "localhost:-1", "localhost:99999", "127.0.0.1@evil", "a b", "é", "a/b"]
)
async def test_what_is_no_host_is_a_bad_request_and_no_fault_of_ours(server: Running, host: str) -> None:
    for path, credential, status in (
        ("/api/v1/info", TOKEN, 400),
        ("/api/v1/openapi.json", "", 400),
        ("/sign-in", "", 400),
        ("/docs", "", 400),
        ("/bins", TOKEN, 400),
        ("/nowhere", TOKEN, 400),
        ("/api/v1/info", "wrong", 401),
        ("/healthz", "", 200),
        (f"/{server.bin.key}", "", 200),
    ):
        request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {credential}\r\n\r\n"
        if not credential:
            request = request.replace("Authorization: Bearer \r\n", "Cookie: smsbin=x; smsbin-8010=y\r\n")
        assert parse(await talk(server.port, request.encode())).status == status, path


async def test_a_capture_takes_any_host_and_any_origin(server: Running) -> None:
    headers = {"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    async with server.client.post(server.capture_url, headers=headers) as answer:
        assert answer.status == 200


async def test_a_forwarded_prefix_is_a_path_or_nothing(make_settings) -> None:
    said = {"/pre/fix/": "/pre/fix"} | dict.fromkeys(
        ("//evil.example", "/a<script>", "evil", "/a b", "https://evil.example"), ""
    )
    async with run_server(make_settings(trusted_proxies="127.0.0.1")) as server, aiohttp.ClientSession() as browser:
        for prefix, told in said.items():
            headers = {"X-Forwarded-Prefix": prefix}
            async with browser.get(f"{server.url}/", headers=headers, allow_redirects=False) as answer:
                assert answer.headers["Location"] == f"{told}/sign-in", prefix


async def test_a_percent_encoded_key_takes_any_host_and_any_origin_too(server: Running) -> None:
    odd = f"/%{ord(server.bin.key[0]):02x}{server.bin.key[1:]}"
    head = f"POST {odd} HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\nExpect: banana\r\n\r\n"
    assert parse(await talk(server.port, head.encode())).status == 200
    assert (await server.capture(1))["target"] == odd


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "https://127.0.0.1",
        "http://127.0.0.1.evil.example",
        "null",
    ],
)
async def test_a_foreign_origin_is_refused_whatever_the_credential(server: Running, origin: str) -> None:
    async with server.client.post(f"{server.api}/bins", json={}, headers={"Origin": origin}) as answer:
        assert answer.status == 403
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await server.client.ws_connect(f"{server.bin_api}/live", headers={"Origin": origin})
    assert refused.value.status == 403


async def test_a_method_that_is_none_is_told_to_those_who_may_come_in_only(server: Running) -> None:
    async with aiohttp.ClientSession() as stranger:
        for method, path, status in (
            ("GET", "/bins", 303),
            ("PUT", "/", 303),
            ("GET", "/sign-out", 303),
            ("POST", f"/bins/{server.bin.id}/compare", 303),
            ("DELETE", "/healthz", 405),
            ("GET", "/nothing/here", 404),
        ):
            async with stranger.request(method, server.url + path, allow_redirects=False) as answer:
                assert answer.status == status, (method, path)
    async with server.client.get(f"{server.url}/bins", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_a_browser_must_say_where_a_change_comes_from(server: Running) -> None:
    own = server.url
    async with await _signed_in(server) as browser:
        for headers, status in (
            ({}, 403),
            ({"Origin": "null"}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Sec-Fetch-Site": "same-site"}, 403),
            ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 201),
            ({"Origin": own}, 201),
        ):
            async with browser.post(f"{server.api}/bins", json={}, headers=headers) as answer:
                assert answer.status == status, headers
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await browser.ws_connect(f"{server.bin_api}/live")
        assert refused.value.status == 403
        async with browser.ws_connect(f"{server.bin_api}/live", headers={"Origin": own}) as socket:
            assert (await socket.receive_json(timeout=15))["type"] == "hello"


async def test_answers_carry_the_headers_that_keep_a_browser_safe(make_settings) -> None:
    async with run_server(make_settings(public_url="https://sms.example.net")) as server:
        async with server.client.get(f"{server.url}/sign-in", allow_redirects=False) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'nonce-" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Strict-Transport-Security"]
        assert "Server" not in headers


async def test_nonces_are_never_used_twice(server: Running) -> None:
    seen = set()
    for _ in range(5):
        async with server.client.get(f"{server.url}/sign-in", allow_redirects=False) as answer:
            seen.add(answer.headers["Content-Security-Policy"])
    assert len(seen) == 5


PROXY = {
    "trusted_proxies": "127.0.0.1",
    "auth_header": "X-Forwarded-Email",
    "auth_roles": "admin=ann@example.net,*@ops.example.net write=*@example.net",
}


async def _proxied(
    server: Running, method: str, path: str, *addresses: str, body: dict | None = None, **headers: str
) -> int:
    """The status of a request of the proxy about a person."""
    given = [*(("X-Forwarded-Email", address) for address in addresses), *headers.items()]
    async with aiohttp.ClientSession() as proxy:
        async with proxy.request(method, server.url + path, headers=given, json=body, allow_redirects=False) as answer:
            return answer.status


async def test_a_trusted_proxy_names_the_user_who_has_the_largest_role_that_matches(make_settings) -> None:
    async with run_server(make_settings(**PROXY)) as server:
        own = {"Sec-Fetch-Site": "same-origin"}
        for address, read, write, admin in (
            ("ann@example.net", 200, 201, 200),
            (" Ann@Example.Net ", 200, 201, 200),
            ("bob@ops.example.net", 200, 201, 200),
            ("carl@example.net", 200, 201, 403),
            ("dave@example.org", 401, 401, 401),
            ("ann@example.net, x@example.org", 401, 401, 401),
            ("", 401, 401, 401),
        ):
            assert await _proxied(server, "GET", "/api/v1/bins", address) == read, address
            assert await _proxied(server, "POST", "/api/v1/bins", address, body={}, **own) == write, address
            assert await _proxied(server, "GET", "/api/v1/tokens", address) == admin, address
        assert await _proxied(server, "GET", "/api/v1/bins") == 401
        assert await _proxied(server, "GET", "/api/v1/bins", "ann@example.net", "ann@example.net") == 401
        # A page of another site can cause such a request.
        assert await _proxied(server, "POST", "/api/v1/bins", "ann@example.net", body={}) == 403
        foreign = {"Sec-Fetch-Site": "cross-site"}
        assert await _proxied(server, "POST", "/api/v1/bins", "ann@example.net", body={}, **foreign) == 403
        # The proxy may pass a token of its own on; a token of smsbin counts before the header.
        its_own = {"Authorization": "Bearer eyJhbGciOi.x.y"}
        assert await _proxied(server, "GET", "/api/v1/bins", "carl@example.net", **its_own) == 200
        ours = {"Authorization": f"Bearer {TOKEN}"}
        assert await _proxied(server, "GET", "/api/v1/tokens", "carl@example.net", **ours) == 200
        assert server.app[keys.FAILED_SIGN_INS].count == 0


async def test_the_header_of_another_sender_names_nobody(make_settings) -> None:
    async with run_server(make_settings(**PROXY | {"trusted_proxies": "192.0.2.1"})) as server:
        assert await _proxied(server, "GET", "/api/v1/bins", "ann@example.net") == 401
    async with run_server(make_settings(trusted_proxies="127.0.0.1")) as server:
        assert await _proxied(server, "GET", "/api/v1/bins", "ann@example.net") == 401


async def test_who_has_no_role_at_the_proxy_is_told_so_at_the_sign_in_form(make_settings) -> None:
    async with run_server(make_settings(**PROXY)) as server, aiohttp.ClientSession() as proxy:
        headers = {"X-Forwarded-Email": "<i>dave@example.org"}
        async with proxy.get(f"{server.url}/", headers=headers) as answer:
            text = await answer.text()
    assert "Your proxy knows you as <bdi>&lt;i&gt;dave@example.org</bdi>" in text


class TestTwoServersOfOneStore:
    """What was ended on one has ended on the other."""

    @pytest.fixture
    async def cookie(self, both: Shared) -> str:
        """Of a browser that signed in at the first server."""
        return await both.one.app[keys.ACCESS].sign_in()

    @staticmethod
    def _browser(server: Running, cookie: str) -> aiohttp.ClientSession:
        same = {"Sec-Fetch-Site": "same-origin", "Origin": server.url}
        return aiohttp.ClientSession(headers={"Cookie": f"smsbin-{server.port}={cookie}", **same})

    async def test_a_sign_out_ends_pages_and_open_sockets_at_once(
        self, both: Shared, cookie: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(auth, "SHARED_RECHECK_S", 1_000.0)
        one, other = both.one, both.other
        async with self._browser(one, cookie) as mine, self._browser(other, cookie) as theirs:
            async with theirs.get(f"{other.url}/bins/{one.bin.id}") as answer:
                assert answer.status == 200
            async with theirs.ws_connect(f"{other.bin_api}/live") as view:
                assert (await view.receive_json(timeout=60))["type"] == "hello"
                async with mine.post(f"{one.url}/sign-out", allow_redirects=False) as answer:
                    assert answer.status == 303
                last = await view.receive(timeout=60)
                assert (last.type, last.data) == (aiohttp.WSMsgType.CLOSE, 4401)
            async with theirs.get(f"{other.api}/info") as answer:
                assert answer.status == 401

    async def test_without_a_notice_requests_end_at_once_and_open_sockets_soon(
        self, both: Shared, cookie: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(auth, "SHARED_RECHECK_S", 0.1)
        one, other = both.one, both.other
        both.withhold()
        async with self._browser(other, cookie) as theirs:
            async with theirs.ws_connect(f"{other.bin_api}/live") as view:
                assert (await view.receive_json(timeout=60))["type"] == "hello"
                await one.app[keys.ACCESS].sign_out(cookie)
                async with theirs.get(f"{other.api}/info") as answer:
                    assert answer.status == 401
                async with asyncio.timeout(60):
                    while (last := await view.receive()).type is not aiohttp.WSMsgType.CLOSE:
                        pass
                assert last.data == 4401

    async def test_a_named_token_is_valid_and_revoked_everywhere(self, both: Shared) -> None:
        one, other = both.one, both.other
        both.withhold()
        async with one.client.post(f"{one.api}/tokens", json={"name": "ci", "role": "admin"}) as answer:
            made = await answer.json()
        bearer = {"Authorization": f"Bearer {made['token']}"}
        async with other.client.get(f"{other.api}/info", headers=bearer) as answer:
            assert answer.status == 200
        session = await other.app[keys.ACCESS].sign_in(made["token"])
        async with other.client.get(f"{other.api}/tokens") as answer:
            assert [each["name"] for each in (await answer.json())["items"]] == ["ci"]
        async with other.client.post(f"{other.api}/tokens", json={"name": "ci", "role": "read"}) as answer:
            assert answer.status == 422
        async with self._browser(one, session) as browser, browser.get(f"{one.api}/info") as answer:
            assert answer.status == 200
        async with other.client.delete(f"{other.api}/tokens/{made['id']}") as answer:
            assert answer.status == 204
        async with one.client.get(f"{one.api}/info", headers=bearer) as answer:
            assert answer.status == 401
        async with self._browser(one, session) as browser, browser.get(f"{one.api}/info") as answer:
            assert answer.status == 401

    async def test_the_sessions_of_all_servers_are_listed(self, both: Shared, cookie: str) -> None:
        other = both.other
        assert await other.app[keys.ACCESS].sign_in() != cookie
        for server in (both.one, other):
            async with server.client.get(f"{server.api}/sessions") as answer:
                assert len((await answer.json())["items"]) == 2

    async def test_the_link_of_a_share_opens_counts_and_ends_everywhere(self, both: Shared) -> None:
        one, other = both.one, both.other
        both.withhold()
        async with one.client.post(f"{one.bin_api}/shares", json={"expires_in": "1h"}) as answer:
            made = await answer.json()
        links = [made["url"].replace(one.url, server.url) for server in (one, other)]
        async with aiohttp.ClientSession() as visitor:
            for link in (*links, links[1]):
                async with visitor.get(link) as answer:
                    assert answer.status == 200
            for server in (one, other):
                await server.app[keys.SHARES].write_views()
            async with other.client.get(f"{other.bin_api}/shares") as answer:
                (listed,) = (await answer.json())["items"]
            assert (listed["id"], listed["views"]) == (made["id"], 3)
            async with other.client.delete(f"{other.bin_api}/shares/{made['id']}") as answer:
                assert answer.status == 204
            for link in links:
                async with visitor.get(link) as answer:
                    assert answer.status == 410

    async def test_a_share_of_a_bin_that_the_server_does_not_know_yet_opens(self, both: Shared) -> None:
        one, other = both.one, both.other
        both.withhold()
        async with one.client.post(f"{one.api}/bins", json={}) as answer:
            bin = await answer.json()
        async with one.client.post(f"{one.api}/bins/{bin['id']}/shares", json={"expires_in": "1h"}) as answer:
            link = (await answer.json())["url"].replace(one.url, other.url)
        async with aiohttp.ClientSession() as visitor:
            async with visitor.get(link) as answer:
                assert answer.status == 200
            async with one.client.delete(f"{one.api}/bins/{bin['id']}") as answer:
                assert answer.status == 204
            async with visitor.get(link) as answer:
                assert answer.status in (404, 410)

    async def test_a_session_that_cannot_be_stored_signs_no_one_in(
        self, both: Shared, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail(_: object) -> None:
            raise StoreUnavailable("full")

        monkeypatch.setattr(both.stores[0], "add_session", fail)
        with pytest.raises(StoreUnavailable):
            await both.one.app[keys.ACCESS].sign_in()
