"""Replay by hand: byte for byte to a raw socket, through the gate or not at all, and what came back is kept."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.domain.simulations import MARK
from app.settings import Settings
from tests.conftest import Running, run_server

from ...ingress.http import talk

ANSWER = b"HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\ngr\xc3\xbc"


class Handler:
    """Keeps the bytes of every request, whatever they are, and answers as it is told."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.seen: list[bytes] = []
        self.url = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), 0)
        self.seen.append(head + await reader.readexactly(length))
        writer.write(self.answer)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening(answer: bytes = ANSWER) -> AsyncIterator[Handler]:
    handler = Handler(answer)
    async with await asyncio.start_server(handler.talk, "127.0.0.1", 0) as server:
        handler.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield handler


@pytest.fixture
async def opened(make_settings: Callable[..., Settings]) -> AsyncIterator[Running]:
    """A server whose operator opened the way to this machine."""
    async with run_server(make_settings(allow_targets="127.0.0.0/8")) as running:
        yield running


async def _replay(server: Running, *numbers: int, url: str, status: int = 201, **more: object) -> dict[str, Any]:
    wish = {"captures": numbers, "url": url} | more
    async with server.client.post(f"{server.bin_api}/replays", json=wish) as answer:
        assert answer.status == status, await answer.text()
        said: dict[str, Any] = await answer.json()
        return said


async def _capture(server: Running, head: bytes, body: bytes = b"") -> None:
    line, _, rest = head.partition(b"\n")
    method, target = line.split(b" ", 1)
    start = b"%s /%s%s HTTP/1.1\r\nHost: bin.example\r\n" % (method, server.bin.key.encode(), target)
    await talk(server.port, start + rest.replace(b"\n", b"\r\n") + b"\r\n" + body)


BINARY = bytes(range(256)) * 3


async def test_a_capture_goes_out_again_byte_for_byte(opened: Running) -> None:
    headers = b"x-B: 1\nX-a: 2\nX-b: \xff\xc3\xbc\nContent-Encoding: gzip\nContent-Length: 768\n"
    await _capture(opened, b"PATCH /fallback/sub//%2F%c3?b=%20&a&b=+%e9\n" + headers, BINARY)
    async with listening() as handler:
        await _replay(opened, 1, url=handler.url + "/sms?own=1")
    host = handler.url[7:].encode()
    assert handler.seen == [
        b"PATCH /sms/sub//%2F%c3?own=1&b=%20&a&b=+%e9 HTTP/1.1\r\nHost: " + host + b"\r\n"
        b"x-B: 1\r\nX-a: 2\r\nX-b: \xff\xc3\xbc\r\nContent-Encoding: gzip\r\n"
        b"Content-Length: 768\r\nConnection: close\r\n\r\n" + BINARY
    ]


async def test_a_request_without_a_body_stays_one(opened: Running) -> None:
    await _capture(opened, b"GET /?Text=hi\n")
    await _capture(opened, b"POST /status/\nContent-Length: 0\n")
    async with listening() as handler:
        await _replay(opened, 1, 2, url=handler.url)
    first, second = handler.seen
    assert first.startswith(b"GET /?Text=hi HTTP/1.1\r\n")
    assert b"Content-Length" not in first
    assert second.startswith(b"POST / HTTP/1.1\r\n")
    assert b"\r\nContent-Length: 0\r\n" in second


SECRETS = b"Authorization: Bearer x\nCookie: a=b\nProxy-Authorization: y\nX-Forwarded-For: 192.0.2.1\n"


async def test_credentials_go_along_only_when_ticked_and_the_mark_and_the_connection_never(opened: Running) -> None:
    said = SECRETS + b"Connection: close, X-Hop\nX-Hop: 1\nTE: trailers\n" + MARK.encode() + b": m\nX-Own: 1\n"
    await _capture(opened, b"GET /\n" + said)
    async with listening() as handler:
        await _replay(opened, 1, url=handler.url)
        await _replay(opened, 1, url=handler.url, credentials=True)
    names = [[line.split(b":")[0].decode() for line in seen.split(b"\r\n")[1:-2]] for seen in handler.seen]
    assert names == [
        ["Host", "X-Own", "Connection"],
        ["Host", "Authorization", "Cookie", "Proxy-Authorization", "X-Forwarded-For", "X-Own", "Connection"],
    ]


async def test_what_came_back_is_an_attempt_and_is_kept(opened: Running) -> None:
    await _capture(opened, b"GET /\n")
    async with listening() as handler:
        said = await _replay(opened, 1, url=handler.url + "/sms?token=s3cret&x")
    (attempt,) = said["items"]
    assert (attempt["n"], attempt["number"], attempt["status"], attempt["error"]) == (1, 1, 201, None)
    assert (attempt["content_type"], attempt["body"]) == ("text/plain", "grü")
    assert attempt["url"] == handler.url + "/sms?token=…&x"
    async with opened.client.get(f"{opened.bin_api}/captures/1/attempts") as answer:
        assert (await answer.json())["items"] == [attempt]
    async with opened.client.get(f"{opened.bin_api}/captures/9/attempts") as answer:
        assert answer.status == 404


async def test_several_go_in_the_order_that_was_asked_for(opened: Running) -> None:
    for text in (b"one", b"two", b"three"):
        await _capture(opened, b"GET /?t=" + text + b"\n")
    async with listening() as handler:
        said = await _replay(opened, 3, 1, 2, url=handler.url)
    assert [seen.split()[1] for seen in handler.seen] == [b"/?t=three", b"/?t=one", b"/?t=two"]
    assert [one["n"] for one in said["items"]] == [3, 1, 2]


async def test_when_one_is_not_there_nothing_is_sent(opened: Running) -> None:
    await _capture(opened, b"GET /\n")
    async with listening() as handler:
        await _replay(opened, 1, 2, url=handler.url, status=404)
    assert handler.seen == []


async def test_the_gate_is_closed_unless_the_operator_opens_it(server: Running) -> None:
    await _capture(server, b"GET /\n")
    async with listening() as handler:
        for url in (handler.url, handler.url.replace("127.0.0.1", "localhost")):
            (attempt,) = (await _replay(server, 1, url=url))["items"]
            assert (attempt["status"], attempt["error"]) == (None, "blocked: private address")
    assert handler.seen == []


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "status", "body", "error"),
    [
        (CHUNKED, 200, "abcde", None),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 500 Oh\r\n\r\nuntil the end", 500, "until the end", None),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, "", None),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", 302, "", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b"x" * 9_999, 200, "x" * 4_096, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", None, "", "the response was incomplete"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", None, "", "the response is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", None, "", "the response is not HTTP"),
        (b"", None, "", "the connection was closed"),
    ],
)
async def test_answers_are_told_as_they_came(
    opened: Running, answer: bytes, status: int | None, body: str, error: str | None
) -> None:
    await _capture(opened, b"GET /\n")
    async with listening(answer) as handler:
        (attempt,) = (await _replay(opened, 1, url=handler.url))["items"]
    assert (attempt["status"], attempt["body"], attempt["error"]) == (status, body, error)


async def test_nobody_there_is_told_as_such(opened: Running, free_port: int) -> None:
    await _capture(opened, b"GET /\n")
    (attempt,) = (await _replay(opened, 1, url=f"http://127.0.0.1:{free_port}"))["items"]
    assert attempt["error"] == "the connection was refused"
    (attempt,) = (await _replay(opened, 1, url="http://nobody.invalid/"))["items"]
    assert attempt["error"] == "the host name was not found"
    assert attempt["number"] == 2


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"captures": []}, "captures"),
        ({"captures": [1] * 51}, "captures"),
        ({"captures": [0]}, "captures"),
        ({"captures": [True]}, "captures"),
        ({"captures": 1}, "captures"),
        ({"url": "ftp://example.net"}, "url"),
        ({"url": None}, "url"),
        ({"credentials": "yes"}, "credentials"),
        ({"weather": 1}, "weather"),
    ],
)
async def test_what_cannot_be_replayed_is_refused_by_its_field(
    server: Running, wish: dict[str, object], field: str
) -> None:
    said = await _replay(server, **{"url": "http://example.net/", "status": 422} | {"captures": [1]} | wish)  # type: ignore[arg-type]
    assert [problem["field"] for problem in said["errors"]] == [field]
