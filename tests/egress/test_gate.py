"""The check of targets that a user gives: everything that is not public is forbidden, however it is written."""

import asyncio
import socket
from ipaddress import ip_address, ip_network

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.egress import check_open, check_target, open_sender
from app.egress.gate import is_open
from app.errors import Invalid

CLOSED = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200",
    "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "168.63.129.16", "192.88.99.1", "::1", "::", "::127.0.0.1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1",
    "ff02::1", "100::1", "3fff::1", "5f00::1", "2001:db8::1",
]  # fmt: skip
OPEN = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", CLOSED)
def test_what_is_not_on_the_public_internet_is_closed(address: str) -> None:
    assert not is_open(ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_public_addresses_are_open(address: str) -> None:
    assert is_open(ip_address(address))


def test_the_operator_opens_a_network_and_only_that() -> None:
    networks = [ip_network("10.0.5.0/24")]
    assert is_open(ip_address("10.0.5.7"), networks)
    assert is_open(ip_address("::ffff:10.0.5.7"), networks)
    assert not is_open(ip_address("10.0.6.7"), networks)


@pytest.mark.parametrize(
    "url",
    [
        "", "localhost", "ftp://example.net/", "file:///etc/passwd", "http://", "http://user:secret@example.net/",
        "http://example.net:22/", "http://example.net:6379/", "http://example.net:99999/", "http://exämple.net/",
        "http://example.net/\r\nHost: x", "http://example.net/a b", "javascript:alert(1)", "http://[::1",
        "http://example.net/" + "a" * 2_000,
    ],
)  # fmt: skip
def test_what_is_no_address_to_send_to_is_refused_by_its_field(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_target("targets.primary", url)
    assert refused.value.problems[0][0] == "targets.primary"


def test_a_fragment_stays_at_home() -> None:
    assert check_target("url", "https://example.net:8443/sms?a=b#rc=5") == "https://example.net:8443/sms?a=b"


async def _try(url: str, *allowed: str) -> tuple[int | None, str | None]:
    opened = [ip_network(text) if text[0].isdigit() else text for text in allowed]
    async with open_sender(opened) as sender:
        reply = await sender.send("POST", url, (), b"", timeout_s=5)
    return reply.status, reply.error


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "017700000001", "127.1", "0"])
async def test_no_spelling_of_this_machine_gets_through(host: str) -> None:
    seen: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handle)
    async with TestServer(app) as server:
        status, _ = await _try(f"http://{host}:{server.port}/")
        assert (status, seen) == (None, [])


async def test_a_refusal_says_that_the_address_is_closed_and_an_opened_one_is_reached() -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=201)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handle)
    async with TestServer(app) as server:
        url = f"http://127.0.0.1:{server.port}/"
        assert await _try(url) == (None, "blocked: private address")
        assert await _try(url, "127.0.0.0/8") == (201, None)
        assert await _try(f"http://localhost:{server.port}/", "localhost") == (201, None)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name resolves to this machine."""

    async def resolve(self: object, host: str, port: int = 0, family: int = 0) -> list[dict[str, object]]:
        place = {"hostname": host, "host": "127.0.0.1", "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}
        return [place]

    monkeypatch.setattr(aiohttp.resolver.ThreadedResolver, "resolve", resolve)


async def test_a_name_that_the_operator_opened_opens_its_address_for_no_other_name(names: None) -> None:
    seen: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request.host.partition(":")[0])
        await asyncio.sleep(0.01)
        return web.Response(status=201)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handle)
    async with TestServer(app) as server, open_sender(["inside.example"]) as sender:

        async def status(host: str) -> int | None:
            return (await sender.send("POST", f"http://{host}:{server.port}/", (), b"", timeout_s=5)).status

        assert await status("inside.example") == 201
        for other in ("outside.example", "127.0.0.1", "inside.example.net", "sub.inside.example", "inside"):
            assert await status(other) is None
        # Concurrent ones too.
        hosts = ["inside.example", "outside.example", "INSIDE.example", "127.0.0.1"] * 5
        assert await asyncio.gather(*map(status, hosts)) == [201, None, 201, None] * 5
    assert {host.lower() for host in seen} == {"inside.example"}


async def test_a_name_that_turns_to_a_private_address_is_judged_by_that_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def resolve(self: object, host: str, port: int = 0, family: int = 0) -> list[dict[str, object]]:
        return [
            {
                "hostname": host,
                "host": "169.254.169.254",
                "port": port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
        ]

    monkeypatch.setattr(aiohttp.resolver.ThreadedResolver, "resolve", resolve)
    assert await _try("http://metadata.example.net/") == (None, "blocked: private address")


@pytest.mark.parametrize("address", [*CLOSED, "127.1", "0x7f000001", "2130706433", "LOCALHOST"])
def test_a_private_address_is_refused_before_something_is_sent_in_any_spelling(address: str) -> None:
    url = f"http://[{address}]:8080/x" if ":" in address else f"http://{address}:8080/x"
    with pytest.raises(Invalid) as refused:
        check_open("url", url, ["example.net", ip_network("10.9.0.0/16")], "do something else")
    ((field, message),) = refused.value.problems
    assert field == "url"
    assert message.endswith(f"--allow-targets {address.lower()}, or do something else")


@pytest.mark.parametrize("address", [*OPEN, "handler.internal", "a..b", "a" * 300])
def test_a_public_address_and_a_name_are_not_refused_before_something_is_sent(address: str) -> None:
    check_open("url", f"http://[{address}]/" if ":" in address else f"http://{address}/", [])


def test_what_the_operator_allows_is_not_refused() -> None:
    for url, allowed in (
        ("http://127.0.0.1/", ip_network("127.0.0.0/8")), ("http://localhost/", ip_network("127.0.0.1/32")),
        ("http://localhost/", ip_network("::1/128")), ("http://LOCALHOST/", "localhost"),
        ("http://[fd12::1]/", ip_network("fd12::/64")),
    ):  # fmt: skip
        check_open("url", url, [allowed])
