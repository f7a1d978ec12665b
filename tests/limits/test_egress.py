"""How long an outgoing request waits, how much of an answer is kept, and how many are on their way."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.replays import NewAttempt
from app.egress import exact, gate, sender
from app.egress.exact import send_exactly
from app.services import replays as replaying
from app.services.replays import Replaying
from tests.web.replays.test_api import ANSWER, listening

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def _answer(size: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"a" * size


@pytest.mark.parametrize("size", [exact.MAX_BODY, exact.MAX_BODY + 1])
async def test_so_much_of_the_body_of_an_answer_is_kept(size: int) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (size, b"a" * size)
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * size
    for answer in (_answer(size), chunked, endless):
        async with listening(answer) as handler:
            reply = await send_exactly(handler.url, REQUEST, allowed=None)
        assert (reply.status, len(reply.body)) == (200, exact.MAX_BODY)


@pytest.mark.parametrize(("more", "status"), [(0, 201), (1, None)])
async def test_the_head_of_an_answer_has_so_many_bytes(more: int, status: int | None) -> None:
    line = b"HTTP/1.1 201 Created\r\n"
    padding = exact._MAX_HEAD - len(line) - len(b"X: \r\n\r\n") + len(b"\r\n\r\n") + more
    async with listening(line + b"X: " + b"a" * padding + b"\r\n\r\n") as handler:
        reply = await send_exactly(handler.url, REQUEST, allowed=None)
    assert reply.status == status
    assert reply.error == (None if status else "the response is not HTTP")


@pytest.mark.parametrize(("timeout_s", "error"), [(0.01, "no response in time"), (20.0, None)])
async def test_an_answer_is_waited_for_so_long(monkeypatch, timeout_s: float, error: str | None) -> None:
    monkeypatch.setattr(exact, "TIMEOUT_S", timeout_s)
    over = asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if error is not None:
            await over.wait()
        writer.write(ANSWER)
        writer.close()

    async with await asyncio.start_server(slow, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        reply = await send_exactly(url, REQUEST, allowed=None)
        assert reply.error == error
        over.set()


async def test_so_many_replays_are_on_their_way_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, under_way = asyncio.Event(), []

    async def send_again(n: int, *_: object, **__: object) -> NewAttempt:
        under_way.append(n)
        await go_on.wait()
        return NewAttempt(n=n, url="", sent_at=None, status=200, ms=1)  # type: ignore[arg-type]

    class Store:
        async def get_capture(self, _bin: str, n: int) -> Any:
            return SimpleNamespace(intact=lambda: None, row=SimpleNamespace(role=None))

        async def add_attempt(self, *_: object) -> int:
            return 1

    monkeypatch.setattr(replaying, "send_again", send_again)

    class Secrets:
        async def signer_like(self, *_: object) -> None:
            return None

    made = Replaying(Store(), Secrets(), ())  # type: ignore[arg-type]
    replays = [asyncio.ensure_future(made.replay("b", [n], "https://example.net/")) for n in range(gate.AT_ONCE + 1)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(under_way) == gate.AT_ONCE
    go_on.set()
    await asyncio.gather(*replays)
    assert len(under_way) == gate.AT_ONCE + 1


async def test_a_simulation_has_so_many_connections_and_fewer_through_the_gate(monkeypatch) -> None:
    limits: list[int] = []
    real = sender.aiohttp.TCPConnector

    def noted(**options: Any) -> Any:
        limits.append(options["limit"])
        return real(**options)

    monkeypatch.setattr(sender.aiohttp, "TCPConnector", noted)
    async with sender.open_sender():
        pass
    async with sender.open_sender(()):
        pass
    assert limits == [sender.AT_ONCE, gate.AT_ONCE]
