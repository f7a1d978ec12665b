"""`deploy/Caddyfile`, run by a real Caddy in front of three small servers."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from .locks import ROOT

CADDYFILE = (ROOT / "deploy" / "Caddyfile").read_text()


@dataclass(slots=True)
class Upstream:
    """A server behind Caddy. `cuts`: it closes the connection instead of answering."""

    port: int
    is_ready: bool = True
    cuts: bool = False
    got: list[web.Request] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/readyz":
            return web.Response(status=200 if self.is_ready else 503)
        self.got.append(request)
        if self.cuts:
            assert request.transport is not None
            request.transport.abort()
        if request.path == "/live":
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await socket.send_str("hello")
            await socket.close()
            return socket
        return web.Response(text="ok")


@asynccontextmanager
async def _serving(upstream: Upstream) -> AsyncIterator[Upstream]:
    runner = web.ServerRunner(web.Server(upstream.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", upstream.port).start()
    try:
        yield upstream
    finally:
        await runner.cleanup()


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@asynccontextmanager
async def _balancer(folder: Path, port: int, upstreams: list[Upstream]) -> AsyncIterator[aiohttp.ClientSession]:
    """Caddy with the file of the compose file; only the addresses differ."""
    if not shutil.which("caddy") and not os.environ.get("CI"):
        pytest.skip("caddy is not installed")
    addresses = " ".join(f"127.0.0.1:{each.port}" for each in upstreams)
    text = re.sub(r"smsbin-1:8010 smsbin-2:8010 smsbin-3:8010", addresses, CADDYFILE)
    assert addresses in text
    (folder / "Caddyfile").write_text(text)
    variables = os.environ | {"SITE": f"http://127.0.0.1:{port}", "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (folder / "log").open("w") as log:
        command = ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
        process = subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=log)
    try:
        for _ in range(1000):
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
        assert process.poll() is None, (folder / "log").read_text()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            yield client
    finally:
        process.terminate()
        process.wait(20)


async def test_requests_go_to_servers_that_are_ready_and_are_never_sent_twice(tmp_path: Path) -> None:
    port, *ports = _free_ports(4)
    one, two, three = upstreams = [Upstream(each) for each in ports]
    three.is_ready = False
    async with _serving(one), _serving(two), _serving(three), _balancer(tmp_path, port, upstreams) as client:
        # Requests go to the third server until Caddy has checked it.
        for _ in range(1000):
            before = len(three.got)
            for _ in range(6):
                async with client.get("/ready") as answer:
                    assert answer.status == 200
            if len(three.got) == before:
                break
        else:
            raise AssertionError("a server that is not ready gets requests")

        async with client.post("/key", data=b"Text=hi", headers={"X-Forwarded-Prefix": "/evil"}) as answer:
            assert answer.status == 200
        (got,) = (each for upstream in upstreams for each in upstream.got if each.path == "/key")
        assert "X-Forwarded-Prefix" not in got.headers
        assert got.headers["X-Forwarded-For"] == "127.0.0.1"
        async with client.ws_connect("/live") as viewer:
            assert await viewer.receive_str(timeout=60) == "hello"

        # A server that is lost with a request may have stored it, so no other one gets it, even if it is a GET.
        one.cuts = two.cuts = True
        for method in ("GET", "POST"):
            async with client.request(method, f"/{method}") as answer:
                assert answer.status == 502
            assert [each.path for upstream in upstreams for each in upstream.got].count(f"/{method}") == 1
        # A fault closes connections on purpose, so the servers are still used.
        one.cuts = two.cuts = False
        for upstream in (one, two):
            upstream.got.clear()
        for _ in range(4):
            async with client.get("/after") as answer:
                assert answer.status == 200
        assert one.got
        assert two.got


async def test_requests_continue_when_a_server_stops(tmp_path: Path) -> None:
    port, *ports = _free_ports(3)
    one, two = upstreams = [Upstream(each) for each in ports]
    async with _serving(one), _balancer(tmp_path, port, upstreams) as client:
        async with _serving(two):
            await _until_both_are_used(client, one, two)
        # Caddy does not know yet that one has stopped.
        for _ in range(4):
            async with client.get("/key") as answer:
                assert answer.status == 200
        # Versions of Caddy up to 2.11.1 have lost the body when they try the second server, until the next check
        # (caddyserver/caddy#7546). No other server is taken out for that, which would be a 503.
        statuses = [await _post(client)]
        while statuses[-1] != 200:
            statuses.append(await _post(client))
        assert set(statuses) <= {200, 502}


async def _post(client: aiohttp.ClientSession) -> int:
    async with client.post("/key", data=b"Text=hi") as answer:
        return answer.status


async def _until_both_are_used(client: aiohttp.ClientSession, one: Upstream, two: Upstream) -> None:
    for _ in range(2000):
        async with client.get("/first") as answer:
            await answer.read()
        if one.got and two.got:
            return
    raise AssertionError("only one server is used")
