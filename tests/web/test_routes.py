"""Who may use which route: every route is tried by every kind of caller, with a bin of theirs, with one of others and
with one that does not exist."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import encode_basic_auth, web

from app import keys, main
from app.domain.access import AccessRole
from app.domain.shares import SharedPart
from app.services import failed_sign_ins
from app.services.bins import create
from app.settings import read_settings
from app.web.routes import ROUTES
from app.web.routes.table import M, N, Route
from app.web.site.middleware import guard
from tests.conftest import TOKEN, Running, run_server

REACHED = 299
# What a route is for, by its name, where its method does not say so.
READS = {"sign_out", "capture-signature"}
# A listener moves its cursor, and may answer.
WRITES = {"bin-confirm-delete", "api-listen"}
ADMINS = {
    "retention-confirm", "api-retention-confirm", "tokens", "token-create", "token-revoke", "sessions", "session-end",
    "api-tokens", "api-token-create", "api-token-revoke", "api-sessions", "api-session-end",
    "audit", "api-audit", "api-audit-export",
}  # fmt: skip
ALL_BINS = {"metrics", "bin-create", "api-bin-create", *ADMINS}


@web.middleware
async def _guard_only(request: web.Request, handler: object) -> web.StreamResponse:
    async def reached(_: web.Request) -> web.StreamResponse:
        return web.Response(status=REACHED)

    return await guard(request, reached)


@dataclass(frozen=True, slots=True)
class Fence:
    """A server whose handlers do nothing, so that each can be called by those who may. `tokens` by role and bins."""

    server: Running
    theirs: str
    tokens: dict[tuple[AccessRole, str], str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fence(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fence]:
    settings = read_settings({"data_dir": str(tmp_path_factory.mktemp("routes") / "data"), "access_token": TOKEN})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(main, "guard", _guard_only)
        async with run_server(settings) as server:
            app = server.app
            theirs = await create(app[keys.STORE], app[keys.KEYRING], name="Theirs")
            texts = {}
            for role, bins in product(AccessRole, ("all", "some")):
                some = None if bins == "all" else [server.bin.id]
                _, texts[role, bins] = await app[keys.ACCESS].tokens.add(
                    name=f"{role} {bins}", role=role, bins=some, expires_in=None
                )
            yield Fence(server, theirs.id, texts)


def _needed(route: Route) -> AccessRole:
    """The role that a route should require: what its method says, but for the names above."""
    if route.name in ADMINS:
        return AccessRole.ADMIN
    if route.name in WRITES or (route.method != "GET" and route.name not in READS):
        return AccessRole.WRITE
    return AccessRole.READ


def _path(route: Route, bin_id: str) -> str:
    path = route.path.replace("{bin}", bin_id).replace(N, "1").replace(M, "1")
    return re.sub(r"\{\w+(:[^{}]+)?\}", "x", path)


def _right(route: Route, role: AccessRole, bins: str, *, is_theirs: bool) -> int:
    """The status that a caller should get."""
    if route.public:
        return REACHED
    if route.rule is not None and route.rule.is_shared:
        return 404
    if bins == "some" and is_theirs:
        return 404
    if not role.includes(_needed(route)) or (bins == "some" and route.name in ALL_BINS):
        return 403
    return REACHED


def _cases(fence: Fence) -> Iterator[tuple[AccessRole, str, Route, str, int]]:
    """Roles, "all" or "some" bins, routes, paths, and the right status; routes about a bin with each of three bins."""
    own = fence.server.bin.id
    for route in ROUTES:
        places = (own, fence.theirs, "nothere1") if "{bin}" in route.path else (own,)
        for role, bins, place in product(AccessRole, ("all", "some"), places):
            yield role, bins, route, _path(route, place), _right(route, role, bins, is_theirs=place != own)


@pytest.mark.asyncio(loop_scope="module")
async def test_every_route_is_open_to_exactly_those_who_may_use_it(fence: Fence) -> None:
    wrong = []
    async with aiohttp.ClientSession() as client:
        for role, bins, route, path, right in _cases(fence):
            headers = {"Authorization": f"Bearer {fence.tokens[role, bins]}"}
            url = fence.server.url + path
            async with client.request(route.method, url, headers=headers, allow_redirects=False) as answer:
                if answer.status != right:
                    wrong.append((role, bins, route.method, path, answer.status, right))
    assert wrong == []


@pytest.mark.asyncio(loop_scope="module")
async def test_a_revoked_token_opens_no_route(fence: Fence) -> None:
    access = fence.server.app[keys.ACCESS]
    token, text = await access.tokens.add(name="ex", role=AccessRole.ADMIN, bins=None, expires_in=None)
    await access.revoke(token.id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(failed_sign_ins, "EVERY_S", 0.0)
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {text}"}) as client:
            for route in (route for route in ROUTES if not route.public):
                url = fence.server.url + _path(route, fence.server.bin.id)
                async with client.request(route.method, url, allow_redirects=False) as answer:
                    is_api = route.path.startswith(("/api/", "/metrics"))
                    right = 404 if "{share}" in route.path else 401 if is_api else 303
                    assert answer.status == right, route.path


@pytest.mark.asyncio(loop_scope="module")
async def test_a_share_opens_its_own_routes_only_wherever_its_secret_is_sent(fence: Fence) -> None:
    app, bin = fence.server.app, fence.server.bin
    share, secret = await app[keys.SHARES].add(
        bin.id, SharedPart(), expires_in=timedelta(hours=1), masked=True, made_by="x"
    )
    places = {
        "bearer": ({"Authorization": f"Bearer {secret}"}, ""),
        "basic": ({"Authorization": encode_basic_auth("", secret)}, ""),
        "cookie": ({"Cookie": f"smsbin-{fence.server.port}={secret}; smsbin={secret}"}, ""),
        "query": ({"Sec-Fetch-Site": "same-origin"}, f"?share={secret}&token={secret}&access_token={secret}"),
    }
    wrong = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(failed_sign_ins, "EVERY_S", 0.0)
        async with aiohttp.ClientSession() as client:
            for route, place in product((route for route in ROUTES if not route.public), places):
                headers, query = places[place]
                url = fence.server.url + _path(route, bin.id) + query
                async with client.request(route.method, url, headers=headers, allow_redirects=False) as answer:
                    if answer.status not in (401, 303, 404):
                        wrong.append((place, route.method, route.path, answer.status))
            for route in (route for route in ROUTES if "{share}" in route.path):
                url = fence.server.url + _path(route, bin.id).replace("/shared/x", f"/shared/{secret}")
                for method, right in (("GET", REACHED), ("HEAD", REACHED), ("POST", 303), ("DELETE", 303)):
                    async with client.request(method, url, allow_redirects=False) as answer:
                        if answer.status != right:
                            wrong.append(("path", method, route.path, answer.status))
                async with client.get(url.replace(secret, share.hash)) as answer:
                    assert answer.status == 404
                async with client.get(url + f"?bin={fence.theirs}") as answer:
                    assert answer.status == 404
    assert wrong == []


@pytest.mark.asyncio(loop_scope="module")
async def test_a_bin_of_others_looks_exactly_like_none(fence: Fence) -> None:
    headers = {"Authorization": f"Bearer {fence.tokens[AccessRole.READ, 'some']}"}
    async with aiohttp.ClientSession(headers=headers) as client:
        for route in (route for route in ROUTES if "{bin}" in route.path):
            seen = []
            for bin_id in (fence.theirs, "nothere1"):
                for query in ("", "?limit=wrong"):
                    url = fence.server.url + _path(route, bin_id) + query
                    async with client.request(route.method, url) as answer:
                        text = re.sub(r'nonce="[^"]+"|next=[^"]*|"back" value="[^"]*"', "", await answer.text())
                        seen.append((answer.status, text.replace(bin_id, "BIN")))
            assert len(set(seen)) == 1, route.path


@pytest.mark.asyncio(loop_scope="module")
async def test_a_bin_of_others_is_none_as_a_parameter_too(fence: Fence) -> None:
    headers = {"Authorization": f"Bearer {fence.tokens[AccessRole.READ, 'some']}"}
    async with aiohttp.ClientSession(headers=headers) as client:
        for bin_id, status in ((fence.server.bin.id, REACHED), (fence.theirs, 404)):
            async with client.get(f"{fence.server.url}/palette?q=x&bin={bin_id}") as answer:
                assert answer.status == status


def test_every_path_below_a_bin_names_it_bin() -> None:
    """The middleware knows a bin by this name."""
    below = [route for route in ROUTES if re.search(r"/bins/\{", route.path)]
    assert [route.path for route in below if "/bins/{bin}" not in route.path] == []
    assert len(below) > 100
