"""One TCP connection: refused, aborted and half-closed ones, and `Expect: 100-continue`."""

import asyncio
import base64
from datetime import datetime

import pytest

from app import clock
from tests.conftest import TOKEN, Running, run_server

from .http import Reply, parse, talk


def _is_safe(reply: Reply) -> bool:
    sandboxed = reply.headers["content-security-policy"] == "sandbox; default-src 'none'"
    return sandboxed and reply.headers["x-content-type-options"] == "nosniff" and "server" not in reply.headers


async def test_what_the_parser_refuses_gets_a_constant_answer_that_names_no_software(server: Running) -> None:
    reply = parse(await talk(server.port, b"GET /bins HTTP/1.1\r\nHost: x\r\nX A: 1\r\n\r\n"))
    assert (reply.status, reply.body) == (400, b"Bad request\n")
    assert _is_safe(reply)


async def test_a_late_head_is_answered_as_safely(server: Running, monkeypatch) -> None:
    monkeypatch.setattr("app.ingress.pipeline.HEAD_S", 0.1)
    reply = parse(await talk(server.port, b"GET /bins HTTP/1.1\r\nHost:"))
    assert reply.status == 408
    assert _is_safe(reply)


async def test_one_connection_too_many_gets_503(make_settings, monkeypatch) -> None:
    monkeypatch.setattr("app.ingress.server.connection_limit", lambda: 0)
    async with run_server(make_settings()) as server:
        reply = parse(await talk(server.port, b""))
    assert (reply.status, reply.headers["retry-after"]) == (503, "5")
    assert _is_safe(reply)


async def test_every_request_before_a_half_close_is_kept_and_answered(server: Running) -> None:
    one = f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(one * 40)
    writer.write_eof()
    async with asyncio.timeout(10):
        answers = await reader.read(-1)
    writer.close()
    assert answers.count(b"HTTP/1.1 200 OK") == 40
    assert len(await server.captures()) == 40


async def test_a_body_that_continues_in_nonsense_is_kept_with_all_that_follows(server: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
    writer.write(head.encode())
    async with asyncio.timeout(5):
        assert b"100 Continue" in await reader.readuntil(b"\r\n\r\n")
        begun = clock.now()
        for piece in (b"5\r\nhello\r\nnonsense\r\n", b"and ", b"more"):
            writer.write(piece)
            await asyncio.sleep(0.02)
        answer = await reader.read(-1)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 400 ")
    kept = await server.capture(1)
    assert kept["problem"] == "not valid HTTP: its chunks are not valid"
    assert datetime.fromisoformat(kept["received_at"]) < begun
    assert base64.b64decode(kept["body"]["base64"]) == head.encode() + b"5\r\nhello\r\nnonsense\r\nand more"


@pytest.mark.parametrize(
    ("token", "expect", "begin"),
    [
        ("wrong", "100-continue", b"HTTP/1.1 401"),
        ("wrong", "banana", b"HTTP/1.1 401"),
        (TOKEN, "100-continue", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (TOKEN, "banana", b"HTTP/1.1 201"),
    ],
)
async def test_only_a_permitted_client_gets_100(server: Running, token: str, expect: str, begin: bytes) -> None:
    """401 comes before any other error and before the body is requested."""
    head = (
        f"POST /api/v1/bins HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nExpect: {expect}\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(head.encode() + (b"{}" if expect == "banana" else b""))
    async with asyncio.timeout(5):
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(begin)
        if b" 100 " in answer:
            writer.write(b"{}")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 201")
    writer.transport.abort()


async def test_a_sender_that_expects_100_on_a_percent_encoded_key_gets_it(server: Running) -> None:
    odd = f"/%{ord(server.bin.key[0]):02x}{server.bin.key[1:]}"
    head = f"POST {odd} HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    assert (await talk(server.port, head.encode())).startswith(b"HTTP/1.1 100 Continue")
