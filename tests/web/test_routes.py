"""Who may use which route: every route is tried by every kind of caller, with a bin of theirs, with one of others and
with one that does not exist."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import product

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from app import main
from app.domain.access import AccessRole, Caller, CallerKind
from app.services.access import Access
from app.settings import read_settings
from app.web.routes import ROUTES, M, N, Route
from app.web.site.middleware import guard
from tests.conftest import TOKEN, Running, run_server

REACHED = 299
# What a route is for, by its name, where its method does not say so.
READS = {"sign_out", "capture-signature"}
WRITES = {"bin-confirm-delete"}
ADMINS = {"retention-confirm", "api-retention-confirm"}
ALL_BINS = {"metrics", "bin-create", "api-bin-create", *ADMINS}


@web.middleware
async def _guard_only(request: web.Request, handler: object) -> web.StreamResponse:
    async def reached(_: web.Request) -> web.StreamResponse:
        return web.Response(status=REACHED)

    return await guard(request, reached)


@dataclass(frozen=True, slots=True)
class Fence:
    """A server whose handlers do nothing, so that each can be called by those who may."""

    server: Running
    theirs: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fence(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fence]:
    settings = read_settings({"data_dir": str(tmp_path_factory.mktemp("routes") / "data"), "access_token": TOKEN})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(main, "guard", _guard_only)
        async with run_server(settings) as server:
            known = Access.caller_of_token
            patch.setattr(Access, "caller_of_token", lambda self, token: _caller(token, server) or known(self, token))
            yield Fence(server, "fffffff1")


def _caller(token: str, server: Running) -> Caller | None:
    """Who has a token such as "read-some" or "admin-all"."""
    role, _, bins = token.partition("-")
    if role not in list(AccessRole):
        return None
    some = None if bins == "all" else frozenset({server.bin.id})
    return Caller(name=token, role=AccessRole(role), kind=CallerKind.BEARER, bins=some)


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
    if bins == "some" and is_theirs:
        return 404
    if not role.includes(_needed(route)) or (bins == "some" and route.name in ALL_BINS):
        return 403
    return REACHED


def _cases(fence: Fence) -> Iterator[tuple[str, Route, str, int]]:
    """Tokens, routes, paths, and the status that is right: for routes about a bin with each of three bins."""
    own = fence.server.bin.id
    for route in ROUTES:
        places = (own, fence.theirs, "nothere1") if "{bin}" in route.path else (own,)
        for role, bins, place in product(AccessRole, ("all", "some"), places):
            yield f"{role}-{bins}", route, _path(route, place), _right(route, role, bins, is_theirs=place != own)


@pytest.mark.asyncio(loop_scope="module")
async def test_every_route_is_open_to_exactly_those_who_may_use_it(fence: Fence) -> None:
    wrong = []
    async with aiohttp.ClientSession() as client:
        for token, route, path, right in _cases(fence):
            headers = {"Authorization": f"Bearer {token}"}
            url = fence.server.url + path
            async with client.request(route.method, url, headers=headers, allow_redirects=False) as answer:
                if answer.status != right:
                    wrong.append((token, route.method, path, answer.status, right))
    assert wrong == []


@pytest.mark.asyncio(loop_scope="module")
async def test_a_bin_of_others_looks_exactly_like_none(fence: Fence) -> None:
    headers = {"Authorization": "Bearer read-some"}
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
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer read-some"}) as client:
        for bin_id, status in ((fence.server.bin.id, REACHED), (fence.theirs, 404)):
            async with client.get(f"{fence.server.url}/palette?q=x&bin={bin_id}") as answer:
                assert answer.status == status


def test_every_path_below_a_bin_names_it_bin() -> None:
    """The middleware knows a bin by this name."""
    below = [route for route in ROUTES if re.search(r"/bins/\{", route.path)]
    assert [route.path for route in below if "/bins/{bin}" not in route.path] == []
    assert len(below) > 100
