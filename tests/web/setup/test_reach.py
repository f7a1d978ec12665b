"""Whether requests from outside reach a bin: by address, by the headers of a proxy, and not by our own simulations."""

from collections.abc import Callable

import pytest

from app import keys
from app.domain.roles import Role
from app.settings import Settings
from app.web.setup.reach import LARGEST_READ, LOOKED_AT, Reach, find_reach, is_outside, sort_out
from tests.conftest import Running, run_server

from .rows import LOCAL, OUTSIDE, row


async def _reach(server: Running) -> Reach:
    store = server.app[keys.STORE]
    return await find_reach(store, await store.get_bin(server.bin.id))


async def _send(server: Running, path: str = "", **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with server.client.post(server.capture_url + path, data={"Text": "hi"}, headers=named) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("54.172.60.1", True), ("2600:1f18::1", True), ("127.0.0.1", False), ("10.0.0.4", False), ("::1", False),
        ("192.168.1.9", False), ("100.64.0.1", False), ("fe80::1", False), ("unknown", False), ("", False),
    ],
)  # fmt: skip
def test_only_a_public_address_is_outside(peer: str, expected: bool) -> None:
    assert is_outside(peer) is expected


def test_the_newest_request_of_each_url_counts_whatever_order_they_are_in() -> None:
    rows = [row(7), row(9, Role.STATUS), row(3), row(8, peer=LOCAL)]
    reach = sort_out(rows)
    assert {role: each.n for role, each in reach.outside.items()} == {Role.PRIMARY: 7, Role.STATUS: 9}
    assert reach.newest() is rows[1]
    assert reach.newest([Role.PRIMARY]) is rows[0]
    assert reach.newest_near() is rows[3]
    assert reach.newest([Role.VOICE]) is None


async def test_a_bin_without_requests_was_reached_by_nobody(server: Running) -> None:
    assert await _reach(server) == Reach({}, {})


async def test_a_request_from_this_machine_is_near_and_a_simulated_one_is_none(server: Running) -> None:
    wish = {"provider": "ytel", "what": "inbound", "count": 1}
    async with server.client.post(f"{server.bin_api}/simulations", json=wish) as answer:
        run = server.app[keys.SIMULATING].find(server.bin.id, (await answer.json())["id"])
    assert run.task is not None
    await run.task
    assert len(await server.captures()) == 1
    assert await _reach(server) == Reach({}, {})
    await _send(server, "/status")
    reach = await _reach(server)
    assert (reach.outside, list(reach.near)) == ({}, [Role.STATUS])


async def test_a_request_from_a_public_address_behind_a_trusted_proxy_is_from_outside(
    make_settings: Callable[..., Settings],
) -> None:
    async with run_server(make_settings(trusted_proxies="127.0.0.1")) as server:
        await _send(server, X_Forwarded_For=OUTSIDE)
        for _ in range(LOOKED_AT - 1):
            await _send(server)
        reach = await _reach(server)
        assert reach.outside[Role.PRIMARY].n == 1
        assert not reach.proxied
        await _send(server)
        assert not (await _reach(server)).outside, "more than the newest are never looked at"


@pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded"])
async def test_a_request_with_the_header_of_a_proxy_that_is_not_trusted_is_from_outside_too(
    server: Running, header: str
) -> None:
    await _send(server, **{header: "for=54.172.60.1"})
    reach = await _reach(server)
    assert reach.outside[Role.PRIMARY].n == 1
    assert list(reach.proxied) == [1]
    assert not reach.near


@pytest.mark.parametrize(("size", "is_read"), [(LARGEST_READ, True), (LARGEST_READ + 1, False)])
async def test_the_headers_of_a_request_up_to_a_size_are_examined(server: Running, size: int, is_read: bool) -> None:
    headers = {"X-Forwarded-For": OUTSIDE}
    async with server.client.post(server.capture_url, data=b"x" * size, headers=headers) as answer:
        assert answer.status == 200
    await server.captures()
    assert bool((await _reach(server)).proxied) is is_read
