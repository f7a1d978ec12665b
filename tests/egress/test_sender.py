"""One outgoing request: it is sent to its target only, and the response is returned up to a limit."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.egress import open_sender
from app.egress import sender as module


class Target:
    """A server that stores its requests, and answers by path."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.root = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request.raw_path)
        match request.path:
            case "/moved":
                return web.Response(status=302, headers={"Location": "/elsewhere"})
            case "/long":
                return web.Response(body=b"x" * 1_000)
        return web.Response(text="hello", headers={"X-Capture": "7"})


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    made = Target()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", made.answer)
    async with TestServer(app) as server:
        made.root = str(server.make_url("")).rstrip("/")
        yield made


async def _send(url: str) -> module.TargetResponse:
    async with open_sender() as sender:
        return await sender.send("POST", url, [], b"a=b", timeout_s=5)


async def test_what_came_back_is_reported(target: Target) -> None:
    reply = await _send(f"{target.root}/sms?a=%20b")
    assert (reply.status, reply.body, reply.capture, reply.error) == (200, b"hello", 7, None)
    assert target.seen == ["/sms?a=%20b"]


async def test_a_redirect_is_reported_and_not_followed(target: Target) -> None:
    reply = await _send(f"{target.root}/moved")
    assert (reply.status, reply.location) == (302, "/elsewhere")
    assert target.seen == ["/moved"]


async def test_no_proxy_of_the_environment_gets_to_see_it(target: Target, monkeypatch, unused_tcp_port: int) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_tcp_port}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert (await _send(f"{target.root}/sms")).status == 200
    assert target.seen == ["/sms"]


async def test_a_long_answer_is_read_up_to_a_limit(target: Target, monkeypatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    reply = await _send(f"{target.root}/long")
    assert (reply.status, reply.body) == (200, b"x" * 100)


async def test_an_unreachable_target_is_no_exception(unused_tcp_port: int) -> None:
    reply = await _send(f"http://127.0.0.1:{unused_tcp_port}/")
    assert (reply.status, reply.refused) == (None, True)
