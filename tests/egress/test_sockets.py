"""A WebSocket to another server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from app.egress import sockets
from app.egress.sockets import SocketLimits, SocketLost, SocketRefused, open_socket

LIMITS = SocketLimits(ping_s=15.0, max_size=1_000)
Serve = Callable[[web.WebSocketResponse], Awaitable[object]]


@asynccontextmanager
async def _server(serve: Serve, *, autoping: bool = True) -> AsyncIterator[str]:
    async def handle(request: web.Request) -> web.StreamResponse:
        if "to" in request.query:
            raise web.HTTPFound(request.query["to"])
        socket = web.WebSocketResponse(autoping=autoping)
        await socket.prepare(request)
        await serve(socket)
        return socket

    app = web.Application()
    app.router.add_get("/", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def _return(socket: web.WebSocketResponse) -> None:
    async for message in socket:
        await socket.send_str(message.data)


@pytest.mark.parametrize("more", [0, 1])
async def test_a_text_has_so_many_bytes(more: int) -> None:
    async with _server(_return) as url, open_socket(url, {}, tls=None, limits=LIMITS) as socket:
        await socket.send("a" * (LIMITS.max_size + more))
        if more:
            with pytest.raises(SocketLost, match="protocol"):
                await socket.receive()
        else:
            assert await socket.receive() == "a" * LIMITS.max_size
            await socket.close()


async def test_a_close_frame_has_a_code_and_a_reason() -> None:
    async def close(socket: web.WebSocketResponse) -> None:
        await socket.close(code=4409, message=b"enough")

    async with _server(close) as url, open_socket(url, {}, tls=None, limits=LIMITS) as socket:
        with pytest.raises(SocketLost, match=r"the server has closed it: enough \(4409\)") as lost:
            await socket.receive()
        assert lost.value.code == 4409
        with pytest.raises(SocketLost):
            await socket.send("x")


async def test_other_frames_are_not_of_the_protocol() -> None:
    async with (
        _server(lambda socket: socket.send_bytes(b"x")) as url,
        open_socket(url, {}, tls=None, limits=LIMITS) as socket,
    ):
        with pytest.raises(SocketLost, match="protocol"):
            await socket.receive()


async def test_a_server_that_answers_no_ping_is_lost() -> None:
    over = asyncio.Event()

    async def sleep(_: web.WebSocketResponse) -> None:
        await over.wait()

    limits = SocketLimits(ping_s=0.01, max_size=1_000)
    async with (
        _server(sleep, autoping=False) as url,
        open_socket(url, {}, tls=None, limits=limits) as socket,
    ):
        with pytest.raises(SocketLost, match="did not answer a ping"):
            await socket.receive()
        over.set()


async def test_a_redirect_and_a_refusal_have_their_status() -> None:
    async with _server(_return) as url:
        with pytest.raises(SocketRefused, match="302"):
            async with open_socket(f"{url}?to={url}", {}, tls=None, limits=LIMITS):
                pass
        with pytest.raises(SocketRefused, match="404"):
            async with open_socket(f"{url}other", {}, tls=None, limits=LIMITS):
                pass


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1/", "the connection was refused"),
        ("http://nothing.invalid/", "the host name was not found"),
        ("http://[", "."),
    ],
)
async def test_what_cannot_be_reached_says_why(url: str, words: str) -> None:
    with pytest.raises((SocketLost, ValueError), match=words):
        async with open_socket(url, {}, tls=None, limits=LIMITS):
            pass


async def test_tls_with_something_else_fails() -> None:
    async with _server(_return) as url:
        with pytest.raises(SocketLost, match="TLS"):
            async with open_socket(url.replace("http:", "https:"), {}, tls=None, limits=LIMITS):
                pass


async def test_a_server_that_does_not_accept_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "OPEN_S", 0.01)
    over = asyncio.Event()

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        with pytest.raises(SocketLost, match="does not answer"):
            async with open_socket(
                f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", {}, tls=None, limits=LIMITS
            ):
                pass
        over.set()


async def test_a_close_is_not_waited_for_longer_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "CLOSE_S", 0.01)
    over = asyncio.Event()

    async def sleep(_: web.WebSocketResponse) -> None:
        await over.wait()

    async with _server(sleep) as url, open_socket(url, {}, tls=None, limits=LIMITS) as socket:
        await socket.close()
        over.set()
