"""How a request is handled when its head has arrived: as a capture, as a page, or not at all."""

import asyncio
import itertools
from collections import Counter
from contextlib import suppress

import pytest

from app import keys
from app.errors import StoreUnavailable
from app.ingress import pipeline
from app.services import bins
from tests.conftest import TOKEN, Running, run_server
from tests.sharing import Shared, both

from .http import parse
from .wire import connect, get, post

__all__ = ["both"]
pytestmark = pytest.mark.usefixtures("quiet_log")


async def test_captures_and_pages_share_a_connection_in_any_order(server: Running) -> None:
    path, n = f"/{server.bin.key}", itertools.count(1)
    kinds = [
        (post(path, b"abc"), 200),
        (get("/healthz"), 200),
        (get("/0123456789abcdef"), 404),
        (post("/api/v1/bins", b"{}"), 401),
        (b"POST %s HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" % path.encode(), 200),
    ]
    async with connect(server.port) as wire:
        for order in itertools.permutations(kinds, 3):
            wire.writer.write(b"".join(data for data, _ in order))
            wanted = [(status, next(n) if path.encode() in data else None) for data, status in order]
            assert await wire.answers(3) == wanted
    assert len(await server.captures()) == next(n) - 1


async def test_a_pipeline_in_pieces_of_any_size_is_the_same(server: Running) -> None:
    path = f"/{server.bin.key}"
    whole = post(path, b"abc") + get("/healthz") + post(path, b"") + get(path) + get("/healthz") + post(path)
    for size in (1, 2, 3, 7, 50, 1_000):
        async with connect(server.port) as wire:
            await wire.send(*(whole[at : at + size] for at in range(0, len(whole), size)))
            statuses = [status for status, _ in await wire.answers(6)]
        assert statuses == [200] * 6, size
    assert [each["size"] for each in await server.captures()] == [3, 0, 0, 7] * 6


async def test_a_capture_behind_a_long_pipeline_of_refusals_is_kept(server: Running) -> None:
    refused = get("/0123456789abcdef")
    for count in (31, 32, 33, 64, 500):
        async with connect(server.port) as wire:
            wire.writer.write(refused * count + post(f"/{server.bin.key}"))
            wire.half_close()
            answer = await wire.rest()
        assert (answer.count(b"HTTP/1.1 404"), answer.count(b"X-Capture")) == (count, 1)


async def test_other_connections_have_a_turn_during_a_long_pipeline(server: Running, monkeypatch) -> None:
    loop, turn, begun = asyncio.get_running_loop(), 0, Counter[int]()
    begin = pipeline.begin

    def next_turn() -> None:
        nonlocal turn
        turn += 1
        loop.call_soon(next_turn)

    def noted(*arguments: object) -> None:
        begun[turn] += 1
        begin(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "begin", noted)
    next_turn()
    async with connect(server.port) as wire:
        wire.writer.write(get("/0123456789abcdef") * 600)
        assert await wire.answers(600) == [(404, None)] * 600
    assert max(begun.values()) <= 2 * pipeline.MAX_PER_TURN


async def test_a_second_head_has_a_deadline_that_its_drops_do_not_move(server: Running, monkeypatch) -> None:
    monkeypatch.setattr("app.ingress.pipeline.HEAD_S", 0.3)
    async with connect(server.port) as wire:
        await wire.send(post(f"/{server.bin.key}"), b"POST /%s HTTP/1.1\r\n" % server.bin.key.encode())
        assert await wire.answers(1) == [(200, 1)]
        with suppress(RuntimeError, ConnectionError):  # it has been closed
            for _ in range(60):
                wire.writer.write(b"X")
                await asyncio.sleep(0.05)
        problems = [each["problem"] for each in await server.captures()]
    assert problems == [None, "not valid HTTP: its headers do not end"]


async def test_the_empty_line_that_old_senders_put_behind_a_body_ends_nothing(server: Running) -> None:
    async with connect(server.port) as wire:
        await wire.send(post(f"/{server.bin.key}") + b"\r\n")
        assert await wire.answers(1) == [(200, 1)]
        await wire.send(b"\r\n" + post(f"/{server.bin.key}") + b"\r\n")
        wire.half_close()
        async with asyncio.timeout(5):
            assert b"X-Capture: 2\r\n" in await wire.rest()


async def test_a_request_cut_in_its_method_behind_an_empty_body_is_no_body(server: Running) -> None:
    one = post(f"/{server.bin.key}", b"")
    for at in range(1, 6):
        async with connect(server.port) as wire:
            await wire.send(one + one[:at])
            assert (await wire.answer()).status == 200
            await wire.send(one[at:])
            assert (await wire.answer()).status == 200


@pytest.mark.parametrize("version", ["0.9", "1.0"])
async def test_an_old_client_is_closed_after_the_answer_unless_it_sends_keep_alive(
    server: Running, version: str
) -> None:
    async with connect(server.port) as wire:
        await wire.send(get(f"/{server.bin.key}", "Connection: keep-alive", version=version))
        assert (await wire.answer()).headers["connection"] == "keep-alive"
        await wire.send(get(f"/{server.bin.key}", version=version))
        assert (await wire.rest()).startswith(b"HTTP/1.0 200")


async def test_head_is_answered_without_a_body_on_captures_and_pages(server: Running) -> None:
    async with connect(server.port) as wire:
        for path in (f"/{server.bin.key}", "/openapi.json", "/0123456789abcdef", f"/{server.bin.key}/status"):
            await wire.send(get(path).replace(b"GET", b"HEAD", 1))
            reply = await wire.answer(head_only=True)
            assert reply.status in (200, 404)
            assert "content-length" in reply.headers
        await wire.send(post(f"/{server.bin.key}"))
        assert (await wire.answer()).headers["x-capture"] == "3"


async def test_the_same_key_is_found_under_a_base_path_encoded_or_absolute(make_settings) -> None:
    async with run_server(make_settings(base_path="/x/y")) as server:
        key = server.bin.key
        targets = [
            f"/x/y/{key}", f"/%78/y/{key}", f"/x/y/%{ord(key[0]):02X}{key[1:]}/status?q=%zz", f"http://a:1/x/y/{key}",
            f"x:///x/y/{key}",
        ]  # fmt: skip
        async with connect(server.port) as wire:
            for n, target in enumerate(targets, start=1):
                await wire.send(get(target))
                assert await wire.answers(1) == [(200, n)], target
            for target in (f"/{key}", f"/x/{key}", f"/x/y/z/{key}", "http://a/healthz"):
                await wire.send(get(target))
                assert "x-capture" not in (await wire.answer()).headers, target
        kept = await server.captures()
    assert [each["target"] for each in kept] == targets
    assert [each["role"] for each in kept] == ["primary", "primary", "status", "primary", "primary"]


async def test_what_is_refused_ends_the_connection_and_is_counted(server: Running) -> None:
    refused = [
        (b"\x16\x03\x01\x02\x00", 400),
        (get("/bins", "X A: 1"), 400),
        (get("/bins", version="1.2"), 400),
        (get("/bins", version="2.0"), 400),
        (b"GET /bins HTTP/1.1\nHost: x\n\n", 400),
        (get("/bins", f"X-A: {'a' * 300_000}"), 431),
        (b"POST /0123456789abcdef HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    ]
    for data, status in refused:
        async with connect(server.port) as wire:
            wire.writer.write(data)
            answer = await wire.rest()
        # Unread bytes may cause a reset, so that the sender misses the answer.
        assert answer == b"" or parse(answer).status == status, data[:40]
    assert server.app[keys.METRICS].refused_by_parser == len(refused)
    assert await server.captures() == []


async def test_a_body_to_an_unknown_key_is_answered_and_the_connection_closed(server: Running) -> None:
    async with connect(server.port) as wire:
        await wire.send(post("/0123456789abcdef"))
        reply = parse(await wire.rest())
    assert (reply.status, reply.headers["connection"]) == (404, "close")


async def test_a_path_that_no_page_has_is_not_looked_for(server: Running) -> None:
    """The router would take half a second for 60,000 slashes, and a signed-in client would get its 404 page."""
    head = f"GET {'/' * 60_000} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    async with connect(server.port) as wire:
        await wire.send(head.encode())
        reply = parse(await wire.rest())
    assert (reply.status, reply.headers["connection"]) == (404, "close")


class TestAKeyThatAnotherServerHasMade:
    """`key` is not in memory of the server that gets the request."""

    @pytest.fixture
    async def key(self, both: Shared) -> str:
        both.withhold()
        app = both.one.app
        return (await bins.create(app[keys.STORE], app[keys.KEYRING])).key

    async def test_a_request_in_pieces_is_stored_whole(self, both: Shared, key: str) -> None:
        whole = post(f"/{key}", b"a" * 200_000)
        async with connect(both.other.port) as wire:
            await wire.send(whole[:60], whole[60:150], whole[150:100_000], whole[100_000:] + post(f"/{key}", b"b"))
            assert await wire.answers(2) == [(200, 1), (200, 2)]
        bin = both.other.app[keys.KEYRING].known(key)
        assert bin is not None
        stored = [await both.one.app[keys.STORE].get_capture(bin.id, n) for n in (1, 2)]
        assert [each.raw.body for each in stored] == [b"a" * 200_000, b"b"]

    async def test_a_request_whose_sender_closes_its_half_is_stored(self, both: Shared, key: str) -> None:
        async with connect(both.other.port) as wire:
            await wire.send(b"POST /%s HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc" % key.encode())
            wire.half_close()
            assert b"X-Capture: 1" in await wire.rest()

    async def test_a_request_whose_sender_has_left_is_stored(self, both: Shared, key: str) -> None:
        lookups = both.other.app[keys.KEY_LOOKUPS]
        async with connect(both.other.port) as wire:
            find, asked, answered = lookups.find, asyncio.Event(), asyncio.get_running_loop().create_future()

            def find_later(key: str) -> "asyncio.Future[None]":
                asked.set()
                return answered

            lookups.find = find_later
            await wire.send(post(f"/{key}", b"abc"))
            await asked.wait()
            lookups.find = find
        await find(key)
        answered.set_result(None)
        bin = both.other.app[keys.KEYRING].known(key)
        assert bin is not None
        async with asyncio.timeout(20):
            while not await both.one.app[keys.STORE].list_captures(bin.id, limit=1):
                await asyncio.sleep(0.01)

    async def test_a_request_that_is_not_valid_http_is_stored(self, both: Shared, key: str) -> None:
        async with connect(both.other.port) as wire:
            await wire.send(b"POST /%s HTTP/1.1\nHost: x\n\nText=hi" % key.encode())
            wire.half_close()
            assert b"HTTP/1.1 400" in await wire.rest()
        bin = both.other.app[keys.KEYRING].known(key)
        assert bin is not None
        assert (await both.one.app[keys.STORE].get_capture(bin.id, 1)).raw.body.endswith(b"Text=hi")

    async def test_an_unknown_key_is_not_found_and_the_connection_stays(self, both: Shared, key: str) -> None:
        async with connect(both.other.port) as wire:
            await wire.send(get("/0123456789abcdef") + post(f"/{key}"))
            assert await wire.answers(2) == [(404, None), (200, 1)]
        async with connect(both.other.port) as wire:
            await wire.send(b"POST /0123456789abcdef HTTP/1.1\nHost: x\n\nText=hi")
            assert (await wire.answer()).status == 400

    async def test_it_is_unavailable_if_the_store_cannot_be_read(
        self, both: Shared, key: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail(_: object) -> None:
            raise StoreUnavailable("away")

        monkeypatch.setattr(both.stores[1], "find_bins", fail)
        async with connect(both.other.port) as wire:
            await wire.send(post(f"/{key}"))
            assert (await wire.answer()).status == 503
        assert both.other.app[keys.METRICS].unavailable == 1

    async def test_known_keys_do_not_wait_for_unknown_ones(
        self, both: Shared, key: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def never(_: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(both.stores[1], "find_bins", never)
        async with connect(both.other.port) as waiting, connect(both.other.port) as wire:
            await waiting.send(post(f"/{key}"))
            await wire.send(post(f"/{both.other.bin.key}"))
            assert (await wire.answer()).status == 200
