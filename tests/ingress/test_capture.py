"""Captures: what a provider may send, and the answer it gets."""

import asyncio
import base64
import gzip
import threading
from typing import Any

import aiohttp
import pytest

from app.domain.captures import Reading
from app.errors import StoreUnavailable
from app.providers import recognise
from app.services.large import QUICK_BYTES
from tests.conftest import Running, run_server

from .http import parse, talk

YTEL = {
    "To": "+19495550142",
    "From": "+14155550123",
    "Text": "Testing Inbound",
    "MessageSid": "9d3ed970-ab08-11e8-9936-413fe38766e4",
    "Action": "http://sms.example.net/1nlbm2h1",
    "Status": "success",
}


async def test_an_sms_is_stored_before_it_is_answered(server: Running) -> None:
    async with server.client.post(server.capture_url, data=YTEL) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/xml"
        assert answer.headers["X-Capture"] == "1"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert await answer.read() == b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
    kept = await server.capture(1)
    assert (kept["from"], kept["to"], kept["text"]) == ("+14155550123", "+19495550142", "Testing Inbound")
    assert kept["message_id"] == YTEL["MessageSid"]
    assert (kept["kind"], kept["status"], kept["raw_status"]) == ("inbound", "received", "success")
    assert kept["parsed"]["form"] == [[name, value] for name, value in YTEL.items()]


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("", "primary"),
        ("/", "primary"),
        ("/primary", "primary"),
        ("/fallback", "fallback"),
        ("/fallback/", "fallback"),
        ("/fallback/deep/er?x=1", "fallback"),
        ("/status", "status"),
        ("/voice", "voice"),
        ("/voice-fallback", "voice-fallback"),
        ("/Fallback", "primary"),
        ("/fallbacks", "primary"),
        ("//fallback", "primary"),
        ("/%66allback", "primary"),
        ("?fallback", "primary"),
    ],
)
async def test_the_first_segment_names_the_role(server: Running, path: str, role: str) -> None:
    target = f"/{server.bin.key}{path}"
    reply = parse(await talk(server.port, f"GET {target} HTTP/1.1\r\nHost: anything\r\n\r\n".encode()))
    assert reply.status == 200
    kept = await server.capture(int(reply.headers["x-capture"]))
    assert (kept["role"], kept["target"]) == (role, target)


async def test_status_is_answered_with_nothing(server: Running) -> None:
    async with server.client.post(server.capture_url + "/status", data=YTEL) as answer:
        assert (answer.status, await answer.read()) == (200, b"")
        assert "Content-Type" not in answer.headers


@pytest.mark.parametrize(
    "method",
    [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE", "CONNECT",
        # A method is any token (RFC 9110, 9.1): registered or not, and in any case.
        "SMS", "BREW", "notify", "X-SMS", "M-SEARCH", "!#$%&'*+-.^_`|~",
    ],
)  # fmt: skip
async def test_any_method_is_a_capture(server: Running, method: str) -> None:
    request = f"{method} /{server.bin.key} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    reply = parse(await talk(server.port, request.encode()))
    assert reply.status == 200
    assert (await server.capture(1))["method"] == method
    if method == "HEAD":
        assert reply.body == b""
        assert reply.headers["content-length"] == "49"


async def test_header_order_case_and_repeats_are_kept(server: Running) -> None:
    request = (
        f"POST /{server.bin.key}?%C3=%c3&a=%0a HTTP/1.1\r\nhOsT: x\r\nX-b: 1\r\nx-A:  2 \r\nX-b: \xff\r\n"
        "Content-Length: 3\r\nConnection: close\r\n\r\na\x00b"
    )
    await talk(server.port, request.encode("latin-1"))
    kept = await server.capture(1)
    assert kept["target"] == f"/{server.bin.key}?%C3=%c3&a=%0a"
    assert kept["headers"][:4] == [["hOsT", "x"], ["X-b", "1"], ["x-A", "2"], ["X-b", "\xff"]]
    assert base64.b64decode(kept["body"]["base64"]) == b"a\x00b"
    async with server.client.get(f"{server.bin_api}/captures/1/raw") as answer:
        assert (await answer.read()).startswith(
            f"POST /{server.bin.key}?%C3=%c3&a=%0a HTTP/1.1\r\nhOsT: x\r\n".encode()
        )


async def test_a_packed_body_is_kept_packed_and_shown_unpacked(server: Running) -> None:
    packed = gzip.compress(b"From=%2B14155550123&Text=hi")
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/x-www-form-urlencoded"}
    async with server.client.post(server.capture_url, data=packed, headers=headers) as answer:
        assert answer.status == 200
    kept = await server.capture(1)
    assert base64.b64decode(kept["body"]["base64"]) == packed
    assert kept["parsed"]["form"] == [["From", "+14155550123"], ["Text", "hi"]]


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip", "nonsense"])
async def test_a_body_that_cannot_be_unpacked_is_kept(server: Running, encoding: str) -> None:
    async with server.client.post(
        server.capture_url, data=b"not packed at all", headers={"Content-Encoding": encoding}
    ) as answer:
        assert answer.status == 200
    kept = await server.capture(1)
    assert base64.b64decode(kept["body"]["base64"]) == b"not packed at all"
    assert kept["parsed"]["error"]


async def test_a_long_sms_by_get_fits(server: Running) -> None:
    text = "%F0%9F%98%80" * 800
    async with server.client.get(f"{server.capture_url}?From=%2B14155550123&Text={text}") as answer:
        assert answer.status == 200
    assert (await server.capture(1))["text"] == "😀" * 800


async def test_a_body_over_the_limit_is_cut_and_marked(make_settings) -> None:
    async with run_server(make_settings(max_body="1KiB")) as server:
        async with server.client.post(server.capture_url, data=b"a" * 300_000) as answer:
            assert answer.status == 200
        kept = await server.capture(1)
        assert (kept["size"], kept["body"]["complete"]) == (1_024, False)


async def test_a_chunked_body_is_put_together(server: Running) -> None:
    head = f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    reply = parse(await talk(server.port, head, parts=(b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n")))
    assert reply.status == 200
    kept = await server.capture(1)
    assert base64.b64decode(kept["body"]["base64"]) == b"abcde"
    assert kept["body"]["complete"] is True


async def test_a_sender_that_hangs_up_in_the_body_leaves_what_it_sent(server: Running) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc".encode())
    await writer.drain()
    writer.transport.abort()
    kept = await _wait_for(server, 1)
    assert kept["body"]["complete"] is False
    assert base64.b64decode(kept["body"]["base64"]) == b"abc"


async def test_a_sender_that_half_closes_is_still_answered(server: Running) -> None:
    whole = f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi".encode()
    assert parse(await talk(server.port, whole, half_close=True)).status == 200
    short = f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhi".encode()
    assert parse(await talk(server.port, short, half_close=True)).status == 200
    assert [(await server.capture(n))["body"]["complete"] for n in (1, 2)] == [True, False]


async def test_a_slow_body_is_kept_after_its_time(server: Running, monkeypatch) -> None:
    monkeypatch.setattr("app.ingress.arriving.BODY_S", 0.1)
    request = f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nslow".encode()
    reply = parse(await talk(server.port, request))
    assert (reply.status, reply.headers["connection"]) == (200, "close")
    kept = await server.capture(1)
    assert (kept["body"]["complete"], kept["size"]) == (False, 4)


async def test_a_head_that_never_ends_is_kept_after_its_time(server: Running, monkeypatch) -> None:
    monkeypatch.setattr("app.ingress.pipeline.HEAD_S", 0.1)
    reply = parse(await talk(server.port, f"POST /{server.bin.key} HTTP/1.1\r\nHost:".encode()))
    assert (reply.status, reply.headers["x-capture"]) == (400, "1")
    assert (await server.capture(1))["problem"] == "not valid HTTP: its headers do not end"


async def test_a_head_that_never_ends_and_names_no_bin_is_closed(server: Running, monkeypatch) -> None:
    monkeypatch.setattr("app.ingress.pipeline.HEAD_S", 0.1)
    assert parse(await talk(server.port, b"POST /bins HTTP/1.1\r\nHost:")).status == 408


async def test_expect_continue_is_answered_and_odd_expectations_ignored(server: Running) -> None:
    head = f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: "
    first = await talk(server.port, f"{head}100-continue\r\n\r\n".encode())
    assert first.startswith(b"HTTP/1.1 100 Continue")
    odd = parse(await talk(server.port, f"{head}banana\r\n\r\nhi".encode()))
    assert odd.status == 200


async def test_requests_on_one_connection_are_answered_in_order(server: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    one = f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n"
    writer.write("".join(f"{one}{digit}" for digit in range(5)).encode())
    data = b""
    async with asyncio.timeout(10):
        while data.count(b"X-Capture") < 5:
            data += await reader.read(65_536)
    writer.close()
    assert [int(part[:2]) for part in data.split(b"X-Capture: ")[1:]] == [1, 2, 3, 4, 5]


async def test_an_old_client_gets_an_old_answer(server: Running) -> None:
    answer = await talk(server.port, f"GET /{server.bin.key} HTTP/1.0\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.0 200")
    assert b"Connection: close" in answer


async def test_an_absolute_target_is_a_capture_too(server: Running) -> None:
    target = f"http://sms.example.net:80/{server.bin.key}/status?a=b"
    reply = parse(await talk(server.port, f"POST {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()))
    assert reply.status == 200
    kept = await server.capture(1)
    assert (kept["target"], kept["role"]) == (target, "status")


@pytest.mark.parametrize("path", ["0000000000000000", "0000000000000000/fallback"])
async def test_an_unknown_key_is_404_and_counted(server: Running, path: str) -> None:
    async with (
        aiohttp.ClientSession() as stranger,
        stranger.post(f"{server.url}/{path}", data=YTEL) as answer,
    ):
        assert answer.status == 404
        assert await answer.read() == b""
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert "X-Capture" not in answer.headers
    assert await server.captures() == []
    async with server.client.get(f"{server.url}/metrics") as answer:
        assert 'smsbin_refused_total{reason="unknown_key"} 1.0' in await answer.text()


async def test_a_head_over_the_limit_is_kept_up_to_the_limit_of_a_body_and_counted(make_settings) -> None:
    async with run_server(make_settings(max_body="100KiB")) as server:
        line = f"GET /{server.bin.key}?{'a' * 300_000} HTTP/1.1\r\nHost: x\r\n\r\n"
        reply = parse(await talk(server.port, line.encode()))
        kept = await server.capture(1)
    assert (reply.status, reply.body) == (400, b"")
    assert (kept["size"], kept["problem"]) == (100 << 10, "not valid HTTP: its headers are longer than 256 KiB")


async def test_a_head_over_the_limit_that_names_no_bin_is_refused_and_counted(server: Running) -> None:
    reply = parse(await talk(server.port, f"GET /bins?{'a' * 300_000} HTTP/1.1\r\nHost: x\r\n\r\n".encode()))
    assert reply.status == 431
    async with server.client.get(f"{server.url}/metrics") as answer:
        assert 'smsbin_refused_total{reason="refused_by_parser"} 1.0' in await answer.text()


async def test_what_cannot_be_stored_is_503_and_never_2xx(server: Running, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise StoreUnavailable("The disk is full.")

    monkeypatch.setattr("app.storage.sqlite.store.SqliteStore.add_capture", refuse)
    async with server.client.post(server.capture_url, data=YTEL) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "X-Capture" not in answer.headers


async def test_a_bug_on_the_way_is_503_too(server: Running, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("app.services.captures.choose", broken)
    async with server.client.post(server.capture_url, data=YTEL) as answer:
        assert answer.status == 503


async def test_a_reader_that_raises_costs_the_rule_and_never_the_capture(server: Running, monkeypatch) -> None:
    """P11: parsing cannot prevent a capture from being stored."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("app.services.replies.recognise", broken)
    await _answer_with_the_sender(server)
    async with server.client.post(server.capture_url, data=YTEL) as answer:
        assert (answer.status, answer.headers["X-Capture"]) == (200, "1")
    await server.settled(1)
    kept = await server.capture(1)
    assert kept["answered"]["note"].startswith("The request could not be parsed")


async def _answer_with_the_sender(server: Running) -> None:
    """So that each request is parsed before it is answered."""
    wish = {"status": 201, "headers": [["Content-Type", "text/plain"]], "body": "{{from}}", "delay_ms": 0, "rules": []}
    async with server.client.put(f"{server.bin_api}/answers/primary", json=wish) as answer:
        assert answer.status == 200, await answer.text()


@pytest.mark.parametrize(("size", "is_aside"), [(100, False), (QUICK_BYTES, True)])
async def test_a_large_request_is_parsed_in_a_thread_before_it_is_answered(
    server: Running, monkeypatch, size: int, is_aside: bool
) -> None:
    threads = []

    def recording(*args: Any) -> Reading:
        threads.append(threading.current_thread())
        return recognise(*args)

    for module in ("captures", "replies"):
        monkeypatch.setattr(f"app.services.{module}.recognise", recording)
    await _answer_with_the_sender(server)
    async with server.client.post(server.capture_url, data=YTEL | {"Text": "t" * size}) as answer:
        assert (answer.status, await answer.text()) == (201, YTEL["From"])
    assert [thread is not threading.main_thread() for thread in threads] == [is_aside]


async def test_a_large_request_whose_answer_is_fixed_is_not_parsed(server: Running, monkeypatch) -> None:
    monkeypatch.setattr("app.services.captures.recognise", None)
    async with server.client.post(server.capture_url, data=YTEL | {"Text": "t" * QUICK_BYTES}) as answer:
        assert (answer.status, answer.headers["X-Capture"]) == (200, "1")


async def test_a_reader_that_raises_for_a_large_request_costs_the_rule_too(server: Running, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    for module in ("captures", "replies"):
        monkeypatch.setattr(f"app.services.{module}.recognise", broken)
    await _answer_with_the_sender(server)
    async with server.client.post(server.capture_url, data=YTEL | {"Text": "t" * QUICK_BYTES}) as answer:
        assert (answer.status, answer.headers["X-Capture"]) == (200, "1")
    await server.settled(1)
    assert (await server.capture(1))["answered"]["note"].startswith("The request could not be parsed")


async def test_the_outcome_follows_the_answer(server: Running) -> None:
    async with server.client.post(server.capture_url, data=YTEL) as answer:
        assert answer.status == 200
    async with asyncio.timeout(5):
        while (kept := await server.capture(1))["answered"]["status"] is None:
            await asyncio.sleep(0.01)
    assert kept["answered"]["status"] == 200
    assert 0 <= kept["answered"]["after_ms"] < 5_000
    assert kept["answered"]["fault"] is None


async def test_everything_works_under_a_base_path(make_settings) -> None:
    async with run_server(make_settings(base_path="/x/y")) as server:
        assert server.capture_url.endswith(f"/x/y/{server.bin.key}")
        async with server.client.post(server.capture_url + "/fallback", data=YTEL) as answer:
            assert answer.status == 200
        kept = await server.capture(1)
        assert kept["target"] == f"/x/y/{server.bin.key}/fallback"
        for path in ("", "/"):
            async with server.client.get(server.url + path) as answer:
                assert answer.status == 200


async def test_only_a_trusted_proxy_names_the_peer(make_settings) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9, 10.0.0.4"}
    async with run_server(make_settings()) as server:
        await (await server.client.post(server.capture_url, headers=forwarded)).read()
        assert (await server.capture(1))["peer"] == "127.0.0.1"
    async with run_server(make_settings(trusted_proxies="127.0.0.0/8,10.0.0.0/8")) as server:
        await (await server.client.post(server.capture_url, headers=forwarded)).read()
        assert (await server.capture(2))["peer"] == "203.0.113.9"


async def test_every_spelling_of_the_peer_is_parsed(make_settings) -> None:
    spellings = {
        "203.0.113.9, 127.0.0.1": "203.0.113.9",
        "junk, 203.0.113.9:55": "203.0.113.9",
        '"[2001:db8::1]:443"': "2001:db8::1",
        "::ffff:203.0.113.9": "203.0.113.9",
        "203.0.113.9, ::ffff:127.0.0.1": "203.0.113.9",
        "unknown": "127.0.0.1",
    }
    async with run_server(make_settings(trusted_proxies="127.0.0.1")) as server:
        for forwarded in spellings:
            async with server.client.post(server.capture_url, headers={"X-Forwarded-For": forwarded}) as answer:
                assert answer.status == 200
        assert [kept["peer"] for kept in await server.captures()] == list(spellings.values())


async def _wait_for(server: Running, n: int) -> dict:
    async with asyncio.timeout(5):
        while len(await server.captures()) < n:
            await asyncio.sleep(0.01)
    return await server.capture(n)
