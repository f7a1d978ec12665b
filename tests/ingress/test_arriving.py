"""Captures that arrive slowly: delayed, truncated, too many, or not valid HTTP; stored as far as they arrived."""

import asyncio
import base64

import pytest

from app import keys
from app.ingress.serving import Serving
from tests.conftest import Running, run_server

from .http import parse
from .wire import connect, get, post

pytestmark = pytest.mark.usefixtures("quiet_log")
CHUNKED = "POST {} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKS = b"3\r\nabc\r\n4;x\r\ndefg\r\n0\r\nX-T: 1\r\n\r\n"


async def _body(server: Running, n: int) -> tuple[bytes, bool]:
    kept = await server.capture(n)
    return base64.b64decode(kept["body"]["base64"]), kept["body"]["complete"]


async def _wait_for(server: Running, count: int) -> None:
    async def are_there() -> bool:
        return len(await server.captures()) >= count

    await server.until(are_there)


async def test_a_request_in_two_pieces_is_the_same_wherever_it_is_cut(server: Running) -> None:
    path = f"/{server.bin.key}"
    requests = (post(path, b"abcdefg"), CHUNKED.format(path).encode() + CHUNKS)
    cuts = [(whole, at) for whole in requests for at in range(1, len(whole), 3)]
    async with connect(server.port) as wire:
        for n, (whole, at) in enumerate(cuts, start=1):
            await wire.send(whole[:at], whole[at:])
            assert await wire.answers(1) == [(200, n)], at
    for n in range(1, len(cuts) + 1):
        assert await _body(server, n) == (b"abcdefg", True)
        async with server.client.get(f"{server.bin_api}/captures/{n}/raw?wire=1") as answer:
            assert await answer.read() == cuts[n - 1][0]


async def test_a_sender_that_half_closes_anywhere_is_answered_and_kept_as_far_as_it_came(server: Running) -> None:
    path = f"/{server.bin.key}"
    named, n = len(f"POST {path}"), 0
    for whole in (post(path, b"abcdefg"), CHUNKED.format(path).encode() + CHUNKS):
        head_ends = whole.index(b"\r\n\r\n") + 4
        for at in range(0, len(whole) + 1, 5):
            async with connect(server.port) as wire:
                await wire.send(whole[:at])
                wire.half_close()
                answer = await wire.rest()
            if at < named:
                assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
                continue
            n += 1
            assert f"X-Capture: {n}\r\n".encode() in answer, at
            kept, complete = await _body(server, n)
            if at < head_ends:
                assert parse(answer).status == 400
                assert kept == whole[:at]
            else:
                assert answer.startswith(b"HTTP/1.1 200")
                assert b"abcdefg".startswith(kept)
                assert complete == (at == len(whole))
    assert len(await server.captures()) == n


@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
async def test_a_sender_that_leaves_anywhere_is_kept_as_far_as_it_came(server: Running, reset: bool) -> None:
    path = f"/{server.bin.key}"
    whole, named = post(path, b"abcdefg"), len(f"POST {path}")
    cuts = list(range(named, len(whole) + 1, 7))
    for count, at in enumerate(cuts, start=1):
        async with connect(server.port) as wire:
            await wire.send(whole[:at])
            async with connect(server.port) as other:  # the event loop has read it by now
                await other.send(get("/healthz"))
                await other.answer()
            if reset:
                wire.reset()
        await _wait_for(server, count)
    head_ends = whole.index(b"\r\n\r\n") + 4
    for n, at in enumerate(cuts, start=1):
        wanted = whole[:at] if at < head_ends else whole[head_ends:at]
        assert await _body(server, n) == (wanted, at < head_ends or at == len(whole))


async def test_what_a_sender_had_sent_before_it_left_is_kept_behind_the_current_one_too(server: Running) -> None:
    path = f"/{server.bin.key}"
    async with connect(server.port) as wire:
        wire.writer.write(b"".join(post(path, b"%d" % number) for number in range(10)) + post(path, b"part")[:-1])
        wire.writer.transport.close()
        await _wait_for(server, 11)
    assert [await _body(server, n) for n in range(1, 12)] == [*((b"%d" % n, True) for n in range(10)), (b"par", False)]


async def test_a_half_closed_body_behind_the_current_request_is_not_waited_for(server: Running) -> None:
    path = f"/{server.bin.key}"
    async with connect(server.port) as wire:
        await wire.send(post(path) + post(path, b"whole")[:-2])
        wire.half_close()
        async with asyncio.timeout(5):
            assert (await wire.rest()).count(b"HTTP/1.1 200") == 2
    assert await _body(server, 2) == (b"who", False)


@pytest.mark.parametrize("size", [100_000, 3_000_000])
async def test_a_large_body_behind_another_request_is_read_to_its_end(server: Running, size: int) -> None:
    path = f"/{server.bin.key}"
    async with connect(server.port) as wire:
        wire.writer.write(post(path) + post(path, b"a" * size) + post(path))
        async with asyncio.timeout(10):
            assert await wire.answers(3) == [(200, 1), (200, 2), (200, 3)]
    assert await _body(server, 2) == (b"a" * size, True)


async def test_a_large_head_behind_another_request_is_read_to_its_end(server: Running) -> None:
    path = f"/{server.bin.key}"
    async with connect(server.port) as wire:
        wire.writer.write(post(path) + get(path, f"X-A: {'a' * 250_000}"))
        assert await wire.answers(2) == [(200, 1), (200, 2)]


async def test_a_sender_that_expects_100_gets_it_once_and_only_before_its_body(server: Running) -> None:
    path = f"/{server.bin.key}"
    whole = post(path, b"hello", "Expect: 100-continue")
    async with connect(server.port) as wire:
        await wire.send(whole[:-5])
        assert await wire.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        await wire.send(b"he", b"llo")
        assert await wire.answers(1) == [(200, 1)]
        await wire.send(whole)
        assert await wire.answers(1) == [(200, 2)]
        await wire.send(whole[:-3], whole[-3:])
        assert await wire.answers(1) == [(200, 3)]
        await wire.send(whole.replace(path.encode(), b"/0123456789abcdef")[:-5])
        assert await wire.answers(1) == [(404, None)]
        assert await wire.rest() == b""


async def test_a_sender_that_does_not_expect_100_does_not_get_it(server: Running) -> None:
    whole = post(f"/{server.bin.key}", b"hello")
    async with connect(server.port) as wire:
        await wire.send(whole[:-5], whole[-5:])
        assert await wire.answers(1) == [(200, 1)]


async def test_a_body_that_is_late_is_kept_and_ends_its_connection(server: Running, monkeypatch) -> None:
    monkeypatch.setattr("app.ingress.arriving.BODY_S", 0.2)
    async with connect(server.port) as wire:
        await wire.send(CHUNKED.format(f"/{server.bin.key}").encode() + b"3\r\nabc\r\n3\r\nd")
        assert b"\r\nConnection: close\r\n" in await wire.rest()
    assert await _body(server, 1) == (b"abcd", False)


async def test_a_body_over_the_limit_is_answered_however_much_follows(make_settings, monkeypatch) -> None:
    monkeypatch.setattr("app.ingress.arriving.DROP_S", 0.2)
    async with run_server(make_settings(max_body="1KiB")) as server:
        path = f"/{server.bin.key}"
        async with connect(server.port) as wire:
            await wire.send(post(path, b"a" * 500_000) + post(path, b"b"))
            assert await wire.answers(2) == [(200, 1), (200, 2)]
            await wire.send(post(path, b"c" * 5_000)[:-1])  # the last byte never arrives
            assert (await wire.answer()).headers["connection"] == "close"
        assert [await _body(server, n) for n in (1, 2, 3)] == [
            (b"a" * 1_024, False), (b"b", True), (b"c" * 1_024, False),
        ]  # fmt: skip


async def test_what_follows_an_invalid_head_is_kept_with_it_until_the_sender_pauses(server: Running) -> None:
    head = f"POST /{server.bin.key} HTTP/1.1\nHost: x\nContent-Length: 9\n\n".encode()
    async with connect(server.port) as wire:
        await wire.send(head[:40], head[40:], b"Text=", b"hi!!")
        assert b"X-Capture: 1\r\n" in await wire.rest()
    assert await _body(server, 1) == (head + b"Text=hi!!", True)


async def test_an_invalid_head_one_byte_at_a_time_is_kept_to_its_end(server: Running) -> None:
    head = f"GET /{server.bin.key} HTTP/1.1\nHost: x\n\n".encode()
    async with connect(server.port) as wire:
        await wire.send(*(bytes([byte]) for byte in head))
        assert b"X-Capture: 1\r\n" in await wire.rest()
    assert await _body(server, 1) == (head, True)


async def test_when_memory_is_full_what_is_still_coming_is_503(server: Running, shared: list[Serving]) -> None:
    path = f"/{server.bin.key}"
    budget = shared[0].capture_memory
    budget.size = 50_000
    invalid = f"POST {path} HTTP/1.1\nContent-Length: 90000\n\n".encode()
    for whole in (
        post(path, b"a" * 90_000),
        invalid + b"a" * 90_000,
        CHUNKED.format(path).encode() + b"fffff\r\n" + b"a" * 90_000,
    ):
        async with connect(server.port) as wire:
            await wire.send(whole[:20_000], whole[20_000:-10])
            answer = await wire.rest()
            assert answer == b"" or answer.startswith(b"HTTP/1.1 503")
        assert budget.used == 0
    async with connect(server.port) as wire:
        await wire.send(post(path))
        assert await wire.answers(1) == [(200, 1)]
    assert server.app[keys.METRICS].unavailable == 3
